"""Africa's Talking, by the vendor's own client (africastalking 2.0.3).

The form that is posted, its headers and the address are the client's. Two of its methods are replaced, as its
source (Service.py, SMS.py) leaves no other way:
    _init_service    the address: no argument or variable of the client sets it
    _make_request    the call: the client's raises one exception without the status for every refusal, follows
                     redirects (a POST then turns into a GET and its answer looks like success), and opens a new
                     TLS connection for each message, some four round trips to the vendor instead of one
Proxy variables are honoured as by the client, except towards loopback, where nobody means them.
"""

from __future__ import annotations

import ipaddress
import json
import re
import ssl
import threading
import time
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import requests
from africastalking.SMS import SMSService
from urllib3.exceptions import MaxRetryError

from notifications.gateways.base import Ambiguous, Outcome, Permanent, Sent, Temporary

NAME = "africastalking"
TIMEOUTS_S = (3.05, 9.05)  # to connect, to answer: a little over a multiple of TCP's three-second retransmission
IDLE_S = 5.0  # a connection unused for longer is not trusted: the other side may be closing it right now

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")  # ITU-T E.164: at most 15 digits; the client's own check takes far more
_COST = re.compile(r"([A-Z]{3}) ([0-9]{1,8}(?:\.[0-9]{1,6})?)")
_LONG_NUMBER = re.compile(r"[0-9]{5,}")

# The vendor's status for each recipient. Temporary is what passes by itself or what the operator can mend.
_TAKEN = frozenset({100, 101, 102})
_TEMPORARY = {
    402: "sender not accepted", 405: "balance too low", 500: "internal error of the vendor", 501: "gateway error",
}
_PERMANENT = {
    401: "held as a risk", 403: "no such number", 404: "kind of number not supported", 406: "number opted out",
    407: "no route to the number", 409: "do not disturb", 502: "rejected by the operator",
}

# HTTP statuses that say: not taken, but perhaps later. Wrong key or address (401, 403, 404, 3xx) is for the operator
# to mend; 408 and 429 ask to come again; 503 is the one 5xx a server answers before it does anything.
_HTTP_TEMPORARY = frozenset({401, 403, 404, 408, 425, 429, 503})


class AfricasTalking:
    """Sends through the vendor. `url` replaces its base address, to which `/messaging` is added; `timeouts_s` are
    those to connect and to answer."""

    name = NAME

    def __init__(
        self,
        username: str,
        api_key: str,
        *,
        sender: str | None = None,
        url: str | None = None,
        timeouts_s: tuple[float, float] = TIMEOUTS_S,
    ) -> None:
        self._client = _Client(username, api_key, url)
        self._sender = sender
        self._timeouts_s = timeouts_s

    def send(self, phone: str, text: str) -> Outcome:
        """One attempt; see `base.Gateway`."""
        if not _E164.fullmatch(phone):
            return Permanent("not a number in E.164")
        try:
            response = self._client.send_one(phone, text, self._sender, self._timeouts_s)
        except requests.RequestException as problem:
            return _broken_off(problem)
        return _judge(response)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._client.close()


class _Client(SMSService):
    """The vendor's client, on connections that are kept for a while; each thread has its own."""

    def __init__(self, username: str, api_key: str, url: str | None) -> None:
        self._url = url
        self._mine = threading.local()
        self._sessions: list[requests.Session] = []
        self._lock = threading.Lock()
        super().__init__(username, api_key)  # type: ignore[no-untyped-call]

    def send_one(
        self, phone: str, text: str, sender: str | None, timeouts_s: tuple[float, float]
    ) -> requests.Response:
        """The client's `send`, typed; answers whatever came back."""
        answer = self.send(text, [phone], sender_id=sender, timeout=timeouts_s)  # type: ignore[no-untyped-call]
        assert isinstance(answer, requests.Response)
        return answer

    def _init_service(self) -> None:
        super()._init_service()  # type: ignore[no-untyped-call]
        if self._url is not None:
            self._baseUrl = self._url

    def _make_request(
        self, url: str, method: str, headers: Any, data: Any, params: Any, callback: Any = None, timeout: Any = None
    ) -> requests.Response:
        assert callback is None, "a thread for each call, and its errors lost"
        return self._session().request(
            method, url, headers=headers, data=data, params=params, timeout=timeout, allow_redirects=False
        )

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._mine, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = not _is_loopback(self._baseUrl)
            with self._lock:
                self._sessions.append(session)
            self._mine.session = session
        elif time.monotonic() - self._mine.used > IDLE_S:
            session.close()  # drops its connections; the next request opens a new one
        self._mine.used = time.monotonic()
        return session

    def close(self) -> None:
        with self._lock:
            for session in self._sessions:
                session.close()


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _broken_off(problem: requests.RequestException) -> Outcome:
    """What an error without an answer means: did the request leave?

    requests 2.34 / urllib3 2.8: what fails while connecting comes as ConnectTimeout, ProxyError, or ConnectionError
    around MaxRetryError; what fails later as ReadTimeout or ConnectionError around ProtocolError. SSLError can be
    either, but a certificate is judged before anything is sent.
    """
    cause = problem.args[0] if problem.args else None
    if isinstance(problem, requests.exceptions.SSLError):
        inner = getattr(cause, "reason", cause)
        refused = any(isinstance(part, ssl.SSLCertVerificationError) for part in getattr(inner, "args", ()))
        return Temporary("certificate not accepted") if refused else Ambiguous("TLS broke off")
    if isinstance(problem, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return Temporary("no connection")
    if isinstance(problem, requests.ConnectionError):
        return Temporary("no connection") if isinstance(cause, MaxRetryError) else Ambiguous("connection broke off")
    if isinstance(problem, requests.ReadTimeout):
        return Ambiguous("no answer in time")
    if isinstance(problem, ValueError):  # InvalidURL and its kin: nothing could be sent
        return Temporary("address of the vendor is wrong")
    return Ambiguous(f"answer broke off ({type(problem).__name__})")


def _judge(response: requests.Response) -> Outcome:
    status = response.status_code
    if 200 <= status < 300:
        return _judge_body(response.text)
    if status in _HTTP_TEMPORARY or 300 <= status < 400:
        return Temporary(f"HTTP {status}")
    if 400 <= status < 500:
        return Permanent(f"HTTP {status}")
    return Ambiguous(f"HTTP {status}")  # a server that fell over half-way, or a proxy whose server did the work


def _judge_body(body: str) -> Outcome:
    """The answer is read as JSON whatever its content type says: the vendor's varies."""
    try:
        data = json.loads(body)["SMSMessageData"]
        recipients, remark = data["Recipients"], str(data.get("Message", ""))
        if not recipients:
            return Temporary(_tidy(f"taken for nobody: {remark}"))
        return _judge_recipient(recipients[0])
    except (ValueError, KeyError, TypeError, AttributeError):
        return Ambiguous("answer not understood")


def _judge_recipient(recipient: dict[str, Any]) -> Outcome:
    code = int(recipient["statusCode"])
    if code in _TAKEN:
        cost, currency = _price(recipient.get("cost"))
        return Sent(_id(recipient.get("messageId")), cost, currency)
    if code in _TEMPORARY:
        return Temporary(f"{code} {_TEMPORARY[code]}")
    if code in _PERMANENT:
        return Permanent(f"{code} {_PERMANENT[code]}")
    return Ambiguous(_tidy(f"{code} {recipient.get('status', '')}"))


def _id(value: Any) -> str | None:
    """The vendor's id; it writes the word None where there is none."""
    return value if isinstance(value, str) and value not in ("", "None") and len(value) <= 80 else None


def _price(value: Any) -> tuple[Decimal | None, str | None]:
    """`KES 0.8000` -> (0.8000, KES); (None, None) for anything else."""
    found = _COST.fullmatch(value) if isinstance(value, str) else None
    return (Decimal(found[2]), found[1]) if found else (None, None)


def _tidy(remark: str) -> str:
    """The vendor's words without numbers it may have repeated, short enough to keep."""
    return _LONG_NUMBER.sub("...", " ".join(remark.split()))[:100]

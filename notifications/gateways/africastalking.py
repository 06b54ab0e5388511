"""Africa's Talking, by the vendor's own client (africastalking 2.0.3).

The form that is posted, its headers and the address are the client's. Two of its methods are replaced, as its
source (Service.py, SMS.py) leaves no other way:
    _init_service    the address: no argument or variable of the client sets it
    _make_request    the call: the client's raises one exception without the status for every refusal, follows
                     redirects, and opens a new TLS connection for each message, some four round trips to the
                     vendor instead of one
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import requests
from africastalking.SMS import SMSService

from notifications.gateways.base import LONGEST_ID, Ambiguous, Outcome, Permanent, Sent, Temporary
from notifications.gateways.numbers import E164, NOT_E164
from notifications.gateways.sessions import ANSWER_S, CONNECT_S, Sessions, broken_off, not_taken

NAME = "africastalking"

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
_ELSEWHERE = frozenset({401, 404, 407, 502})  # the vendor or its operator is why, not the number or its owner


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
        timeouts_s: tuple[float, float] = (CONNECT_S, ANSWER_S),
    ) -> None:
        self._client = _Client(username, api_key, url)
        self._sender = sender
        self._timeouts_s = timeouts_s

    def send(self, phone: str, text: str) -> Outcome:
        """One attempt; see `base.Gateway`."""
        if not E164.fullmatch(phone):  # the client's own check takes far more
            return Permanent(NOT_E164)
        try:
            response = self._client.send_one(phone, text, self._sender, self._timeouts_s)
        except requests.RequestException as problem:
            return broken_off(problem)
        return _judge(response)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._client.close()


class _Client(SMSService):
    """The vendor's client, on connections that are kept for a while."""

    def __init__(self, username: str, api_key: str, url: str | None) -> None:
        self._url = url
        super().__init__(username, api_key)  # type: ignore[no-untyped-call]
        self._sessions = Sessions(self._baseUrl)

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
        return self._sessions.request(method, url, headers=headers, data=data, params=params, timeout=timeout)

    def close(self) -> None:
        self._sessions.close()


def _judge(response: requests.Response) -> Outcome:
    status = response.status_code
    if 200 <= status < 300:
        return _judge_body(response.text)
    if not_taken(status):
        return Temporary(f"HTTP {status}")
    if 400 <= status < 500:
        return Permanent(f"HTTP {status}", elsewhere=True)  # our request displeased this vendor
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
        return Permanent(f"{code} {_PERMANENT[code]}", elsewhere=code in _ELSEWHERE)
    return Ambiguous(_tidy(f"{code} {recipient.get('status', '')}"))


def _id(value: Any) -> str | None:
    """The vendor's id; it writes the word None where there is none."""
    return value if isinstance(value, str) and value not in ("", "None") and len(value) <= LONGEST_ID else None


def _price(value: Any) -> tuple[Decimal | None, str | None]:
    """`KES 0.8000` -> (0.8000, KES); (None, None) for anything else."""
    found = _COST.fullmatch(value) if isinstance(value, str) else None
    return (Decimal(found[2]), found[1]) if found else (None, None)


def _tidy(remark: str) -> str:
    """The vendor's words without numbers it may have repeated, short enough to keep."""
    return _LONG_NUMBER.sub("...", " ".join(remark.split()))[:100]

"""Africa's Talking, played on this machine: its HTTP protocol, phones that get the messages, and its callbacks.

The real client talks to it over HTTP, and it calls our real hooks, so nothing on our side is faked. Source of the
protocol: the client's own form (africastalking 2.0.3, SMS.py) and the vendor's documents on sending, delivery
reports and incoming messages. What it forgets: everything, when the process ends.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Request, Response, Router, post

from api.demo.callbacks import Callbacks
from notifications.wording import gsm7
from scheduler.foundation.clock import Clock

ARRIVALS = ("once", "same_id", "new_id")  # how often an SMS of a resident is brought to us, and with which id
PHONES, INBOX = 10_000, 200  # kept in memory; the phones longest without a message are forgotten first
MOST_RECIPIENTS = 100
PRICE = "KES 0.8000"
NETWORK = "51010"  # Telkomsel, as operators are numbered

_MSISDN = re.compile(r"\+[1-9][0-9]{6,14}")
_STATUS = {
    100: "Processed", 101: "Sent", 102: "Queued", 401: "RiskHold", 402: "InvalidSenderId", 403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType", 405: "InsufficientBalance", 406: "UserInBlacklist", 407: "CouldNotRoute",
    409: "DoNotDisturbRejection", 500: "InternalServerError", 501: "GatewayError", 502: "RejectedByGateway",
}


@dataclass(frozen=True, slots=True)
class Hooks:
    """Where the vendor calls us: whole addresses with the secret inside."""

    sms: str
    delivery: str
    ussd: str


@dataclass(frozen=True, slots=True)
class Text:
    """One message on a phone. `parts` is what an operator bills; `n` tells which of two came first."""

    at: datetime
    sender: str
    text: str
    parts: int
    n: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Trouble:
    """How the vendor answers instead of taking a message.

    `code` for this recipient; or a whole answer with HTTP `status` and `body`; after `wait_s` seconds. `arrives`:
    the phone gets the message all the same, as after a time-out that was only slow. `report`: the status of the
    delivery report about a message that was taken.
    """

    code: int | None = None
    status: int | None = None
    body: str = ""
    wait_s: float = 0.0
    arrives: bool = False
    report: str = "Success"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP, after `wait_s`."""

    status: int
    body: str
    media_type: str = "text/plain"
    wait_s: float = 0.0


Phones = OrderedDict[str, deque[Text]]  # by number, the one used last at the end


class StandIn:
    """The vendor. `answer` is its messaging endpoint, without HTTP; `close()` it at the end."""

    def __init__(self, clock: Clock, hooks: Hooks, *, username: str, api_key: str, sender: str = "ANTRE") -> None:
        self.username = username
        self.api_key = api_key
        self.sender = sender
        self._clock = clock
        self._hooks = hooks
        self._lock = threading.Lock()
        self._phones: Phones = OrderedDict()
        self._written: Phones = OrderedDict()
        self._count = itertools.count(1)
        self._arrivals: dict[str | None, str] = {}
        self._troubles: dict[str | None, deque[Trouble]] = {}
        self._lasting: dict[str | None, Trouble] = {}
        self._callbacks = Callbacks()

    # -- what people and tests do --------------------------------------------------------------------------

    def inbox(self, msisdn: str) -> list[Text]:
        """The messages on that phone, oldest first. `msisdn` in E.164."""
        with self._lock:
            return list(self._phones.get(msisdn, ()))

    def received(self) -> list[tuple[str, Text]]:
        """Every message on every phone, with its number."""
        with self._lock:
            return [(msisdn, text) for msisdn, texts in self._phones.items() for text in texts]

    def send_in(self, msisdn: str, text: str) -> str:
        """A resident sends an SMS to us: posted to our hook as the vendor does; answers its id."""
        message_id, now = secrets.token_hex(18), self._clock.now()
        self._put(self._written, msisdn, now, msisdn, text)
        form = {"date": now.strftime("%Y-%m-%d %H:%M:%S"), "from": msisdn, "id": message_id, "text": text,
                "to": self.sender, "networkCode": NETWORK}
        self._callbacks.post(self._hooks.sms, form)
        arrival = self._arrival(msisdn)
        if arrival != "once":
            again = message_id if arrival == "same_id" else secrets.token_hex(18)
            self._callbacks.post(self._hooks.sms, form | {"id": again})
        return message_id

    def written(self, msisdn: str) -> list[Text]:
        """The messages that phone has sent, oldest first."""
        with self._lock:
            return list(self._written.get(msisdn, ()))

    def arrive(self, arrival: str, *, msisdn: str | None = None) -> None:
        """From now on bring residents' SMS to us so: one of `ARRIVALS`, for one number or for all."""
        with self._lock:
            self._arrivals[msisdn] = arrival

    def end_session(self, form: dict[str, str]) -> None:
        """Tell us that a USSD session is over: the vendor's notification, posted to the same hook as its steps."""
        self._callbacks.post(self._hooks.ussd, form)

    def report(self, message_id: str, msisdn: str, status: str) -> None:
        """Post a delivery report about a message."""
        form = {"id": message_id, "status": status, "phoneNumber": msisdn, "networkCode": NETWORK, "retryCount": "0"}
        if status not in ("Sent", "Submitted", "Buffered", "Success"):
            form["failureReason"] = "DeliveryFailure"
        self._callbacks.post(self._hooks.delivery, form)

    def fail(self, trouble: Trouble, *, msisdn: str | None = None, times: int | None = None) -> None:
        """From now on answer so: for one number or for all, the next `times` messages or until `mend`."""
        with self._lock:
            if times is None:
                self._lasting[msisdn] = trouble
            else:
                self._troubles.setdefault(msisdn, deque()).extend([trouble] * times)

    def mend(self) -> None:
        """No more troubles."""
        with self._lock:
            self._troubles.clear()
            self._lasting.clear()
            self._arrivals.clear()

    def close(self) -> None:
        """Call back no more."""
        self._callbacks.close()

    # -- what the client sees ------------------------------------------------------------------------------

    def answer(self, form: Mapping[str, str], api_key: str) -> Answer:
        """`POST /messaging`. `form` as posted, `api_key` from the header of that name."""
        if not secrets.compare_digest(api_key.encode(), self.api_key.encode()) or form.get("username") != self.username:
            return Answer(401, "The supplied authentication is invalid")
        for name in ("to", "message"):
            if not form.get(name):
                return Answer(400, f"Request is missing required form field '{name}'")
        recipients = form["to"].split(",")
        if len(recipients) > MOST_RECIPIENTS:
            return Answer(400, "Too many recipients")
        troubles = [self._trouble(msisdn) for msisdn in recipients]
        wait_s = max((trouble.wait_s for trouble in troubles if trouble), default=0.0)
        entries = [
            self._entry(msisdn, form["message"], form.get("from") or self.sender, trouble)
            for msisdn, trouble in zip(recipients, troubles, strict=True)
        ]
        whole = next((trouble for trouble in troubles if trouble and trouble.status is not None), None)
        if whole is not None and whole.status is not None:
            return Answer(whole.status, whole.body, wait_s=wait_s)
        sent = sum(entry["statusCode"] < 400 for entry in entries)
        body = {"SMSMessageData": {"Message": f"Sent to {sent}/{len(entries)}", "Recipients": entries}}
        return Answer(201, json.dumps(body), "application/json", wait_s)

    def _trouble(self, msisdn: str) -> Trouble | None:
        with self._lock:
            for key in (msisdn, None):
                if self._troubles.get(key):
                    return self._troubles[key].popleft()
                if key in self._lasting:
                    return self._lasting[key]
        return None

    def _entry(self, msisdn: str, text: str, sender: str, trouble: Trouble | None) -> dict[str, Any]:
        code = 101 if trouble is None or trouble.code is None else trouble.code
        if not _MSISDN.fullmatch(msisdn):
            code = 403
        taken = code < 400 and (trouble is None or trouble.status is None or trouble.arrives)
        message_id = f"ATXid_{secrets.token_hex(16)}" if taken else "None"
        if taken:
            self._put(self._phones, msisdn, self._clock.now(), sender, text)
            self.report(message_id, msisdn, trouble.report if trouble else "Success")
        return {
            "statusCode": code, "number": msisdn, "status": _STATUS.get(code, "Unknown"),
            "cost": PRICE if taken else "0", "messageId": message_id,
        }

    def _arrival(self, msisdn: str) -> str:
        with self._lock:
            return self._arrivals.get(msisdn) or self._arrivals.get(None, "once")

    def _put(self, phones: Phones, msisdn: str, at: datetime, sender: str, text: str) -> None:
        with self._lock:
            message = Text(at, sender, text, gsm7.parts(text), next(self._count))
            phones.setdefault(msisdn, deque(maxlen=INBOX)).append(message)
            phones.move_to_end(msisdn)
            if len(phones) > PHONES:
                phones.popitem(last=False)


def router(standin: StandIn, path: str = "/vendor") -> Router:
    """The stand-in's HTTP side under `path`: set `ANTRE_AFRICASTALKING_URL` to the address of this path."""

    @post("/messaging", include_in_schema=False, opt={"limit": None})
    async def messaging(request: Request[Any, Any, Any]) -> Response[str]:
        form = await request.form()
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        answer = standin.answer(texts, request.headers.get("apiKey", ""))
        await asyncio.sleep(answer.wait_s)
        return Response(answer.body, status_code=answer.status, media_type=answer.media_type)

    return Router(path, route_handlers=[messaging])

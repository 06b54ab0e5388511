"""A resident's phone that sends: SMS and USSD to the hooks that the vendor would call.

USSD is a question and an answer, so it is asked here and now: `sessionId, phoneNumber, networkCode, serviceCode`, and
`text` with all inputs so far joined by `*`; the answer is `CON ` or `END ` and a screen. When a session is over the
vendor says so: `status` is `Success`, or `Incomplete` when the resident hung up; with `durationInMillis, hopsCount,
input, lastAppResponse` (the vendor's documents).
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

import requests

from api.demo.standin import NETWORK, Hooks, StandIn

SERVICE_CODE = "*384*6471#"
SESSIONS = 1000  # kept in memory
TIMEOUT_S = 10.0  # the vendor's own patience
_DIALLED = re.compile(r"\*[0-9*]+#")
_DEEP = re.compile(re.escape(SERVICE_CODE[:-1]) + r"\*([0-9*]+)#")  # the code with the first inputs in it


class NoDoor(Exception):
    """The office has no such hook, or nobody answered at it in the way the vendor asks for."""


@dataclass
class Dialogue:
    """One USSD session of a phone: what was typed so far, and the screen that stands."""

    session: str
    inputs: list[str] = field(default_factory=list)
    text: str = ""
    end: bool = False
    begun: float = 0.0  # seconds of `time.monotonic`


class Handset:
    """Phones that write and dial. `open_hooks` are the names of those the office has: `sms`, `ussd`."""

    def __init__(self, standin: StandIn, hooks: Hooks) -> None:
        self._standin, self._hooks = standin, hooks
        self._dialogues: OrderedDict[str, Dialogue] = OrderedDict()
        self._lock = threading.Lock()
        self.open_hooks: frozenset[str] = frozenset()

    def write(self, msisdn: str, text: str) -> str:
        """Send an SMS; answers its id. It reaches the hook a moment later. Raises NoDoor."""
        if "sms" not in self.open_hooks:
            raise NoDoor
        return self._standin.send_in(msisdn, text)

    def dialogue(self, msisdn: str) -> Dialogue | None:
        """The phone's last session."""
        with self._lock:
            return self._dialogues.get(msisdn)

    def dial(self, msisdn: str, session: str, typed: str) -> Dialogue:
        """Type something in a session: a new one begins, with an empty input or a dialled code. Raises NoDoor."""
        if "ussd" not in self.open_hooks:
            raise NoDoor
        with self._lock:
            before = self._dialogues.get(msisdn)
        if before is not None and before.session == session and not before.end:
            now = Dialogue(session, [*before.inputs, typed], begun=before.begun)
        else:
            now = Dialogue(session, _first_inputs(typed), begun=time.monotonic())
        self._ask(msisdn, now)
        if now.end:
            self._tell_end(msisdn, now, "Success")
        with self._lock:
            self._dialogues[msisdn] = now
            self._dialogues.move_to_end(msisdn)
            if len(self._dialogues) > SESSIONS:
                self._dialogues.popitem(last=False)
        return now

    def hang_up(self, msisdn: str) -> None:
        """Break off the phone's session, if one is open: the office is told as the vendor tells it."""
        with self._lock:
            dialogue = self._dialogues.pop(msisdn, None)
        if dialogue is not None and not dialogue.end and "ussd" in self.open_hooks:
            self._tell_end(msisdn, dialogue, "Incomplete")

    def _ask(self, msisdn: str, dialogue: Dialogue) -> None:
        """Fill in the next screen. Raises NoDoor."""
        form = _about(msisdn, dialogue) | {"text": "*".join(dialogue.inputs)}
        with requests.Session() as caller:
            caller.trust_env = False  # our own hook on this machine: no proxy is meant
            try:
                answer = caller.post(self._hooks.ussd, data=form, timeout=TIMEOUT_S)
            except requests.RequestException:
                raise NoDoor from None
        kind, _, screen = answer.text.partition(" ")
        if answer.status_code != 200 or kind not in ("CON", "END"):
            raise NoDoor
        dialogue.text, dialogue.end = screen, kind == "END"

    def _tell_end(self, msisdn: str, dialogue: Dialogue, status: str) -> None:
        self._standin.end_session(_about(msisdn, dialogue) | {
            "status": status, "durationInMillis": str(round(1000 * (time.monotonic() - dialogue.begun))),
            "hopsCount": str(len(dialogue.inputs) + 1), "input": "*".join(dialogue.inputs),
            "lastAppResponse": f"{'END' if dialogue.end else 'CON'} {dialogue.text}",
        })


def _about(msisdn: str, dialogue: Dialogue) -> dict[str, str]:
    return {"sessionId": dialogue.session, "phoneNumber": msisdn, "networkCode": NETWORK, "serviceCode": SERVICE_CODE}


def _first_inputs(typed: str) -> list[str]:
    """What a session begins with: nothing, unless the code is dialled with inputs, or something else is typed."""
    deep = _DEEP.fullmatch(typed)
    if deep:
        return deep[1].split("*")
    return [typed] if typed and not _DIALLED.fullmatch(typed) else []

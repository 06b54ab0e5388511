"""A phone that dials the menu by the real hook, as the vendor calls it."""

from __future__ import annotations

import itertools
from typing import Any

from notifications.wording import gsm7
from tests import people

PATH = "/hooks/africastalking/hook-secret-of-tests/ussd"
MOST = 5

_sessions = itertools.count(1)


class Dialler:
    """One phone; `dial` opens a session, `type` answers its screens. Every screen is looked at."""

    def __init__(self, client: Any, n: int = 1) -> None:
        self._client = client
        self.phone = people.phone(n)
        self.session, self.inputs, self.ended, self.screen = "", [], True, ""

    def dial(self, *inputs: str) -> str:
        """A new session, with what is dialled behind the menu's number."""
        self.session, self.inputs = f"ATUid_{next(_sessions)}", list(inputs)
        return self.post()

    def type(self, *inputs: str) -> str:
        """One input after the other, each in a callback of its own."""
        for one in inputs:
            assert not self.ended, self.screen
            self.inputs.append(one)
            self.post()
        return self.screen

    def post(self, text: str | None = None, phone: str | None = None) -> str:
        """One callback: that of the last input, unless a text is given."""
        answer = self._client.post(PATH, data={
            "sessionId": self.session, "phoneNumber": phone or self.phone, "networkCode": "51010",
            "serviceCode": "*384*6471#", "text": "*".join(self.inputs) if text is None else text})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/plain")
        check(answer.text)
        kind, _, self.screen = answer.text.partition(" ")
        self.ended = kind == "END"
        return self.screen

    def hang_up(self) -> None:
        """The vendor's event at the end of a session."""
        answer = self._client.post(PATH, data={
            "sessionId": self.session, "status": "Incomplete", "durationInMillis": "31000", "hopsCount": "3",
            "input": "*".join(self.inputs), "lastAppResponse": "CON x\ny"})
        assert (answer.status_code, answer.text) == (200, "")
        self.ended = True


def check(answer: str) -> None:
    """What every screen keeps to."""
    assert answer.startswith(("CON ", "END ")), answer
    assert gsm7.fits(answer), (gsm7.septets(answer), answer)
    lines = answer.removeprefix("CON ").splitlines()
    assert sum(line[:2] in {f"{n} " for n in range(10)} for line in lines) <= MOST, answer

"""Stand-ins for what lies outside the process: who carries an SMS, who carries an e-mail."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from dataclasses import dataclass
from decimal import Decimal

from notifications.gateways.base import Mail, Outcome, Sent


@dataclass(frozen=True)
class Carried:
    """One message as it was handed over, and what the gateway answered."""

    phone: str
    text: str
    outcome: Outcome


class FakeGateway:
    """Takes every message and keeps it, except where `answer` has said otherwise. May be used from many threads."""

    name = "fake"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: deque[Outcome] = deque()
        self._ids = itertools.count(1)
        self.carried: list[Carried] = []
        self.closed = False

    def answer(self, *outcomes: Outcome) -> None:
        """The next messages get these answers, one each; those after them are taken again."""
        with self._lock:
            self._answers.extend(outcomes)

    def mend(self) -> None:
        """No more other answers."""
        with self._lock:
            self._answers.clear()

    def send(self, phone: str, text: str) -> Outcome:
        """Keep the message; answer as told."""
        with self._lock:
            outcome = self._answers.popleft() if self._answers else self._taken()
            self.carried.append(Carried(phone, text, outcome))
            return outcome

    def _taken(self) -> Sent:
        return Sent(f"fake-{next(self._ids)}", Decimal("325.0000"), "IDR")

    def to(self, phone: str) -> list[str]:
        """The texts that phone was sent and the gateway took, in order."""
        with self._lock:
            return [one.text for one in self.carried if one.phone == phone and isinstance(one.outcome, Sent)]

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class FakeMailer:
    """Takes every e-mail and keeps it. May be used from many threads."""

    name = "fake-mail"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.carried: list[Mail] = []
        self.closed = False

    def mail(self, message: Mail) -> Outcome:
        """Keep the mail."""
        with self._lock:
            self.carried.append(message)
            return Sent(message.message_id)

    def close(self) -> None:
        """Remember it."""
        self.closed = True

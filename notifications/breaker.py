"""When a carrier that fails again and again is left alone (pure).

    closed      it gets messages
    open        `FAILURES` in a row concerned the carrier, not a number: it gets none until `retry_at`
    half-open   from then on it gets one, whose outcome closes the breaker or opens it for twice as long

So an outage costs no message its tries, and a carrier that times out turns a handful of messages into ones of
unknown fate instead of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES = 5
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=10)
UNLIMITED = 1_000_000


@dataclass(slots=True)
class Breaker:
    """One carrier's, in one process. `retry_at` is None while it is closed."""

    failures: int = 0
    retry_at: datetime | None = None
    rest: timedelta = FIRST_REST
    probing: bool = False

    def free(self, now: datetime) -> int:
        """How many messages the carrier may be given now."""
        if self.retry_at is None:
            return UNLIMITED
        return 1 if now >= self.retry_at and not self.probing else 0

    def given(self) -> None:
        """It was given a message: that of a breaker which is not closed is the probe."""
        if self.retry_at is not None:
            self.probing = True

    def worked(self, *, probe: bool) -> bool:
        """It answered as a carrier that works; whether that closed the breaker. What was given before it opened and
        comes back later says nothing about now."""
        if self.retry_at is None:
            self.failures = 0
            return False
        if not probe:
            return False
        self.failures, self.retry_at, self.rest, self.probing = 0, None, FIRST_REST, False
        return True

    def failed(self, now: datetime, *, probe: bool) -> bool:
        """It failed in a way that concerns every message; whether that opened a closed breaker."""
        if self.retry_at is None:
            self.failures += 1
            if self.failures < FAILURES:
                return False
            self.retry_at = now + self.rest
            return True
        if probe:
            self.rest = min(self.rest * 2, LONGEST_REST)
            self.retry_at, self.probing = now + self.rest, False
        return False

    def stay_open(self, now: datetime) -> None:
        """It was open when the process before this one ended: begin with a probe."""
        self.failures, self.retry_at = FAILURES, now

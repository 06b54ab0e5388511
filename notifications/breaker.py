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
    """One carrier's, in one process. `retry_at` is None while it is closed.

    Messages given are numbered. A failure counts only if none given later has worked since: one request that hangs
    says nothing about the carrier while others go through.
    """

    failures: int = 0
    retry_at: datetime | None = None
    rest: timedelta = FIRST_REST
    probe: int | None = None
    count: int = 0
    newest_good: int = 0

    def free(self, now: datetime) -> int:
        """How many messages the carrier may be given now."""
        if self.retry_at is None:
            return UNLIMITED
        return 1 if now >= self.retry_at and self.probe is None else 0

    def given(self) -> int:
        """It was given a message, the probe if the breaker is not closed; its number."""
        self.count += 1
        if self.retry_at is not None:
            self.probe = self.count
        return self.count

    def worked(self, number: int) -> bool:
        """It answered that message as a carrier that works; whether that closed the breaker. What was given before it
        opened and comes back later says nothing about now."""
        self.newest_good = max(self.newest_good, number)
        if self.retry_at is None:
            self.failures = 0
            return False
        if number != self.probe:
            return False
        self.failures, self.retry_at, self.rest, self.probe = 0, None, FIRST_REST, None
        return True

    def failed(self, number: int, now: datetime) -> bool:
        """It failed at that message in a way that concerns every message; whether that opened a closed breaker."""
        if self.retry_at is None:
            self.failures += number > self.newest_good
            if self.failures < FAILURES:
                return False
            self.retry_at = now + self.rest
            return True
        if number == self.probe:
            self.rest = min(self.rest * 2, LONGEST_REST)
            self.retry_at, self.probe = now + self.rest, None
        return False

    def spared(self, number: int) -> None:
        """That message never came to the carrier: another one is the probe."""
        if number == self.probe:
            self.probe = None

    def stay_open(self, now: datetime) -> None:
        """It was open when the process before this one ended: begin with a probe."""
        self.failures, self.retry_at = FAILURES, now

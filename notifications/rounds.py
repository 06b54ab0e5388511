"""What becomes of a message after a try: taken, unknown, given to the next carrier, tried again later, failed (pure).

A round asks the carriers one after another, until one takes the message or all have refused it. What is surely not
taken goes to the next carrier at once; what may have been taken goes nowhere else. After a round in vain the message
waits and begins a new one, without the carriers that never will take it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.gateways.base import Ambiguous, Outcome, Permanent, Sent

# Twelve rounds over some six hours: a night's outage of credit or key is bridged, then the journal says so.
ATTEMPTS = 12
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
NEVER = "!"


def wait_before(attempt: int, jitter: float) -> timedelta:
    """How long to wait after the `attempt`-th round in vain (from 1): doubling, capped; `jitter` in [0, 1) takes off
    up to a quarter, so that what failed together does not come back together."""
    doubled = min(FIRST_WAIT * 2 ** min(attempt - 1, 20), LONGEST_WAIT)
    return timedelta(seconds=doubled.total_seconds() * (1 - jitter / 4))


@dataclass(frozen=True, slots=True)
class Tried:
    """Which carriers refused a message: in this round, and for good."""

    now: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    @staticmethod
    def read(text: str | None) -> Tried:
        """From the row: `africastalking,http!`."""
        names = text.split(",") if text else []
        return Tried(tuple(name for name in names if not name.endswith(NEVER)),
                     tuple(name.removesuffix(NEVER) for name in names if name.endswith(NEVER)))

    def text(self) -> str | None:
        """For the row."""
        return ",".join([*self.now, *(name + NEVER for name in self.never)]) or None

    def after(self, carrier: str, outcome: Outcome) -> Tried:
        """With one refusal more."""
        if isinstance(outcome, Permanent):
            return Tried(self.now, (*self.never, carrier))
        return Tried((*self.now, carrier), self.never)

    def left(self, carriers: Sequence[str]) -> list[str]:
        """Those that were not asked in this round and may take it."""
        return [name for name in carriers if name not in self.now and name not in self.never]

    def next_round(self) -> Tried:
        """Only those that never will take it."""
        return Tried((), self.never)


@dataclass(frozen=True, slots=True)
class Fate:
    """The state a try leads to; queued means again at `due_at`. `rounds` counts those that came to their end."""

    state: str
    due_at: datetime
    rounds: int
    tried: str | None = None
    error: str | None = None


def after(
    outcome: Outcome, carrier: str, carriers: Sequence[str], tried: Tried, rounds: int, expires_at: datetime | None,
    now: datetime, jitter: float,
) -> Fate:
    """What becomes of a message that `carrier`, one of `carriers`, was given when `rounds` had ended.

    The moments are aware; `jitter` as in `wait_before`.
    """
    if isinstance(outcome, Sent):
        return Fate("sent", now, rounds + 1)
    if isinstance(outcome, Ambiguous):
        return Fate("unknown", now, rounds + 1, error=outcome.reason)
    if isinstance(outcome, Permanent) and not outcome.elsewhere:
        return Fate("failed", now, rounds + 1, error=outcome.reason)
    tried = tried.after(carrier, outcome)
    if tried.left(carriers):
        return Fate("queued", now, rounds, tried.text(), outcome.reason)
    rounds, tried = rounds + 1, tried.next_round()
    again = now + wait_before(rounds, jitter)
    if not tried.left(carriers) or rounds >= ATTEMPTS or (expires_at is not None and again >= expires_at):
        return Fate("failed", now, rounds, error=outcome.reason)
    return Fate("queued", again, rounds, tried.text(), outcome.reason)

"""What decides a simulated day: the rule in use, or the best fixed number of bookings (pure)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from scheduler import capacity
from scheduler.capacity import Decision, Standing

ADAPTIVE, FIXED = "adaptive", "fixed"


class Policy(Protocol):
    """What decides a day."""

    @property
    def learns(self) -> bool:
        """Whether it is told of days that are over."""

    def decide(self, day: Standing) -> Decision:
        """As `capacity.decide`."""


@dataclass(frozen=True)
class Adaptive:
    """`capacity.decide`, with what was learnt."""

    name: str = ADAPTIVE
    learns: bool = True

    def decide(self, day: Standing) -> Decision:
        """As production."""
        return capacity.decide(day)


@dataclass(frozen=True)
class Fixed:
    """Always the same number. For what is not sold people without a booking are let in: as many as would have come of
    those places, when each of their people stays away with the chance the number was chosen for."""

    number: int
    stays_away: float
    name: str = FIXED
    learns: bool = False

    def decide(self, day: Standing) -> Decision:
        """`number`, never fewer than are booked."""
        taken = day.booked + day.held
        wanted = max(self.number - round(day.walk_ins / (1 - self.stays_away)), taken)
        room = max(round((self.number - taken) * (1 - self.stays_away)), day.walk_ins) if day.today else 0
        return Decision(max(wanted - day.held, day.booked), room, wanted, {"code": FIXED})


def best_fixed(low: int, high: int, stays_away: float) -> int:
    """The number of bookings of which most often `low` to `high` come, when each stays away with that chance alone."""
    comes = 1 - stays_away
    return max(range(low, 3 * high), key=lambda number: sum(
        math.comb(number, k) * comes**k * stays_away**(number - k) for k in range(low, min(high, number) + 1)))

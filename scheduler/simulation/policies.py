"""What decides a simulated day: the rule in use, or the best fixed number of bookings (pure)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scheduler import capacity
from scheduler.capacity import Decision, Standing

ADAPTIVE, FIXED = "adaptive", "fixed"


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
    """Always the same number; what is not sold goes to people without a booking."""

    number: int
    name: str = FIXED
    learns: bool = False

    def decide(self, day: Standing) -> Decision:
        """`number`, never fewer than are booked."""
        taken = day.booked + day.held
        wanted = max(self.number - day.walk_ins, taken)
        room = max(self.number - taken, day.walk_ins) if day.today else 0
        return Decision(max(wanted - day.held, day.booked), room, wanted, {"code": FIXED})


def best_fixed(low: int, high: int, stays_away: float) -> int:
    """The number of bookings of which most often `low` to `high` come, when each stays away with that chance alone."""
    comes = 1 - stays_away
    return max(range(low, 3 * high), key=lambda number: sum(
        math.comb(number, k) * comes**k * stays_away**(number - k) for k in range(low, min(high, number) + 1)))

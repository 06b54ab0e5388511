"""What a day looks like as JSON, for who manages it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from api.rest.schemas import Day, Moment


class DecisionAnswer(Struct, frozen=True):
    """`because` is a code with its numbers, `words` the sentence made of it."""

    at: Moment
    released: int
    because: dict[str, Any]
    words: str


class OverrideAnswer(Struct, frozen=True):
    """A manager's own number of places for the day."""

    released: int
    reason: str
    at: Moment


class NextAnswer(Struct, frozen=True):
    """What opens by itself: the next `portion` of the day, `share` of it being open then, or what was `freed`."""

    at: Moment
    what: str
    share: float | None


class DayAnswer(Struct, frozen=True):
    """A day in people: the band `low` to `high`, what is released, who booked, came, walked in, was turned away;
    `expected` on the day in all, between `expected_low` and `expected_high` with 90 %; `p_over`, the chance of more
    than `high`, and `p_under`, of fewer than `low`. `held` are places offered to the waiting list, `wanted` is what
    would be open if nothing had to wait."""

    date: Day
    low: int
    high: int
    released: int
    booked: int
    arrived: int
    walk_ins: int
    walk_in_room: int
    served: int
    absent: int
    expected: int
    p_over: float
    closed: bool
    held: int
    wanted: int
    turned_away: int
    expected_low: int
    expected_high: int
    p_under: float
    override: OverrideAnswer | None
    next: list[NextAnswer]
    decisions: list[DecisionAnswer]

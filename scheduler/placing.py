"""Where people go whose place was closed: the nearest free places, given out in the order they stand in (pure).

The dry run of a closure and the job that moves people ask the same plan, so what a manager is shown is what happens,
unless somebody takes a place in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Leaving:
    """A booking of `party` people that must leave its `start` (UTC) of the group `letter` on the day `day_id`."""

    letter: str
    start: datetime
    day_id: int
    party: int


@dataclass(frozen=True, slots=True)
class Free:
    """A start with `places` free ones. How many of them may be booked is up to its day."""

    letter: str
    start: datetime
    day_id: int
    places: int


class Room:
    """The free starts and what each day has left (by id, people), as people are given places in them."""

    def __init__(self, free: Iterable[Free], left: Mapping[int, int]) -> None:
        self._free: defaultdict[str, list[Free]] = defaultdict(list)
        self._places: dict[tuple[str, datetime], int] = {}
        self._left = dict(left)
        for one in free:
            self._free[one.letter].append(one)
            self._places[one.letter, one.start] = one.places

    def nearest(self, who: Leaving) -> Free | None:
        """The start nearest to the old one in which all of them fit: later on the same day if there is one, else the
        nearest in time, of two as near the later."""
        return min((one for one in self._free[who.letter] if self._fits(who, one)),
                   key=lambda one: _distance(who, one), default=None)

    def take(self, who: Leaving, where: Free) -> None:
        """They have it. On their own day they need no more of the day than they had."""
        self._places[where.letter, where.start] -= who.party
        if where.day_id != who.day_id:
            self._left[where.day_id] -= who.party

    def _fits(self, who: Leaving, one: Free) -> bool:
        in_day = one.day_id == who.day_id or self._left[one.day_id] >= who.party
        return in_day and self._places[one.letter, one.start] >= who.party and one.start != who.start


def plan(leaving: Sequence[Leaving], room: Room) -> list[Free | None]:
    """Where each goes, in their order; None for whom there is nothing. The room is used up."""
    places: list[Free | None] = []
    for who in leaving:
        where = room.nearest(who)
        if where is not None:
            room.take(who, where)
        places.append(where)
    return places


def _distance(who: Leaving, one: Free) -> tuple[bool, timedelta, bool]:
    is_later = one.start > who.start
    return not (is_later and one.day_id == who.day_id), abs(one.start - who.start), not is_later

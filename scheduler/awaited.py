"""Who is booked and may still come: each booking as a chance and its people, read for many days at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import BigInteger, Connection, bindparam

from scheduler import calendar, shows
from scheduler.days import chunks
from scheduler.grounds import Grounds
from scheduler.shown import OPEN, SILENT, YES, Trait
from scheduler.shows import Chances
from scheduler.tables import bookings

Bookings = tuple[tuple[float, int], ...]


def _seconds(moment: sa.Column[datetime]) -> sa.ColumnElement[int]:
    """Since 1970, as a number: a million moments are told apart by it in a fraction of the time."""
    return sa.cast(sa.extract("epoch", moment), BigInteger)


_BOOKED = sa.select(
    bookings.c.day_id, bookings.c.service_id, bookings.c.channel, bookings.c.party,
    _seconds(bookings.c.created_at).label("made"), _seconds(bookings.c.start).label("start"),
    bookings.c.confirmed_at.is_not(None).label("yes"),
).where(bookings.c.day_id.in_(bindparam("ids", expanding=True)), bookings.c.status == "booked")


def awaited(connection: Connection, seen: Sequence[Grounds], now: datetime) -> dict[int, Bookings]:
    """Who may still come on each of these days, in one query for a thousand of them.

    On the day itself somebody late has less of a chance (`shows.still`), and nobody has one once the office has closed.
    """
    looks = {one.day.id: one for one in seen if _may_come(one, now)}
    chances = {office_id: Chances(learnt) for office_id, learnt in
               {one.office.id: one.learnt for one in looks.values()}.items()}
    found: dict[int, list[tuple[float, int]]] = {day_id: [] for day_id in looks}
    for ids in chunks([day_id for day_id, one in looks.items() if _left(one)]):
        days = {day_id: _Day(looks[day_id], chances, now) for day_id in ids}
        for row in connection.execute(_BOOKED, {"ids": ids}):
            chance = days[row[0]].chance(row)
            if chance > 0:
                found[row[0]].append((chance, row[3]))
    return {one.day.id: tuple(found.get(one.day.id, ())) for one in seen}


class _Day:
    """What tells the chances of one day's bookings."""

    def __init__(self, one: Grounds, chances: Mapping[int, Chances], now: datetime) -> None:
        self._one, self._chances = one, chances[one.office.id]
        self._weekday, self._silent = one.day.date.weekday(), SILENT if one.asked else OPEN
        self._spans = _spans(one.day.date, one.office.zone)
        self._now = now.timestamp() if one.day.date <= one.office.today(now) else None

    def chance(self, row: Any) -> float:
        """The chance that the booking's people come."""
        _, service, channel, _, made, start, yes = row
        lead = len(self._spans) - bisect_right(self._spans, made)
        before = self._chances[Trait(service, lead, channel, self._weekday, YES if yes else self._silent)]
        if self._now is None:
            return before
        one = self._one
        return shows.still(one.learnt, before, (self._now - start) / 60, one.office.rules.late_minutes)


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


def people(bookings_of: Iterable[tuple[float, int]]) -> int:
    """How many people these bookings are."""
    return sum(party for _, party in bookings_of)

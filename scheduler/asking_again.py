"""When somebody without booking whom today has no room for may ask again: once more of who booked have not come.

The rule of `capacity.py` is asked as the job will ask it at later moments, if nobody came until then. So it is no
promise, but before that moment asking again is in vain unless somebody cancels.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import calendar, capacity, grounds
from scheduler.calendar import MINUTE
from scheduler.capacity import Decision
from scheduler.days import Day, DayPlaces
from scheduler.grounds import Grounds
from scheduler.offices import Office, Service
from scheduler.standings import standings
from scheduler.tables import slots

QUARTER = 15 * MINUTE  # a time to come back that people can keep in mind
RUN = MINUTE           # how often the job decides anew

_NO_KEY = b""  # what waits for moments nobody can foresee is left out: `wanted` is asked, not `released`
_LAST_FREE = sa.select(sa.func.max(slots.c.start)).where(
    slots.c.day_id == bindparam("day"), slots.c.letter == bindparam("letter"),
    slots.c.taken + bindparam("party") <= slots.c.places)


def moment(connection: Connection, office: Office, service: Service, day: Day, party: int,
           now: datetime) -> datetime | None:
    """The quarter of an hour at which `day`, which is today, has room for `party` more if nobody comes until then.

    Room without booking, or a start that can then be booked. None when nobody who booked is awaited, or when there is
    no such moment before it is too late to be served. In some fifteen small queries, however many are booked.
    """
    if day.booked <= day.arrived + day.absent:
        return None
    (one,) = grounds.of(connection, [(office, day)], now, _NO_KEY) or (None,)
    if one is None:
        return None
    later = _moments(office, service, day, now)
    found = bisect_left(later, True, key=_fits(connection, one, service, party, now))
    return later[found] if found < len(later) else None


def _moments(office: Office, service: Service, day: Day, now: datetime) -> list[datetime]:
    """The quarters of an hour still to come today at which the service fits into what is open."""
    quarters = math.ceil((now + RUN).timestamp() / QUARTER.total_seconds())
    first = datetime.fromtimestamp(quarters * QUARTER.total_seconds(), UTC)
    opened = calendar.intervals(office, day.date)
    every = (first + n * QUARTER for n in range(timedelta(days=1) // QUARTER))
    return [at for at in every
            if any(opens <= at and at + service.minutes * MINUTE <= closes for opens, closes in opened)]


def _fits(connection: Connection, one: Grounds, service: Service, party: int,
          now: datetime) -> Callable[[datetime], bool]:
    """Whether there is room at a moment. What opens then goes to who is in line first, and needs a free start."""
    day, notice = one.day, timedelta(minutes=one.office.rules.notice_minutes)
    last: datetime | None = connection.execute(
        _LAST_FREE, {"day": day.id, "letter": service.letter, "party": party}).scalar_one()
    places = DayPlaces()
    before = _decided(connection, one, now, places).wanted

    def fits(at: datetime) -> bool:
        then = _decided(connection, one, at, places)
        can_book = not one.in_line and last is not None and at + notice <= last
        return then.walk_in_room - day.walk_ins >= party or (can_book and then.wanted - before >= party)

    return fits


def _decided(connection: Connection, one: Grounds, at: datetime, places: DayPlaces) -> Decision:
    """What the job decides at that moment about the day as it stands now."""
    then = replace(one, kept=grounds.kept(one.office, one.day, one.learnt, at))
    return capacity.decide(standings(connection, [then], at, places)[one.day.id])

"""Places: which starts can be taken now, taking them, giving them back.

A place is taken by guarded updates, slot first and day last: the day's row is the one people queue for, so it
is held shortest. Constraints on both rows stand behind the guards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any, NoReturn

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import calendar, waiting_dates
from scheduler.days import UNFINISHED
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Service
from scheduler.tables import days, slots

ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A start of a service group with what is left of it and of its day."""

    slot_id: int
    day_id: int
    slot_left: int
    day_left: int


@dataclass(frozen=True, slots=True)
class Own:
    """The place of a booking that is to move away from `start`. On its own day it needs no more room than it has."""

    start: datetime
    day_id: int


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A start that can be booked now, in UTC; `end` is the start plus the service's minutes."""

    start: datetime
    end: datetime
    places: int


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A day of the office; `open` says whether it has any opening hours, `places` what can be booked now."""

    date: date
    open: bool
    places: int
    slots: list[FreeSlot]


_JOINED = slots.join(days, days.c.id == slots.c.day_id)

_FIND = (
    sa.select(slots.c.id, slots.c.day_id, (slots.c.places - slots.c.taken).label("slot_left"),
              (days.c.released - days.c.booked).label("day_left"))
    .select_from(_JOINED)
    .where(slots.c.office_id == bindparam("office"), slots.c.letter == bindparam("letter"),
           slots.c.start == bindparam("start"), slots.c.places > 0, days.c.closed.is_(False))
)

_DAY_LEFT = days.c.released - days.c.booked + sa.case((days.c.id == bindparam("own_day"), bindparam("party")), else_=0)
_FREE = (
    sa.select(days.c.date, slots.c.start, (slots.c.places - slots.c.taken).label("slot_left"),
              _DAY_LEFT.label("day_left"))
    .select_from(_JOINED)
    .where(slots.c.office_id == bindparam("office"), slots.c.letter == bindparam("letter"),
           slots.c.start >= bindparam("since"), slots.c.start < bindparam("until"), days.c.closed.is_(False),
           slots.c.taken + bindparam("party") <= slots.c.places, bindparam("party") <= _DAY_LEFT)
)
_FREE_FORWARD = _FREE.order_by(slots.c.start).limit(bindparam("most"))
_FREE_BACKWARD = _FREE.order_by(slots.c.start.desc()).limit(bindparam("most"))

# The guard is the WHERE, the constraint stands behind it: `taken` and `booked` never pass their limit.
_TAKE_SLOT = sa.update(slots).where(
    slots.c.id == bindparam("slot"), slots.c.taken + bindparam("party") <= slots.c.places
).values(taken=slots.c.taken + bindparam("party"))
_TAKE_DAY = sa.update(days).where(
    days.c.id == bindparam("day"), days.c.closed.is_(False), days.c.booked + bindparam("party") <= days.c.released
).values(booked=days.c.booked + bindparam("party"))
_FREE_SLOT = sa.update(slots).where(slots.c.id == bindparam("slot")).values(taken=slots.c.taken - bindparam("party"))
# On an unfinished day a full start may hold more people than are offered places there: what one of them gives up is
# not sold before the day has been looked at again. A statement of its own, as one that waited for the start's row would
# know the day as it was before.
_WITHHOLD = sa.update(slots).where(
    slots.c.id == bindparam("slot"), slots.c.taken + bindparam("party") == slots.c.places,
    sa.exists().where(days.c.id == slots.c.day_id, days.c.plan.startswith(UNFINISHED)),
).values(places=slots.c.places - bindparam("party"))
# What is given up is not the public's at once: it leaves `released` as well, and `releasing.py` opens it later.
_FREE_DAY = sa.update(days).where(days.c.id == bindparam("day")).values(
    booked=days.c.booked - bindparam("party"), released=days.c.released - bindparam("party"), freed_at=bindparam("at"))


def earliest(office: Office, now: datetime) -> datetime:
    """The first moment a start may have now: the notice the office wants."""
    return now + timedelta(minutes=office.rules.notice_minutes)


def end_of_horizon(office: Office, now: datetime) -> datetime:
    """The first moment that is too far: midnight after the last day of the horizon, in UTC."""
    return _midnight(office, office.today(now) + timedelta(days=office.rules.horizon_days + 1))


def in_reach(office: Office, start: datetime, now: datetime) -> bool:
    """Whether `start` is neither too soon nor too far; a token can name every day that is."""
    return earliest(office, now) <= start < end_of_horizon(office, now)


def find(connection: Connection, office: Office, service: Service, start: datetime, party: int, now: datetime, *,
         besides: Own | None = None) -> Place:
    """The place at `start`, checked against notice, horizon and hours; it may still be full.

    Raises Refusal too_soon, too_far, office_closed or outside_hours, with alternatives; see there for `besides`.
    """
    if start < earliest(office, now):
        refuse(connection, "too_soon", office, service, party, start, now, besides=besides)
    if start >= end_of_horizon(office, now):
        refuse(connection, "too_far", office, service, party, start, now, besides=besides)
    if (gap := calendar.gap_at(office, start)) is not None:
        refuse(connection, "office_closed", office, service, party, start, now, besides=besides, because=gap.reason)
    row = connection.execute(_FIND, {"office": office.id, "letter": service.letter, "start": start}).one_or_none()
    if row is None:
        on = office.today(start)
        if calendar.intervals(office, on):
            refuse(connection, "outside_hours", office, service, party, start, now, besides=besides)
        refuse(connection, "office_closed", office, service, party, start, now, besides=besides,
               because=office.because(on))
    return Place(*row)


def take(connection: Connection, slot_id: int, party: int) -> bool:
    """Take `party` places of the slot, or answer False."""
    return connection.execute(_TAKE_SLOT, {"slot": slot_id, "party": party}).rowcount == 1


def take_day(connection: Connection, day_id: int, party: int) -> bool:
    """Take `party` places of the day, or answer False. Call it last: the row is contended."""
    return connection.execute(_TAKE_DAY, {"day": day_id, "party": party}).rowcount == 1


def give_back(connection: Connection, slot_id: int, party: int) -> None:
    """Give `party` places back to the slot."""
    connection.execute(_FREE_SLOT, {"slot": slot_id, "party": party})
    connection.execute(_WITHHOLD, {"slot": slot_id, "party": party})


def give_back_day(connection: Connection, day_id: int, party: int, now: datetime) -> None:
    """Give `party` places back to the day, not for sale yet: whoever waits in line comes first, and nobody who knows of
    the cancellation can count on the place. When its start was missed a walk-in may have been let in for it.
    """
    connection.execute(_FREE_DAY, {"day": day_id, "party": party, "at": now})


def refuse(connection: Connection, code: str, office: Office, service: Service, party: int,
           near: datetime, now: datetime, *, besides: Own | None = None, **details: Any) -> NoReturn:
    """Refuse with up to three starts that can be booked instead, near the one that was wanted, and `details`.

    `may_wait` says whether the waiting list takes a wish for that day; who is to move has a place already.
    """
    found = alternatives(connection, office, service.letter, party, near, now, besides=besides)
    may_wait = besides is None and near < end_of_horizon(office, now) and waiting_dates.takes(
        office, office.today(near), now)
    raise Refusal(code, alternatives=found, may_wait=may_wait, **details)


def alternatives(connection: Connection, office: Office, letter: str, party: int,
                 near: datetime, now: datetime, *, besides: Own | None = None) -> list[datetime]:
    """Up to three starts with room for `party`: the next ones from `near` on, else the last ones before it.

    `besides` is the booking that is to move: its start is left out, and on its day it fits although that is full.
    """
    first, end = earliest(office, now), end_of_horizon(office, now)
    near = min(max(near, first), end)
    most = ALTERNATIVES + (besides is not None)
    asked = {"office": office.id, "letter": letter, "party": party, "since": near, "until": end, "most": most}
    found = [row.start for row in _free(connection, _FREE_FORWARD, asked, besides)][:ALTERNATIVES]
    if len(found) < ALTERNATIVES and near > first:
        before = _free(connection, _FREE_BACKWARD, {**asked, "since": first, "until": near}, besides)
        found += [row.start for row in before][:ALTERNATIVES - len(found)]
    return sorted(found)


def free_slots(connection: Connection, office: Office, service: Service, first: date, count: int,
               now: datetime, party: int = 1, besides: Own | None = None) -> list[FreeDay]:
    """What can be booked now on `count` days from `first` (the office's dates), in one query.

    `besides` is the booking that is to move: see `alternatives`.
    """
    since = max(_midnight(office, first), earliest(office, now))
    until = min(_midnight(office, first + timedelta(days=count)), end_of_horizon(office, now))
    rows = _free(connection, _FREE_FORWARD, {
        "office": office.id, "letter": service.letter, "party": party, "since": since, "until": until, "most": 100_000,
    }, besides)
    free = {day: list(group) for day, group in groupby(rows, key=lambda row: row.date)}
    dates = (first + timedelta(days=n) for n in range(count))
    return [_free_day(office, service, day, free.get(day, ())) for day in dates]


def _free_day(office: Office, service: Service, day: date, rows: Iterable[Any]) -> FreeDay:
    length = timedelta(minutes=service.minutes)
    free = [FreeSlot(row.start, row.start + length, min(row.slot_left, row.day_left)) for row in rows]
    left = max((row.day_left for row in rows), default=0)
    places = min(left, sum(slot.places for slot in free))
    return FreeDay(day, bool(free) or bool(calendar.intervals(office, day)), places, free)


def _free(connection: Connection, statement: sa.Select[Any], asked: dict[str, Any], besides: Own | None) -> list[Any]:
    rows = connection.execute(statement, {**asked, "own_day": besides.day_id if besides is not None else 0})
    return [row for row in rows if besides is None or row.start != besides.start]


def _midnight(office: Office, day: date) -> datetime:
    return datetime.combine(day, time(), office.zone).astimezone(UTC)

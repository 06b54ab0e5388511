"""The hall as it is now: who waits in which order, when each one's turn is expected, who is at which counter.

Screens, pages and phones rest on `look`. `Hall.version` grows with every act of a counter, not with arrivals.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import calendar
from scheduler.calendar import MINUTE
from scheduler.offices import Office
from ticketing import estimates, numbers, service_times, stations
from ticketing.called import COLUMNS, LINE, STAY, WITH_STAY, Called, office_counter, shown, waiting_of
from ticketing.estimates import Turn
from ticketing.hall_tables import desks, halls, servings
from ticketing.order import Call, Line
from ticketing.tables import visits

__all__ = ["Called", "Hall", "InLine", "LastCall", "glance", "look", "office_counter"]

GLANCED = timedelta(seconds=10)  # a look is good for so long while nothing changes but the time
RECENT = 300  # calls that are read: those of some 20 minutes, and who was called before in each line

_VERSION = sa.select(halls.c.version, desks.c.counter_id, desks.c.seen_at).outerjoin(
    desks, desks.c.office_id == halls.c.office_id).where(
    halls.c.office_id == bindparam("office"), halls.c.date == bindparam("date"))
# The version grows with every act, the number of those who wait with arrivals.
_STAMP = sa.select(
    sa.select(halls.c.version).where(
        halls.c.office_id == bindparam("office"), halls.c.date == bindparam("date")).scalar_subquery(),
    sa.select(sa.func.count()).select_from(visits).where(
        visits.c.office_id == bindparam("office"), visits.c.date == bindparam("date"),
        visits.c.state == "waiting").scalar_subquery())
_WAITING = sa.select(*LINE, visits.c.letter, visits.c.number, visits.c.booking_id).where(
    visits.c.office_id == bindparam("office"), visits.c.date == bindparam("date"), visits.c.state == "waiting")
_ELSEWHERE = sa.select(*COLUMNS, *STAY).select_from(WITH_STAY).where(
    visits.c.office_id == bindparam("office"), visits.c.date == bindparam("date"),
    visits.c.state.in_(("held", "called", "serving")))
_CALLS = sa.select(
    servings.c.call, servings.c.calls, servings.c.visit_id, servings.c.counter_id, servings.c.queue,
    servings.c.priority, servings.c.last_called_at, servings.c.ended_at, visits.c.letter, visits.c.number,
).join(visits, visits.c.id == servings.c.visit_id).where(
    servings.c.office_id == bindparam("office"), servings.c.date == bindparam("date"),
).order_by(servings.c.call.desc()).limit(RECENT)


@dataclass(frozen=True, slots=True)
class InLine:
    """One who waits. `since` is the arrival; `before` counts those of the queue whose turn is sooner.

    The turn is expected `from_` to `to` (aware, four times in five); None while no counter serves the visit.
    """

    visit_id: int
    number: str
    service: str
    queue: str
    since: datetime
    due: datetime
    priority: str | None
    party: int
    booking_id: int | None
    before: int
    from_: datetime | None
    to: datetime | None


@dataclass(frozen=True, slots=True)
class LastCall:
    """A call that was made: its number in the day, whom, where (slug), and whether that stay is over."""

    call: int
    calls: int
    visit_id: int
    number: str
    counter: str | None
    at: datetime
    over: bool


@dataclass(frozen=True, slots=True)
class Hall:
    """A hall on one day. `waiting` in the order of the expected calls, `called` and `calls` the latest call first."""

    version: int
    waiting: list[InLine]
    called: list[Called]
    held: list[Called]
    calls: list[LastCall]


def look(connection: Connection, office: Office, now: datetime) -> Hall:
    """The office's hall today, in four queries. The version is read first: what it tells of is in the rest."""
    today = office.today(now)
    asked = {"office": office.id, "date": today}
    desk_rows = connection.execute(_VERSION, asked).all()
    waiting = connection.execute(_WAITING, asked).all()
    rows = connection.execute(_ELSEWHERE, asked).all()
    calls = connection.execute(_CALLS, asked).all()
    called = [row for row in rows if row.state in ("called", "serving")]
    working = _at_work(desk_rows, calls, called, now) | {row.for_counter_id for row in waiting}
    return Hall(
        version=desk_rows[0].version if desk_rows else 0,
        waiting=_in_line(connection, office, now, waiting, called, calls, working) if waiting else [],
        called=sorted((shown(office, row) for row in called), key=lambda one: -(one.call or 0)),
        held=[shown(office, row) for row in sorted(rows, key=lambda row: row.since) if row.state == "held"],
        calls=[_last_call(office, row) for row in calls],
    )


_lock = threading.Lock()
_glanced: WeakKeyDictionary[Any, dict[int, tuple[datetime, Any, Hall]]] = WeakKeyDictionary()


def glance(connection: Connection, office: Office, now: datetime) -> Hall:
    """The same for many who ask at once: looked at anew when something happened, or the last look is `GLANCED` old.

    One small query tells. The process keeps one look for each office.
    """
    stamp = (office.today(now), office.revision, stamp_of(connection, office, now))
    with _lock:
        at, of, hall = _glanced.setdefault(connection.engine, {}).get(office.id, (now, None, None))
    if hall is None or of != stamp or not timedelta(0) <= now - at < GLANCED:
        hall = look(connection, office, now)
        with _lock:
            _glanced[connection.engine][office.id] = (now, stamp, hall)
    return hall


def stamp_of(connection: Connection, office: Office, now: datetime) -> str:
    """Another text whenever something happened in today's hall."""
    version, waiting = connection.execute(_STAMP, {"office": office.id, "date": office.today(now)}).one()
    return f"{version or 0}-{waiting}"


def _at_work(desk_rows: Iterable[Any], calls: Iterable[Any], called: Iterable[Any], now: datetime) -> set[int]:
    since = now - stations.AT_WORK
    return ({row.counter_id for row in desk_rows if row.seen_at is not None and row.seen_at >= since}
            | {row.counter_id for row in calls if row.last_called_at >= since} | {row.counter_id for row in called})


def _in_line(connection: Connection, office: Office, now: datetime, waiting: Sequence[Any], called: Sequence[Any],
             calls: Sequence[Any], working: set[int]) -> list[InLine]:
    today, rules = office.today(now), office.rules
    means, hours = service_times.means(connection, office, now), calendar.intervals(office, today)
    made = [Call(row.queue, row.counter_id, row.priority is not None) for row in reversed(calls)]
    line = Line(map(waiting_of, waiting), made, late_minutes=rules.late_minutes, in_a_row=rules.priority_in_a_row)
    free = {row.counter_id: estimates.left(means[row.service_id] * row.party, (now - row.called_at) / MINUTE)
            for row in called}
    turns = estimates.play(line, stations.all_stations(office, today, working), free,
                           lambda visit: means[visit.service] * visit.party)
    by_id = {row.id: row for row in waiting}
    first = [_expected(office, by_id.pop(turn.visit), turn, now, hours) for turn in turns]
    return first + [_unexpected(office, row) for row in by_id.values()]


def _expected(office: Office, row: Any, turn: Turn, now: datetime, hours: Sequence[tuple[datetime, datetime]]
              ) -> InLine:
    from_, to = (estimates.on_the_clock(now, minutes, hours) for minutes in estimates.span(
        turn.minutes, turn.served, turn.counters))
    return _one(office, row, turn.before, from_, to)


def _unexpected(office: Office, row: Any) -> InLine:
    return _one(office, row, 0, None, None)


def _one(office: Office, row: Any, before: int, from_: datetime | None, to: datetime | None) -> InLine:
    return InLine(row.id, numbers.show(row.letter, row.number), office.by_id[row.service_id].slug, row.queue,
                  row.arrived_at, row.due, row.priority, row.party, row.booking_id, before, from_, to)


def _last_call(office: Office, row: Any) -> LastCall:
    counter = office.counters_by_id.get(row.counter_id)
    return LastCall(row.call, row.calls, row.visit_id, numbers.show(row.letter, row.number),
                    counter.slug if counter else None, row.last_called_at, row.ended_at is not None)

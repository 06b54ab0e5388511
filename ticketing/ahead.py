"""Who waits in a hall for its counters, and who is next at one of them if it alone called from now on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.offices import Counter, Office
from ticketing import stations
from ticketing.called import LINE, waiting_of
from ticketing.hall_tables import servings
from ticketing.order import Call, Line, Station, Waiting
from ticketing.tables import visits

_WAITING = sa.select(*LINE).where(
    visits.c.office_id == bindparam("office"), visits.c.date == bindparam("date"), visits.c.state == "waiting")
_CALLS = sa.select(servings.c.queue, servings.c.counter_id, servings.c.priority).where(
    servings.c.office_id == bindparam("office"), servings.c.date == bindparam("date")).order_by(servings.c.call)


@dataclass(frozen=True, slots=True)
class Ahead:
    """Ids of visits: the `first` in the order of the calls, and `every` one whom the counter may call."""

    first: list[int]
    every: frozenset[int]


def ahead_of(connection: Connection, office: Office, counter: Counter, now: datetime, most: int) -> Ahead:
    """Whom the counter would call next, at most so many, and everybody who waits for it. Changes nothing."""
    waiting, line = line_of(connection, office, office.today(now))
    station = stations.station_of(connection, office, counter, now)
    return Ahead([visit.id for visit in _calls(line, station, most)],
                 frozenset(visit.id for visit in waiting if station.may_call(visit)))


def line_of(connection: Connection, office: Office, today: date) -> tuple[list[Waiting], Line]:
    """Everybody who waits, and the line they stand in; what was called before is asked only where it matters."""
    asked, rules = {"office": office.id, "date": today}, office.rules
    waiting, calls = [waiting_of(row) for row in connection.execute(_WAITING, asked)], []
    if len({visit.priority is None for visit in waiting}) == 2:
        calls = [Call(row.queue, row.counter_id, row.priority is not None)
                 for row in connection.execute(_CALLS, asked)]
    return waiting, Line(waiting, calls, late_minutes=rules.late_minutes, in_a_row=rules.priority_in_a_row)


def _calls(line: Line, station: Station, most: int) -> Iterator[Waiting]:
    for _ in range(most):
        visit = line.next_at(station)
        if visit is None:
            return
        line.call(station, visit)
        yield visit

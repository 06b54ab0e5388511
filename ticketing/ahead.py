"""Who is next at one counter, in the order in which it would call if it alone called from now on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

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
    asked = {"office": office.id, "date": office.today(now)}
    rows = connection.execute(_WAITING, asked).all()
    waiting, calls = [waiting_of(row) for row in rows], []
    if len({visit.priority is None for visit in waiting}) == 2:  # only then it matters who was called before
        calls = [Call(row.queue, row.counter_id, row.priority is not None)
                 for row in connection.execute(_CALLS, asked)]
    station = stations.station_of(connection, office, counter, now)
    line = Line(waiting, calls, late_minutes=office.rules.late_minutes, in_a_row=office.rules.priority_in_a_row)
    return Ahead([visit.id for visit in _calls(line, station, most)],
                 frozenset(visit.id for visit in waiting if _may_call(station, visit)))


def _calls(line: Line, station: Station, most: int) -> Iterator[Waiting]:
    for _ in range(most):
        visit = line.next_at(station)
        if visit is None:
            return
        line.call(station, visit)
        yield visit


def _may_call(station: Station, visit: Waiting) -> bool:
    helped = any(visit.service in services for services in station.helps.values())
    return station.is_of_own(visit) or (visit.only is None and helped)

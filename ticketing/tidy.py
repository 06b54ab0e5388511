"""The days of an office as one tidy table: a row for each date and service, and one for each counter besides.

Every column is a count, or seconds, and is added up by whoever reads it: a row without counter holds what belongs to a
service on a date, a row with one holds what happened there, and nothing stands in two rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from scheduler.offices import Office
from scheduler.tables import bookings, days
from ticketing.figures import FAIR, LEFT, QUICK, UNANSWERED
from ticketing.spread import MINUTE
from ticketing.statistics import FIRST_CALLS, IS_BOOKED, STAYS, asked, of_span
from ticketing.tables import visits

Key = tuple[date, int, int | None]  # date, service id, counter id


@dataclass(slots=True)
class Counts:
    """What is counted in a row. `waited_s` and `served_s` are seconds together, `within_*` minutes of waiting."""

    bookings: int = 0
    cancelled: int = 0
    no_shows: int = 0
    visits: int = 0
    people: int = 0
    booked: int = 0
    walk_ins: int = 0
    priority: int = 0
    unanswered: int = 0
    left: int = 0
    called: int = 0
    waited_s: int = 0
    within_15: int = 0
    within_30: int = 0
    served: int = 0
    served_s: int = 0


COLUMNS = tuple(field.name for field in fields(Counts))


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _within(minutes: int) -> sa.ColumnElement[int]:
    return _count(FIRST_CALLS.c.took <= minutes * MINUTE)


_TOGETHER = sa.func.sum
_BOOKINGS = (
    sa.select(days.c.date, bookings.c.service_id, sa.null(),
              _count(bookings.c.status != "cancelled").label("bookings"),
              _count(bookings.c.status == "cancelled").label("cancelled"),
              _count(bookings.c.status == "absent").label("no_shows"))
    .join_from(days, bookings, bookings.c.day_id == days.c.id).where(of_span(days))
    .group_by(days.c.date, bookings.c.service_id)
)
_VISITS = sa.select(
    visits.c.date, visits.c.service_id, sa.null(), sa.func.count().label("visits"),
    _TOGETHER(visits.c.party).label("people"), _count(IS_BOOKED).label("booked"), _count(~IS_BOOKED).label("walk_ins"),
    _count(visits.c.priority.is_not(None)).label("priority"), _count(visits.c.state == UNANSWERED).label("unanswered"),
    _count(visits.c.state == LEFT).label("left"),
).where(of_span(visits)).group_by(visits.c.date, visits.c.service_id)
_WAITS = sa.select(
    FIRST_CALLS.c.date, FIRST_CALLS.c.service_id, FIRST_CALLS.c.counter_id, sa.func.count().label("called"),
    _TOGETHER(FIRST_CALLS.c.took).label("waited_s"), _within(QUICK).label("within_15"),
    _within(FAIR).label("within_30"),
).group_by(FIRST_CALLS.c.date, FIRST_CALLS.c.service_id, FIRST_CALLS.c.counter_id)
_SERVICES = sa.select(
    STAYS.c.date, STAYS.c.service_id, STAYS.c.counter_id, sa.func.count().label("served"),
    _TOGETHER(STAYS.c.took).label("served_s"),
).group_by(STAYS.c.date, STAYS.c.service_id, STAYS.c.counter_id)


def read(connection: Connection, office: Office, first: date, last: date) -> list[tuple[Key, Counts]]:
    """The rows from `first` to `last`, dates of the office, in order; four questions, and no row of nothing."""
    span = asked(office, first, last)
    found: dict[Key, Counts] = {}
    for statement in (_BOOKINGS, _VISITS, _WAITS, _SERVICES):
        answer = connection.execute(statement, span)
        _put(found, list(answer.keys())[3:], answer)
    return sorted(found.items(), key=lambda row: (row[0][0], row[0][1], row[0][2] or 0))


def _put(found: dict[Key, Counts], names: Sequence[str], rows: Iterable[Any]) -> None:
    for on, service, counter, *values in rows:
        counts = found.setdefault((on, service, counter), Counts())
        for name, value in zip(names, values, strict=True):
            setattr(counts, name, int(value))

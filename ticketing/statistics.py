"""Statistics read from the rows of the hall and the book: a few counts, made by the database.

No visit is fetched: times come as counts by minute, so that a year of a large office is a few thousand rows. Each
question is answered from an index by office and date. The sums are in `figures.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BigInteger, Connection, bindparam

from scheduler.offices import Office
from scheduler.tables import bookings, days
from ticketing.figures import Arrivals, BookingCount, Day, Figures, Timed, VisitCount
from ticketing.hall_tables import servings
from ticketing.tables import visits

MOST_DAYS = 366
QUARTER = timedelta(minutes=15)  # the zones of the world differ by whole quarters of an hour
SERVED = ("finished", "transferred")  # how a stay at a counter ends whose time counts

# Written into the statements: PostgreSQL takes the same expression for another one where it holds other parameters.
_NONE, _NEARLY_A_MINUTE, _A_MINUTE, _A_QUARTER = (sa.literal_column(n, BigInteger) for n in ("0", "59", "60", "900"))


def seconds(moment: sa.ColumnElement[datetime]) -> sa.ColumnElement[int]:
    """A moment in whole seconds since 1970."""
    return sa.cast(sa.extract("epoch", moment), BigInteger)


def spent(since: sa.ColumnElement[datetime], until: sa.ColumnElement[datetime]) -> sa.ColumnElement[int]:
    """Seconds from one moment to the other; none where the second is the earlier one."""
    apart = seconds(until) - seconds(since)
    return sa.case((until > since, apart), else_=_NONE)


def of_span(table: sa.Table) -> sa.ColumnElement[bool]:
    """Rows of the office from `first` to `last`."""
    return sa.and_(table.c.office_id == bindparam("office"), table.c.date >= bindparam("first"),
                   table.c.date <= bindparam("last"))


def _first_calls() -> sa.Subquery:
    """Each visit that was called, with its first call: where, for what, and after how many seconds of waiting."""
    earlier = servings.alias("earlier")
    due = sa.case((visits.c.due > visits.c.arrived_at, visits.c.due), else_=visits.c.arrived_at)
    return (
        sa.select(servings.c.date, servings.c.service_id, servings.c.counter_id,
                  spent(due, servings.c.called_at).label("took"))
        .join_from(servings, visits, visits.c.id == servings.c.visit_id)
        .where(of_span(servings), ~sa.exists().where(
            earlier.c.visit_id == servings.c.visit_id, earlier.c.first_call < servings.c.first_call))
        .subquery()
    )


def _stays() -> sa.Subquery:
    """Each stay at a counter in which somebody was served to the end of it, and how many seconds that took."""
    return sa.select(
        servings.c.date, servings.c.service_id, servings.c.counter_id,
        spent(servings.c.started_at, servings.c.ended_at).label("took"),
    ).where(of_span(servings), servings.c.started_at.is_not(None), servings.c.outcome.in_(SERVED)).subquery()


def _by_minute(cases: sa.Subquery) -> sa.Select[Any]:
    minutes = ((cases.c.took + _NEARLY_A_MINUTE) // _A_MINUTE).label("minutes")
    return sa.select(
        cases.c.service_id, cases.c.counter_id, minutes, sa.func.count(), sa.func.sum(cases.c.took),
    ).group_by(cases.c.service_id, cases.c.counter_id, minutes)


FIRST_CALLS, STAYS = _first_calls(), _stays()
IS_BOOKED = visits.c.booking_id.is_not(None)

_DAYS: sa.Select[Any] = sa.select(
    days.c.date, days.c.low, days.c.high, days.c.closed, days.c.arrived, days.c.walk_ins, days.c.turned_away,
).where(of_span(days)).order_by(days.c.date)
_VISITS: sa.Select[Any] = sa.select(
    visits.c.service_id, IS_BOOKED, visits.c.priority, visits.c.state, sa.func.count(), sa.func.sum(visits.c.party),
).where(of_span(visits)).group_by(visits.c.service_id, IS_BOOKED, visits.c.priority, visits.c.state)
_BOOKINGS: sa.Select[Any] = (
    sa.select(bookings.c.service_id, bookings.c.channel, bookings.c.reason, bookings.c.status, sa.func.count(),
              sa.func.sum(bookings.c.party))
    .join_from(days, bookings, bookings.c.day_id == days.c.id).where(of_span(days))
    .group_by(bookings.c.service_id, bookings.c.channel, bookings.c.reason, bookings.c.status)
)
_WAITS, _SERVICES = _by_minute(FIRST_CALLS), _by_minute(STAYS)
_quarter = (seconds(visits.c.arrived_at) // _A_QUARTER).label("quarter")
_ARRIVALS = sa.select(_quarter, sa.func.sum(visits.c.party)).where(of_span(visits)).group_by(_quarter)


def read(connection: Connection, office: Office, first: date, last: date) -> Figures:
    """What was counted from `first` to `last`, dates of the office, both included; six questions."""
    span = asked(office, first, last)

    def rows(statement: sa.Executable) -> Sequence[Any]:
        return connection.execute(statement, span).all()

    return Figures(
        first, last, [Day(*row) for row in rows(_DAYS)],
        [VisitCount(row[0], bool(row[1]), *row[2:]) for row in rows(_VISITS)],
        [BookingCount(*row) for row in rows(_BOOKINGS)],
        _timed(rows(_WAITS)),
        _timed(rows(_SERVICES)),
        _by_hour(office, [(quarter, people) for quarter, people in rows(_ARRIVALS)]),
    )


def asked(office: Office, first: date, last: date) -> dict[str, Any]:
    """The values of `of_span`."""
    return {"office": office.id, "first": first, "last": last}


def _timed(rows: Sequence[Any]) -> list[Timed]:
    """PostgreSQL adds whole numbers up to decimal ones."""
    return [Timed(service, counter, minutes, count, int(took)) for service, counter, minutes, count, took in rows]


def _by_hour(office: Office, quarters: list[tuple[int, int]]) -> list[Arrivals]:
    found: dict[tuple[int, int], int] = {}
    for quarter, people in quarters:
        local = office.local(datetime.fromtimestamp(quarter * QUARTER.total_seconds(), UTC))
        key = local.weekday(), local.hour
        found[key] = found.get(key, 0) + people
    return [Arrivals(*key, people) for key, people in sorted(found.items())]

"""Who sits where, and what a clerk's page reads beside the line: whom to bring back, what to undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.offices import Counter, Office
from scheduler.tables import services
from ticketing import acts, numbers
from ticketing.hall_tables import desks
from ticketing.tables import AT_COUNTER, visits

_SEATS = (
    sa.select(desks.c.counter_id, desks.c.staff_id, desks.c.since, desks.c.seen_at,
              visits.c.letter, visits.c.number, visits.c.state, visits.c.since.label("called"))
    .join_from(desks, visits, sa.and_(visits.c.counter_id == desks.c.counter_id, sa.text(f"visits.{AT_COUNTER}")),
               isouter=True)
    .where(desks.c.office_id == bindparam("office"))
)
_OWN = sa.select(desks.c.counter_id).where(desks.c.office_id == bindparam("office"),
                                           desks.c.staff_id == bindparam("staff"), desks.c.seen_at.is_not(None))
_ASIDE = (
    sa.select(visits.c.letter, visits.c.number, visits.c.state, visits.c.since, services.c.slug)
    .join_from(visits, services, services.c.id == visits.c.service_id)
    .where(visits.c.office_id == bindparam("office"), visits.c.date == bindparam("date"),
           visits.c.state.in_(("held", "absent")))
    .order_by(visits.c.state.desc(), visits.c.since.desc(), visits.c.id)
)
_CALLABLE = sa.select(visits.c.letter, visits.c.number).where(
    visits.c.office_id == bindparam("office"), visits.c.date == bindparam("date"),
    visits.c.state.in_(("waiting", "held", "absent"))).order_by(visits.c.letter)
_NUMBER = sa.select(visits.c.letter, visits.c.number).where(visits.c.id == bindparam("of"))


@dataclass(frozen=True, slots=True)
class Seat:
    """A counter as it is taken: `staff_id` None when nobody sits there; who is at it by number, called or serving.

    One at which only a program calls (no page ever said that it is there) is taken while it has somebody.
    """

    counter: Counter
    staff_id: int | None = None
    since: datetime | None = None
    number: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A visitor who can be brought back: `state` held or absent, `since` when."""

    number: str
    state: str
    since: datetime
    service: str


@dataclass(frozen=True, slots=True)
class Step:
    """The last step of a counter, which undo takes back: the act, and whom it was about."""

    act: str
    number: str


def seats_of(connection: Connection, office: Office) -> list[Seat]:
    """Every counter of the office, in its order."""
    rows = {row.counter_id: row for row in connection.execute(_SEATS, {"office": office.id})}
    return [_seat(counter, rows.get(counter.id)) for counter in office.counters]


def _seat(counter: Counter, row: Any | None) -> Seat:
    if row is None or (row.seen_at is None and row.number is None):
        return Seat(counter)
    number = None if row.number is None else numbers.show(row.letter, row.number)
    return Seat(counter, row.staff_id, row.called if row.seen_at is None else row.since, number, row.state)


def own_counter(connection: Connection, office: Office, staff_id: int) -> Counter | None:
    """The counter where this member of staff sits by its page; a program that calls in their name seats nobody."""
    counter_id = connection.execute(_OWN, {"office": office.id, "staff": staff_id}).scalars().first()
    return None if counter_id is None else office.counters_by_id.get(counter_id)


def aside_of(connection: Connection, office: Office, now: datetime) -> list[Aside]:
    """Who is on hold and who did not answer today, the latest first."""
    rows = connection.execute(_ASIDE, {"office": office.id, "date": office.today(now)})
    return [Aside(numbers.show(row.letter, row.number), row.state, row.since, row.slug) for row in rows]


def numbers_of(connection: Connection, office: Office, now: datetime) -> list[str]:
    """Every number that a counter can call today, out of turn too."""
    rows = connection.execute(_CALLABLE, {"office": office.id, "date": office.today(now)})
    return [numbers.show(row.letter, row.number) for row in rows]


def last_of(connection: Connection, office: Office, counter: Counter, now: datetime) -> Step | None:
    """What undo at that counter would take back."""
    last = acts.last_step(connection, counter, office.today(now))
    if last is None:
        return None
    row = connection.execute(_NUMBER, {"of": last.rows[-1].visit}).one()
    finished = last.rows[-1].state_after == "done"  # whoever was there, when nobody was next
    return Step("finish" if finished else last.act, numbers.show(row.letter, row.number))

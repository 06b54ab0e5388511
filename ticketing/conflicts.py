"""What a door did without network and the book does not agree with: kept, shown, and decided by a person.

The visitor holds a number, so there is a visit; it is `held`, and nobody calls it by turn, until somebody lets it wait
or takes it off the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.foundation.journal import record
from scheduler.offices import Office
from scheduler.tables import bookings
from ticketing import calling, numbers
from ticketing.hall_tables import conflicts
from ticketing.tables import visits

REASONS = ("twice", "cancelled", "moved", "unknown", "late_closed")

_OPEN = sa.text("conflicts.settled_at IS NULL")  # as the partial index says it
_INSERT = conflicts.insert()
_COUNT = sa.select(sa.func.count()).select_from(conflicts).where(
    conflicts.c.office_id == bindparam("office"), _OPEN)
_others = visits.alias("others")
_LIST = (
    sa.select(
        conflicts.c.id, conflicts.c.date, conflicts.c.why, conflicts.c.at, conflicts.c.staff_id, visits.c.letter,
        visits.c.number, visits.c.service_id, visits.c.state, bookings.c.start, bookings.c.sealed,
        _others.c.letter.label("other_letter"), _others.c.number.label("other_number"),
    )
    .join_from(conflicts, visits, visits.c.id == conflicts.c.visit_id)
    .outerjoin(bookings, bookings.c.id == conflicts.c.booking_id)
    .outerjoin(_others, _others.c.booking_id == conflicts.c.booking_id)
    .where(conflicts.c.office_id == bindparam("office"), _OPEN)
    .order_by(conflicts.c.date, conflicts.c.at, conflicts.c.id)
)
_SETTLE = sa.update(conflicts).where(
    conflicts.c.id == bindparam("of"), conflicts.c.office_id == bindparam("at_office"), _OPEN,
).values(settled_at=bindparam("at_moment"), settled_by=bindparam("by"), kept=bindparam("keep")).returning(
    conflicts.c.visit_id, conflicts.c.booking_id, conflicts.c.date)
_VISIT = sa.select(visits.c.state, visits.c.letter, visits.c.number).where(visits.c.id == bindparam("visit"))


@dataclass(frozen=True, slots=True)
class Conflict:
    """One visit a person must decide on. `why` is one of REASONS; `start` that of the booking as it stands now, None
    where there is none; `other` the number the booking's own visit has. `staff_id` is the door's account."""

    id: int
    date: date
    number: str
    why: str
    at: datetime
    staff_id: int
    service_id: int
    start: datetime | None
    sealed: bytes | None
    other: str | None


def open_one(connection: Connection, office_id: int, on: date, visit_id: int, booking_id: int | None, why: str, *,
             door: int, at: datetime, now: datetime) -> None:
    """Note that a person must decide on the visit; `door` is the account that let it in at `at`."""
    connection.execute(_INSERT, {
        "office_id": office_id, "date": on, "visit_id": visit_id, "booking_id": booking_id, "why": why,
        "staff_id": door, "at": at, "handed_at": now,
    })


def count(connection: Connection, office_id: int) -> int:
    """How many conflicts of the office nobody has decided on."""
    found: int = connection.execute(_COUNT, {"office": office_id}).scalar_one()
    return found


def undecided(connection: Connection, office: Office) -> list[Conflict]:
    """The conflicts nobody has decided on, the oldest first."""
    return [_of(row) for row in connection.execute(_LIST, {"office": office.id})]


def settle(connection: Connection, office: Office, conflict_id: int, *, keep: bool, now: datetime,
           staff_id: int) -> bool:
    """Let the visitor wait like the others, or take them off the list; False when somebody decided before.

    Who was called out of turn meanwhile stays where they are; on a day that is over nobody waits any more. Raises
    Refusal not_waiting when they are called in this very moment: look again.
    """
    row = connection.execute(_SETTLE, {
        "of": conflict_id, "at_office": office.id, "at_moment": now, "by": staff_id, "keep": int(keep),
    }).one_or_none()
    if row is None:
        return False
    visit = connection.execute(_VISIT, {"visit": row.visit_id}).one()
    if visit.state == "held" and row.date == office.today(now):
        act = calling.put_back if keep else calling.take_off
        act(connection, office, numbers.show(visit.letter, visit.number), now=now, staff_id=staff_id)
    record(connection, "conflict_settled", at=now, office_id=office.id, booking_id=row.booking_id,
           visit_id=row.visit_id, staff_id=staff_id, data={"kept": keep})
    return True


def _of(row: Any) -> Conflict:
    other = None if row.other_number is None else numbers.show(row.other_letter, row.other_number)
    return Conflict(row.id, row.date, numbers.show(row.letter, row.number), row.why, row.at, row.staff_id,
                    row.service_id, row.start, row.sealed, other)

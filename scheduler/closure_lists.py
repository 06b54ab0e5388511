"""How a closure stands: who was moved where, who waits, whom to call because no place was found.

What is said of a single booking comes from the list too: who stays at a start that lost a counter, no hours tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.bookings import Booking
from scheduler.closures import Closure
from scheduler.foundation.journal import record
from scheduler.keeping_tables import CLOSED_NOW, TO_PLACE, closure_people
from scheduler.keeping_tables import closures as rows
from scheduler.offices import Office
from scheduler.tables import bookings


@dataclass(frozen=True, slots=True)
class Progress:
    """How many bookings a closure touched, and what became of them; `called` of the unplaced ones."""

    touched: int = 0
    pending: int = 0
    moved: int = 0
    unplaced: int = 0
    gone: int = 0
    called: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A booking in a closure's list. `was` is the start that was closed, `start` the new one it was given, both UTC.

    `state`: pending, moved, unplaced, or gone (came, cancelled or moved otherwise, or was left where it was).
    """

    booking_id: int
    state: str
    was: datetime
    start: datetime | None
    called_at: datetime | None
    called_by: int | None
    code: str | None
    service_id: int
    party: int
    priority: str | None
    language: str
    sealed: bytes | None


_STATES = (
    sa.select(closure_people.c.closure_id, closure_people.c.state, sa.func.count().label("people"),
              sa.func.count(closure_people.c.called_at).label("called"))
    .where(closure_people.c.closure_id.in_(bindparam("ids", expanding=True)))
    .group_by(closure_people.c.closure_id, closure_people.c.state)
)
_OWN = ("booking_id", "state", "was", "start", "called_at", "called_by")
_PEOPLE = (
    sa.select(*(closure_people.c[name] for name in _OWN),
              *(bookings.c[name] for name in Listed.__slots__ if name not in _OWN))
    .join_from(closure_people, bookings, bookings.c.id == closure_people.c.booking_id)
    .where(closure_people.c.closure_id == bindparam("closure"))
    .order_by(closure_people.c.position, closure_people.c.id)
)
_TO_CALL = (
    sa.select(sa.func.count()).select_from(closure_people)
    .join(rows, rows.c.id == closure_people.c.closure_id)
    .where(rows.c.office_id == bindparam("office"), rows.c.date >= bindparam("today"),
           TO_PLACE, closure_people.c.state == "unplaced", closure_people.c.called_at.is_(None))
)
_OF_BOOKING = (closure_people.c.closure_id == bindparam("of"), closure_people.c.booking_id == bindparam("booking"))
_CALLED = sa.update(closure_people).where(
    *_OF_BOOKING, closure_people.c.state == "unplaced", closure_people.c.called_at.is_(None),
).values(called_at=bindparam("now"), called_by=bindparam("by"))
_NOT_CALLED = sa.update(closure_people).where(*_OF_BOOKING, closure_people.c.called_by == bindparam("by")).values(
    called_at=None, called_by=None)

_TO_PLACE_OF = (
    sa.select(closure_people.c.booking_id, closure_people.c.was, rows.c.counter)
    .join_from(closure_people, rows, rows.c.id == closure_people.c.closure_id)
    .where(closure_people.c.booking_id.in_(bindparam("bookings", expanding=True)), TO_PLACE, CLOSED_NOW)
    .order_by(rows.c.counter.is_(None), rows.c.id)
)


def shut(connection: Connection, found: Sequence[Booking]) -> dict[int, str]:
    """Whose visits are ahead on a time that was closed, with no other found yet: by the booking's id what is closed,
    `office` or `counter`. One query, and none where nobody is awaited."""
    starts = {booking.id: booking.start for booking in found if booking.status == "booked"}
    listed = connection.execute(_TO_PLACE_OF, {"bookings": list(starts)}).all() if starts else ()
    return {row.booking_id: "office" if row.counter is None else "counter" for row in listed
            if row.was == starts[row.booking_id]}


def progress(connection: Connection, listed: Sequence[Closure]) -> dict[int, Progress]:
    """How each of these closures stands, by id, in one query."""
    found: dict[int, dict[str, int]] = {closure.id: {} for closure in listed}
    if found:
        for row in connection.execute(_STATES, {"ids": list(found)}):
            counts = found[row.closure_id]
            counts[row.state] = row.people
            counts["touched"] = counts.get("touched", 0) + row.people
            if row.state == "unplaced":
                counts["called"] = row.called
    return {closure_id: Progress(**counts) for closure_id, counts in found.items()}


def to_call(connection: Connection, office: Office, now: datetime) -> int:
    """How many people of closures from today on have no other place yet, and nobody has called them."""
    return int(connection.execute(_TO_CALL, {"office": office.id, "today": office.today(now)}).scalar_one())


def people(connection: Connection, closure: Closure) -> list[Listed]:
    """Everybody the closure touched, in the order they are placed."""
    return [Listed(**{name: getattr(row, name) for name in Listed.__slots__})
            for row in connection.execute(_PEOPLE, {"closure": closure.id})]


def note_shown(connection: Connection, closure: Closure, booking_id: int, staff_id: int, now: datetime) -> None:
    """Journal that somebody looks at the number."""
    record(connection, "phone_shown", at=now, office_id=closure.office_id, booking_id=booking_id, staff_id=staff_id,
           data={"closure": closure.id})


def note_called(connection: Connection, closure: Closure, booking_id: int, staff_id: int, now: datetime) -> bool:
    """Note that a member of staff called somebody for whom there is no place; False when there is nothing to note."""
    return _note(connection, _CALLED, {"now": now}, closure, booking_id, staff_id, now, {})


def take_back_call(connection: Connection, closure: Closure, booking_id: int, staff_id: int, now: datetime) -> bool:
    """Take back what that member of staff noted by `note_called`; False when there is nothing to take back."""
    return _note(connection, _NOT_CALLED, {}, closure, booking_id, staff_id, now, {"undone": True})


def _note(connection: Connection, change: sa.Update, values: dict[str, Any], closure: Closure, booking_id: int,
          staff_id: int, now: datetime, more: dict[str, Any]) -> bool:
    if not connection.execute(change, {"of": closure.id, "booking": booking_id, "by": staff_id, **values}).rowcount:
        return False
    record(connection, "closure_called", at=now, office_id=closure.office_id, booking_id=booking_id,
           staff_id=staff_id, data={"closure": closure.id, **more})
    return True

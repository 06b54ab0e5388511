"""The queue of the day, read from the visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.bookings import Booking
from scheduler.offices import Office
from scheduler.tables import bookings
from ticketing import numbers
from ticketing.order import Waiting, in_order
from ticketing.tables import visits

WAITING = "waiting"

_OWN = sa.select(visits.c.id, visits.c.letter, visits.c.number, visits.c.state).where(
    visits.c.booking_id == bindparam("booking"), visits.c.date == bindparam("date")
)
_GROUP = sa.select(visits.c.id, visits.c.due, visits.c.arrived_at, visits.c.priority).where(
    visits.c.office_id == bindparam("office"), visits.c.date == bindparam("date"), visits.c.state == WAITING,
    visits.c.letter == bindparam("letter"),
)
_OF_PHONE = (
    sa.select(*(bookings.c[name] for name in Booking.__slots__))
    .join_from(visits, bookings, bookings.c.id == visits.c.booking_id)
    .where(visits.c.office_id == bindparam("office"), visits.c.date == bindparam("date"), visits.c.state == WAITING,
           bookings.c.phone_hash.in_(bindparam("phones", expanding=True)))
    .order_by(visits.c.due, visits.c.id)
)


@dataclass(frozen=True, slots=True)
class Place:
    """A visitor's place: their number, and how many visits of the same group are served before."""

    number: str
    before: int


def place_of(connection: Connection, office: Office, booking: Booking, now: datetime) -> Place | None:
    """The queue place of a booking today, or None while its visitor does not wait in the hall."""
    today = office.today(now)
    own = connection.execute(_OWN, {"booking": booking.id, "date": today}).one_or_none()
    if own is None or own.state != WAITING:
        return None
    group = connection.execute(_GROUP, {"office": office.id, "date": today, "letter": own.letter})
    ids = [visit.id for visit in in_order((Waiting(*row) for row in group), office.rules.late_minutes)]
    return Place(numbers.show(own.letter, own.number), ids.index(own.id))


def waiting_of(connection: Connection, office: Office, phones: Sequence[bytes], now: datetime) -> list[Booking]:
    """The bookings of a phone (`Vault.hashes_of_phone`) whose visitors wait in the hall today."""
    rows = connection.execute(_OF_PHONE, {"office": office.id, "date": office.today(now), "phones": list(phones)})
    return [Booking(*row) for row in rows]

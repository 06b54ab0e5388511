"""The queue of the day, read from the visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.bookings import Booking
from scheduler.offices import Office
from scheduler.tables import bookings
from ticketing import hall, numbers
from ticketing.tables import visits

WAITING = "waiting"
IN_HALL = ("waiting", "held", "called", "serving")

_OWN = sa.select(
    visits.c.id, visits.c.letter, visits.c.number, visits.c.state, visits.c.counter_id, visits.c.missed,
).where(visits.c.booking_id == bindparam("booking"), visits.c.date == bindparam("date"))
_OF_PHONE = (
    sa.select(*(bookings.c[name] for name in Booking.__slots__))
    .join_from(visits, bookings, bookings.c.id == visits.c.booking_id)
    .where(visits.c.office_id == bindparam("office"), visits.c.date == bindparam("date"), visits.c.state.in_(IN_HALL),
           bookings.c.phone_hash.in_(bindparam("phones", expanding=True)))
    .order_by(visits.c.due, visits.c.id)
)


@dataclass(frozen=True, slots=True)
class Place:
    """A visitor's place: their number, and how many visits of the same group are served before.

    `state` is `waiting`, `held`, `called` or `serving`, the last two at the counter of that slug. Of who waits the turn
    is expected `from_` to `to` (aware); None while no counter serves them. `missed` counts the
    calls they did not answer.
    """

    number: str
    before: int
    state: str = WAITING
    counter: str | None = None
    from_: datetime | None = None
    to: datetime | None = None
    missed: int = 0


class Ended(NamedTuple):
    """The number of a visit that is over, and whether somebody served it: else it did not answer, or was taken off."""

    number: str
    served: bool


def place_of(connection: Connection, office: Office, booking: Booking, now: datetime) -> Place | None:
    """The place of a booking in today's hall, or None while its visitor is not in the hall."""
    own = connection.execute(_OWN, {"booking": booking.id, "date": office.today(now)}).one_or_none()
    if own is None or own.state not in IN_HALL:
        return None
    number = numbers.show(own.letter, own.number)
    if own.state != WAITING:
        counter = office.counters_by_id.get(own.counter_id)
        return Place(number, 0, own.state, counter.slug if counter else None)
    mine = next((one for one in hall.glance(connection, office, now).waiting if one.visit_id == own.id), None)
    return None if mine is None else Place(number, mine.before, WAITING, None, mine.from_, mine.to, own.missed)


def ended_of(connection: Connection, office: Office, booking: Booking, now: datetime) -> Ended | None:
    """How today's visit of a booking ended; None while it has not, and for a visit of another day."""
    own = connection.execute(_OWN, {"booking": booking.id, "date": office.today(now)}).one_or_none()
    if own is None or own.state in IN_HALL:
        return None
    return Ended(numbers.show(own.letter, own.number), own.state == "done")


def waiting_of(connection: Connection, office: Office, phones: Sequence[bytes], now: datetime) -> list[Booking]:
    """The bookings of a phone (`Vault.hashes_of_phone`) whose visitors are in the hall today."""
    rows = connection.execute(_OF_PHONE, {"office": office.id, "date": office.today(now), "phones": list(phones)})
    return [Booking(*row) for row in rows]

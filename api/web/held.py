"""The booking behind a ticket's address, with all its pages and files show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from litestar import Request
from sqlalchemy import Connection, bindparam

from api.assembly import Antre
from api.errors import OFFICE
from scheduler import bookings, closure_lists
from scheduler.bookings import Booking
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Service
from ticketing import numbers
from ticketing.checkin import masked_name
from ticketing.codes import read_token, show_code
from ticketing.queue import IN_HALL, Place, place_of
from ticketing.tables import visits

_VISIT = sa.select(visits.c.letter, visits.c.number, visits.c.state).where(
    visits.c.booking_id == bindparam("booking"))


@dataclass(frozen=True)
class Held:
    """A booking with its office and service. `moved`: the address was an old ticket's; `number` once admitted; `name`
    as anyone may see it, so that who booked for a family tells the tickets apart; `shut` while the visit is ahead on a
    time at which the `office` or a `counter` was closed, and no other is found yet; `visit` is the state of the visit
    once admitted, `place` the place in today's hall while the visitor is there."""

    booking: Booking
    office: Office
    service: Service
    moved: bool
    number: str | None
    name: str | None
    shut: str | None
    visit: str | None = None
    place: Place | None = None

    @property
    def code(self) -> str | None:
        """The code as people say it; None once the booking was erased."""
        return show_code(self.booking.code) if self.booking.code else None

    @property
    def path(self) -> str:
        """The path of the ticket as it is now."""
        return f"/t/{self.booking.token}"

    @property
    def moves_left(self) -> int:
        """How often the resident may still move it."""
        return max(self.office.rules.max_moves - self.booking.moves, 0)


def find(connection: Connection, antre: Antre, token: str) -> Held:
    """The booking of that token in any case, also of one a move retired. Raises Refusal unknown_booking."""
    canonical = read_token(token)
    if canonical is None:
        raise Refusal("unknown_booking")
    booking, moved = bookings.find_with_trace(connection, canonical)
    office = antre.offices.by_id(connection, booking.office_id)
    visit = None
    if booking.status == "arrived":
        visit = connection.execute(_VISIT, {"booking": booking.id}).one_or_none()
    number = numbers.show(visit.letter, visit.number) if visit else None
    place = place_of(connection, office, booking, antre.clock.now()) if visit and visit.state in IN_HALL else None
    name = masked_name(antre.vault, booking.sealed)
    shut = closure_lists.shut(connection, [booking]).get(booking.id)
    return Held(booking, office, office.by_id[booking.service_id], moved, number, name, shut,
                visit.state if visit else None, place)


async def read(request: Request[Any, Any, Any], antre: Antre, token: str) -> Held:
    """As `find`, from a handler; the office is left for the page of a later refusal."""
    held = await antre.database.fetch(lambda connection: find(connection, antre, token))
    scope: dict[str, Any] = request.scope  # type: ignore[assignment]
    scope[OFFICE] = held.office
    return held

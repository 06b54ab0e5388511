"""What a phone may do at an office, whichever door it comes by: SMS and USSD ask the same things of the book.

Every act works on the transaction it is handed and raises the book's refusals, and `NotYours`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from api.assembly import Antre
from scheduler import bookings, closure_lists, held, places
from scheduler.bookings import Booking
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import Person, mask_name
from scheduler.offices import Office, Service
from ticketing.queue import waiting_of

# Who books by phone has no page to be asked on: that they book this way is the reason they cannot go online.
REASON = "no_device"


class NotYours(Exception):
    """The booking was made for another phone: only that phone may change it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A booking of this phone, with what is said about it; `who` is the masked name.

    `shut`: the visit is ahead on a time at which the `office` or a `counter` was closed, and no other is found yet.
    """

    booking: Booking
    office: Office
    service: Service
    who: str
    shut: str | None = None


def mine(connection: Connection, antre: Antre, phone: str) -> list[Held]:
    """The phone's bookings, the soonest first. `phone` in E.164."""
    return _all_held(connection, antre, held.of_phone(connection, antre.vault, phone))


def waiting(connection: Connection, antre: Antre, office: Office, phone: str, now: datetime) -> list[Held]:
    """The phone's bookings whose people are in the office's hall now."""
    found = waiting_of(connection, office, antre.vault.hashes_of_phone(phone), now)
    return _all_held(connection, antre, found)


def came(connection: Connection, antre: Antre, office: Office, phone: str, now: datetime) -> list[Held]:
    """The phone's bookings whose people came to the office today, also those who are not in its hall any more."""
    found = held.arrived(connection, antre.vault, phone, office, office.today(now))
    return _all_held(connection, antre, found)


def own(connection: Connection, antre: Antre, phone: str, code: str) -> Held:
    """The booking of this code, if it is this phone's. Raises Refusal unknown_booking, NotYours."""
    booking, is_own = held.with_code(connection, antre.vault, phone, code)
    if booking is None:
        raise Refusal("unknown_booking", field="code")
    if not is_own:
        raise NotYours
    return held_of(connection, antre, booking)


def offers(connection: Connection, office: Office, service: Service, near: datetime, now: datetime, *,
           instead_of: Booking | None = None) -> list[datetime]:
    """Up to three starts near a moment; `instead_of` is the booking that is to move."""
    besides = None if instead_of is None else places.Own(instead_of.start, instead_of.day_id)
    party = 1 if instead_of is None else instead_of.party
    return places.alternatives(connection, office, service.letter, party, near, now, besides=besides)


def take(connection: Connection, antre: Antre, office: Office, service: Service, start: datetime, person: Person, *,
         channel: str, language: str, now: datetime) -> Booking:
    """Book one place. Raises what `bookings.book` raises."""
    reason = REASON if service.visit == "fallback" else None
    request = bookings.Request(office, service, start, person, reason=reason, language=language, channel=channel)
    return bookings.book(connection, request, vault=antre.vault, mint=antre.mint, now=now)


def move(connection: Connection, antre: Antre, of: Held, start: datetime, *, channel: str, now: datetime) -> Booking:
    """Move it. Raises what `bookings.move` raises."""
    return bookings.move(connection, of.office, of.service, of.booking, start, mint=antre.mint, now=now, via=channel)


def cancel(connection: Connection, of: Held, *, channel: str, now: datetime) -> Booking:
    """Free the place. Raises what `bookings.cancel` raises."""
    return bookings.cancel(connection, of.booking, now=now, via=channel)


def confirm(connection: Connection, of: Held, *, channel: str, now: datetime) -> Booking:
    """Note that the person will come. Raises what `bookings.confirm` raises."""
    return bookings.confirm(connection, of.booking, now=now, via=channel)


def held_of(connection: Connection, antre: Antre, booking: Booking) -> Held:
    """A booking with what is said about it."""
    return _all_held(connection, antre, [booking])[0]


def _all_held(connection: Connection, antre: Antre, found: Sequence[Booking]) -> list[Held]:
    shut = closure_lists.shut(connection, found)
    return [_held(connection, antre, booking, shut.get(booking.id)) for booking in found]


def _held(connection: Connection, antre: Antre, booking: Booking, shut: str | None) -> Held:
    office = antre.offices.by_id(connection, booking.office_id)
    who = mask_name(antre.vault.open(booking.sealed).name) if booking.sealed is not None else ""
    return Held(booking, office, office.by_id[booking.service_id], who, shut)

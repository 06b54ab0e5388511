"""Bookings: book, find, move, confirm, cancel, arrive.

Every change is conditional on the state it read, takes what it makes scarcer with guarded updates and writes
its journal entry in the same transaction. `bookings_at_once.py` is the short way to `book` on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import places, seats
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record
from scheduler.foundation.privacy import Person, Vault
from scheduler.offices import Office, Service
from scheduler.tables import PHONE_CHANNELS, bookings, days, old_tokens

REASONS = ("no_device", "rejected", "upload", "help", "other")
PRIORITIES = ("elderly", "disabled", "pregnant", "infant")


class Mint(Protocol):
    """Draws what a ticket carries; `ticketing.codes.Mint` is the one in use."""

    def code(self) -> str: ...

    def token(self, office_id: int, day: date) -> str: ...


@dataclass(frozen=True, slots=True)
class Request:
    """What a resident asks for, already checked by `people` and the door. `start` is aware."""

    office: Office
    service: Service
    start: datetime
    person: Person
    reason: str | None = None
    party: int = 1
    priority: str | None = None
    language: str = "id"
    channel: str = "web"


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking as its row stands; moments in UTC, `sealed` None once erased."""

    id: int
    office_id: int
    service_id: int
    day_id: int
    slot_id: int
    code: str | None
    token: str
    sequence: int
    status: str
    start: datetime
    party: int
    moves: int
    priority: str | None
    reason: str | None
    channel: str
    language: str
    created_at: datetime
    ended_at: datetime | None
    confirmed_at: datetime | None
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A booking ready to be written: code and token drawn, the person sealed and hashed."""

    request: Request
    values: dict[str, Any]
    nik_hashes: Sequence[bytes]
    phone_hashes: Sequence[bytes]


_COLUMNS = [bookings.c[name] for name in Booking.__slots__]
_BY_TOKEN = sa.select(*_COLUMNS).where(bookings.c.token == bindparam("token"))
_BY_OLD_TOKEN = sa.select(*_COLUMNS).join(old_tokens, old_tokens.c.booking_id == bookings.c.id).where(
    old_tokens.c.token == bindparam("token")
)
_BY_ID = sa.select(*_COLUMNS).where(bookings.c.id == bindparam("id"))

_LATER = ("id", "ended_at", "confirmed_at")
_INSERT = bookings.insert().values(
    {column.name: bindparam(column.name) for column in bookings.c if column.name not in _LATER}
).returning(bookings.c.id)

_IS_AS_READ = sa.and_(bookings.c.id == bindparam("of"), bookings.c.status == bindparam("was"),
                      bookings.c.sequence == bindparam("seen"))
# Two moves of one booking follow each other. The slot is taken before the booking points to it: the reference would
# lock the slot weakly, and laying the day out anew would wait for that while the move waits for the slot.
_LOCK = sa.select(bookings.c.id).where(_IS_AS_READ).with_for_update()
_MOVE = sa.update(bookings).where(_IS_AS_READ).values(
    slot_id=bindparam("to_slot"), day_id=bindparam("to_day"), start=bindparam("to_start"), token=bindparam("to_token"),
    moves=bookings.c.moves + bindparam("counts"), sequence=bookings.c.sequence + 1, confirmed_at=None,
)
_END = sa.update(bookings).where(_IS_AS_READ).values(
    status=bindparam("to_status"), ended_at=bindparam("at"), sequence=bookings.c.sequence + bindparam("step"),
)
_CONFIRM = sa.update(bookings).where(_IS_AS_READ).values(confirmed_at=bindparam("at"))
_ARRIVE_DAY = sa.update(days).where(days.c.id == bindparam("day")).values(
    arrived=days.c.arrived + bindparam("party"), absent=days.c.absent - bindparam("were_absent"),
)


def draft(request: Request, *, vault: Vault, mint: Mint, now: datetime) -> Draft:
    """Draw code and token and seal the person: all that needs no database. The start must be `places.in_reach`."""
    person, office = request.person, request.office
    niks, phones = vault.hashes_of_nik(person.nik), vault.hashes_of_phone(person.phone)
    return Draft(request, {
        "office_id": office.id, "service_id": request.service.id, "code": mint.code(),
        "token": mint.token(office.id, office.today(request.start)), "sequence": 0, "status": "booked",
        "start": request.start, "party": request.party, "moves": 0, "priority": request.priority,
        "reason": request.reason, "channel": request.channel, "language": request.language, "created_at": now,
        "nik_hash": niks[0], "phone_hash": phones[0], "sealed": vault.seal(person),
    }, niks, phones)


def book(connection: Connection, request: Request, *, vault: Vault, mint: Mint, now: datetime) -> Booking:
    """Take the place and write the booking.

    Raises Refusal too_soon, too_far, office_closed, outside_hours, slot_full or day_full (with alternatives),
    too_many_for_phone, already_booked; in this order, so that whether a NIK has a booking is told to nobody who
    could not have booked.
    """
    place = places.find(connection, request.office, request.service, request.start, request.party, now)
    _must_have_room(connection, request, place, now)
    made = draft(request, vault=vault, mint=mint, now=now)
    seat = seats.find(connection, made.nik_hashes, made.phone_hashes, request.office.rules.per_phone, now,
                      by_itself=request.channel in PHONE_CHANNELS)
    if not places.take(connection, place.slot_id, request.party):
        _refuse(connection, "slot_full", request, now)
    booked = write(connection, made, place.slot_id, place.day_id, seat, now)
    if not places.take_day(connection, place.day_id, request.party):
        _refuse(connection, "day_full", request, now)
    return booked


def write(connection: Connection, made: Draft, slot_id: int, day_id: int, seat: int, now: datetime) -> Booking:
    """Write the booking and its journal entry. The caller has taken the place, and the `seat` of the phone."""
    values = {**made.values, "day_id": day_id, "slot_id": slot_id, "phone_seat": seat}
    booking_id = connection.execute(_INSERT, values).scalar_one()
    record(connection, "booked", at=now, office_id=made.request.office.id, booking_id=booking_id, day_id=day_id)
    return booking_of(made, booking_id, slot_id, day_id)


def booking_of(made: Draft, booking_id: int, slot_id: int, day_id: int) -> Booking:
    """The booking a draft became."""
    known = {name: made.values[name] for name in Booking.__slots__ if name in made.values}
    return Booking(id=booking_id, slot_id=slot_id, day_id=day_id, ended_at=None, confirmed_at=None, **known)


def _must_have_room(connection: Connection, request: Request, place: places.Place, now: datetime) -> None:
    if place.day_left < request.party:
        _refuse(connection, "day_full", request, now)
    if place.slot_left < request.party:
        _refuse(connection, "slot_full", request, now)


def _refuse(connection: Connection, code: str, request: Request, now: datetime) -> None:
    places.refuse(connection, code, request.office, request.service, request.party, request.start, now)


def find(connection: Connection, token: str) -> Booking:
    """The booking of a ticket's token, also of one that a move retired. Raises Refusal unknown_booking."""
    return find_with_trace(connection, token)[0]


def find_with_trace(connection: Connection, token: str) -> tuple[Booking, bool]:
    """As `find`, and whether the token is an old one: the booking moved to another day since."""
    row = connection.execute(_BY_TOKEN, {"token": token}).one_or_none()
    if row is not None:
        return Booking(*row), False
    row = connection.execute(_BY_OLD_TOKEN, {"token": token}).one_or_none()
    if row is None:
        raise Refusal("unknown_booking")
    return Booking(*row), True


def by_id(connection: Connection, booking_id: int) -> Booking:
    """The booking of that id, which must exist."""
    return Booking(*connection.execute(_BY_ID, {"id": booking_id}).one())


def must_be_open(booking: Booking) -> None:
    """Only a booking that is still ahead changes. Raises Refusal already_cancelled, already_admitted, too_soon."""
    if booking.status == "cancelled":
        raise Refusal("already_cancelled")
    if booking.status == "arrived":
        raise Refusal("already_admitted")
    if booking.status == "absent":
        raise Refusal("too_soon", missed=True, alternatives=[])


def cancel(connection: Connection, booking: Booking, *, now: datetime, staff_id: int | None = None,
           via: str | None = None) -> Booking:
    """Free the place, which is not the public's at once (`places.give_back_day`).

    `via` is the door if it was the phone itself (`PHONE_CHANNELS`): then the message about it is the answer that
    somebody waits for. Raises Refusal already_cancelled, already_admitted, or too_soon once it was missed.
    """
    must_be_open(booking)
    if not _end(connection, booking, "cancelled", now, step=1):
        return cancel(connection, by_id(connection, booking.id), now=now, staff_id=staff_id, via=via)
    record(connection, "cancelled", at=now, office_id=booking.office_id, booking_id=booking.id,
           day_id=booking.day_id, staff_id=staff_id, data={"via": via} if via else None)
    places.give_back(connection, booking.slot_id, booking.party)
    places.give_back_day(connection, booking.day_id, booking.party, now)
    return replace(booking, status="cancelled", ended_at=now, sequence=booking.sequence + 1)


def move(connection: Connection, office: Office, service: Service, booking: Booking, start: datetime, *,
         mint: Mint, now: datetime, staff_id: int | None = None, via: str | None = None,
         closure: int | None = None) -> Booking:
    """Take a place at `start` and free the old one; nothing changes when it is refused. `via`: see `cancel`.

    The token changes with the day, as it is bound to it; the old one then shows where the booking went. A member
    of staff may move past the limit, and what a `closure` moves is none of the moves the person has. Raises Refusal
    as `book` and `cancel` do, and move_limit.
    """
    if booking.status == "absent":
        places.refuse(connection, "too_soon", office, service, booking.party, start, now, missed=True)
    must_be_open(booking)
    if start == booking.start:
        return booking
    counts = int(closure is None)
    if staff_id is None and counts and booking.moves >= office.rules.max_moves:
        raise Refusal("move_limit", limit=office.rules.max_moves)
    own = places.Own(booking.start, booking.day_id)
    place = places.find(connection, office, service, start, booking.party, now, besides=own)
    if connection.execute(_LOCK, _as_read(booking)).one_or_none() is None:
        return move(connection, office, service, by_id(connection, booking.id), start,
                    mint=mint, now=now, staff_id=staff_id, via=via, closure=closure)
    if not _exchange(connection, place.slot_id, booking.slot_id, booking.party, places.take, places.give_back):
        places.refuse(connection, "slot_full", office, service, booking.party, start, now, besides=own)
    same_day = place.day_id == booking.day_id
    token = booking.token if same_day else mint.token(office.id, office.today(start))
    connection.execute(_MOVE, _as_read(booking) | {
        "to_slot": place.slot_id, "to_day": place.day_id, "to_start": start, "to_token": token, "counts": counts})
    if not same_day:
        connection.execute(old_tokens.insert(), {"token": booking.token, "booking_id": booking.id})
    why = ({"via": via} if via else {}) | ({"closure": closure} if closure else {})
    record(connection, "moved", at=now, office_id=office.id, booking_id=booking.id, day_id=place.day_id,
           staff_id=staff_id, data={"from": booking.start.isoformat(), **why})
    if not same_day and not _exchange(connection, place.day_id, booking.day_id, booking.party, places.take_day,
                                      partial(places.give_back_day, now=now)):
        places.refuse(connection, "day_full", office, service, booking.party, start, now, besides=own)
    return replace(booking, slot_id=place.slot_id, day_id=place.day_id, start=start, token=token,
                   moves=booking.moves + counts, sequence=booking.sequence + 1, confirmed_at=None)


def confirm(connection: Connection, booking: Booking, *, now: datetime, via: str) -> Booking:
    """Note that the person says they will come; it changes neither the ticket nor what is sent.

    Raises Refusal already_cancelled, already_admitted, or too_soon once it was missed.
    """
    must_be_open(booking)
    if not connection.execute(_CONFIRM, _as_read(booking) | {"at": now}).rowcount:
        return confirm(connection, by_id(connection, booking.id), now=now, via=via)
    record(connection, "confirmed", at=now, office_id=booking.office_id, booking_id=booking.id, day_id=booking.day_id,
           data={"via": via})
    return replace(booking, confirmed_at=now)


def _exchange(connection: Connection, new: int, old: int, party: int, take: Callable[[Connection, int, int], bool],
              give_back: Callable[[Connection, int, int], None]) -> bool:
    """Take places of one row and free those of another, lower id first so that two moves never deadlock.

    False when the new one is full; the caller then gives up the transaction.
    """
    for row_id in sorted((new, old)):
        if row_id == old:
            give_back(connection, old, party)
        elif not take(connection, new, party):
            return False
    return True


def arrive(connection: Connection, booking: Booking, *, now: datetime) -> bool:
    """Mark the visitor as come, also one already found absent; False when it was cancelled, or somebody was first.

    Call it late in the transaction: it holds the day's row. The caller writes the journal entry.
    """
    if booking.status == "cancelled" or not _end(connection, booking, "arrived", now, step=0):
        return False
    were_absent = booking.party if booking.status == "absent" else 0
    connection.execute(_ARRIVE_DAY, {"day": booking.day_id, "party": booking.party, "were_absent": were_absent})
    return True


def _end(connection: Connection, booking: Booking, status: str, now: datetime, *, step: int) -> bool:
    return connection.execute(_END, _as_read(booking) | {"to_status": status, "at": now, "step": step}).rowcount == 1


def _as_read(booking: Booking) -> dict[str, Any]:
    return {"of": booking.id, "was": booking.status, "seen": booking.sequence}

"""Who a door let in without network comes into the book: once, with the number they were told, or as a conflict.

An entry is one visitor, known by the nonce of the scan. Its answer is kept under that nonce, so handing in again
changes nothing and answers the same. Locks are taken in the order of the house: the booking, the nonce, the numbering,
the day last. An entry the book does not agree with becomes a visit all the same, as its visitor holds a number; but
that one is set aside, and a person decides (`conflicts.py`).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import days
from scheduler.bookings import Booking, arrive
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record
from scheduler.foundation.kept import reader
from scheduler.offices import Office, Service
from scheduler.tables import bookings
from ticketing import conflicts, nonces, numbers, ranges
from ticketing.checkin import Scan, Visit, is_open_still, seat
from ticketing.hall_tables import servings
from ticketing.queue import WAITING
from ticketing.tables import scans, visits

_NUMBER = re.compile(r"([A-Z])-(\d{3,4})", re.ASCII)
_HANDED = "handed:"  # begins the nonce the answer is kept under, and what it is kept of: no scan's answer is that

_LOCK = sa.select(*(bookings.c[name] for name in Booking.__slots__)).where(
    bookings.c.id == bindparam("id")).with_for_update(of=bookings)
_TAKE = sa.text(
    "INSERT INTO scans (office_id, nonce, at, answer) VALUES (:office, :nonce, :at, :answer)"
    " ON CONFLICT (office_id, nonce) DO NOTHING"
).bindparams(bindparam("at", type_=scans.c.at.type), bindparam("answer", type_=scans.c.answer.type))
_ANSWER = sa.select(scans.c.answer).where(scans.c.office_id == bindparam("office"), scans.c.nonce == bindparam("nonce"))
_KEEP = sa.update(scans).where(
    scans.c.office_id == bindparam("of_office"), scans.c.nonce == bindparam("of_nonce")
).values(answer=bindparam("with_answer"))
_WITH_NUMBER = sa.select(visits.c.booking_id).where(
    visits.c.office_id == bindparam("office"), visits.c.date == bindparam("date"),
    visits.c.letter == bindparam("letter"), visits.c.number == bindparam("number"),
)
_OF_BOOKING = sa.select(visits.c.id, visits.c.letter, visits.c.number).where(
    visits.c.booking_id == bindparam("booking"))
# Whoever was called is known by the number that was called; who is just being called was read by the old one, so the
# version tells that they are not any more as they were read.
_RENUMBER = sa.update(visits).where(
    visits.c.id == bindparam("visit"), visits.c.state == WAITING,
    ~sa.exists().where(servings.c.visit_id == visits.c.id),
).values(letter=bindparam("to_letter"), number=bindparam("to_number"), version=visits.c.version + 1)


class Entry(msgspec.Struct, frozen=True):
    """One visitor a door let in: the scan's `nonce`, the ticket's or code's mark (see `day_list.py`), the office's
    `date`, the moment on the door's corrected clock, and the number they were told: None when the door had none."""

    nonce: str
    mark: str
    date: date
    at: datetime
    number: str | None = None


class Handed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of an entry: `admitted`, `known` (the network had let in this very scan), `conflict`, which says
    `why`; `refused` where the door says so. `number` is the one that holds: another than was told only for one who was
    called already, or told none."""

    nonce: str
    outcome: str
    number: str
    why: str | None = None


_handed_of = reader(Handed)


def hand_in(connection: Connection, office: Office, entry: Entry, booking_id: int | None, *, now: datetime,
            staff_id: int) -> Handed:
    """Write one entry into the book; the same entry again answers the same and changes nothing.

    `booking_id` is what its mark stands for (`day_list.booking_ids`). Raises Refusal invalid_request for an entry that
    no door can have made: a number that is not of a block handed out at this office on that date, or that somebody
    else has, a moment of another date.
    """
    nonces.check(_HANDED + entry.nonce)
    at = Scan(connection, office, min(entry.at, now), staff_id)
    given, door = _given(at, entry)
    booking = _locked(connection, booking_id)
    before = _again(at, entry, now)
    if before is not None:
        return before
    handed = _write(at, entry, booking, given, door, now)
    _keep(at, entry, handed)
    return handed


def _write(at: Scan, entry: Entry, booking: Booking | None, given: tuple[str, int] | None, door: int,
           now: datetime) -> Handed:
    if booking is not None and _was_let_in(at, entry, booking):
        return _known(at, entry, booking, given, now)
    if given is not None and (has := _who_has(at, entry.date, given)):
        if booking is not None and has == [booking.id]:  # handed in so long ago that its answer is forgotten
            return Handed(entry.nonce, "admitted", numbers.show(*given))
        raise Refusal("invalid_request", field="number", why="taken")
    day = days.day_of(at.connection, at.office.id, entry.date)
    if day is None:
        raise Refusal("invalid_request", field="date")
    why = disagreement(at.office, booking, entry.date, at.now)
    over = entry.date < at.office.today(now)
    if why is None:
        assert booking is not None, "nobody unknown agrees with the book"
        return _admit(at, entry, booking, given, over=over, now=now)
    return _set_aside(at, entry, booking, given, why, day_id=day.id, door=door, over=over, now=now)


def disagreement(office: Office, booking: Booking | None, on: date, at: datetime) -> str | None:
    """Why the book does not let in at that moment whom a door let in, one of `conflicts.REASONS`; None: it does."""
    if booking is None or booking.office_id != office.id:
        return "unknown"
    if booking.status == "cancelled":
        return "cancelled"
    if office.today(booking.start) != on:
        return "moved"
    if booking.status == "arrived":
        return "twice"
    return None if is_open_still(office, at) else "late_closed"


# -- what is written -------------------------------------------------------------------------------------


def _admit(at: Scan, entry: Entry, booking: Booking, given: tuple[str, int] | None, *, over: bool,
           now: datetime) -> Handed:
    """As the door would have done with network. On a day that is over nobody waits any more."""
    visit = seat(at, at.office.by_id[booking.service_id], day_id=booking.day_id, due=booking.start,
                 party=booking.party, priority=booking.priority, booking_id=booking.id, given=given,
                 state="gone" if over else WAITING)
    record(at.connection, "admitted", at=at.now, office_id=at.office.id, booking_id=booking.id,
           day_id=booking.day_id, visit_id=visit.id, staff_id=at.staff_id)
    _journal(at, visit, booking.id, booking.day_id, now)
    came = arrive(at.connection, booking, now=at.now)
    assert came, "a locked booking cannot change"
    return Handed(entry.nonce, "admitted", visit.number)


def _set_aside(at: Scan, entry: Entry, booking: Booking | None, given: tuple[str, int] | None, why: str, *,
               day_id: int, door: int, over: bool, now: datetime) -> Handed:
    """A visit nobody calls until a person has decided; it is not the booking's, which may have one of its own."""
    service = _service(at.office, booking, given)
    due = at.now if booking is None or why == "moved" else booking.start
    visit = seat(at, service, day_id=day_id, due=due, party=booking.party if booking else 1,
                 priority=booking.priority if booking else None, booking_id=None, given=given,
                 state="gone" if over else "held")
    found = booking.id if booking and why != "unknown" else None
    conflicts.open_one(at.connection, at.office.id, entry.date, visit.id, found, why, door=door, at=at.now, now=now)
    _journal(at, visit, found, day_id, now)
    record(at.connection, "conflict", at=now, office_id=at.office.id, booking_id=found, day_id=day_id,
           visit_id=visit.id, staff_id=at.staff_id, data={"why": why, "number": visit.number})
    return Handed(entry.nonce, "conflict", visit.number, why)


def _service(office: Office, booking: Booking | None, given: tuple[str, int] | None) -> Service:
    """What the visitor came for, as far as it is known: of an unknown one only the letter of the number is."""
    if booking is not None and booking.service_id in office.by_id:
        return office.by_id[booking.service_id]
    letter = given[0] if given and given[0] in office.letters else next(iter(office.letters))
    return office.letters[letter][0]


def _known(at: Scan, entry: Entry, booking: Booking, given: tuple[str, int] | None, now: datetime) -> Handed:
    """The answer of the network was lost on its way, so the visitor was told the door's number: that one holds,
    unless they were called by the other, or somebody else has it."""
    row = at.connection.execute(_OF_BOOKING, {"booking": booking.id}).one()
    number = numbers.show(row.letter, row.number)
    if given is not None and not _who_has(at, entry.date, given) and at.connection.execute(
            _RENUMBER, {"visit": row.id, "to_letter": given[0], "to_number": given[1]}).rowcount == 1:
        number = numbers.show(*given)
    record(at.connection, "handed_in", at=now, office_id=at.office.id, booking_id=booking.id, day_id=booking.day_id,
           visit_id=row.id, staff_id=at.staff_id, data={
               "number": number, "was": numbers.show(row.letter, row.number), "at": at.now.isoformat()})
    return Handed(entry.nonce, "known", number)


def _journal(at: Scan, visit: Visit, booking_id: int | None, day_id: int, now: datetime) -> None:
    record(at.connection, "handed_in", at=now, office_id=at.office.id, booking_id=booking_id, day_id=day_id,
           visit_id=visit.id, staff_id=at.staff_id, data={"number": visit.number, "at": at.now.isoformat()})


# -- what is looked at -----------------------------------------------------------------------------------


def _given(at: Scan, entry: Entry) -> tuple[tuple[str, int] | None, int]:
    """Letter and number as told, and the account whose door may give it; without a number the one that hands in."""
    if at.office.today(at.now) != entry.date:
        raise Refusal("invalid_request", field="at")
    if entry.number is None:
        return None, at.staff_id
    found = _NUMBER.fullmatch(entry.number)
    letter, number = (found[1], int(found[2])) if found else ("", 0)
    door = ranges.holder(at.connection, at.office.id, entry.date, letter, number)
    if door is None:
        raise Refusal("invalid_request", field="number")
    return (letter, number), door


def _locked(connection: Connection, booking_id: int | None) -> Booking | None:
    if booking_id is None:
        return None
    row = connection.execute(_LOCK, {"id": booking_id}).one_or_none()
    return None if row is None else Booking(*row)


def _who_has(at: Scan, on: date, given: tuple[str, int]) -> list[int | None]:
    """The booking of the one visit that has the number, or nothing."""
    asked = {"office": at.office.id, "date": on, "letter": given[0], "number": given[1]}
    return list(at.connection.scalars(_WITH_NUMBER, asked))


def _was_let_in(at: Scan, entry: Entry, booking: Booking) -> bool:
    """Whether the network answered this very scan by letting in the booking: only the answer was lost."""
    kept = at.connection.execute(_ANSWER, {"office": at.office.id, "nonce": entry.nonce}).scalar_one_or_none()
    verdict: dict[str, Any] = (kept or {}).get("verdict", {})
    return (booking.status == "arrived" and verdict.get("booking_id") == booking.id
            and verdict.get("verdict") in ("admitted", "late") and verdict.get("variant") is None)


def _again(at: Scan, entry: Entry, now: datetime) -> Handed | None:
    """The answer kept for this entry. The row is taken before anything is written: of two copies the second waits."""
    asked = {"office": at.office.id, "nonce": _HANDED + entry.nonce}
    if at.connection.execute(_TAKE, {**asked, "at": now, "answer": {"of": _HANDED + entry.mark}}).rowcount == 1:
        return None
    kept = at.connection.execute(_ANSWER, asked).scalar_one()
    if kept["of"] != _HANDED + entry.mark:
        raise Refusal("idempotency_key_reused", field="nonce")
    return _handed_of(kept["handed"])


def _keep(at: Scan, entry: Entry, handed: Handed) -> None:
    at.connection.execute(_KEEP, {
        "of_office": at.office.id, "of_nonce": _HANDED + entry.nonce,
        "with_answer": {"of": _HANDED + entry.mark, "handed": msgspec.to_builtins(handed)},
    })

"""At the door: a scan or a walk-in becomes a verdict and a queue number.

Locks are taken in the order of the house: the booking, the scan's nonce, the numbering of the group, the day last.
The booking stays locked while it is judged, so two scans of one ticket follow each other and the second finds
the number the first was given; the unique rule on a visit's booking stands behind that. `checkin_at_once.py` is the
short way for a ticket in time on PostgreSQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import asking_again, calendar, days, places
from scheduler.bookings import Booking, arrive
from scheduler.days import Day
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record
from scheduler.foundation.privacy import SealBroken, Vault, mask_name
from scheduler.offices import Office, Offices, Service
from scheduler.tables import bookings, old_tokens
from ticketing import nonces, numbers
from ticketing.codes import Forged, Mint, ScannedCode, code_digits, read_scan
from ticketing.queue import WAITING
from ticketing.tables import visits
from ticketing.verdict import Verdict

# The booking is locked while it is judged; SQLite has one writer anyway and leaves the clause out.
_FIND = sa.select(*(bookings.c[name] for name in Booking.__slots__)).with_for_update(of=bookings)
_BY_TOKEN = _FIND.where(bookings.c.token == bindparam("token"))
_BY_CODE = _FIND.where(bookings.c.code == bindparam("code"))
_BY_OLD_TOKEN = _FIND.join(old_tokens, old_tokens.c.booking_id == bookings.c.id).where(
    old_tokens.c.token == bindparam("token")
)
_VISIT = sa.select(visits.c.letter, visits.c.number, visits.c.date, visits.c.arrived_at).where(
    visits.c.booking_id == bindparam("booking")
)
_SEALED = sa.select(bookings.c.sealed).where(bookings.c.id == bindparam("booking"))
_INSERT = visits.insert().values({name: bindparam(name) for name in (
    "office_id", "day_id", "date", "letter", "number", "service_id", "booking_id", "party", "priority", "due",
    "arrived_at", "state", "since", "queue",
)}).returning(visits.c.id)


@dataclass(frozen=True, slots=True)
class Visit:
    """A visitor in the hall; `number` as shown, moments in UTC."""

    id: int
    number: str
    service: str
    party: int
    priority: str | None
    arrived_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What every step of one scan needs."""

    connection: Connection
    office: Office
    now: datetime
    staff_id: int


# -- scanning --------------------------------------------------------------------------------------------


def scan(connection: Connection, office: Office, *, text: str, nonce: str | None, now: datetime, vault: Vault,
         mint: Mint, offices: Offices, staff_id: int) -> Verdict:
    """Judge what was scanned or typed at `office`, and let in whom it lets in.

    The same `nonce` again answers the same, whatever happened since; it belongs to one ticket. Raises Refusal
    invalid_request for a nonce that cannot be kept, idempotency_key_reused when it came with another ticket.
    """
    at = Scan(connection, office, now, staff_id)
    verdict, booking = _judge(at, text, mint, offices)
    if nonce is not None:
        kept = nonces.keep(connection, office.id, nonce, text, verdict, now)
        if kept is not None:
            return _again(connection, kept, vault)
    if booking is None:
        return verdict
    if verdict.verdict == "already_admitted":
        verdict = _with_number(connection, verdict)
    elif verdict.verdict in ("admitted", "late") and verdict.variant is None:
        verdict = _admit(at, booking, verdict)
    return msgspec.structs.replace(verdict, name=masked_name(vault, booking.sealed))


def _judge(at: Scan, text: str, mint: Mint, offices: Offices) -> tuple[Verdict, Booking | None]:
    """The verdict before anything is written, and the booking if there is one of this office."""
    scanned = read_scan(text)
    if scanned is None:
        return Verdict("unknown", variant="mistyped" if code_digits(text.strip()) else None), None
    if isinstance(scanned, ScannedCode):
        return _judge_booking(at, _find(at, _BY_CODE, {"code": scanned.code}), offices, old=False)
    judged = mint.judge(scanned.token)
    if isinstance(judged, Forged):
        return Verdict("forged"), None
    if judged.office_id != at.office.id:
        return _of_another_office(at, judged.office_id, offices), None
    asked = {"token": judged.token}
    booking = _find(at, _BY_TOKEN, asked)
    if booking is not None:
        return _judge_booking(at, booking, offices, old=False)
    return _judge_booking(at, _find(at, _BY_OLD_TOKEN, asked), offices, old=True)


def _find(at: Scan, statement: sa.Select[Any], asked: dict[str, str]) -> Booking | None:
    row = at.connection.execute(statement, asked).one_or_none()
    return None if row is None else Booking(*row)


def _judge_booking(
    at: Scan, booking: Booking | None, offices: Offices, *, old: bool
) -> tuple[Verdict, Booking | None]:
    if booking is None:
        return Verdict("unknown"), None
    if booking.office_id != at.office.id:
        return _of_another_office(at, booking.office_id, offices), None
    service = at.office.by_id[booking.service_id].slug
    word, variant = judge(at.office, booking, at.now, old=old)
    opens = booking.start - timedelta(minutes=at.office.rules.early_minutes) if word == "early" else None
    return Verdict(word, variant=variant, service=service, start=booking.start, party=booking.party,
                   priority=booking.priority, opens=opens, booking_id=booking.id), booking


def _of_another_office(at: Scan, office_id: int, offices: Offices) -> Verdict:
    other = next((office for office in offices.all(at.connection) if office.id == office_id), None)
    return Verdict("unknown") if other is None else Verdict("wrong_office", office=other.name)


def judge(office: Office, booking: Booking, now: datetime, *, old: bool) -> tuple[str, str | None]:
    """The verdict and its variant on a booking of this office (pure); `old` if a token was shown that a move retired.

    In time is from `early_minutes` before the start to `late_minutes` after it, both included. Later on the same
    day, and also once found absent, a visitor is let in as late until the office's last closing time.
    """
    today, day = office.today(now), office.today(booking.start)
    if booking.status == "cancelled":
        return "cancelled", None
    if old:
        return "moved", "moved_today" if day == today else None
    if day != today:
        return "wrong_day", "wrong_day_past" if day < today else None
    if booking.status == "arrived":
        return "already_admitted", None
    if now < booking.start - timedelta(minutes=office.rules.early_minutes):
        return "early", None
    if booking.status == "booked" and now <= booking.start + timedelta(minutes=office.rules.late_minutes):
        return "admitted", None
    return "late", None if is_open_still(office, now) else "late_closed"


def is_open_still(office: Office, now: datetime) -> bool:
    """Whether the office has not closed for the last time today."""
    hours = calendar.intervals(office, office.today(now))
    return bool(hours) and now < hours[-1][1]


def _admit(at: Scan, booking: Booking, verdict: Verdict) -> Verdict:
    service = at.office.by_id[booking.service_id]
    visit = seat(at, service, day_id=booking.day_id, due=booking.start, party=booking.party,
                 priority=booking.priority, booking_id=booking.id)
    record(at.connection, "admitted", at=at.now, office_id=at.office.id, booking_id=booking.id,
           day_id=booking.day_id, visit_id=visit.id, staff_id=at.staff_id)
    came = arrive(at.connection, booking, now=at.now)
    assert came, "a locked booking cannot change"
    return msgspec.structs.replace(verdict, number=visit.number)


def _with_number(connection: Connection, verdict: Verdict) -> Verdict:
    row = connection.execute(_VISIT, {"booking": verdict.booking_id}).one()
    return msgspec.structs.replace(verdict, number=numbers.show(row.letter, row.number), since=row.arrived_at)


def _again(connection: Connection, kept: Verdict, vault: Vault) -> Verdict:
    """The kept answer with what is not kept: the number stands with the visit, the name only sealed."""
    if kept.booking_id is None:
        return kept
    if kept.verdict in ("admitted", "already_admitted", "late") and kept.variant is None:
        again = _with_number(connection, kept)
        kept = again if kept.verdict == "already_admitted" else msgspec.structs.replace(again, since=None)
    sealed = connection.execute(_SEALED, {"booking": kept.booking_id}).scalar_one()
    return msgspec.structs.replace(kept, name=masked_name(vault, sealed))


def masked_name(vault: Vault, sealed: bytes | None) -> str | None:
    """The name as the door may see it; None once erased. A key that is missing must not keep anybody out."""
    try:
        return mask_name(vault.open(sealed).name) if sealed else None
    except SealBroken:
        return None


# -- walking in ------------------------------------------------------------------------------------------


def walk_in(connection: Connection, office: Office, service: Service, *, party: int, priority: str | None,
            now: datetime, staff_id: int) -> Visit:
    """Give a visitor without booking a number while the day has room for walk-ins.

    Raises Refusal office_closed, also after the day's last closing time, with the reason if there is one, or day_full,
    with the moment to ask again if there is one; both with alternatives.
    """
    day = days.day_of(connection, office.id, office.today(now))
    if day is None or day.closed or not is_open_still(office, now):
        places.refuse(connection, "office_closed", office, service, party, now, now,
                      because=calendar.closed_because(office, now))
    if day.walk_ins + party > day.walk_in_room:
        _no_room(connection, office, service, day, party, now)
    at = Scan(connection, office, now, staff_id)
    visit = seat(at, service, day_id=day.id, due=now, party=party, priority=priority, booking_id=None)
    record(connection, "walk_in", at=now, office_id=office.id, day_id=day.id, visit_id=visit.id, staff_id=staff_id,
           data={"people": party})
    if not days.take_walk_in(connection, day.id, party):  # somebody took the last room since we looked
        _no_room(connection, office, service, day, party, now)
    return visit


def _no_room(connection: Connection, office: Office, service: Service, day: Day, party: int, now: datetime) -> NoReturn:
    again = asking_again.moment(connection, office, service, day, party, now)
    places.refuse(connection, "day_full", office, service, party, now, now, why="walk_ins", ask_again=again)


def is_turned_away(refusal: Refusal) -> bool:
    """Whether `walk_in` refused because the day had no room: somebody is sent home."""
    return refusal.code == "day_full" and bool(refusal.details.get("why") == "walk_ins")


def note_turned_away(connection: Connection, office: Office, party: int, now: datetime, staff_id: int) -> None:
    """Count `party` people whom `walk_in` refused for want of room. The refusal undid its own transaction, so it is one
    of the door's: once for each person who asked, however often the door does."""
    day = days.day_of(connection, office.id, office.today(now))
    if day is not None:
        record(connection, "turned_away", at=now, office_id=office.id, day_id=day.id, staff_id=staff_id,
               data={"people": party})
        days.count_turned_away(connection, day.id, party)


def seat(at: Scan, service: Service, *, day_id: int, due: datetime, party: int, priority: str | None,
         booking_id: int | None, given: tuple[str, int] | None = None, state: str = WAITING) -> Visit:
    """A visit that begins at `at.now`, with the next number of the service's group; or with the letter and number it
    was `given` by a door without network, which must be of that door's own (see `ranges.py`)."""
    today = at.office.today(at.now)
    letter, number = given or (service.letter, numbers.take(at.connection, at.office.id, today, service.letter))
    visit_id = at.connection.execute(_INSERT, {
        "office_id": at.office.id, "day_id": day_id, "date": today, "letter": letter, "number": number,
        "service_id": service.id, "booking_id": booking_id, "party": party, "priority": priority, "due": due,
        "arrived_at": at.now, "state": state, "since": at.now, "queue": service.letter,
    }).scalar_one()
    return Visit(visit_id, numbers.show(letter, number), service.slug, party, priority, at.now, state)

"""The waiting list: who wants a place for a service on any of some dates, first come, first offered.

    waiting -> offered -> booked      the offer was taken (or the person booked otherwise)
                       -> lapsed, declined
            -> left                   the person wants no place any more
            -> passed                 the last date went by without a place
            -> booked                 the person booked otherwise
    offered -> waiting                the office took the offer back, as it closes that day or nobody heard of it

An entry is one need: it is offered one place, once (`offers.py`). Whoever let an offer lapse may join again, at the end
of the line. The line is served by priority, then by when each joined.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import holding, places
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record
from scheduler.foundation.privacy import Person, Vault
from scheduler.keeping_tables import ACTIVE, IN_LINE, waiting
from scheduler.offices import Office, Service, read_offices
from scheduler.seats import GIVEN_UP_A_DAY, lately
from scheduler.tables import STILL_BOOKED, bookings, services
from scheduler.waiting_dates import has_open, is_over, is_too_far

ACTIVE_STATES = ("waiting", "offered")
TOKEN_LENGTH = 26
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32, as of tickets: 130 random bits


@dataclass(frozen=True, slots=True)
class Wish:
    """What a resident waits for, already checked by `people` and the door: a place for `party` people on any of the
    office's dates from `first` to `last`."""

    office: Office
    service: Service
    first: date
    last: date
    person: Person
    party: int = 1
    priority: str | None = None
    reason: str | None = None
    language: str = "id"
    channel: str = "web"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry of the list as its row stands; moments in UTC, dates the office's, `sealed` None once erased."""

    id: int
    office_id: int
    service_id: int
    first: date
    last: date
    party: int
    priority: str | None
    reason: str | None
    channel: str
    language: str
    token: str
    state: str
    created_at: datetime
    ended_at: datetime | None
    booking_id: int | None
    sealed: bytes | None

    @property
    def is_active(self) -> bool:
        """Whether the person still waits, or has an offer to answer."""
        return self.state in ACTIVE_STATES


COLUMNS = [waiting.c[name] for name in Waiting.__slots__]
# Before whom nobody comes: lower is earlier. Priority by law (UU 25/2009, article 29), then who joined first.
RANK = sa.case((waiting.c.priority.is_(None), 1), else_=0)
IN_ORDER = (RANK, waiting.c.created_at, waiting.c.id)

_PHONES: sa.BindParameter[Any] = bindparam("phones", expanding=True)
_NIKS: sa.BindParameter[Any] = bindparam("niks", expanding=True)
# What one person and one phone have already: each look by its own partial index.
_HELD = sa.union_all(
    sa.select(sa.literal_column("'booked'").label("what"), sa.literal_column("0").label("seat"))
    .select_from(bookings).where(STILL_BOOKED, bookings.c.nik_hash.in_(_NIKS)),
    sa.select(sa.literal_column("'waits'"), sa.literal_column("0"))
    .select_from(waiting).where(ACTIVE, waiting.c.nik_hash.in_(_NIKS)),
    sa.select(sa.literal_column("'booking'"), bookings.c.phone_seat)
    .select_from(bookings).where(STILL_BOOKED, bookings.c.phone_hash.in_(_PHONES)),
    sa.select(sa.literal_column("'entry'"), waiting.c.phone_seat)
    .select_from(waiting).where(ACTIVE, waiting.c.phone_hash.in_(_PHONES)),
    sa.select(sa.literal_column("'left'"), sa.literal_column("0"))
    .select_from(waiting).where(
        waiting.c.phone_hash.is_not(None), waiting.c.phone_hash.in_(_PHONES), waiting.c.state == "left",
        waiting.c.ended_at > bindparam("lately")),
)
_INSERT = waiting.insert().returning(waiting.c.id)
_BY_ID = sa.select(*COLUMNS).where(waiting.c.id == bindparam("id"))
_BY_TOKEN = sa.select(*COLUMNS).where(waiting.c.token == bindparam("token"))
_OF_PHONE = sa.select(*COLUMNS).where(ACTIVE, waiting.c.phone_hash.in_(_PHONES)).order_by(
    waiting.c.created_at, waiting.c.id)
_END = sa.update(waiting).where(waiting.c.id == bindparam("of"), waiting.c.state == bindparam("was")).values(
    state=bindparam("to_state"), ended_at=bindparam("at"), booking_id=bindparam("to_booking"))
_AHEAD = (
    sa.select(sa.func.count()).select_from(waiting.join(services, services.c.id == waiting.c.service_id))
    .where(IN_LINE, waiting.c.office_id == bindparam("office"),
           services.c.letter == sa.select(services.c.letter).where(services.c.id == bindparam("service"))
           .scalar_subquery(),
           waiting.c.first <= bindparam("last"), waiting.c.last >= bindparam("first"),
           sa.or_(bindparam("rank") > RANK, sa.and_(bindparam("rank") == RANK, sa.or_(
               waiting.c.created_at < bindparam("since"),
               sa.and_(waiting.c.created_at == bindparam("since"), waiting.c.id < bindparam("of"))))))
)


# -- joining -------------------------------------------------------------------------------------------------


def join(connection: Connection, wish: Wish, *, vault: Vault, now: datetime) -> Waiting:
    """Put the wish at the end of the line.

    Raises Refusal invalid_request (`why` dates: the last before the first; past: nothing can be offered on the last
    date any more), too_far, office_closed (on all of the dates, with alternatives), too_many_for_phone (as many
    bookings and entries as a phone may have, or ten left within a day), already_booked, already_waiting; whether a NIK
    has a booking is told last.
    """
    first = _checked_first(connection, wish, now)
    niks, phones = vault.hashes_of_nik(wish.person.nik), vault.hashes_of_phone(wish.person.phone)
    seat = _seat(connection, niks, phones, wish.office.rules.per_phone, now)
    values = {
        "office_id": wish.office.id, "service_id": wish.service.id, "first": first, "last": wish.last,
        "party": wish.party, "priority": wish.priority, "reason": wish.reason, "channel": wish.channel,
        "language": wish.language, "token": _token(), "state": "waiting", "created_at": now,
        "sealed": vault.seal(wish.person),
    }
    keys = {"nik_hash": niks[0], "phone_hash": phones[0], "phone_seat": seat}
    entry_id = connection.execute(_INSERT, values | keys).scalar_one()
    record(connection, "waiting_joined", at=now, office_id=wish.office.id, waiting_id=entry_id)
    return Waiting(id=entry_id, ended_at=None, booking_id=None, **values)  # type: ignore[arg-type]


def _checked_first(connection: Connection, wish: Wish, now: datetime) -> date:
    """The first date that counts. Raises Refusal invalid_request, too_far, office_closed."""
    office, first = wish.office, max(wish.first, wish.office.today(now))
    if wish.last < wish.first:
        raise Refusal("invalid_request", why="dates", field="to")
    if is_over(office, wish.last, now):
        raise Refusal("invalid_request", why="past", field="to")
    if is_too_far(office, wish.last, now):
        raise Refusal("too_far", field="to", alternatives=[])
    if not has_open(office, first, wish.last, now):
        near = datetime.combine(first, time(), office.zone)
        places.refuse(connection, "office_closed", office, wish.service, wish.party, near, now,
                      because=_because(office, first, wish.last))
    return first


def _because(office: Office, first: date, last: date) -> str | None:
    """Why the office is closed on these dates: the first reason there is."""
    every = (office.because(first + timedelta(days=n)) for n in range((last - first).days + 1))
    return next((reason for reason in every if reason), None)


def _seat(connection: Connection, niks: Sequence[bytes], phones: Sequence[bytes], limit: int, now: datetime) -> int:
    """The lowest of the phone's seats in the line that is free. Raises Refusal."""
    held = connection.execute(_HELD, {"niks": niks, "phones": phones, "lately": lately(now)}).all()
    what = [row.what for row in held]
    if what.count("left") >= GIVEN_UP_A_DAY:
        raise Refusal("too_many_for_phone", field="phone", why="given_up", limit=GIVEN_UP_A_DAY)
    if what.count("booking") + what.count("entry") >= limit:
        raise Refusal("too_many_for_phone", field="phone", limit=limit)
    if "booked" in what:
        raise Refusal("already_booked", field="nik")
    if "waits" in what:
        raise Refusal("already_waiting", field="nik")
    taken = {row.seat for row in held if row.what == "entry"}
    return next(seat for seat in range(1, limit + 1) if seat not in taken)


def _token() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(TOKEN_LENGTH))


def rejoin(connection: Connection, entry: Waiting, *, vault: Vault, now: datetime) -> Waiting:
    """The same need once more, at the end of the line: a new entry, for who answers after the offer lapsed.

    An offer whose time is over and that nobody has marked yet lapses now. Raises Refusal as `join` does, also
    already_waiting for an entry that never ended; unknown_booking once it was erased.
    """
    if entry.sealed is None:
        raise Refusal("unknown_booking")
    holding.lapse_of(connection, entry.id, now)
    (office,) = read_offices(connection, [entry.office_id])
    wish = Wish(
        office=office, service=office.by_id[entry.service_id], first=entry.first, last=entry.last,
        person=vault.open(entry.sealed), party=entry.party, priority=entry.priority, reason=entry.reason,
        language=entry.language, channel=entry.channel,
    )
    return join(connection, wish, vault=vault, now=now)


# -- reading -------------------------------------------------------------------------------------------------


def find(connection: Connection, token: str) -> Waiting:
    """The entry of its page's token, in either case. Raises Refusal unknown_booking."""
    canonical = token.upper()
    row = None
    if len(canonical) == TOKEN_LENGTH and all(letter in _ALPHABET for letter in canonical):
        row = connection.execute(_BY_TOKEN, {"token": canonical}).one_or_none()
    if row is None:
        raise Refusal("unknown_booking")
    return Waiting(*row)


def by_id(connection: Connection, entry_id: int) -> Waiting:
    """The entry of that id, which must exist."""
    return Waiting(*connection.execute(_BY_ID, {"id": entry_id}).one())


def of_phone(connection: Connection, vault: Vault, phone: str) -> list[Waiting]:
    """What the phone (E.164) waits for or has an offer for, at all offices, the oldest first."""
    rows = connection.execute(_OF_PHONE, {"phones": vault.hashes_of_phone(phone)})
    return [Waiting(*row) for row in rows]


def ahead(connection: Connection, entry: Waiting) -> int:
    """How many come before it: for the same queue group, on some of the same dates, and not offered a place yet."""
    return int(connection.execute(_AHEAD, {
        "office": entry.office_id, "service": entry.service_id, "first": entry.first, "last": entry.last,
        "rank": int(entry.priority is None), "since": entry.created_at, "of": entry.id,
    }).scalar_one())


# -- ending --------------------------------------------------------------------------------------------------


def leave(connection: Connection, entry: Waiting, *, now: datetime, via: str | None = None,
          staff_id: int | None = None) -> Waiting:
    """Take the entry off the list; a place that is offered goes to the next. One that has ended stays as it is.

    `via` is the door if it was the phone itself, as in `bookings.cancel`.
    """
    if not entry.is_active:
        return entry
    offer = holding.open_of(connection, entry.id)
    closed = offer is not None and holding.close(connection, offer, "declined", now)
    if not end(connection, entry.id, "left", now, was="offered" if closed else "waiting"):
        return leave(connection, by_id(connection, entry.id), now=now, via=via, staff_id=staff_id)
    data = {"why": "left"} | ({"via": via} if via else {})
    record(connection, "waiting_ended", at=now, office_id=entry.office_id, waiting_id=entry.id, staff_id=staff_id,
           data=data)
    if offer is not None and closed:
        holding.note(connection, offer, "declined", now, via=via)
        holding.give_back(connection, [offer], now)
    return replace(entry, state="left", ended_at=now)


def end(connection: Connection, entry_id: int, state: str, now: datetime, *, was: str,
        booking_id: int | None = None) -> bool:
    """Change the state from `was`, or answer False when it is another by now. The caller writes the journal entry.

    `state` `waiting` puts the entry back into the line where it stood.
    """
    ended = None if state in ACTIVE_STATES else now
    return connection.execute(_END, {
        "of": entry_id, "was": was, "to_state": state, "at": ended, "to_booking": booking_id}).rowcount == 1

"""Offers: a place that is free goes to the first in line whom it fits, for a limited time, then to the next.

Every step is one short transaction an office that may run again at any moment, also twice at once: an offer's end is
decided by one guarded update of its row, so of an answer at the last moment and the lapse exactly one holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import bookings, holding, offering, seats, untold, waiting
from scheduler.bookings import Booking, Mint
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import Person, Vault
from scheduler.holding import Offer
from scheduler.keeping_tables import OPEN, offers
from scheduler.keeping_tables import waiting as entries
from scheduler.offer_times import lapses_at
from scheduler.offices import Office, Offices
from scheduler.tables import PHONE_CHANNELS
from scheduler.untold import Untold
from scheduler.waiting import Waiting

__all__ = ["Offer", "accept", "decline", "end_at", "lapse", "lapse_all", "lapses_at", "lately_lapsed_of_phone", "make",
           "offer_all", "open_of_phone", "tend", "withdraw"]

LATELY = timedelta(days=1)  # so long after an offer lapsed an answer to it is understood

_PHONES: sa.BindParameter[bytes] = bindparam("phones", expanding=True)
_JOINED = offers.join(entries, entries.c.id == offers.c.waiting_id)
_OF_PHONE = sa.select(*holding.COLUMNS, *waiting.COLUMNS).select_from(_JOINED).where(entries.c.phone_hash.in_(_PHONES))
_OPEN_OF_PHONE = _OF_PHONE.where(OPEN, offers.c.lapses_at > bindparam("now")).order_by(offers.c.made_at, offers.c.id)
_again = entries.alias("again")
_LAPSED_OF_PHONE = _OF_PHONE.where(
    sa.or_(offers.c.state == "lapsed", sa.and_(OPEN, offers.c.lapses_at <= bindparam("now"))),
    offers.c.lapses_at > bindparam("lately"),
    ~sa.exists().where(_again.c.nik_hash == entries.c.nik_hash, _again.c.created_at >= offers.c.lapses_at),
).order_by(offers.c.lapses_at.desc(), offers.c.id.desc())
_OVERDUE_OFFICES = sa.select(offers.c.office_id).where(OPEN, offers.c.lapses_at <= bindparam("now")).distinct()
# One of several workers lapses an offer; the others pass it by instead of waiting for it.
_OVERDUE = sa.select(*holding.COLUMNS).where(
    OPEN, offers.c.lapses_at <= bindparam("now"), offers.c.office_id == bindparam("office"),
).order_by(offers.c.id).with_for_update(skip_locked=True)
_OPEN_AT = sa.select(*holding.COLUMNS).where(
    OPEN, offers.c.slot_id.in_(bindparam("slots", expanding=True))).order_by(offers.c.id)


# -- reading -------------------------------------------------------------------------------------------------


def open_of_phone(connection: Connection, vault: Vault, phone: str, now: datetime) -> list[tuple[Offer, Waiting]]:
    """The offers that this phone (E.164) can still take, the oldest first."""
    return _pairs(connection, _OPEN_OF_PHONE, {"phones": vault.hashes_of_phone(phone), "now": now})


def lately_lapsed_of_phone(connection: Connection, vault: Vault, phone: str,
                           now: datetime) -> list[tuple[Offer, Waiting]]:
    """The phone's offers that lapsed within a day and whose person has not joined again, the newest first.

    One whose time is over and that nobody has marked yet is among them; `waiting.rejoin` takes either.
    """
    return _pairs(connection, _LAPSED_OF_PHONE, {
        "phones": vault.hashes_of_phone(phone), "now": now, "lately": now - LATELY})


def _pairs(connection: Connection, asked: sa.Select[tuple[object, ...]],
           values: dict[str, object]) -> list[tuple[Offer, Waiting]]:
    cut = len(holding.COLUMNS)
    return [(Offer(*row[:cut]), Waiting(*row[cut:])) for row in connection.execute(asked, values)]  # type: ignore[arg-type]


# -- answering -----------------------------------------------------------------------------------------------


def accept(connection: Connection, office: Office, offer: Offer, *, vault: Vault, mint: Mint, now: datetime,
           via: str | None = None) -> Booking:
    """Book the place that is offered. `via` is the door if the phone itself answered (`PHONE_CHANNELS`).

    Raises Refusal offer_over when it lapsed, was answered or withdrawn; already_booked and too_many_for_phone as
    `bookings.book` does. Who has booked otherwise loses the offer at the next run of `tend`, as a refusal undoes
    whatever was written with it.
    """
    if not holding.close(connection, offer, "taken", now):
        raise Refusal("offer_over")
    entry = waiting.by_id(connection, offer.waiting_id)
    made = bookings.draft(_request(office, offer, entry, vault, via), vault=vault, mint=mint, now=now)
    seat = seats.find(connection, made.nik_hashes, made.phone_hashes, office.rules.per_phone, now,
                      by_itself=made.request.channel in PHONE_CHANNELS)
    booked = bookings.write(connection, made, offer.slot_id, offer.day_id, seat, now)
    waiting.end(connection, entry.id, "booked", now, was="offered", booking_id=booked.id)
    holding.note(connection, offer, "taken", now, via=via, booking_id=booked.id)
    if not holding.book_held(connection, offer.day_id, offer.party):
        raise Refusal("offer_over")
    return booked


def _request(office: Office, offer: Offer, entry: Waiting, vault: Vault, via: str | None) -> bookings.Request:
    return bookings.Request(
        office, office.by_id[entry.service_id], offer.start, _person(entry, vault), reason=entry.reason,
        party=offer.party, priority=entry.priority, language=entry.language, channel=via or entry.channel,
    )


def _person(entry: Waiting, vault: Vault) -> Person:
    if entry.sealed is None:
        raise Refusal("offer_over")
    return vault.open(entry.sealed)


def decline(connection: Connection, offer: Offer, *, now: datetime, via: str | None = None) -> None:
    """Give the place that is offered to the next in line; the entry has had its offer. Raises Refusal offer_over."""
    if not holding.close(connection, offer, "declined", now):
        raise Refusal("offer_over")
    waiting.end(connection, offer.waiting_id, "declined", now, was="offered")
    holding.note(connection, offer, "declined", now, via=via)
    holding.give_back(connection, [offer], now)


# -- the job's side ------------------------------------------------------------------------------------------


def make(connection: Connection, office: Office, now: datetime) -> int:
    """Offer what is free to who is first in line, and end what needs no offer any more. Answers how many offers.

    One transaction; at most `offering.AT_ONCE` offers, so that nobody waits long for a day's row.
    """
    offering.end_needless(connection, office, now)
    return len(offering.make(connection, office, now))


def lapse(connection: Connection, office_id: int, now: datetime, unheard_of: Untold = untold.nobody) -> int:
    """Let the office's offers whose time is over lapse, and end those of people who have booked otherwise: their places
    go to the next in line. Answers how many offers ended.

    Who by `unheard_of` was never told of the offer stands in line again, where they stood.
    """
    overdue = [Offer(*row) for row in connection.execute(_OVERDUE, {"office": office_id, "now": now})]
    unheard = untold.among(connection, overdue, unheard_of)
    freed = [*_take_back(connection, unheard, now, {"untold": True}),
             *holding.lapse(connection, [offer for offer in overdue if offer not in unheard], now),
             *offering.end_overtaken(connection, office_id, now)]
    holding.give_back(connection, freed, now)
    return len(freed)


def withdraw(connection: Connection, now: datetime, slot_ids: Sequence[int], *, closure: int | None = None,
             ) -> list[Offer]:
    """Take back the open offers of these starts; who had them stands in line again, where they stood.

    `closure` is the one that takes the starts. Answers what was withdrawn.
    """
    back = end_at(connection, now, slot_ids, closure=closure)
    holding.give_back(connection, back, now)
    return [replace(offer, state="withdrawn", ended_at=now) for offer in back]


def end_at(connection: Connection, now: datetime, slot_ids: Sequence[int], *, closure: int | None = None,
           ) -> list[Offer]:
    """As `withdraw`, for who goes on to change the starts: offers come before slots and days in the order of locks, so
    the places are given back (`holding.give_back`) by the caller, once it has the rest."""
    found = connection.execute(_OPEN_AT, {"slots": list(slot_ids)}).all() if slot_ids else ()
    return _take_back(connection, [Offer(*row) for row in found], now, {"closure": closure} if closure else {})


def _take_back(connection: Connection, found: Sequence[Offer], now: datetime, why: Mapping[str, Any]) -> list[Offer]:
    """End these offers, of which nobody had the use; answers those that were open, whose places the caller frees."""
    back = [offer for offer in found if holding.close(connection, offer, "withdrawn", now)]
    for offer in back:
        waiting.end(connection, offer.waiting_id, "waiting", now, was="offered")
        holding.note(connection, offer, "withdrawn", now, why=why)
    return back


def lapse_all(database: Database, now: datetime, unheard_of: Untold = untold.nobody) -> int:
    """`lapse` at every office at which an offer has to end, a transaction each."""
    with database.read() as connection:
        due = {*connection.scalars(_OVERDUE_OFFICES, {"now": now}), *offering.overtaken_offices(connection)}
    return sum(database.write(_lapsing(office_id, now, unheard_of)) for office_id in sorted(due))


def _lapsing(office_id: int, now: datetime, unheard_of: Untold) -> Callable[[Connection], int]:
    return lambda connection: lapse(connection, office_id, now, unheard_of)


def offer_all(database: Database, offices: Offices, now: datetime) -> int:
    """`make` at every office that has something to offer, until nothing fits any more. Answers how many offers."""
    with database.read() as connection:
        due = offering.offices_due(connection, offices, now)
    made = 0
    for office in due:
        while (count := database.write(_making(office, now))) > 0:
            made += count
            if count < offering.AT_ONCE:
                break
    return made


def _making(office: Office, now: datetime) -> Callable[[Connection], int]:
    return lambda connection: make(connection, office, now)


def tend(database: Database, offices: Offices, now: datetime, unheard_of: Untold = untold.nobody) -> tuple[int, int]:
    """What lapsed goes to the next at once: the job. Answers how many offers lapsed and how many were made."""
    return lapse_all(database, now, unheard_of), offer_all(database, offices, now)

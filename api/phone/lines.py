"""What a phone may do about the waiting list, whichever door it comes by: as `acts`, for who waits.

Everything works on the transaction it is handed and raises the refusals of `waiting` and `offers`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from api.assembly import Antre
from api.phone.acts import REASON
from scheduler import held, offers, waiting
from scheduler.bookings import Booking
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import Person, mask_name
from scheduler.offers import Offer
from scheduler.offices import Office, Service
from scheduler.waiting import Waiting, Wish


@dataclass(frozen=True, slots=True)
class InLine:
    """An entry of this phone's, with what is said about it: `who` is the masked name, `before` how many come first;
    `offer` is open, or the one that lapsed."""

    entry: Waiting
    office: Office
    service: Service
    who: str
    before: int = 0
    offer: Offer | None = None

    @property
    def asked_at(self) -> datetime:
        """When the person was last asked for an answer: by the offer, or by word that it lapsed."""
        if self.offer is None:
            return self.entry.created_at
        return self.offer.made_at if self.entry.is_active else self.offer.lapses_at


def mine(connection: Connection, antre: Antre, phone: str, now: datetime) -> list[InLine]:
    """What the phone (E.164) waits for; what it can take now comes first, the oldest offer before others."""
    open_ = open_of(connection, antre, phone, now)
    offered = {one.entry.id for one in open_}
    rest = [entry for entry in waiting.of_phone(connection, antre.vault, phone) if entry.id not in offered]
    return open_ + [_of(connection, antre, entry, before=waiting.ahead(connection, entry)) for entry in rest]


def open_of(connection: Connection, antre: Antre, phone: str, now: datetime) -> list[InLine]:
    """The offers that the phone can take now, the oldest first."""
    found = offers.open_of_phone(connection, antre.vault, phone, now)
    return [_of(connection, antre, entry, offer=offer) for offer, entry in found]


def lapsed_of(connection: Connection, antre: Antre, phone: str, now: datetime) -> list[InLine]:
    """Those that lapsed within a day and whose people have neither joined again nor a booking of this phone, the newest
    first."""
    found = offers.lately_lapsed_of_phone(connection, antre.vault, phone, now)
    booked = {_nik(antre, booking.sealed) for booking in held.of_phone(connection, antre.vault, phone)} if found else ()
    return [_of(connection, antre, entry, offer=offer) for offer, entry in found
            if _nik(antre, entry.sealed) not in booked]


def last_day(office: Office, now: datetime) -> date:
    """Until when one waits who names no day: the end of what can be booked."""
    return office.today(now) + timedelta(days=office.rules.horizon_days)


def join(connection: Connection, antre: Antre, office: Office, service: Service, person: Person, *,
         first: date | None, last: date | None, channel: str, language: str, now: datetime) -> InLine:
    """Onto the list, for the dates from `first` (None: today) to `last` (None: the end of what can be booked). Raises
    what `waiting.join` raises."""
    first = max(first or office.today(now), office.today(now))
    reason = REASON if service.visit == "fallback" else None
    wish = Wish(office, service, first, last or last_day(office, now), person, reason=reason, language=language,
                channel=channel)
    entry = waiting.join(connection, wish, vault=antre.vault, now=now)
    return _of(connection, antre, entry, before=waiting.ahead(connection, entry))


def rejoin(connection: Connection, antre: Antre, of: InLine, *, channel: str, now: datetime) -> InLine:
    """The same need once more, at the end of the line, by this phone. Raises what `waiting.rejoin` raises."""
    entry = waiting.rejoin(connection, replace(of.entry, channel=channel), vault=antre.vault, now=now)
    return _of(connection, antre, entry, before=waiting.ahead(connection, entry))


def accept(connection: Connection, antre: Antre, of: InLine, *, channel: str, now: datetime) -> Booking:
    """Take the place that is offered. Raises what `offers.accept` raises."""
    return offers.accept(connection, of.office, _offer(of), vault=antre.vault, mint=antre.mint, now=now, via=channel)


def decline(connection: Connection, of: InLine, *, channel: str, now: datetime) -> None:
    """Let the place go to the next. Raises what `offers.decline` raises."""
    offers.decline(connection, _offer(of), now=now, via=channel)


def leave(connection: Connection, of: InLine, *, channel: str, now: datetime) -> None:
    """Off the list; a place that is offered goes to the next."""
    waiting.leave(connection, of.entry, now=now, via=channel)


def leave_all(connection: Connection, antre: Antre, phone: str, *, channel: str, now: datetime) -> list[int]:
    """Off every list: who wants no messages cannot be offered anything. Ids of the offices that changed."""
    entries = waiting.of_phone(connection, antre.vault, phone)
    for entry in entries:
        waiting.leave(connection, entry, now=now, via=channel)
    return [entry.office_id for entry in entries]


def _nik(antre: Antre, sealed: bytes | None) -> str | None:
    return None if sealed is None else antre.vault.open(sealed).nik


def _offer(of: InLine) -> Offer:
    if of.offer is None:
        raise Refusal("offer_over")
    return of.offer


def _of(connection: Connection, antre: Antre, entry: Waiting, *, before: int = 0, offer: Offer | None = None) -> InLine:
    office = antre.offices.by_id(connection, entry.office_id)
    who = mask_name(antre.vault.open(entry.sealed).name) if entry.sealed is not None else ""
    return InLine(entry, office, office.by_id[entry.service_id], who, before, offer)

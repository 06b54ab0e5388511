"""What becomes of a fact about the waiting list: joined, offered a place, too late, closed, waited in vain.

An offer goes before everything else to who joined by phone: who wrote TUNGGU asked for this message and nothing else,
and the time it leaves runs. So it also goes to a phone that wants no other messages; who sends STOP leaves the list.
Who joined by web may have typed another's number: to such a phone it goes like a confirmation, or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications import outbox, reached
from notifications.compose import addressed
from notifications.of_bookings import closed_of
from notifications.outbox import Message
from notifications.wording.notices import Closed, Notice, notice
from scheduler.foundation.privacy import Vault
from scheduler.holding import COLUMNS as OFFER_COLUMNS
from scheduler.holding import Offer
from scheduler.keeping_tables import closures, offers, waiting
from scheduler.offers import LATELY
from scheduler.offices import Office, Offices, Service
from scheduler.tables import PHONE_CHANNELS

_LINE = sa.select(waiting).where(waiting.c.id.in_(bindparam("entries", expanding=True)))
_OFFERS = sa.select(*OFFER_COLUMNS).where(offers.c.id.in_(bindparam("offers", expanding=True)))
_CLOSURES = sa.select(closures).where(closures.c.id.in_(bindparam("closures", expanding=True)))


def offer_of(connection: Connection, number: int) -> Offer:
    """The offer that a message is about."""
    return Offer(*connection.execute(_OFFERS, {"offers": [number]}).one())


@dataclass(frozen=True, slots=True)
class Line:
    """The entries of the waiting list that journal entries speak of, and their offers, by number; what closures took
    those offers back, by number, and of which of those the person may know."""

    entries: Mapping[int, Any]
    offers: Mapping[int, Offer]
    closures: Mapping[int, Closed]
    known: Collection[int]

    @staticmethod
    def of(connection: Connection, facts: Sequence[Any]) -> Line:
        """Those that the facts name; a query for each sort, and none where no fact names one."""
        about = [fact for fact in facts if fact.waiting_id is not None]
        made = [fact.data["offer"] for fact in about if "offer" in (fact.data or {})]
        entries = connection.execute(_LINE, {"entries": [fact.waiting_id for fact in about]}) if about else ()
        found = connection.execute(_OFFERS, {"offers": made}) if made else ()
        by_number = {row.id: Offer(*row) for row in found}
        shut = {fact.data["offer"]: fact.data["closure"] for fact in about if "closure" in (fact.data or {})}
        closed = connection.execute(_CLOSURES, {"closures": [*shut.values()]}) if shut else ()
        return Line({row.id: row for row in entries}, by_number, {row.id: closed_of(row) for row in closed},
                    reached.perhaps_told(connection, [by_number[number] for number in shut]))


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes about an entry of the waiting list as it stands now; None where the fact calls for nothing any more."""

    connection: Connection
    offices: Offices
    vault: Vault
    now: datetime
    line: Line

    def joined(self, fact: Any) -> Message | None:
        """To who joined by web; a phone that joined has its answer already."""
        entry = self.line.entries.get(fact.waiting_id)
        via = (fact.data or {}).get("via") or (None if entry is None else entry.channel)
        if entry is None or via in PHONE_CHANNELS or entry.state != "waiting":
            return None
        zone = self.offices.by_id(self.connection, entry.office_id).zone
        return self._write(entry, "waiting", datetime.combine(entry.last + timedelta(days=1), time(), zone))

    def offered(self, fact: Any) -> Message | None:
        """A place is held until the offer lapses, and not a moment longer is this worth sending."""
        entry, offer = self._offer_of(fact)
        if entry is None or offer is None or offer.state != "open" or offer.lapses_at <= self.now:
            return None
        rank = outbox.ASKED if entry.channel in PHONE_CHANNELS else outbox.FACT
        return self._write(entry, "offer", offer.lapses_at, offer, rank)

    def offer_ended(self, fact: Any) -> Message | None:
        """That it lapsed, or that a closure took it: whatever else ended it, the resident did or a message of its own
        tells, and what nobody knew of needs no word."""
        entry, offer = self._offer_of(fact)
        if entry is None or offer is None:
            return None
        if (offer.state, entry.state) == ("lapsed", "lapsed"):
            return self._write(entry, "offer_lapsed", offer.lapses_at + LATELY, offer)
        closed = self.line.closures.get(fact.data.get("closure"))
        if closed is None or entry.state != "waiting" or offer.id not in self.line.known:
            return None
        return self._write(entry, "waiting_kept", self.now + LATELY, offer, closed=closed)

    def ended(self, fact: Any) -> Message | None:
        """Only that the days passed: who left or booked knows."""
        entry = self.line.entries.get(fact.waiting_id)
        if entry is None or entry.state != "passed":
            return None
        return self._write(entry, "waiting_passed", self.now + LATELY)

    def _offer_of(self, fact: Any) -> tuple[Any, Any]:
        return self.line.entries.get(fact.waiting_id), self.line.offers.get(fact.data["offer"])

    def _write(self, entry: Any, kind: str, expires: datetime, offer: Any = None,
               rank: int = outbox.FACT, closed: Closed | None = None) -> Message | None:
        if entry.sealed is None:
            return None
        number = entry.id if offer is None else offer.id
        blank = Message(key=f"{kind}:{number}", kind=kind, office_id=entry.office_id, booking_id=None,
                        waiting_id=entry.id, sequence=None if offer is None else offer.id, text="", address=None,
                        phone_hash=None, due_at=self.now, expires_at=expires, rank=rank)
        return addressed(self.connection, self.offices, self.vault, entry, blank,
                         partial(_said, kind, entry, offer, closed, self.now))


def _said(kind: str, entry: Any, offer: Any, closed: Closed | None, now: datetime, office: Office, service: Service,
          who: str) -> str:
    start, until = (None, None) if offer is None else (offer.start, offer.lapses_at)
    return notice(kind, entry.language, Notice(
        office, service, who, now, start=start, until=until, last=entry.last, closed=closed))

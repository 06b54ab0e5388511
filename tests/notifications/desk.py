"""Books and queues as the doors and jobs do, one transaction each; reads back what became of messages."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifications import claims
from notifications.carriers import SMS, Carriers
from notifications.claims import Claim, Mark
from notifications.delivery import Courier
from notifications.gateways.base import Gateway, Outcome
from notifications.judging import Judge
from notifications.rounds import Fate
from notifications.tables import outbox
from scheduler import bookings, places
from scheduler.bookings import Booking, Request
from scheduler.foundation.clock import Clock
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices
from tests import people
from tests.conftest import NOW
from tests.fakes import FakeGateway


class Desk:
    """A door of one office."""

    def __init__(self, database: Database, office: Office, vault: Vault, mint: Any) -> None:
        self.database, self.office, self.vault, self.mint = database, office, vault, mint
        self.service = office.service("ktp-rekam")

    def book(self, n: int, start: datetime, now: datetime = NOW, *, with_email: bool = False, **more: Any) -> Booking:
        request = Request(self.office, self.service, start, people.person(n, with_email=with_email), **more)
        return self.database.write(lambda c: bookings.book(c, request, vault=self.vault, mint=self.mint, now=now))

    def move(self, booking: Booking, start: datetime, now: datetime = NOW) -> Booking:
        return self.database.write(
            lambda c: bookings.move(c, self.office, self.service, booking, start, mint=self.mint, now=now))

    def cancel(self, booking: Booking, now: datetime = NOW) -> Booking:
        return self.database.write(lambda c: bookings.cancel(c, booking, now=now))

    def arrive(self, booking: Booking, now: datetime = NOW) -> None:
        self.database.write(lambda c: bookings.arrive(c, booking, now=now))

    def free(self, now: datetime = NOW, days: int = 10) -> list[datetime]:
        with self.database.read() as c:
            found = places.free_slots(c, self.office, self.service, self.office.today(now), days, now)
        return [slot.start for day in found for slot in day.slots]


def queue(database: Database, vault: Vault, count: int, *, now: datetime = NOW, **more: Any) -> None:
    """Queue so many messages about nothing, to the people numbered from 0."""
    values: dict[str, Any] = {
        "office_id": 1, "kind": "notice", "state": "queued", "created_at": now, "due_at": now,
        "expires_at": now + timedelta(days=1), **more,
    }
    rows = [{"key": f"notice:{n}", "text": f"Pesan {n}", "address": vault.seal_bytes(people.phone(n).encode()),
             "phone_hash": vault.hash_phone(people.phone(n)), **values}
            for n in range(count)]
    database.write(lambda c: c.execute(outbox.insert(), rows))


def courier_of(database: Database, vault: Vault, clock: Clock, *gateways: Gateway, **more: Any) -> Courier:
    """A courier with these carriers of SMS, in this order; `mailer` besides."""
    carriers = Carriers(gateways, more.pop("mailer", None))
    return Courier(database, vault, carriers, clock, more.pop("offices", Offices()), **more)


class Named(FakeGateway):
    """A carrier of that name."""

    def __init__(self, name: str, *answers: Outcome) -> None:
        super().__init__()
        self.name = name
        self.answer(*answers)


def claim(
    connection: sa.Connection, vault: Vault, word: str, limit: int, carrier: str = "fake"
) -> tuple[list[Claim], int]:
    """Claim for one carrier at `NOW`, as a courier does."""
    judge = Judge(connection, vault, Offices(), Carriers([Named(carrier)]).ways(SMS, NOW), NOW)
    return claims.claim(connection, judge, word, [SMS], limit, NOW)


def marked(one: Claim, state: str, at: datetime = NOW, vendor_id: str | None = None, error: str | None = None) -> Mark:
    """That the message came to this state, in its first round."""
    return Mark(one, Fate(state, at, 1, error=error), at, vendor_id)


def messages(database: Database) -> list[Any]:
    """Every message's row, in order of writing."""
    with database.read() as c:
        return list(c.execute(sa.select(outbox).order_by(outbox.c.id)))


def states(database: Database) -> dict[str, int]:
    """How many messages are in which state."""
    return dict(Counter(row.state for row in messages(database)))


def failures(database: Database) -> list[Any]:
    """The `message_failed` entries of the journal."""
    with database.read() as c:
        return list(c.execute(sa.select(journal).where(journal.c.kind == "message_failed").order_by(journal.c.id)))

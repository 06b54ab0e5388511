"""A waiting list in a test: people join, places become free, offers are answered, a transaction each."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from scheduler import bookings, offers, untold, waiting
from scheduler.bookings import Booking, Request
from scheduler.foundation.journal import journal
from scheduler.keeping_tables import offers as offer_rows
from scheduler.keeping_tables import waiting as rows
from scheduler.offers import Offer
from scheduler.offices import Offices
from scheduler.tables import days
from scheduler.untold import Untold
from scheduler.waiting import Waiting, Wish
from tests import people
from tests.booked import TODAY, Book
from tests.conftest import NOW, SECRET


class Line:
    """The line of the book's office."""

    secrets = (SECRET,)

    def __init__(self, book: Book) -> None:
        self.book = book

    # -- places

    def fill(self) -> None:
        """No day has a place left, for anybody."""
        self.book.database.write(lambda c: c.execute(sa.update(days).values(
            released=days.c.booked, wanted=days.c.booked + days.c.held)))

    def free(self, on: date, places: int = 1) -> None:
        """The day wants to release so many more, and has not yet."""
        self.book.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == on).values(
            wanted=days.c.released + days.c.held + places)))

    def sums(self) -> None:
        """Whether the book's sums are those of its rows, and nothing is sold twice."""
        with self.book.database.read() as c:
            for row in c.execute(sa.text(_SUMS)):
                assert (row.booked, row.held) == (row.is_booked, row.is_held), row
                assert row.booked <= row.released, row
            for row in c.execute(sa.text(_TAKEN)):
                assert row.taken == row.is_taken <= row.places, row

    # -- people

    def join(self, n: int, first: date = TODAY, last: date = TODAY + timedelta(days=9), *, phone: int | None = None,
             now: datetime = NOW, service: str = "ktp-rekam", **more: Any) -> Waiting:
        """The n-th person waits; with another's phone if said so."""
        person = with_phone(n, phone)
        office = self.book.office
        wish = Wish(office, office.service(service), first, last, person, **more)
        return self.book.database.write(lambda c: waiting.join(c, wish, vault=self.book.vault, now=now))

    def book_for(self, n: int, start: datetime, phone: int) -> Booking:
        """Book the n-th person with another's phone."""
        book = self.book
        request = Request(book.office, book.office.service("ktp-rekam"), start, with_phone(n, phone))
        return book.database.write(lambda c: bookings.book(c, request, vault=book.vault, mint=book.mint, now=NOW))

    def leave(self, entry: Waiting, now: datetime = NOW) -> Waiting:
        """Leave the list."""
        return self.book.database.write(lambda c: waiting.leave(c, self._entry(c, entry), now=now))

    def rejoin(self, entry: Waiting, now: datetime = NOW) -> Waiting:
        """Wait once more."""
        return self.book.database.write(lambda c: waiting.rejoin(c, entry, vault=self.book.vault, now=now))

    def accept(self, entry: Waiting, now: datetime = NOW, via: str | None = None) -> Booking:
        """Take what is offered."""
        return self.take(self.offers_of(entry)[-1], now, via)

    def take(self, offer: Offer, now: datetime = NOW, via: str | None = None) -> Booking:
        """Take that offer, as it was seen."""
        book = self.book
        return book.database.write(lambda c: offers.accept(
            c, book.office, offer, vault=book.vault, mint=book.mint, now=now, via=via))

    def decline(self, entry: Waiting, now: datetime = NOW) -> None:
        """Decline what is offered."""
        offer = self.offers_of(entry)[-1]
        self.book.database.write(lambda c: offers.decline(c, offer, now=now))

    # -- the job, and what stands

    def tend(self, now: datetime = NOW, unheard_of: Untold = untold.nobody) -> tuple[int, int]:
        """The job once; `unheard_of` says whom no word of an offer reached."""
        return offers.tend(self.book.database, Offices(), now, unheard_of)

    def ahead(self, entry: Waiting) -> int:
        """How many come before it."""
        with self.book.database.read() as c:
            return waiting.ahead(c, entry)

    def state(self, entry: Waiting) -> str:
        """What became of it."""
        return self.entry(entry).state

    def entry(self, entry: Waiting) -> Waiting:
        """The entry as it stands."""
        with self.book.database.read() as c:
            return self._entry(c, entry)

    def offers_of(self, entry: Waiting) -> list[Offer]:
        """All offers it ever had, the oldest first."""
        asked = sa.select(*(offer_rows.c[name] for name in Offer.__slots__)).where(
            offer_rows.c.waiting_id == entry.id).order_by(offer_rows.c.id)
        with self.book.database.read() as c:
            return [Offer(*row) for row in c.execute(asked)]

    def rows(self) -> list[Any]:
        """The rows of the list."""
        with self.book.database.read() as c:
            return list(c.execute(sa.select(rows).order_by(rows.c.id)).all())

    def facts(self, kind: str | None = None) -> list[Any]:
        """The journal's entries about the list, or of that kind, the oldest first."""
        which = journal.c.waiting_id.is_not(None) if kind is None else journal.c.kind == kind
        with self.book.database.read() as c:
            return list(c.execute(sa.select(journal).where(which).order_by(journal.c.id)).all())

    def _entry(self, connection: Any, entry: Waiting) -> Waiting:
        return waiting.by_id(connection, entry.id)


def with_phone(n: int, phone: int | None) -> Any:
    """The n-th person, with the phone of another."""
    person = people.person(n)
    return person if phone is None else type(person)(person.nik, person.name, people.phone(phone), person.email)


_SUMS = """
SELECT days.id, days.booked, days.held, days.released, (
    SELECT COALESCE(SUM(party), 0) FROM bookings
    WHERE bookings.day_id = days.id AND status <> 'cancelled') AS is_booked, (
    SELECT COALESCE(SUM(party), 0) FROM offers WHERE offers.day_id = days.id AND state = 'open') AS is_held
FROM days"""
_TAKEN = """
SELECT slots.id, slots.taken, slots.places, (
    SELECT COALESCE(SUM(party), 0) FROM bookings WHERE bookings.slot_id = slots.id AND status <> 'cancelled') + (
    SELECT COALESCE(SUM(party), 0) FROM offers WHERE offers.slot_id = slots.id AND state = 'open') AS is_taken
FROM slots"""

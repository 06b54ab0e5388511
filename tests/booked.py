"""People booked on days by the rooms' own functions, for tests of what then becomes of those days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from scheduler import bookings, days, places
from scheduler.bookings import Booking, Request
from scheduler.days import Day
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.offices import Office
from tests import people


class Book:
    """The office's book in a test: books, scans and reads with a transaction each."""

    def __init__(self, database: Database, office: Office, vault: Any, mint: Any) -> None:
        self.database, self.office, self.vault, self.mint = database, office, vault, mint

    def starts(self, on: date, now: datetime, service: str = "ktp-rekam") -> list[datetime]:
        """What can be booked of a service on a date."""
        with self.database.read() as c:
            found = places.free_slots(c, self.office, self.office.service(service), on, 1, now)
        return [slot.start for day in found for slot in day.slots]

    def book(self, n: int, start: datetime, now: datetime, service: str = "ktp-rekam", party: int = 1) -> Booking:
        """Book the n-th person."""
        request = Request(self.office, self.office.service(service), start, people.person(n), party=party)
        return self.database.write(lambda c: bookings.book(c, request, vault=self.vault, mint=self.mint, now=now))

    def cancel(self, booking: Booking, now: datetime) -> None:
        """Cancel a booking as it stands."""
        self.database.write(lambda c: bookings.cancel(c, bookings.by_id(c, booking.id), now=now))

    def arrive(self, booking: Booking, now: datetime) -> bool:
        """Admit a booking as it stands; False when somebody else did."""
        return self.database.write(lambda c: bookings.arrive(c, bookings.by_id(c, booking.id), now=now))

    def walk_in(self, on: date, party: int = 1) -> bool:
        """Somebody comes without booking."""
        day = self.day(on)
        return self.database.write(lambda c: days.take_walk_in(c, day.id, party))

    def day(self, on: date) -> Day:
        """The day, which must exist."""
        with self.database.read() as c:
            day = days.day_of(c, self.office.id, on)
        assert day is not None, on
        return day

    def status(self, booking: Booking) -> str:
        """What a booking has become."""
        with self.database.read() as c:
            return bookings.by_id(c, booking.id).status

    def entries(self, kind: str, day: Day | None = None) -> list[dict[str, Any]]:
        """The data of the journal's entries of that kind, oldest first."""
        asked = sa.select(journal.c.data).where(journal.c.kind == kind).order_by(journal.c.id)
        if day is not None:
            asked = asked.where(journal.c.day_id == day.id)
        with self.database.read() as c:
            return list(c.scalars(asked))


def minutes(n: int) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=n)

"""People booked on days by the rooms' own functions, for tests of what then becomes of those days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

import sqlalchemy as sa

from scheduler import bookings, calendar, days, jobs, office_file, places
from scheduler.bookings import Booking, Request
from scheduler.days import Day
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.offices import Office, Offices
from scheduler.tables import slots
from tests import people
from tests.conftest import NOW
from tests.seed import plain

TODAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)
EXAMPLE = plain(files("scheduler").joinpath("examples/balikpapan.toml").read_text(encoding="utf-8"))
LONG, SHORT = 'wednesday = ["07:30-12:00", "13:00-16:00"]', 'wednesday = ["07:30-12:00"]'


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

    def move(self, booking: Booking, start: datetime, now: datetime) -> Booking:
        """Move a booking as it stands."""
        service = self.office.by_id[booking.service_id]
        return self.database.write(lambda c: bookings.move(
            c, self.office, service, bookings.by_id(c, booking.id), start, mint=self.mint, now=now))

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


def at(on: date, clock: str, office: Office) -> datetime:
    """A moment by the office's clock."""
    return datetime.fromisoformat(f"{on}T{clock}").replace(tzinfo=office.zone)


def reimport(book: Book, change: Callable[[str], str], now: datetime = NOW) -> None:
    """Import the office's file with a change and lay its days out anew."""
    changed = change(EXAMPLE)
    assert changed != EXAMPLE
    file = office_file.parse(changed, "balikpapan.toml")
    book.database.write(lambda c: office_file.import_office(c, file, now))
    with book.database.read() as c:
        book.office = Offices().get(c, book.office.slug)
    jobs.open_days(book.database, Offices(), now)


def closed_on(on: date, reason: str = "Gangguan jaringan") -> Callable[[str], str]:
    """An office file in which that date is closed."""
    return lambda text: f'{text}\n[[exceptions]]\ndate = {on}\nclosed = true\nreason = "{reason}"\n'


def shorter_wednesday(text: str) -> str:
    """An office file in which Wednesday, tomorrow, ends at noon."""
    return text.replace(LONG, SHORT)


def laid_out(book: Book, on: date) -> dict[tuple[str, datetime], tuple[int, int]]:
    """Places and taken of each start of the day."""
    with book.database.read() as c:
        rows = c.execute(sa.select(slots).where(slots.c.day_id == book.day(on).id)).all()
    return {(row.letter, row.start): (row.places, row.taken) for row in rows}


def planned(book: Book, on: date) -> dict[tuple[str, datetime], tuple[int, int]]:
    """The same as the hours want it, with nobody on it."""
    return {(start.letter, start.start): (start.places, 0) for start in calendar.starts(book.office, on)}


def work(book: Book, now: datetime) -> None:
    """Every job once, in the timetable's order."""
    for tick in jobs.job_ticks(book.database, Offices(), key=jobs.NO_KEY):
        tick.run(now)

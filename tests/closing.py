"""Closures made in tests, and what became of whom they touched."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from scheduler import closures
from scheduler.bookings import Booking
from scheduler.closures import Closing, Closure
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.keeping_tables import closure_people
from scheduler.offices import Offices
from scheduler.tables import bookings, days, slots
from tests.booked import TOMORROW, Book
from tests.conftest import NOW

STAFF = 1
WHOLE = Closing(TOMORROW, None, None, None, "Pelatihan pegawai")
AFTERNOON = replace(WHOLE, since="12:00")
MORNING = replace(WHOLE, until="12:00")


def close(book: Book, closing: Closing, now: datetime = NOW) -> Closure:
    """Close it, and read the office as every process does within a second."""
    closure = book.database.write(lambda c: closures.close(c, book.office, closing, STAFF, now))
    refresh(book)
    return closure


def end(book: Book, closure: Closure, now: datetime = NOW) -> bool:
    """Take it back."""
    ended = book.database.write(lambda c: closures.end(c, book.office, closure, STAFF, now))
    refresh(book)
    return ended


def refresh(book: Book) -> None:
    """Read the office anew."""
    with book.database.read() as c:
        book.office = Offices().get(c, book.office.slug)


def fill(book: Book, count: int, now: datetime = NOW, first: int = 0) -> list[Booking]:
    """So many people on tomorrow's earliest starts, one after the other."""
    made: list[Booking] = []
    for start in book.starts(TOMORROW, now):
        for _ in range(2):
            if len(made) < count:
                made.append(book.book(first + len(made), start, now))
    assert len(made) == count
    return made


def listed(database: Database, closure: Closure) -> list[tuple[int, str]]:
    """Whose bookings are in its list, in order, and what became of each."""
    with database.read() as c:
        return [(row.booking_id, row.state) for row in c.execute(
            sa.select(closure_people).where(closure_people.c.closure_id == closure.id)
            .order_by(closure_people.c.position))]


def moves(database: Database) -> Counter[int]:
    """How often each booking was moved, by the journal."""
    with database.read() as c:
        return Counter(c.scalars(sa.select(journal.c.booking_id).where(journal.c.kind == "moved")))


def sums_agree(database: Database) -> bool:
    """Whether slots and days count exactly the people of the bookings on them."""
    with database.read() as c:
        return _agree(c, slots, slots.c.taken, bookings.c.slot_id) and _agree(c, days, days.c.booked, bookings.c.day_id)


def _agree(connection: sa.Connection, table: Any, counted: Any, of: Any) -> bool:
    people = sa.select(sa.func.coalesce(sa.func.sum(bookings.c.party), 0)).where(
        of == table.c.id, bookings.c.status != "cancelled").scalar_subquery()
    return connection.execute(sa.select(table.c.id).where(counted != people)).first() is None

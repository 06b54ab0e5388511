"""When somebody without booking may ask again: what is said comes true when the job decides and nobody has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler import asking_again, jobs
from scheduler.bookings import Booking
from scheduler.offices import Office, Offices
from scheduler.tables import days
from tests.booked import TODAY, TOMORROW, Book, at, minutes
from tests.conftest import NOW
from tests.line import Line


@pytest.fixture
def book(database: Any, balikpapan: Office, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


def fill(book: Book, people: int, since: str = "07:30") -> list[Booking]:
    """So many people booked tomorrow, two at each start, and as many without booking as fit beside them."""
    first = at(TOMORROW, since, book.office)
    starts = iter(start for start in book.starts(TOMORROW, NOW) if start >= first for _ in range(2))
    booked = [book.book(n, next(starts), NOW) for n in range(people)]
    band = people + 4
    book.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == TOMORROW).values(
        high=band, low=1, walk_in_room=4, walk_ins=4)))
    return booked


def room(book: Book, now: datetime) -> int:
    """How many without booking fit, or could book for later that day, once the job has decided."""
    jobs.keep_capacity(book.database, Offices(), now)
    day = book.day(TOMORROW)
    return max(day.walk_in_room - day.walk_ins, day.released - day.booked)


def ask(book: Book, now: datetime, party: int = 1, service: str = "ktp-rekam") -> datetime | None:
    with book.database.read() as c:
        return asking_again.moment(c, book.office, book.office.service(service), book.day(TOMORROW), party, now)


@pytest.mark.parametrize(("came", "party", "hour"), [
    (0, 1, "08:15"), (0, 2, "08:15"), (1, 1, "08:15"), (1, 2, "08:30"), (2, 2, "08:30"),
    (3, 1, "08:30"), (3, 2, "08:45"),
])
def test_the_moment_is_when_the_grace_of_enough_people_is_over(book: Book, came: int, party: int, hour: str) -> None:
    booked = fill(book, 10)
    now = at(TOMORROW, "07:40", book.office)
    assert [book.office.local(one.start).strftime("%H:%M") for one in booked[::2]] == [
        "07:30", "07:45", "08:00", "08:15", "08:30"]
    for one in booked[:came]:
        book.arrive(one, now)
    assert room(book, now) == 0
    again = ask(book, now, party)
    assert again == at(TOMORROW, hour, book.office)
    assert room(book, again - minutes(15)) < party, "asking earlier would have been in vain"
    assert room(book, again) >= party


def test_who_has_come_leaves_no_place(book: Book) -> None:
    booked, now = fill(book, 4), at(TOMORROW, "07:40", book.office)
    assert ask(book, now) == at(TOMORROW, "08:15", book.office)
    for one in booked[:2]:
        book.arrive(one, now)
    assert ask(book, now) == at(TOMORROW, "08:30", book.office)
    for one in booked[2:]:
        book.arrive(one, now)
    assert ask(book, now) is None, "nobody is awaited"


def test_there_is_no_such_moment_when_too_few_are_awaited_or_it_is_too_late(book: Book) -> None:
    fill(book, 4)
    assert ask(book, at(TOMORROW, "07:40", book.office), party=5) is None
    assert ask(book, at(TOMORROW, "15:40", book.office)) == at(TOMORROW, "15:45", book.office)
    assert ask(book, at(TOMORROW, "15:46", book.office)) is None, "what takes a quarter of an hour ends after closing"


def test_nobody_is_sent_into_the_break(book: Book) -> None:
    fill(book, 4, "11:15")
    assert ask(book, at(TOMORROW, "11:46", book.office)) == at(TOMORROW, "13:00", book.office)
    assert ask(book, at(TOMORROW, "11:30", book.office)) == at(TOMORROW, "13:00", book.office)


def test_a_day_without_bookings_has_no_such_moment(book: Book) -> None:
    with book.database.read() as c:
        day = book.day(TODAY)
        assert asking_again.moment(c, book.office, book.office.service("ktp-rekam"), day, 1, NOW) is None


def test_who_is_in_line_has_what_can_be_booked_first(book: Book) -> None:
    """Then only what is free without booking counts, which it is when nothing can be booked any more."""
    fill(book, 4)
    Line(book).join(50, TOMORROW, TOMORROW, now=NOW)
    again = ask(book, at(TOMORROW, "07:40", book.office))
    assert again is not None
    assert again > at(TOMORROW, "14:00", book.office)


def test_however_many_are_booked_it_asks_little(book: Book) -> None:
    fill(book, 30)
    asked: list[str] = []
    with book.database.read() as c:
        day = book.day(TOMORROW)
        sa.event.listen(c.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
        now, service = at(TOMORROW, "07:40", book.office), book.office.service("ktp-rekam")
        assert asking_again.moment(c, book.office, service, day, 2, now) is not None
    assert len(asked) <= 18

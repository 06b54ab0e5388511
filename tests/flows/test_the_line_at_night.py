"""A place that comes free at night waits for the morning with the line: nobody who is awake gets it before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from scheduler import jobs, offers
from scheduler.bookings import Booking
from scheduler.keeper import Keeper
from scheduler.offices import Offices
from tests.booked import TODAY, TOMORROW, Book, at, minutes
from tests.line import Line

KEY = b"k" * 32


def book_up(book: Book, now: datetime) -> Booking:
    """Book tomorrow's last starts until nothing is left; answers the last booking."""
    jobs.open_days(book.database, Offices(), now, key=KEY)
    jobs.keep_capacity(book.database, Offices(), now, Keeper(KEY))
    n, booked = 100, None
    while free := book.starts(TOMORROW, now):
        booked, n = book.book(n, free[-1], now), n + 1
    assert booked is not None
    return booked


@pytest.mark.parametrize(("on", "clock"), [(TODAY, "22:00"), (TOMORROW, "05:00")])
def test_a_place_freed_at_night_is_the_lines_in_the_morning(
        database: Any, balikpapan: Any, vault: Any, mint: Any, on: Any, clock: str) -> None:
    book, now = Book(database, balikpapan, vault, mint), at(on, clock, balikpapan)
    line, keeper, morning = Line(book), Keeper(KEY), at(TOMORROW, "06:30", balikpapan)
    booked = book_up(book, now)
    entry = line.join(1, TOMORROW, TOMORROW, now=now)
    book.cancel(booked, now)
    for n in range(0, (morning - now) // timedelta(minutes=1), 7):
        jobs.keep_capacity(database, Offices(), now + minutes(n), keeper)
        assert offers.tend(database, Offices(), now + minutes(n)) == (0, 0)
        assert book.starts(TOMORROW, now + minutes(n)) == []
    jobs.keep_capacity(database, Offices(), morning, keeper)
    offers.tend(database, Offices(), morning)
    assert balikpapan.today(line.accept(entry, morning).start) == TOMORROW
    line.sums()

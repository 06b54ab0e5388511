"""Who may still come, as chances: each booking by what is known of it, and what a day opens on the strength of that."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from scheduler import bookings, jobs, releasing, reports, shows
from scheduler.awaited import awaited
from scheduler.bookings import Booking, Request
from scheduler.foundation.database import Database
from scheduler.jobs import NO_KEY
from scheduler.keeper import Keeper
from scheduler.keeping_tables import learnt
from scheduler.offices import Office, Offices
from scheduler.shown import OPEN, SILENT, YES, DayShown, Learnt, Tally, Trait
from tests import people
from tests.booked import TODAY, TOMORROW, Book, at, minutes
from tests.conftest import NOW

LATER = date(2026, 12, 9)  # fifteen days ahead, a Wednesday as tomorrow is


@pytest.fixture
def book(database: Database, balikpapan: Office, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


@pytest.fixture
def taught(book: Book) -> Learnt:
    """Thirty days on which four of five came, those who said so nearly all, and half by SMS."""
    chance, service = random.Random(1), book.office.service("ktp-rekam").id
    seen = []
    for n in range(30):
        tallies = tuple(
            Tally(service, lead, channel, answer, 6, sum(chance.random() < share for _ in range(6)))
            for lead in (0, 1, 4) for channel, answer, share in
            (("web", YES, 0.97), ("web", SILENT, 0.85), ("sms", SILENT, 0.5)))
        came = sum(tally.came for tally in tallies)
        seen.append(DayShown(TODAY - timedelta(days=n + 1), tallies, (0, 0, came, 0, 0, 0, 0, 0, 0, 0, 0), (0,) * 24))
    made = shows.learn(seen)
    book.database.write(lambda c: c.execute(learnt.insert(), {
        "office_id": book.office.id, "at": NOW, "rates": msgspec.to_builtins(made, str_keys=True)}))
    return made


def made(book: Book, n: int, on: date, now: datetime = NOW, **more: Any) -> Booking:
    asked = Request(book.office, book.office.service("ktp-rekam"), book.starts(on, now)[n], people.person(n), **more)
    return book.database.write(lambda c: bookings.book(c, asked, vault=book.vault, mint=book.mint, now=now))


def seen(book: Book, on: date, now: datetime) -> list[tuple[float, int]]:
    with book.database.read() as c:
        looked = releasing.look(c, [book.office], now, Keeper(NO_KEY))
        return sorted(awaited(c, looked, now)[book.day(on).id])


def test_each_booking_counts_by_what_is_known_of_it(book: Book, taught: Learnt) -> None:
    service = book.office.service("ktp-rekam").id
    made(book, 1, TOMORROW, party=3)
    made(book, 2, TOMORROW, channel="sms")
    said = made(book, 3, TOMORROW)
    book.database.write(lambda c: bookings.confirm(c, said, now=NOW, via="web"))
    made(book, 4, LATER)

    def chance(lead: int, channel: str, answer: str) -> float:
        return shows.chance(taught, Trait(service, lead, channel, 2, answer))

    assert seen(book, TOMORROW, NOW) == sorted([
        (chance(1, "web", OPEN), 3), (chance(1, "sms", OPEN), 1), (chance(1, "web", YES), 1)])
    assert seen(book, LATER, NOW) == [(chance(4, "web", OPEN), 1)]
    asked = at(TODAY, "16:00", book.office)
    assert seen(book, TOMORROW, asked) == sorted([
        (chance(1, "web", SILENT), 3), (chance(1, "sms", SILENT), 1), (chance(1, "web", YES), 1)])
    assert chance(1, "sms", SILENT) < chance(1, "web", SILENT) < chance(1, "web", YES)


def test_a_booking_made_before_midnight_of_the_office_was_made_a_day_ahead(book: Book, taught: Learnt) -> None:
    service = book.office.service("ktp-rekam").id
    for n, clock in ((1, "23:59"), (2, "00:01")):
        on = TODAY if clock == "23:59" else TOMORROW
        made(book, n, TOMORROW, at(on, clock, book.office))
    before, after = (shows.chance(taught, Trait(service, lead, "web", 2, SILENT)) for lead in (1, 0))
    assert before != after
    assert seen(book, TOMORROW, at(TOMORROW, "00:02", book.office)) == sorted([(before, 1), (after, 1)])


def test_who_is_late_has_less_of_a_chance_and_none_once_the_office_has_closed(book: Book, taught: Learnt) -> None:
    late = made(book, 1, TOMORROW)
    ((before, _),) = seen(book, TOMORROW, late.start - minutes(60))
    ((after, _),) = seen(book, TOMORROW, late.start + minutes(25))
    assert after == shows.still(taught, before, 25, book.office.rules.late_minutes)
    assert after < before
    assert seen(book, TOMORROW, at(TOMORROW, "16:00", book.office)) == []


def test_nobody_counts_who_came_stayed_away_or_gave_up(book: Book) -> None:
    came, gone, stays = (made(book, n, TOMORROW) for n in (1, 2, 3))
    book.arrive(came, came.start)
    book.cancel(gone, NOW)
    assert seen(book, TOMORROW, NOW) == [(1.0, 1)]
    assert book.status(stays) == "booked"


@pytest.mark.usefixtures("taught")
def test_a_day_opens_more_than_the_band_once_it_is_known_who_stays_away(book: Book) -> None:
    jobs.keep_capacity(book.database, Offices(), NOW)
    day = book.day(TOMORROW)
    assert day.released > 70
    because = book.entries("day_released", day)[-1]["because"]
    assert (because["code"], because["known"]) == ("learnt", 30)
    assert because["over"] <= 0.05
    with book.database.read() as c:
        report = reports.report(c, book.office, TOMORROW, NOW)
    assert report is not None
    assert (report.expected, report.outlook.p_over) == (0, 0)  # nobody is booked, and nobody ever came without

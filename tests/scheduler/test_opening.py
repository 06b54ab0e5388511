"""Opening days: slots are what the hours say, also when the hours change under people who booked."""

from __future__ import annotations

from concurrent.futures import wait
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler import calendar, jobs
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Offices
from scheduler.tables import days, slots
from tests.booked import TODAY, TOMORROW, Book, at, closed_on, laid_out, planned, reimport, shorter_wednesday, work
from tests.conftest import NOW
from tests.line import Line
from tests.threads import all_at_once, in_thread


@pytest.fixture
def book(database: Database, balikpapan: Office, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


def test_days_are_open_to_the_horizon_with_the_starts_the_hours_give(book: Book) -> None:
    for n in range(book.office.rules.horizon_days + 1):
        on = TODAY + timedelta(days=n)
        assert laid_out(book, on) == planned(book, on)
        assert book.day(on).plan == calendar.plan(calendar.starts(book.office, on))
        assert book.day(on).closed == (not calendar.starts(book.office, on))
    with book.database.read() as c:
        assert c.execute(sa.select(sa.func.count()).select_from(days)).scalar_one() == 31


def test_opening_again_changes_nothing_and_the_next_day_adds_one(book: Book) -> None:
    before = everything(book)
    assert jobs.open_days(book.database, Offices(), NOW) == 0
    assert everything(book) == before
    assert jobs.open_days(book.database, Offices(), NOW + timedelta(days=1)) == 1
    assert book.entries("days_opened")[-1] == {"first": "2026-12-25", "last": "2026-12-25", "open": 0, "closed": 1}


def everything(book: Book) -> list[Any]:
    with book.database.read() as c:
        return [c.execute(sa.select(table).order_by(table.c.id)).all() for table in (days, slots)]


def test_two_workers_that_open_the_same_days_at_once_open_them_once(book: Book) -> None:
    later = NOW + timedelta(days=12)
    answers = all_at_once(*[lambda: jobs.open_days(book.database, Offices(), later)] * 4)
    assert all(isinstance(answer, int) for answer in answers), answers
    on = TODAY + timedelta(days=40)
    assert laid_out(book, on) == planned(book, on)


def test_a_day_that_closes_offers_nothing_more_and_keeps_who_booked(book: Book) -> None:
    start = book.starts(TOMORROW, NOW)[3]
    booked = book.book(1, start, NOW, party=2)
    reimport(book, closed_on(TOMORROW))
    day = book.day(TOMORROW)
    assert (day.closed, day.released, day.booked, day.walk_in_room) == (True, 2, 2, 0)
    assert laid_out(book, TOMORROW) == {("A", start): (2, 2)}
    assert book.status(booked) == "booked"
    assert book.entries("day_closed", day) == [
        {"released": 2, "because": {"code": "closed", "released": 2, "reason": "Gangguan jaringan"}}]
    with pytest.raises(Refusal, match="office_closed"):
        book.book(2, start, NOW)
    assert not book.walk_in(TOMORROW)


def test_a_day_that_closes_takes_back_what_it_offered_and_who_had_it_stands_in_line_again(book: Book) -> None:
    line = Line(book)
    line.fill()
    first, second = line.join(1), line.join(2)
    line.free(TOMORROW)
    line.tend()
    assert [line.state(entry) for entry in (first, second)] == ["offered", "waiting"]
    reimport(book, closed_on(TOMORROW))
    assert [offer.state for offer in line.offers_of(first)] == ["withdrawn"]
    assert (line.state(first), line.ahead(first), line.ahead(second)) == ("waiting", 0, 1)
    assert laid_out(book, TOMORROW) == {("A", line.offers_of(first)[0].start): (0, 0)}
    line.sums()


def test_a_closed_day_is_emptied_as_people_cancel_and_never_fills_again(book: Book) -> None:
    start = book.starts(TOMORROW, NOW)[3]
    booked = [book.book(n, start, NOW) for n in range(2)]
    reimport(book, closed_on(TOMORROW))
    book.cancel(booked[0], NOW)
    work(book, NOW)
    assert (book.day(TOMORROW).released, laid_out(book, TOMORROW)) == (1, {("A", start): (1, 1)})
    book.cancel(booked[1], NOW)
    work(book, NOW)
    assert book.day(TOMORROW).plan == calendar.plan([])  # and is looked at no more
    assert laid_out(book, TOMORROW) == {("A", start): (0, 0)}  # kept for the cancelled bookings that name it
    changes = len(book.entries("day_changed", book.day(TOMORROW)))
    work(book, NOW)
    assert changes == len(book.entries("day_changed", book.day(TOMORROW))) == 1


def test_a_day_that_opens_again_is_filled_again(book: Book) -> None:
    booked = book.book(1, book.starts(TOMORROW, NOW)[3], NOW)
    reimport(book, closed_on(TOMORROW))
    reimport(book, lambda text: text.replace("Contoh Nomor 1", "Contoh Nomor 2"))
    assert (book.day(TOMORROW).closed, book.day(TOMORROW).released, book.day(TOMORROW).walk_in_room) == (False, 62, 8)
    expected = planned(book, TOMORROW)
    expected["A", booked.start] = (expected["A", booked.start][0], 1)
    assert laid_out(book, TOMORROW) == expected
    assert len(book.starts(TOMORROW, NOW)) > 20
    assert [entry["because"]["code"] for entry in book.entries("day_released", book.day(TOMORROW))] == ["band", "band"]


def test_shorter_hours_keep_those_who_booked_the_hours_that_went(book: Book) -> None:
    starts = book.starts(TOMORROW, NOW)
    booked = book.book(1, starts[-1], NOW)
    reimport(book, shorter_wednesday)
    left = laid_out(book, TOMORROW)
    assert {start: full for start, full in left.items() if start not in planned(book, TOMORROW)} == {
        ("A", booked.start): (1, 1)}
    assert max(book.starts(TOMORROW, NOW)) < at(TOMORROW, "12:00", book.office)
    book.cancel(booked, NOW)
    assert booked.start not in planned(book, TOMORROW)
    work(book, NOW)
    assert laid_out(book, TOMORROW)["A", booked.start] == (0, 0)


def test_a_lost_counter_takes_places_but_from_nobody(book: Book) -> None:
    start = book.starts(TOMORROW, NOW)[0]
    assert laid_out(book, TOMORROW)["A", start] == (3, 0)
    booked = [book.book(n, start, NOW) for n in range(3)]
    reimport(book, without_a_counter)
    assert laid_out(book, TOMORROW)["A", start] == (3, 3)
    other = next(moment for letter, moment in laid_out(book, TOMORROW) if letter == "A" and moment != start)
    assert laid_out(book, TOMORROW)["A", other] == (2, 0)
    book.cancel(booked[0], NOW)
    work(book, NOW)
    assert laid_out(book, TOMORROW)["A", start] == (2, 2)


def test_a_place_given_up_on_a_start_that_went_is_not_sold_before_the_next_look(book: Book) -> None:
    gone, shrunk = book.starts(TOMORROW, NOW)[-1], book.starts(TOMORROW, NOW)[0]
    last, others = book.book(1, gone, NOW), [book.book(n, shrunk, NOW) for n in (2, 3, 4)]
    reimport(book, lambda text: shorter_wednesday(without_a_counter(text)))
    for booking in (last, others[0]):
        book.cancel(booking, NOW)
        with pytest.raises(Refusal):
            book.book(9, booking.start, NOW)
    work(book, NOW)
    assert laid_out(book, TOMORROW)["A", shrunk] == (2, 2)
    assert laid_out(book, TOMORROW)["A", gone] == (0, 0)


def test_a_place_given_up_while_its_day_is_finished_is_sold_again(book: Book) -> None:
    """Who gives it up waits for the start's row and has seen the day unfinished; nothing looks at it again after."""
    overfull, full = book.starts(TOMORROW, NOW)[:2]
    over = [book.book(n, overfull, NOW) for n in range(3)]
    reimport(book, without_a_counter)
    others = [book.book(n, full, NOW) for n in (3, 4)]
    book.cancel(over[0], NOW)
    with book.database.engine.begin() as c:
        c.execute(sa.select(slots.c.id).where(slots.c.id == others[0].slot_id).with_for_update())
        cancelled = in_thread(book.cancel, others[0], NOW)
        wait([cancelled], timeout=0.5)
        looked = in_thread(jobs.open_days, book.database, Offices(), NOW)
        wait([looked], timeout=0.5)
    for done in (cancelled, looked):
        done.result(30)
    work(book, NOW)
    assert laid_out(book, TOMORROW)["A", full] == (2, 1)


def test_a_place_that_opens_again_is_journalled(book: Book) -> None:
    """By the journal everybody who keeps answers learns of it."""
    start = book.starts(TOMORROW, NOW)[0]
    over = [book.book(n, start, NOW) for n in range(3)]
    reimport(book, without_a_counter)
    for booking in over[:2]:
        book.cancel(booking, NOW)
    assert start not in book.starts(TOMORROW, NOW)
    entries = len(book.entries("day_changed", book.day(TOMORROW)))
    work(book, NOW)
    assert start in book.starts(TOMORROW, NOW)
    assert len(book.entries("day_changed", book.day(TOMORROW))) == entries + 1


def without_a_counter(text: str) -> str:
    """The file without its first counter."""
    head, first, *others = text.split("[[counters]]")
    assert first
    return "[[counters]]".join([head, *others])


def test_a_new_band_takes_hold_on_the_days_ahead(book: Book) -> None:
    for n, start in enumerate(book.starts(TOMORROW, NOW)[:10]):
        book.book(n, start, NOW)
    reimport(book, lambda text: text.replace("low = 60", "low = 5").replace("high = 70", "high = 9"))
    tomorrow, next_week = book.day(TOMORROW), book.day(TODAY + timedelta(days=7))
    assert (tomorrow.low, tomorrow.high, tomorrow.released, tomorrow.walk_in_room) == (5, 9, 10, 0)
    assert (next_week.released, next_week.walk_in_room) == (1, 8)


def test_bookings_while_a_day_closes_are_kept_or_refused_never_lost(book: Book) -> None:
    """Residents book while the office closes the day: who got an answer is on the day, and no more than that."""
    starts = book.starts(TOMORROW, NOW)[:8]
    residents = [in_thread(book.book, n, start, NOW) for n, start in enumerate(starts)]
    reimport(book, closed_on(TOMORROW))
    answered = [resident.exception(30) or resident.result() for resident in residents]
    kept = [answer for answer in answered if not isinstance(answer, Exception)]
    assert all(isinstance(a, Refusal) for a in answered if isinstance(a, Exception)), answered
    assert book.day(TOMORROW).booked == book.day(TOMORROW).released == len(kept)
    assert sum(taken for _, taken in laid_out(book, TOMORROW).values()) == len(kept)
    assert all(places == taken for places, taken in laid_out(book, TOMORROW).values())

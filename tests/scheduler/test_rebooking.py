"""Moving people whose place was closed: each once, each told, in order, by several workers, also when one dies."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler import absences, bookings, closures, offers, placing, rebooking, waiting
from scheduler.bookings import Booking
from scheduler.closures import Closure
from scheduler.foundation.database import Database
from scheduler.leaving import room
from scheduler.offices import Office, Offices
from scheduler.tables import bookings as rows
from scheduler.tables import days as day_rows
from tests import people
from tests.booked import TOMORROW, Book, at, laid_out
from tests.closing import AFTERNOON, WHOLE, close, end, fill, listed, moves, sums_agree
from tests.conftest import NOW, SECRET
from tests.counting import questions
from tests.threads import all_at_once, in_thread

PEOPLE = 20


@pytest.fixture
def book(database: Database, balikpapan: Office, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


def place(book: Book, mint: Any, now: Any = NOW) -> int:
    return rebooking.place_all(book.database, Offices(), mint, now)


def booking(book: Book, booked: Booking) -> Booking:
    with book.database.read() as c:
        return bookings.by_id(c, booked.id)


def nothing_free(book: Book) -> None:
    book.database.write(lambda c: c.execute(sa.update(day_rows).values(released=day_rows.c.booked)))


def a_place_on(book: Book, days_later: int, places: int = 1) -> None:
    day = book.day(TOMORROW + timedelta(days=days_later))
    book.database.write(lambda c: c.execute(sa.update(day_rows).where(day_rows.c.id == day.id).values(
        released=day_rows.c.booked + places)))


def state_of(book: Book, closure: Closure) -> list[str]:
    return [state for _, state in listed(book.database, closure)]


# -- where to, and what it leaves behind -------------------------------------------------------------------------


def test_everybody_has_another_place_a_fact_and_keeps_the_moves_they_have(book: Book, mint: Any) -> None:
    booked = fill(book, 5)
    closure = close(book, WHOLE)
    assert place(book, mint) == 5
    for one in booked:
        now = booking(book, one)
        assert (now.status, now.moves, now.sequence) == ("booked", 0, 1)
        assert now.start != one.start
        assert now.token != one.token
        with book.database.read() as c:
            assert bookings.find_with_trace(c, one.token) == (now, True)
    assert book.entries("moved") == [{"from": one.start.isoformat(), "closure": closure.id} for one in booked]
    assert state_of(book, closure) == ["moved"] * 5
    with book.database.read() as c:
        assert closures.find(c, book.office, closure.id) == replace(closure, placed_at=NOW)
    assert book.day(TOMORROW).booked == 0
    assert not any(places for places, _ in laid_out(book, TOMORROW).values()), "the places that were left are nobody's"
    assert sums_agree(book.database)
    assert place(book, mint) == 0


def test_who_leaves_a_part_of_a_day_goes_later_on_it_if_there_is_room(book: Book, mint: Any) -> None:
    booked = book.book(1, at(TOMORROW, "08:00", book.office), NOW)
    close(book, replace(WHOLE, until="12:00"))
    place(book, mint)
    assert booking(book, booked).start == at(TOMORROW, "13:00", book.office)
    assert booking(book, booked).token == booked.token
    assert sums_agree(book.database)


def test_a_day_that_is_full_takes_its_own_people_at_another_hour(book: Book, mint: Any) -> None:
    booked = book.book(1, at(TOMORROW, "14:00", book.office), NOW)
    nothing_free(book)
    close(book, AFTERNOON)
    place(book, mint)
    assert booking(book, booked).start == at(TOMORROW, "11:45", book.office)


def test_nobody_is_sent_nearer_than_the_notice(book: Book, mint: Any) -> None:
    today = book.starts(book.office.today(NOW), NOW)
    now = today[4] - timedelta(minutes=30)
    booked = book.book(1, today[4], NOW)
    nothing_free(book)
    close(book, replace(WHOLE, date=book.office.today(NOW), since=f"{book.office.local(today[4]):%H:%M}",
                        until=f"{book.office.local(today[5]):%H:%M}"), now)
    place(book, mint, now)
    assert booking(book, booked).start >= now + timedelta(minutes=book.office.rules.notice_minutes)


# -- without a place ---------------------------------------------------------------------------------------------


def test_who_cannot_be_placed_is_told_once_and_placed_as_places_appear_in_order(book: Book, mint: Any) -> None:
    first, second = fill(book, 2)
    nothing_free(book)
    closure = close(book, WHOLE)
    assert [place(book, mint), place(book, mint)] == [0, 0]
    assert state_of(book, closure) == ["unplaced", "unplaced"]
    assert book.entries("unplaced") == [{"closure": closure.id}] * 2
    a_place_on(book, 2)
    assert place(book, mint, NOW + timedelta(hours=1)) == 1
    assert state_of(book, closure) == ["moved", "unplaced"]
    a_place_on(book, 1)
    assert place(book, mint, NOW + timedelta(hours=2)) == 1
    assert state_of(book, closure) == ["moved", "moved"]
    assert booking(book, first).start > booking(book, second).start
    assert len(book.entries("unplaced")) == 2


def test_who_helped_themselves_is_let_go(book: Book, mint: Any) -> None:
    booked = fill(book, 3)
    nothing_free(book)
    closure = close(book, WHOLE)
    a_place_on(book, 1)
    book.move(booked[0], at(TOMORROW + timedelta(days=1), "10:00", book.office), NOW)
    place(book, mint)
    book.cancel(booked[1], NOW)
    place(book, mint)
    assert state_of(book, closure) == ["gone", "gone", "unplaced"]
    assert len(book.entries("unplaced")) == 2


def test_once_the_day_is_over_nobody_who_had_no_place_is_found_absent(book: Book, mint: Any) -> None:
    booked = fill(book, 2)
    nothing_free(book)
    closure = close(book, WHOLE)
    place(book, mint)
    past = booked[1].start + timedelta(minutes=book.office.rules.late_minutes, seconds=1)
    a_place_on(book, 1, places=2)
    place(book, mint, past)
    assert [booking(book, one).status for one in booked] == ["cancelled", "cancelled"]
    assert state_of(book, closure) == ["unplaced", "unplaced"]
    day = absences.OverdueDay(booked[0].day_id, book.office.id, TOMORROW)
    assert book.database.write(lambda c: absences.mark_day(c, day, past + timedelta(days=1))) == 0
    assert sums_agree(book.database)


def test_while_the_office_is_open_who_had_no_place_may_still_come(book: Book, mint: Any) -> None:
    booked = book.book(1, at(TOMORROW, "08:00", book.office), NOW)
    nothing_free(book)
    close(book, replace(WHOLE, until="09:00"))
    book.database.write(lambda c: c.execute(sa.text("UPDATE slots SET places = taken")))
    place(book, mint)
    place(book, mint, booked.start + timedelta(hours=4))
    assert booking(book, booked).status == "booked"
    place(book, mint, at(TOMORROW, "16:00", book.office))
    assert booking(book, booked).status == "cancelled"


def test_a_closure_that_was_taken_back_moves_nobody(book: Book, mint: Any) -> None:
    fill(book, 2)
    closure = close(book, WHOLE)
    with book.database.read() as c:
        steps = rebooking.steps(c, book.office, closure, NOW)
    end(book, closure)
    assert {book.database.write(partial(rebooking.place_one, office=book.office, closure=closure, one=one, where=where,
                                        mint=mint, now=NOW)) for one, where in steps} == {rebooking.ELSEWHERE}
    assert place(book, mint) == 0
    assert moves(book.database) == {}


def test_an_offer_on_a_closed_start_goes_back_to_the_line(book: Book, mint: Any, vault: Any) -> None:
    wish = waiting.Wish(book.office, book.office.service("ktp-rekam"), TOMORROW, TOMORROW, people.person(50))
    book.database.write(lambda c: waiting.join(c, wish, vault=vault, now=NOW))
    assert book.database.write(lambda c: offers.make(c, book.office, NOW)) == 1
    closure = close(book, WHOLE)
    with book.database.read() as c:
        assert c.execute(sa.text("SELECT state FROM offers")).scalar_one() == "withdrawn"
        assert c.execute(sa.text("SELECT state FROM waiting")).scalar_one() == "waiting"
        assert c.execute(sa.text("SELECT sum(held) FROM days")).scalar_one() == 0
    assert listed(book.database, closure) == []
    assert not any(places for places, _ in laid_out(book, TOMORROW).values())


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_closes_waits_for_an_offer_before_it_holds_the_day(book: Book, vault: Any) -> None:
    """Who accepts has the offer locked and then wants the day: the other way round they wait for each other."""
    wish = waiting.Wish(book.office, book.office.service("ktp-rekam"), TOMORROW, TOMORROW, people.person(50))
    book.database.write(lambda c: waiting.join(c, wish, vault=vault, now=NOW))
    assert book.database.write(lambda c: offers.make(c, book.office, NOW)) == 1
    with book.database.engine.begin() as c:
        c.execute(sa.text("SELECT id FROM offers FOR UPDATE"))
        closed = in_thread(close, book, WHOLE)
        wait([closed], timeout=1)
        assert not closed.done()
        for table in ("slots", "days"):
            c.execute(sa.text(f"SELECT id FROM {table} FOR UPDATE NOWAIT"))
    closed.result(30)
    assert book.day(TOMORROW).closed


def test_not_every_nudge_looks_for_places_again(book: Book, mint: Any) -> None:
    fill(book, 1)
    nothing_free(book)
    closure, tried = close(book, WHOLE), rebooking.Tried()
    go = partial(rebooking.place_all, book.database, Offices(), mint, tried=tried)
    assert go(NOW) == 0
    a_place_on(book, 1)
    assert [go(NOW + timedelta(seconds=s)) for s in (1, 9, 10)] == [0, 0, 1]
    second = close(book, replace(WHOLE, date=TOMORROW + timedelta(days=1)))
    assert go(NOW + timedelta(seconds=11)) == 0
    assert state_of(book, closure) == ["moved"]
    assert state_of(book, second) == ["unplaced"], "who was not tried yet need not wait"
    assert go(NOW - timedelta(hours=1)) == 0, "a clock that is put back stops nothing"


def asked(book: Book, mint: Any) -> int:
    """How many questions a look at all closures asks."""
    offices = Offices()
    with book.database.read() as c:
        offices.all(c)
    return questions(book.database, partial(rebooking.place_all, book.database, offices, mint, NOW))


def test_closures_that_touch_nobody_are_all_passed_by_with_one_question(book: Book, mint: Any) -> None:
    for later in range(3):
        close(book, replace(WHOLE, date=TOMORROW + timedelta(days=later)))
    place(book, mint)
    assert asked(book, mint) == 1


def test_a_closure_whose_people_have_all_been_moved_is_passed_by(book: Book, mint: Any) -> None:
    fill(book, 5)
    close(book, WHOLE)
    assert place(book, mint) == 5
    assert asked(book, mint) == 1


# -- several workers ---------------------------------------------------------------------------------------------


@contextmanager
def other_databases(url: str, count: int) -> Iterator[list[Database]]:
    """Connections of as many workers."""
    with ExitStack() as stack:
        yield [stack.enter_context(closing(Database(url, connections=2, durable=False))) for _ in range(count)]


def careless(database: Database, office: Office, closure: Closure, looked: list[tuple[int, str]], mint: Any) -> None:
    """Guard off: for each person on the list as it was looked at, look for a place and move there."""
    for booking_id, _ in looked:
        def work(connection: Any, booking_id: int = booking_id) -> None:
            booked = bookings.by_id(connection, booking_id)
            service = office.by_id[booked.service_id]
            leaving = placing.Leaving(service.letter, booked.start, booked.day_id, booked.party)
            where = room(connection, office, [service.letter], NOW).nearest(leaving)
            assert where is not None
            bookings.move(connection, office, service, booked, where.start, mint=mint, now=NOW, closure=closure.id)
        database.write(work)


def test_without_the_guard_two_workers_that_looked_at_once_move_people_twice(
    book: Book, database_url: str, mint: Any,
) -> None:
    booked = fill(book, 4)
    closure = close(book, WHOLE)
    with other_databases(database_url, 2) as databases:
        looked = [listed(one, closure) for one in databases]
        for database, those in zip(databases, looked, strict=True):
            careless(database, book.office, closure, those, mint)
    assert moves(book.database) == {one.id: 2 for one in booked}


def test_workers_at_once_move_each_person_once(book: Book, database_url: str, mint: Any) -> None:
    booked = fill(book, PEOPLE)
    closure = close(book, WHOLE)
    with other_databases(database_url, 4) as databases:
        ended = all_at_once(*[partial(rebooking.place_all, one, Offices(), mint, NOW) for one in databases])
    assert sum(ended) == PEOPLE, ended
    assert moves(book.database) == {one.id: 1 for one in booked}
    assert state_of(book, closure) == ["moved"] * PEOPLE
    assert sums_agree(book.database)


def test_workers_and_residents_at_once_leave_nobody_moved_twice_or_unseen(
    book: Book, database_url: str, mint: Any,
) -> None:
    """Residents cancel, move and book while their places are closed and given out."""
    booked = fill(book, PEOPLE)
    closure = close(book, WHOLE)
    elsewhere = book.starts(TOMORROW + timedelta(days=1), NOW)
    acts = [lambda: book.cancel(booked[0], NOW), lambda: book.cancel(booked[9], NOW),
            lambda: book.move(booked[12], elsewhere[8], NOW), lambda: book.move(booked[19], elsewhere[9], NOW),
            *[lambda n=n: book.book(100 + n, elsewhere[n], NOW) for n in range(4)]]
    with other_databases(database_url, 2) as databases:
        ended = all_at_once(*acts, *[partial(rebooking.place_all, one, Offices(), mint, NOW) for one in databases])
    assert not [one for one in ended if isinstance(one, Exception)]
    place(book, mint)
    with book.database.read() as c:
        stands = {row.id: row for row in c.execute(sa.select(rows))}
    by_closure = {of for of, state in listed(book.database, closure) if state == "moved"}
    for one in booked:
        row = stands[one.id]
        assert row.status == "cancelled" or row.day_id != one.day_id
        assert moves(book.database)[one.id] == row.sequence - (row.status == "cancelled")
        assert row.moves == row.sequence - (row.status == "cancelled") - (one.id in by_closure)
    assert sums_agree(book.database)


@contextmanager
def mover(database_url: str, still_at: int) -> Iterator[subprocess.Popen[str]]:
    """A worker process that has begun and stands still in the middle of a person's transaction."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.mover", database_url, str(still_at), NOW.isoformat(), SECRET],
        stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "still\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def place_once_free(book: Book, mint: Any) -> int:
    """How many are placed once PostgreSQL has noticed that whoever held the closure is dead."""
    deadline = time.monotonic() + 30
    while not (placed := place(book, mint)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return placed


def test_a_worker_killed_in_the_middle_of_a_person_has_done_whole_people_and_another_goes_on(
    book: Book, database_url: str, mint: Any,
) -> None:
    booked = fill(book, PEOPLE)
    closure = close(book, WHOLE)
    with mover(database_url, 8) as worker:
        if not book.database.embedded:  # SQLite has one writer: another would wait for it
            assert place(book, mint) == 0, "a closure is in one worker's hands"
        worker.send_signal(signal.SIGKILL)
        worker.wait(30)
    assert moves(book.database) == {one.id: 1 for one in booked[:7]}
    assert state_of(book, closure) == ["moved"] * 7 + ["pending"] * (PEOPLE - 7)
    assert sums_agree(book.database)
    assert place_once_free(book, mint) == PEOPLE - 7
    assert moves(book.database) == {one.id: 1 for one in booked}
    assert state_of(book, closure) == ["moved"] * PEOPLE
    assert sums_agree(book.database)
    assert book.day(TOMORROW).booked == 0

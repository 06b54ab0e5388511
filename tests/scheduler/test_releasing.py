"""Keeping capacity: places released and room for walk-ins follow the rule while people book, come and stay away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from scheduler import bookings as bookings_of
from scheduler import jobs, releasing
from scheduler.bookings import Request, arrive
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.jobs import NO_KEY
from scheduler.keeper import Keeper
from scheduler.offices import Office, Offices
from scheduler.tables import bookings, days, slots
from tests import people
from tests.booked import TODAY, TOMORROW, Book, at, closed_on, laid_out, minutes, planned, reimport, work
from tests.conftest import NOW
from tests.threads import all_at_once, in_thread


@pytest.fixture
def book(database: Database, balikpapan: Office, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


def test_the_share_for_walk_ins_is_freed_step_by_step_and_each_step_journalled(book: Book) -> None:
    seen = []
    for step in ("24T15:59", "24T16:00", "25T09:59", "25T10:00", "25T13:00"):
        moment = datetime.fromisoformat(f"2026-11-{step}").replace(tzinfo=book.office.zone)
        jobs.keep_capacity(book.database, Offices(), moment)
        seen.append((book.day(TOMORROW).released, book.day(TOMORROW).walk_in_room))
    assert seen == [(62, 8), (64, 6), (64, 6), (66, 4), (48, 22)]  # from 14:00 on there are 8 x 6 places left to book
    entries = book.entries("day_released", book.day(TOMORROW))
    assert [(entry["released"], entry["walk_in_room"]) for entry in entries] == [(62, 8), (64, 6), (66, 4), (48, 22)]
    told = [(entry["because"]["code"], entry["because"]["kept"], entry["because"]["high"]) for entry in entries[-2:]]
    assert told == [("band", 4, 70), ("unsold", 2, 70)]


def test_keeping_capacity_twice_writes_once(book: Book) -> None:
    later = at(TODAY, "16:00", book.office)
    assert jobs.keep_capacity(book.database, Offices(), later) > 0
    assert jobs.keep_capacity(book.database, Offices(), later) == 0


def test_the_places_of_late_people_are_open_until_they_come(book: Book) -> None:
    booked = [book.book(n, book.starts(TOMORROW, NOW)[0], NOW) for n in range(2)]
    grace = booked[0].start + minutes(30)
    seen = []
    for moment in (grace, grace + minutes(1)):
        jobs.keep_capacity(book.database, Offices(), moment)
        seen.append((book.day(TOMORROW).released, book.day(TOMORROW).walk_in_room))
    book.arrive(booked[0], grace + minutes(2))
    jobs.keep_capacity(book.database, Offices(), grace + minutes(2))
    assert [*seen, (book.day(TOMORROW).released, book.day(TOMORROW).walk_in_room)] == [(64, 6), (66, 6), (65, 6)]
    assert book.status(booked[1]) == "booked"  # may still come


def test_walk_ins_already_in_are_not_freed_by_a_step(book: Book) -> None:
    jobs.keep_capacity(book.database, Offices(), at(TODAY, "17:00", book.office))
    assert book.walk_in(TOMORROW, 6)
    jobs.keep_capacity(book.database, Offices(), at(TOMORROW, "10:00", book.office))
    assert (book.day(TOMORROW).released, book.day(TOMORROW).walk_in_room) == (64, 6)
    assert book.entries("day_released", book.day(TOMORROW))[-1]["released"] == 64


def test_what_nobody_can_book_any_more_goes_to_walk_ins(book: Book) -> None:
    book.book(1, book.starts(TOMORROW, NOW)[0], NOW, party=2)
    last = max(moment for _, moment in planned(book, TOMORROW))
    jobs.keep_capacity(book.database, Offices(), last - minutes(60))  # may be booked this very minute
    assert book.day(TOMORROW).released > 2
    jobs.keep_capacity(book.database, Offices(), last - minutes(59))
    day = book.day(TOMORROW)
    assert (day.released, day.walk_in_room) == (2, 70)  # the two who booked are late and gone
    assert book.entries("day_released", day)[-1]["because"]["code"] == "unsold"


def test_a_small_office_releases_what_its_counters_can_serve(book: Book) -> None:
    reimport(book, short_thursday)
    on = TOMORROW + timedelta(days=1)
    served = sum(places for places, _ in planned(book, on).values())
    assert 8 < served < 62
    assert (book.day(on).released, book.day(on).walk_in_room) == (served - 8, 8)
    assert book.entries("day_released", book.day(on))[-1]["because"]["places"] == served


def short_thursday(text: str) -> str:
    """An office file in which Thursday, the day after tomorrow, has one hour."""
    return text.replace('thursday = ["07:30-12:00", "13:00-16:00"]', 'thursday = ["09:00-10:00"]')


@pytest.mark.parametrize("gives_up", ["cancel", "move"])
def test_a_place_given_up_after_its_time_is_not_sold_before_the_next_look(book: Book, gives_up: str) -> None:
    """A walk-in may have been let in for somebody who did not come: the place sold again would pass the band."""
    late = book.book(1, book.starts(TOMORROW, NOW)[0], NOW)
    given_up = late.start + minutes(31)
    jobs.keep_capacity(book.database, Offices(), given_up)
    free = book.starts(TOMORROW, given_up)
    day = book.day(TOMORROW)
    book.database.write(lambda c: c.execute(sa.update(days).where(days.c.id == day.id).values(
        booked=days.c.released, walk_ins=days.c.walk_in_room)))
    assert book.day(TOMORROW).booked + book.day(TOMORROW).walk_ins == 71
    if gives_up == "cancel":
        book.cancel(late, given_up)
    else:
        book.move(late, book.starts(TOMORROW + timedelta(days=1), given_up)[0], given_up)
    with pytest.raises(Refusal, match="day_full"):
        book.book(2, free[-1], given_up)
    assert book.day(TOMORROW).booked + book.day(TOMORROW).walk_ins == 70


def test_a_job_that_remembers_places_counts_them_anew_as_days_change(book: Book) -> None:
    """Also while a start that went still has people on it, whose number is in the sum."""
    thursday, remembered = TOMORROW + timedelta(days=1), Keeper(NO_KEY)
    last = book.starts(thursday, NOW)[-1]
    leaves, _stays = book.book(1, last, NOW, party=2), book.book(2, last, NOW)
    jobs.keep_capacity(book.database, Offices(), NOW, remembered)
    reimport(book, short_thursday)
    for _ in range(2):
        jobs.keep_capacity(book.database, Offices(), NOW, remembered)
        with book.database.read() as c:
            assert releasing.changes(c, [book.office], NOW, Keeper(NO_KEY)) == []
        if book.status(leaves) == "booked":
            book.cancel(leaves, NOW)
            jobs.open_days(book.database, Offices(), NOW)


def careless(connection: Connection, change: releasing.Change) -> None:
    """What the guard is for: write the decision whatever happened since the look."""
    connection.execute(sa.update(days).where(days.c.id == change.day.id).values(
        released=change.decision.released, walk_in_room=change.decision.walk_in_room))


def lower_band(book: Book, high: int) -> None:
    """The band of tomorrow, without deciding anything."""
    book.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == TOMORROW).values(low=1, high=high)))


def test_without_the_guard_a_booking_between_look_and_update_breaks_the_day(book: Book) -> None:
    lower_band(book, 9)  # releases one place
    with book.database.read() as c:
        (change,) = releasing.changes(c, [book.office], NOW, Keeper(NO_KEY))
    booked = [book.book(n, start, NOW) for n, start in enumerate(book.starts(TOMORROW, NOW)[:3])]
    with pytest.raises(IntegrityError), book.database.engine.begin() as c:
        careless(c, change)
    assert jobs.keep_capacity(book.database, Offices(), NOW) == 1
    day = book.day(TOMORROW)
    assert (day.released, day.booked, day.walk_in_room) == (3, len(booked), 6)


def released_once(book: Book, now: datetime) -> int:
    """Keep capacity in one transaction that is not repeated when a constraint breaks."""
    with book.database.engine.begin() as c:
        return releasing.release(c, [book.office], now, Keeper(NO_KEY))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_booking_that_commits_while_the_update_waits_is_not_overruled(book: Book) -> None:
    """The update waits for the row of a booking under way, then sees that its decision no longer holds."""
    lower_band(book, 9)
    starts = book.starts(TOMORROW, NOW)
    asked = [Request(book.office, book.office.service("ktp-rekam"), starts[n], people.person(n)) for n in range(4)]
    assert while_waiting(book, NOW, lambda c: [
        bookings_of.book(c, one, vault=book.vault, mint=book.mint, now=NOW) for one in asked]) == 1
    day = book.day(TOMORROW)
    assert (day.booked, day.released, day.walk_in_room) == (4, 4, 5)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_somebody_late_who_is_scanned_while_the_update_waits_is_not_given_up(book: Book) -> None:
    late = book.book(1, book.starts(TOMORROW, NOW)[0], NOW)
    jobs.keep_capacity(book.database, Offices(), late.start)
    given_up = late.start + minutes(31)
    assert while_waiting(book, given_up, lambda c: arrive(c, late, now=given_up)) == 0
    assert book.day(TOMORROW).walk_in_room == 6


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_day_that_closes_while_the_update_waits_is_not_filled_again(book: Book) -> None:
    lower_band(book, 9)
    closing = sa.update(days).where(days.c.id == book.day(TOMORROW).id).values(
        closed=True, released=days.c.booked, walk_in_room=days.c.walk_ins, wanted=days.c.booked)
    assert while_waiting(book, NOW, lambda c: c.execute(closing)) == 0
    assert (book.day(TOMORROW).released, book.day(TOMORROW).walk_in_room) == (0, 0)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_band_that_changes_while_the_update_waits_is_decided_by_what_it_is_now(book: Book) -> None:
    lower_band(book, 9)
    lower = sa.update(days).where(days.c.id == book.day(TOMORROW).id).values(high=8)
    assert while_waiting(book, NOW, lambda c: c.execute(lower)) == 1
    assert book.entries("day_released", book.day(TOMORROW))[-1]["because"]["high"] == 8


def while_waiting(book: Book, now: datetime, act: Callable[[Connection], object]) -> int:
    """Keep capacity while somebody has acted on the day and commits only once the job waits for the row."""
    with book.database.engine.connect() as resident:
        act(resident)
        job = in_thread(released_once, book, now)
        with pytest.raises(TimeoutError):
            job.result(0.5)
        resident.commit()
    return job.result(30)


def test_capacity_is_kept_while_people_book_come_and_go(book: Book) -> None:
    """A busy day: residents book and cancel, walk-ins come, the band jumps, the job runs all the while."""
    starts = book.starts(TOMORROW, NOW)
    stop = threading.Event()

    def job() -> None:
        for n in iter(lambda: 0 if stop.is_set() else 1, 0):
            jobs.keep_capacity(book.database, Offices(), NOW + minutes(n))

    def band() -> None:
        for high in (30, 70, 12, 70, 40, 70):
            lower_band(book, high)

    def resident(first: int) -> int:
        kept = 0
        for n in range(first, first + 8):
            try:
                booked = book.book(n, starts[n % len(starts)], NOW)
            except Refusal:
                continue
            kept += 1
            if n % 3 == 0:
                book.cancel(booked, NOW)
                kept -= 1
        return kept

    worker = in_thread(job)
    results = all_at_once(band, *[lambda f=f: resident(f) for f in (0, 100, 200, 300)],
                          *[lambda: sum(book.walk_in(TOMORROW) for _ in range(4))] * 2)
    stop.set()
    assert worker.exception(30) is None
    jobs.keep_capacity(book.database, Offices(), NOW)
    assert not [answer for answer in results if isinstance(answer, Exception)], results
    day = book.day(TOMORROW)
    assert day.booked == sum(results[1:5]) == sum(taken for _, taken in laid_out(book, TOMORROW).values())
    assert day.walk_ins == sum(results[5:])
    assert day.released + day.walk_in_room <= max(70, day.booked + day.walk_ins)


events = st.lists(st.tuples(st.sampled_from(["book", "cancel", "walk_in", "arrive", "close", "open", "job", "wait"]),
                            st.integers(0, 40)), max_size=25)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events)
def test_whatever_happens_in_whatever_order_the_sums_hold(book: Book, events: list[tuple[str, int]]) -> None:
    now, standing = NOW, []
    sweep(book)
    for act, n in events:
        now = one_event(book, act, n, now, standing)
        work(book, now)
        day = book.day(TOMORROW)
        there = [booking for booking in standing if book.status(booking) != "cancelled"]
        assert day.booked == len(there) == sum(taken for _, taken in laid_out(book, TOMORROW).values())
        late = day.absent + len([b for b in there if book.status(b) == "booked" and b.start + minutes(30) < now])
        if not day.closed:
            assert day.released + day.walk_in_room <= max(70 + late, day.booked + day.walk_ins)


def one_event(book: Book, act: str, n: int, now: datetime, standing: list[Any]) -> datetime:
    open_ones = [booking for booking in standing if book.status(booking) == "booked"]
    free = book.starts(TOMORROW, now)
    if act == "book" and free:
        standing.append(book.book(len(standing), free[n % len(free)], now))
    elif act == "cancel" and open_ones:
        book.cancel(open_ones[n % len(open_ones)], now)
    elif act == "arrive" and open_ones:
        book.arrive(open_ones[n % len(open_ones)], now)
    elif act == "walk_in":
        book.walk_in(TOMORROW, 1 + n % 3)
    elif act == "close":
        reimport(book, closed_on(TOMORROW), now)
    elif act == "open":
        reimport(book, lambda text: text + "\n# open\n", now)
    elif act == "wait":
        now = min(now + minutes(60 * n), at(TOMORROW, "15:00", book.office))
    return now


def sweep(book: Book) -> None:
    """What a new example expects: nobody on the day, nothing kept about it."""
    def wipe(c: Connection) -> None:
        c.execute(sa.delete(bookings))
        c.execute(sa.delete(slots))
        c.execute(sa.delete(days))

    book.database.write(wipe)
    reimport(book, lambda text: text + "\n# swept\n")

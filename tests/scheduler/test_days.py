"""Days: walk-ins never pass their room, and what the manager reads adds up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler import days, jobs, reports
from scheduler.capacity import words
from scheduler.foundation.database import Database
from scheduler.offices import Office, Offices
from scheduler.tables import days as table
from tests.booked import Book, at, minutes
from tests.conftest import NOW
from tests.threads import all_at_once

TODAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture
def book(database: Database, balikpapan: Office, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


def test_a_day_beyond_the_horizon_is_none(book: Book) -> None:
    with book.database.read() as c:
        assert days.day_of(c, book.office.id, TODAY - timedelta(days=1)) is None
        assert days.day_of(c, book.office.id, TODAY + timedelta(days=30)) is not None
        assert days.day_of(c, book.office.id, TODAY + timedelta(days=31)) is None


def test_walk_ins_get_the_room_there_is_and_no_more(book: Book) -> None:
    room = book.day(TODAY).walk_in_room
    assert book.walk_in(TODAY, room - 1)
    assert not book.walk_in(TODAY, 2)
    assert book.walk_in(TODAY)
    assert not book.walk_in(TODAY)
    assert book.day(TODAY).walk_ins == room


def test_walk_ins_at_many_doors_get_the_room_once(book: Book) -> None:
    room = book.day(TODAY).walk_in_room
    answers = all_at_once(*[lambda: book.walk_in(TODAY)] * 16)
    assert sorted(answers) == [False] * (16 - room) + [True] * room


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_the_guard_two_doors_give_one_room_twice(book: Book) -> None:
    """What the guard is for: both doors look, both see room for one, both write what they make of it."""
    day = book.day(TODAY)
    careless = sa.update(table).where(table.c.id == day.id)
    with book.database.engine.connect() as one, book.database.engine.connect() as other:
        looks = [c.execute(sa.select(table.c.walk_ins).where(table.c.id == day.id)).scalar_one() for c in (one, other)]
        for c, walk_ins in zip((one, other), looks, strict=True):
            c.execute(careless.values(walk_ins=walk_ins + 1))
            c.commit()
    assert book.day(TODAY).walk_ins == 1  # two people were let in


def test_the_report_says_who_is_expected(book: Book) -> None:
    starts = book.starts(TOMORROW, NOW)
    booked = [book.book(n, start, NOW) for n, start in enumerate(starts[:6])]
    book.cancel(booked[5], NOW)
    assert reported(book, TOMORROW, NOW).expected == 5 + 8  # and the share kept for walk-ins
    early, late = starts[0] + minutes(20), starts[2] + minutes(31)
    book.arrive(booked[0], early)
    assert book.walk_in(TOMORROW, 1)
    assert reported(book, TOMORROW, early).expected == 5 + 6  # one of six walk-ins came: the share is six by then
    assert reported(book, TOMORROW, late).expected == 3 + 6   # of the first three starts two are late beyond the grace
    closing = at(TOMORROW, "16:00", book.office)
    assert reported(book, TOMORROW, closing - minutes(1)).expected == 2 + 1  # the share is two by then
    assert reported(book, TOMORROW, closing).expected == 2  # nobody is let in any more


def test_more_than_the_band_is_certain_once_that_many_are_awaited(book: Book) -> None:
    for n, start in enumerate(book.starts(TOMORROW, NOW)[:3]):
        book.book(n, start, NOW)
    assert reported(book, TOMORROW, NOW).outlook.p_over == 0
    lower = sa.update(table).where(table.c.date == TOMORROW).values(low=1, high=2)
    book.database.write(lambda c: c.execute(lower))
    assert reported(book, TOMORROW, NOW).outlook.p_over == pytest.approx(1)


def test_reports_of_a_week_hold_every_decision_newest_first(book: Book) -> None:
    later = datetime.combine(TODAY, datetime.min.time(), book.office.zone) + timedelta(hours=16)
    jobs.keep_capacity(book.database, Offices(), later)
    with book.database.read() as c:
        week = reports.reports(c, book.office, TODAY, 7, later)
        alone = reports.report(c, book.office, TOMORROW, later)
    assert [report.day.date for report in week] == [TODAY + timedelta(days=n) for n in range(7)]
    assert alone == week[1]
    assert [(d.at, d.released) for d in week[1].decisions] == [(later, 64), (NOW, 62)]
    assert [words(d.because, "id") for d in week[4].decisions] == ["Tutup: tidak ada tempat yang dibuka."]
    with book.database.read() as c:
        assert reports.decisions(c, week[1].day.id) == week[1].decisions
        assert reports.report(c, book.office, TODAY + timedelta(days=99), later) is None


def test_four_weeks_are_read_in_a_few_queries_however_much_was_decided(book: Book) -> None:
    asked: list[str] = []
    with book.database.read() as c:
        sa.event.listen(c.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
        reports.reports(c, book.office, TODAY, 28, NOW)
    assert len([statement for statement in asked if statement.lstrip().upper().startswith("SELECT")]) <= 8


def reported(book: Book, on: date, now: datetime) -> reports.DayReport:
    with book.database.read() as c:
        report = reports.report(c, book.office, on, now)
    assert report is not None
    return report

"""The jobs that end things: who stayed away is found once the hall is empty, personal data is erased in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from scheduler import jobs
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Offices
from scheduler.tables import answers, bookings
from tests.booked import TOMORROW, Book, at, closed_on, minutes, reimport, shorter_wednesday
from tests.conftest import NOW
from tests.threads import all_at_once


@pytest.fixture
def book(database: Database, balikpapan: Office, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


def test_who_did_not_come_is_absent_an_hour_after_closing(book: Book) -> None:
    starts = book.starts(TOMORROW, NOW)
    came, stayed = book.book(1, starts[0], NOW), book.book(2, starts[1], NOW, party=3)
    book.arrive(came, starts[0])
    closing = at(TOMORROW, "16:00", book.office)
    assert jobs.mark_absences(book.database, Offices(), closing + minutes(59)) == 0
    assert jobs.mark_absences(book.database, Offices(), closing + minutes(60)) == 1
    assert jobs.mark_absences(book.database, Offices(), closing + minutes(61)) == 0
    day = book.day(TOMORROW)
    assert (book.status(came), book.status(stayed)) == ("arrived", "absent")
    assert (day.arrived, day.absent, day.booked) == (1, 3, 4)
    assert len(book.entries("absent", day)) == 1
    after = closing + minutes(70)
    book.book(2, book.starts(TOMORROW + timedelta(days=1), after)[0], after)  # the same person may book anew


def test_who_was_absent_can_no_longer_cancel(book: Book) -> None:
    missed = book.book(1, book.starts(TOMORROW, NOW)[0], NOW)
    evening = at(TOMORROW, "17:00", book.office)
    jobs.mark_absences(book.database, Offices(), evening)
    with pytest.raises(Refusal) as refused:
        book.cancel(missed, evening)
    assert (refused.value.code, refused.value.details["missed"]) == ("too_soon", True)
    day = book.day(TOMORROW)
    assert (day.booked, day.absent, book.status(missed)) == (1, 1, "absent")


def test_who_was_absent_and_would_move_is_offered_times_to_book(book: Book) -> None:
    missed = book.book(1, book.starts(TOMORROW, NOW)[0], NOW)
    evening, later = at(TOMORROW, "17:00", book.office), TOMORROW + timedelta(days=1)
    jobs.mark_absences(book.database, Offices(), evening)
    with pytest.raises(Refusal) as refused:
        book.move(missed, book.starts(later, evening)[5], evening)
    assert (refused.value.code, refused.value.details["missed"]) == ("too_soon", True)
    assert refused.value.details["alternatives"] == book.starts(later, evening)[5:8]


def test_a_start_beyond_shortened_hours_still_gets_its_hour(book: Book) -> None:
    starts = book.starts(TOMORROW, NOW)
    late = book.book(1, starts[-1], NOW)
    reimport(book, shorter_wednesday)
    jobs.mark_absences(book.database, Offices(), at(TOMORROW, "13:30", book.office))
    assert book.status(late) == "booked"
    jobs.mark_absences(book.database, Offices(), late.start + minutes(60))
    assert book.status(late) == "booked"
    jobs.mark_absences(book.database, Offices(), late.start + minutes(61))
    assert book.status(late) == "absent"


def test_on_a_closed_day_nobody_is_absent_before_it_has_passed(book: Book) -> None:
    booked = book.book(1, book.starts(TOMORROW, NOW)[0], NOW)
    reimport(book, closed_on(TOMORROW))
    jobs.mark_absences(book.database, Offices(), at(TOMORROW, "23:59", book.office))
    assert book.status(booked) == "booked"
    jobs.mark_absences(book.database, Offices(), at(TOMORROW + timedelta(days=1), "00:00", book.office))
    assert book.status(booked) == "absent"


def test_a_scan_and_the_absences_at_the_same_moment_count_each_person_once(book: Book) -> None:
    booked = [book.book(n, start, NOW) for n, start in enumerate(book.starts(TOMORROW, NOW)[:8])]
    evening = at(TOMORROW, "17:00", book.office)
    results = all_at_once(lambda: jobs.mark_absences(book.database, Offices(), evening),
                          *[lambda b=b: book.arrive(b, evening) for b in booked],
                          lambda: jobs.mark_absences(book.database, Offices(), evening))
    assert not [answer for answer in results if isinstance(answer, Exception)], results
    day = book.day(TOMORROW)
    statuses = [book.status(booking) for booking in booked]
    assert (day.arrived, day.absent) == (statuses.count("arrived"), statuses.count("absent"))
    assert day.arrived + day.absent == 8


def test_personal_data_goes_thirty_days_after_the_visit_and_the_booking_stays(book: Book) -> None:
    booked = book.book(1, book.starts(TOMORROW, NOW)[0], NOW)
    cleared: list[list[int]] = []

    def erase(now: datetime) -> int:
        return jobs.erase(book.database, Offices(), now, [lambda _c, ids: cleared.append(list(ids))])

    due = at(TOMORROW + timedelta(days=30), "00:00", book.office)
    assert erase(due - minutes(1)) == 0
    assert erase(due) == 1
    assert erase(due) == 0
    assert cleared == [[booked.id]]
    with book.database.read() as c:
        row = c.execute(sa.select(bookings).where(bookings.c.id == booked.id)).one()
    assert (row.sealed, row.nik_hash, row.phone_hash, row.phone_seat, row.code) == (None,) * 5
    assert (row.token, row.start, row.channel) == (booked.token, booked.start, booked.channel)
    assert book.entries("erased") == [{"bookings": 1}]


def test_when_another_room_cannot_erase_nothing_is_erased(book: Book) -> None:
    booked = book.book(1, book.starts(TOMORROW, NOW)[0], NOW)

    def fails(_c: Connection, _ids: Any) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        jobs.erase(book.database, Offices(), NOW + timedelta(days=90), [fails])
    with book.database.read() as c:
        assert c.scalar(sa.select(bookings.c.sealed).where(bookings.c.id == booked.id)) is not None


def test_many_bookings_are_erased_in_batches(book: Book) -> None:
    booked = book.book(1, book.starts(TOMORROW, NOW)[0], NOW)
    with book.database.read() as c:
        row = dict(c.execute(sa.select(bookings).where(bookings.c.id == booked.id)).one()._mapping)
    copies = [{**row, "id": None, "token": f"COPY{n}", "code": None, "status": "cancelled"} for n in range(1_200)]
    for copy in copies:
        del copy["id"]
    book.database.write(lambda c: c.execute(bookings.insert(), copies))
    assert jobs.erase(book.database, Offices(), NOW + timedelta(days=90)) == 1_201
    assert [entry["bookings"] for entry in book.entries("erased")] == [500, 500, 201]


def test_answers_kept_for_repeated_requests_go_after_a_day(book: Book) -> None:
    kept = [{"key": bytes([n]), "fingerprint": b"f", "status": 201, "body": "{}", "at": NOW + timedelta(hours=n)}
            for n in range(3)]
    book.database.write(lambda c: c.execute(answers.insert(), kept))
    jobs.erase(book.database, Offices(), NOW + timedelta(hours=25))
    with book.database.read() as c:
        assert list(c.scalars(sa.select(answers.c.key).order_by(answers.c.key))) == [b"\x01", b"\x02"]


def test_when_nothing_is_due_the_jobs_only_look_and_ask_little(book: Book) -> None:
    ticks = jobs.job_ticks(book.database, Offices(), key=jobs.NO_KEY)
    for tick in ticks:
        tick.run(NOW)
    asked: list[str] = []
    with book.database.read() as c:
        reading = c.engine
    for engine in (reading, book.database.engine):
        sa.event.listen(engine, "before_cursor_execute", lambda *a: asked.append(a[2].split()[0]))
    for tick in ticks:
        tick.run(NOW)
    assert asked.count("INSERT") == asked.count("UPDATE") == 0
    assert asked.count("DELETE") <= 1  # of answers kept, once an hour
    assert asked.count("SELECT") <= 10

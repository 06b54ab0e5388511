"""Learning: a day that is over is counted once, as it was, and a manager may leave it out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from scheduler import bookings, grounds, jobs, learning, shows
from scheduler.bookings import Booking, Request
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.keeping_tables import learnt, learnt_days
from scheduler.offices import Office, Offices
from scheduler.shown import SILENT, YES, DayShown, Tally
from scheduler.tables import bookings as rows
from scheduler.tables import days
from tests import people
from tests.booked import TODAY, TOMORROW, Book, at, closed_on, minutes, reimport
from tests.conftest import NOW
from tests.threads import all_at_once, in_thread
from ticketing import checkin

EVENING = timedelta(hours=17)


@pytest.fixture
def book(database: Database, balikpapan: Office, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


def learn(book: Book, now: datetime) -> int:
    jobs.mark_absences(book.database, Offices(), now)
    return jobs.learn(book.database, Offices(), now)


def taught(book: Book) -> shows.Learnt:
    with book.database.read() as c:
        return learning.read(c, [book.office.id])[book.office.id]


def counted(book: Book) -> list[learning.CountedDay]:
    with book.database.read() as c:
        return learning.counted(c, book.office, 60)


def made(book: Book, n: int, start: datetime, now: datetime, **more: Any) -> Booking:
    service = book.office.service(more.pop("service", "ktp-rekam"))
    asked = Request(book.office, service, start, people.person(n), **more)
    return book.database.write(lambda c: bookings.book(c, asked, vault=book.vault, mint=book.mint, now=now))


def shown(book: Book) -> list[DayShown]:
    with book.database.read() as c:
        found = c.scalars(sa.select(learnt_days.c.shown).order_by(learnt_days.c.date))
        return [learning.day_shown(one) for one in found]


def test_a_day_is_counted_as_it_was_once_nobody_is_awaited_any_more(book: Book) -> None:
    starts, evening = book.starts(TOMORROW, NOW), at(TOMORROW, "17:00", book.office)
    came, said = made(book, 1, starts[0], NOW, party=2), made(book, 2, starts[4], NOW, channel="sms")
    made(book, 3, starts[4], NOW)
    late = made(book, 4, starts[8], at(TOMORROW, "07:00", book.office), service="ktp-ambil")
    book.cancel(made(book, 5, starts[0], NOW), NOW)
    book.database.write(lambda c: bookings.confirm(c, said, now=NOW, via="sms"))
    book.arrive(came, starts[0] - minutes(12))
    book.arrive(said, starts[4])
    book.arrive(late, starts[8] + minutes(50))
    assert jobs.learn(book.database, Offices(), evening) == 0  # somebody is still booked
    assert learn(book, evening) == 1
    assert learn(book, evening) == 0
    rekam, ambil = book.office.service("ktp-rekam").id, book.office.service("ktp-ambil").id
    (day,) = shown(book)
    assert day.date == TOMORROW
    assert day.tallies == (
        Tally(rekam, 1, "sms", YES, 1, 1), Tally(rekam, 1, "web", SILENT, 3, 2), Tally(ambil, 0, "web", SILENT, 1, 1))
    assert day.late == (0, 2, 0, 1, 0, 0, 0, 0, 0, 1, 0)
    assert book.entries("learnt", book.day(TOMORROW)) == [{"booked": 5, "came": 4, "strange": False, "opened": 62}]
    assert taught(book).days == 1


def test_an_hour_after_closing_comes_before_a_day_is_counted(book: Book) -> None:
    book.arrive(book.book(1, book.starts(TOMORROW, NOW)[0], NOW), NOW)
    closing = at(TOMORROW, "16:00", book.office)
    assert learn(book, closing + minutes(59)) == 0
    assert learn(book, closing + minutes(60)) == 1


def test_people_without_booking_are_counted_by_the_hour_those_sent_home_too(book: Book) -> None:
    service = book.office.service("ktp-rekam")

    def comes(clock: str, party: int) -> None:
        moment = at(TODAY, clock, book.office)
        book.database.write(lambda c: checkin.walk_in(
            c, book.office, service, party=party, priority=None, now=moment, staff_id=1))

    comes("08:10", 2)
    comes("08:50", 1)
    comes("10:00", 1)
    book.database.write(lambda c: checkin.note_turned_away(c, book.office, 3, at(TODAY, "11:59", book.office), 1))
    learn(book, at(TODAY, "17:00", book.office))
    (day,) = shown(book)
    assert {hour: number for hour, number in enumerate(day.walk_ins) if number} == {8: 3, 10: 1, 11: 3}


def test_older_entries_that_do_not_say_how_many_came_add_up_to_the_day(book: Book) -> None:
    def walk(c: sa.Connection) -> None:
        checkin.walk_in(c, book.office, book.office.service("ktp-rekam"), party=4, priority=None, now=NOW, staff_id=1)
        c.execute(sa.text("UPDATE journal SET data = NULL WHERE kind = 'walk_in'"))

    book.database.write(walk)
    learn(book, NOW + EVENING)
    assert shown(book)[0].walk_ins[8] == 4


def test_a_day_nobody_used_and_a_closed_one_teach_nothing(book: Book) -> None:
    book.book(1, book.starts(TOMORROW, NOW)[0], NOW)
    reimport(book, closed_on(TOMORROW))
    assert learn(book, at(TOMORROW + timedelta(days=5), "17:00", book.office)) == 0
    assert taught(book) == shows.NOTHING


def test_days_that_were_over_before_an_upgrade_are_counted_also_once_erased(book: Book) -> None:
    for n in range(3):
        start = book.starts(TOMORROW + timedelta(days=n if n < 2 else 5), NOW)[0]
        book.arrive(book.book(n, start, NOW), start)
    after = NOW + timedelta(days=60)
    jobs.erase(book.database, Offices(), after)
    assert learn(book, after) == 3
    assert [day.came for day in shown(book)] == [1, 1, 1]
    assert taught(book).days == 3


def test_several_processes_count_a_day_once(book: Book) -> None:
    book.arrive(book.book(1, book.starts(TOMORROW, NOW)[0], NOW), NOW)
    evening = at(TOMORROW, "17:00", book.office)
    with book.database.read() as c:
        due = learning.uncounted(c, {book.office.id: book.office}, TODAY, evening)[book.office.id]
    again = [lambda: book.database.write(lambda c: learning.count(c, book.office, due, evening))] * 4
    assert sorted(all_at_once(*again)) == [0, 0, 0, 1]
    assert len(book.entries("learnt")) == len(shown(book)) == 1


def test_a_day_that_is_over_shows_what_was_open_at_most(book: Book) -> None:
    """While it runs, places nobody can book any more go to the door and are taken out of what is released."""
    book.arrive(book.book(1, book.starts(TOMORROW, NOW)[0], NOW), NOW)
    seen = []
    for clock in ("07:00", "10:00", "15:30"):
        jobs.keep_capacity(book.database, Offices(), at(TOMORROW, clock, book.office))
        seen.append(book.day(TOMORROW).released)
    evening = at(TOMORROW, "17:00", book.office)
    learn(book, evening)
    jobs.keep_capacity(book.database, Offices(), evening)
    assert seen == [64, 66, 1]
    assert book.day(TOMORROW).released == 66
    assert book.entries("learnt")[0]["opened"] == 66


def test_a_day_left_out_teaches_nothing_until_it_counts_again(book: Book) -> None:
    for n in (0, 1):
        start = book.starts(TOMORROW + timedelta(days=n), NOW)[0]
        book.arrive(book.book(n, start, NOW), start)
    learn(book, NOW + timedelta(days=2, hours=9))
    day, before = book.day(TOMORROW), taught(book)

    def leave(reason: str = " Banjir,  jalan\nputus ") -> None:
        book.database.write(lambda c: learning.leave_out(c, book.office, day.id, reason, 7, NOW))

    leave()
    leave("another reason")  # it is out already
    assert taught(book).days == 1
    newest, left = counted(book)
    assert (newest.date, newest.left_out_at, newest.booked, newest.came) == (TOMORROW + timedelta(days=1), None, 1, 1)
    assert (left.date, left.left_out_by, left.reason) == (TOMORROW, 7, "Banjir, jalan putus")
    assert book.entries("day_left_out", day) == [{"reason": "Banjir, jalan putus"}]
    for _ in range(2):
        book.database.write(lambda c: learning.count_again(c, book.office, day.id, 7, NOW))
    assert taught(book) == before
    assert book.entries("day_counted", day) == [None]


@pytest.mark.parametrize(("reason", "why"), [("", "missing"), (" \n", "missing"), ("x" * 121, "too_long")])
def test_a_day_is_left_out_for_a_reason_only(book: Book, reason: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        book.database.write(lambda c: learning.leave_out(c, book.office, book.day(TODAY).id, reason, 1, NOW))
    assert (refused.value.details["field"], refused.value.details["why"]) == ("reason", why)


def test_a_day_that_was_not_counted_cannot_be_left_out(book: Book) -> None:
    def out(c: sa.Connection) -> None:
        learning.leave_out(c, book.office, book.day(TODAY).id, "Banjir", 1, NOW)

    def again(c: sa.Connection) -> None:
        learning.count_again(c, book.office, book.day(TODAY).id, 1, NOW)

    for act in (out, again):
        with pytest.raises(Refusal) as refused:
            book.database.write(act)
        assert refused.value.details["why"] == "unknown_day"


def test_what_was_read_is_read_again_only_when_it_was_made_anew(book: Book) -> None:
    starts = [book.starts(TOMORROW + timedelta(days=n), NOW)[0] for n in (0, 1)]
    for n, start in enumerate(starts):
        book.arrive(book.book(n, start, NOW), start)
    known: learning.Known = {}
    evening = at(TOMORROW + timedelta(days=1), "17:00", book.office)
    with book.database.read() as c:
        due = learning.uncounted(c, {book.office.id: book.office}, TODAY, evening)[book.office.id]
    seen = []
    for day_id in due:  # at the same moment by the office's clock, which a test or a demo may hold
        book.database.write(lambda c, one=day_id: learning.count(c, book.office, [one], evening))
        for _ in range(2):
            with book.database.read() as c:
                seen.append(learning.read(c, [book.office.id], known)[book.office.id])
    assert [one.days for one in seen] == [1, 1, 2, 2]
    assert seen[0] is seen[1]
    assert seen[2] is seen[3]


def test_when_all_is_counted_the_next_run_looks_at_a_few_days_only(book: Book) -> None:
    learner = jobs.Learner()
    jobs.learn(book.database, Offices(), NOW, learner)
    assert learner.first(NOW) == TODAY - timedelta(days=7)
    assert jobs.Learner().first(NOW) == TODAY - learning.DAYS_BACK


def test_the_rates_stand_in_one_small_row(book: Book) -> None:
    book.arrive(book.book(1, book.starts(TOMORROW, NOW)[0], NOW), NOW)
    learn(book, at(TOMORROW, "17:00", book.office))
    with book.database.read() as c:
        (row,) = c.execute(sa.select(learnt.c.office_id, learnt.c.rates)).all()
        assert len(str(row.rates)) < 8_000
        assert c.scalar(sa.select(sa.func.count()).select_from(days).where(days.c.booked > days.c.released)) == 0
        assert c.scalar(sa.select(rows.c.status)) == "arrived"


def test_two_managers_at_once_leave_two_days_out(book: Book) -> None:
    for on in (TODAY, TOMORROW):
        book.arrive(book.book(on.day, book.starts(on, NOW)[0], NOW), NOW)
        learn(book, at(on, "17:00", book.office))
    first, second = (day.day_id for day in counted(book))
    now = at(TOMORROW, "18:00", book.office)
    with book.database.engine.begin() as c:
        learning.leave_out(c, book.office, first, "Banjir", 1, now)
        other = in_thread(lambda: book.database.write(
            lambda c: learning.leave_out(c, book.office, second, "Listrik padam", 2, now)))
        with pytest.raises(TimeoutError):
            other.result(0.3)  # it waits for the one who was first
    other.result(30)
    assert taught(book).days == 0


def test_a_new_teaching_is_other_grounds_also_where_it_rests_on_as_many_days_and_people(book: Book) -> None:
    def grounds_at(now: datetime) -> list[grounds.Grounds]:
        with book.database.read() as c:
            return grounds.of(c, [(book.office, book.day(TOMORROW))], now, b"key")

    def teach(share: float, at: datetime) -> None:
        rates = msgspec.to_builtins(shows.Learnt(days=120, people=800.0, share=share), str_keys=True)
        book.database.write(lambda c: c.execute(sa.delete(learnt)))
        book.database.write(lambda c: c.execute(learnt.insert(), {
            "office_id": book.office.id, "at": at, "rates": rates}))

    untaught = grounds_at(NOW)
    teach(0.9, NOW)
    before = grounds_at(NOW)
    assert untaught != before == grounds_at(NOW)
    teach(0.7, NOW + timedelta(days=1))
    assert grounds_at(NOW) != before

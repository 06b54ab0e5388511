"""What has to wait before the public gets it: places given up, and whatever is new while somebody is in line."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler import jobs, overrides, portions, releasing, reports
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.jobs import NO_KEY
from scheduler.keeper import Keeper
from scheduler.keeping_tables import waiting
from scheduler.offices import Office, Offices
from scheduler.tables import days
from tests.booked import TODAY, TOMORROW, Book, at, minutes, reimport
from tests.conftest import NOW
from tests.threads import all_at_once

KEY = b"a key of tests"


@pytest.fixture
def book(database: Database, balikpapan: Office, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


def keep(book: Book, now: datetime, keeper: Keeper | None = None) -> int:
    return jobs.keep_capacity(book.database, Offices(), now, keeper or Keeper(KEY))


def fill(book: Book) -> list[Any]:
    """Book tomorrow's four places."""
    return [book.book(n, start, NOW) for n, start in enumerate(book.starts(TOMORROW, NOW)[:4])]


def few(book: Book, high: int = 12) -> None:
    """A small band for tomorrow: four places, eight kept for walk-ins."""
    book.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == TOMORROW).values(low=1, high=high)))
    keep(book, NOW)


def back(book: Book) -> datetime:
    day = book.day(TOMORROW)
    assert day.freed_at is not None
    return portions.back_at(KEY, book.office, TOMORROW, day.freed_at)


def stands_in_line(book: Book) -> None:
    book.database.write(lambda c: c.execute(waiting.insert(), {
        "office_id": book.office.id, "service_id": book.office.service("akta").id, "first": TODAY, "last": TOMORROW,
        "party": 1, "channel": "web", "language": "id", "token": "W", "state": "waiting", "created_at": NOW}))


@pytest.mark.parametrize("gives_up", ["cancel", "move"])
def test_a_place_given_up_is_nobody_elses_until_a_varied_while_has_passed(book: Book, gives_up: str) -> None:
    few(book)
    booked = fill(book)
    if gives_up == "cancel":
        book.cancel(booked[0], NOW)
    else:
        book.move(booked[0], book.starts(TOMORROW + timedelta(days=1), NOW)[0], NOW)
    assert (book.day(TOMORROW).booked, book.day(TOMORROW).released, book.day(TOMORROW).freed_at) == (3, 3, NOW)
    with pytest.raises(Refusal, match="day_full"):
        book.book(50, booked[0].start, NOW)
    moment = back(book)
    keep(book, moment - timedelta(seconds=1))
    assert (book.day(TOMORROW).released, book.day(TOMORROW).wanted) == (3, 4)
    keep(book, moment)
    assert book.day(TOMORROW).released == 4
    book.book(50, booked[0].start, moment)
    codes = [entry["because"]["code"] for entry in book.entries("day_released", book.day(TOMORROW))]
    assert codes[-1] == "band"


def test_a_place_given_up_before_a_night_waits_its_whole_while_though_that_is_half_a_day(book: Book) -> None:
    friday, evening = TODAY + timedelta(days=3), at(TODAY, "19:00", book.office)
    book.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == friday).values(low=1, high=9)))
    keep(book, NOW)
    booked = book.book(1, book.starts(friday, NOW)[0], NOW)
    moments = [evening + minutes(n) for n in range(60)]
    until = {then: portions.back_at(KEY, book.office, friday, then) for then in moments}
    freed = max(until, key=lambda then: until[then] - then)
    assert until[freed] - freed > timedelta(hours=12, minutes=5)
    book.cancel(booked, freed)
    keep(book, until[freed] - minutes(1))
    assert (book.day(friday).released, book.day(friday).wanted) == (0, 1)
    keep(book, until[freed])
    assert book.day(friday).released == 1


@pytest.mark.parametrize("gives_up", ["cancel", "move"])
def test_who_books_and_gives_up_again_and_again_keeps_no_other_place_closed(book: Book, gives_up: str) -> None:
    """Two people give up their places; a tout books another every four minutes only to give it up again."""
    few(book, high=18)
    booked, moment = fill(book), NOW
    book.cancel(booked[0], NOW)
    book.cancel(booked[1], NOW)
    after = book.starts(TOMORROW + timedelta(days=1), NOW)
    for turn in range(6):
        touts = book.book(20 + turn, book.starts(TOMORROW, moment)[-1], moment)
        if gives_up == "cancel":
            book.cancel(touts, moment)
        else:
            book.move(touts, after[turn], moment)
        keep(book, moment)
        moment += minutes(4)
    day = book.day(TOMORROW)
    assert (day.booked, day.wanted) == (2, 10)
    assert 2 <= day.released - day.booked < 8  # those two are back in their time; of the tout's own some wait


def test_a_move_within_the_day_gives_nothing_up(book: Book) -> None:
    few(book)
    booked = fill(book)
    book.move(booked[0], booked[0].start + minutes(15), NOW)
    day = book.day(TOMORROW)
    assert (day.booked, day.released, day.freed_at) == (4, 4, None)


def test_while_somebody_is_in_line_what_is_new_waits_one_run(book: Book) -> None:
    few(book)
    stands_in_line(book)
    few_more = sa.update(days).where(days.c.date == TOMORROW).values(high=14)
    book.database.write(lambda c: c.execute(few_more))
    keeper, seen = Keeper(KEY), []
    for _ in range(3):
        keep(book, NOW, keeper)
        seen.append((book.day(TOMORROW).released, book.day(TOMORROW).wanted))
    assert seen == [(4, 6), (6, 6), (6, 6)]


def test_room_for_walk_ins_does_not_wait(book: Book) -> None:
    stands_in_line(book)
    booked = book.book(1, book.starts(TOMORROW, NOW)[0], NOW)
    late = at(TOMORROW, "15:30", book.office)  # nothing can be booked any more
    book.cancel(booked, at(TOMORROW, "07:00", book.office))
    keep(book, late)
    assert (book.day(TOMORROW).released, book.day(TOMORROW).walk_in_room) == (0, 70)


def test_a_manager_who_sets_a_number_does_not_wait_for_what_was_given_up_before(book: Book) -> None:
    few(book)
    book.cancel(fill(book)[0], NOW)
    book.database.write(lambda c: overrides.set_day(
        c, book.office, book.day(TOMORROW).id, 20, "Loket tambahan", 1, NOW, Keeper(KEY)))
    assert book.day(TOMORROW).released == 20


def test_the_manager_reads_when_what_waits_will_open(book: Book) -> None:
    few(book)
    book.cancel(fill(book)[0], NOW)
    with book.database.read() as c:
        told = reports.report(c, book.office, TOMORROW, NOW, KEY)
        untold = reports.report(c, book.office, TOMORROW, NOW)
    assert told is not None
    assert untold is not None
    assert told.next == (reports.Next(back(book), reports.FREED),)
    assert untold.next == ()


def test_of_a_new_day_the_manager_reads_which_part_opens_when(book: Book) -> None:
    reimport(book, lambda text: text.replace("portions = 1", "portions = 3"))
    newest = TODAY + timedelta(days=27)
    early = datetime.combine(newest - timedelta(days=30), datetime.min.time(), book.office.zone)
    with book.database.read() as c:
        told = reports.report(c, book.office, newest, early, KEY)
    assert told is not None
    assert not told.day.closed
    part = portions.next_part(KEY, book.office, newest, early)
    assert part is not None
    assert told.next == (reports.Next(part[0], reports.PORTION, part[1]),)
    keep(book, early)
    assert (book.day(newest).released, book.day(newest).wanted) == (0, 62)
    keep(book, part[0])
    assert (book.day(newest).released, book.day(newest).wanted) == (21, 62)


def careless(connection: sa.Connection, change: releasing.Change) -> None:
    """What the guard is for: write the decision although a place was given up since the look."""
    connection.execute(sa.update(days).where(days.c.id == change.day.id).values(released=change.decision.released))


def test_without_the_guard_a_place_given_up_between_look_and_update_is_for_sale_at_once(book: Book) -> None:
    few(book)
    booked = fill(book)
    book.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == TOMORROW).values(wanted=0)))
    with book.database.read() as c:
        (change,) = releasing.changes(c, [book.office], NOW, Keeper(KEY))
    book.cancel(booked[0], NOW)
    with book.database.engine.begin() as c:
        careless(c, change)
    assert book.day(TOMORROW).released == 4  # a bystander could book it
    book.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == TOMORROW).values(released=3)))
    assert book.database.write(lambda c: releasing.write(c, [change], NOW, Keeper(KEY))) == 0
    assert book.day(TOMORROW).released == 3


def test_nobody_gets_a_place_that_was_given_up_while_jobs_and_bystanders_run_beside(book: Book) -> None:
    """Residents give up, others want the place at once, two workers keep capacity: all at the same moment."""
    few(book)
    booked = fill(book)

    def bystander(n: int) -> int:
        got = 0
        for turn in range(6):
            try:
                book.book(100 * n + turn, booked[n % 4].start, NOW)
                got += 1
            except Refusal:
                pass
        return got

    results = all_at_once(*[lambda b=b: book.cancel(b, NOW) for b in booked[:3]],
                          *[lambda n=n: bystander(n) for n in (1, 2)],
                          *[lambda: [keep(book, NOW) for _ in range(3)]] * 2)
    assert not [one for one in results if isinstance(one, Exception)], results
    assert results[3:5] == [0, 0]
    day = book.day(TOMORROW)
    assert (day.booked, day.released, day.wanted) == (1, 1, 4)


def test_a_run_decides_again_only_what_changed(book: Book) -> None:
    keeper = Keeper(NO_KEY)
    jobs.keep_capacity(book.database, Offices(), NOW, keeper)

    def due(now: datetime = NOW) -> list[Any]:
        with book.database.read() as c:
            return [one.day.date for one in keeper.due(releasing.look(c, [book.office], now, keeper), now)]

    assert due() == [TODAY]
    book.book(1, book.starts(TOMORROW, NOW)[0], NOW)
    assert due() == [TODAY, TOMORROW]
    jobs.keep_capacity(book.database, Offices(), NOW, keeper)
    assert due() == [TODAY]
    book.database.write(lambda c: overrides.set_day(c, book.office, book.day(TOMORROW).id, 9, "x", 1, NOW))
    assert due() == [TODAY, TOMORROW]
    jobs.keep_capacity(book.database, Offices(), NOW, keeper)
    assert len(due(NOW + minutes(61))) == 31  # whatever is not seen by its row is decided within the hour
    assert at(TODAY, "16:00", book.office) - NOW > minutes(61)


def test_the_evening_reminder_has_the_day_decided_again(book: Book) -> None:
    keeper, asked = Keeper(NO_KEY), at(TODAY, "16:00", book.office)
    jobs.keep_capacity(book.database, Offices(), asked - minutes(1), keeper)
    with book.database.read() as c:
        seen = keeper.due(releasing.look(c, [book.office], asked, keeper), asked)
    assert [one.day.date for one in seen] == [TODAY, TOMORROW]

"""A manager's own number for a day: it holds at once until it is taken back, and who is booked stays booked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scheduler import jobs, overrides, reports
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.jobs import NO_KEY
from scheduler.keeper import Keeper
from scheduler.offices import Office, Offices
from scheduler.override_rows import Override
from tests.booked import TODAY, TOMORROW, Book, closed_on, minutes, reimport
from tests.conftest import NOW
from tests.threads import all_at_once


@pytest.fixture
def book(database: Database, balikpapan: Office, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


def put(book: Book, released: int, reason: str = "Bupati berkunjung", **more: Any) -> Override:
    keeper = None if more.pop("later", False) else Keeper(NO_KEY)
    day_id, now = more.pop("day_id", None) or book.day(TOMORROW).id, more.pop("now", NOW)
    return book.database.write(lambda c: overrides.set_day(
        c, book.office, day_id, released, reason, more.get("by", 7), now, keeper))


def end(book: Book) -> bool:
    day_id = book.day(TOMORROW).id
    return book.database.write(lambda c: overrides.end(c, book.office, day_id, 7, NOW, Keeper(NO_KEY)))


def in_force(book: Book) -> Override | None:
    with book.database.read() as c:
        return overrides.of(c, [book.day(TOMORROW).id]).get(book.day(TOMORROW).id)


def released(book: Book) -> tuple[int, str]:
    day = book.day(TOMORROW)
    return day.released, book.entries("day_released", day)[-1]["because"]["code"]


def test_a_number_that_is_set_holds_at_once_until_it_is_taken_back(book: Book) -> None:
    made = put(book, 30, "  Petugas   rapat ")
    assert in_force(book) == made
    assert (made.reason, made.staff_id, made.at) == ("Petugas rapat", 7, NOW)
    assert released(book) == (30, "set")
    jobs.keep_capacity(book.database, Offices(), NOW + minutes(5))
    assert released(book) == (30, "set")
    with book.database.read() as c:
        report = reports.report(c, book.office, TOMORROW, NOW)
    assert report is not None
    assert report.override == made
    assert end(book)
    assert not end(book)
    assert in_force(book) is None
    assert released(book) == (62, "band")
    day = book.day(TOMORROW)
    assert book.entries("day_overridden", day) == [{"released": 30, "reason": "Petugas rapat"}]
    assert book.entries("override_ended", day) == [None]


def test_it_may_pass_the_band_but_not_the_counters(book: Book) -> None:
    assert put(book, 100).released == 100
    assert released(book) == (100, "set")
    with pytest.raises(Refusal) as refused:
        put(book, 181)
    assert refused.value.details == {"field": "released", "why": "number", "low": 0, "high": 180}


def test_who_is_booked_stays_when_fewer_are_set(book: Book) -> None:
    booked = [book.book(n, start, NOW) for n, start in enumerate(book.starts(TOMORROW, NOW)[:3])]
    put(book, 0)
    assert book.day(TOMORROW).released == 3
    book.cancel(booked[0], NOW)
    jobs.keep_capacity(book.database, Offices(), NOW + timedelta(hours=3))
    assert book.day(TOMORROW).released == 2


def test_without_a_keeper_the_next_run_applies_it(book: Book) -> None:
    put(book, 40, later=True)
    assert book.day(TOMORROW).released == 62
    jobs.keep_capacity(book.database, Offices(), NOW)
    assert released(book) == (40, "set")


def test_a_second_number_takes_the_place_of_the_first_also_at_the_same_moment(book: Book) -> None:
    answers = all_at_once(*[lambda n=n: put(book, n) for n in (20, 25, 30, 35)])
    assert not [one for one in answers if isinstance(one, Exception)], answers
    now_set = in_force(book)
    assert now_set in answers
    assert now_set is not None
    jobs.keep_capacity(book.database, Offices(), NOW)
    assert book.day(TOMORROW).released == now_set.released
    assert len(book.entries("day_overridden")) == 4


@pytest.mark.parametrize(("more", "field", "why"), [
    ({"reason": " "}, "reason", "missing"), ({"reason": "x" * 121}, "reason", "too_long"),
    ({"released": -1}, "released", "number"), ({"day_id": 999_999}, "date", "unknown_day"),
    ({"now": NOW + timedelta(days=2)}, "date", "past"),
])
def test_what_makes_no_sense_is_refused(book: Book, more: dict[str, Any], field: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        put(book, **{"released": 40, **more})
    assert (refused.value.code, refused.value.details["field"], refused.value.details["why"]) == (
        "invalid_request", field, why)


def test_a_closed_day_opens_nothing_by_hand_either(book: Book) -> None:
    reimport(book, closed_on(TOMORROW))
    with pytest.raises(Refusal) as refused:
        put(book, 10)
    assert refused.value.details["why"] == "closed"


def test_a_day_of_another_office_is_not_known(book: Book) -> None:
    class Other:
        id = book.office.id + 1

    with pytest.raises(Refusal) as refused:
        book.database.write(lambda c: overrides.set_day(
            c, Other(), book.day(TODAY).id, 10, "reason", 1, NOW))  # type: ignore[arg-type]
    assert refused.value.details["why"] == "unknown_day"

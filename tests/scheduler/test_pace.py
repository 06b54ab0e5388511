"""The pace of a day's starts: two at the start, then evenly at the office's share of the counters' time."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import calendar
from scheduler.calendar import Start, most_people, plan, starts
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.offices import Counter, Interval, Office, Service, SpecialDay
from scheduler.rules import Rules
from tests.booked import TOMORROW, Book, at, laid_out, planned, reimport, work
from tests.conftest import NOW

TUESDAY = date(2026, 11, 24)
HOURS: tuple[Interval, ...] = (("07:30", "12:00"), ("13:00", "16:00"))  # 30 quarters of an hour


def service(letter: str, minutes: int) -> Service:
    return Service(1, letter.lower(), letter, {}, "", "required", minutes, {}, None, ())


def office(pace: int, counters: str = "AAABBC", minutes: int = 15, hours: tuple[Interval, ...] = HOURS) -> Office:
    return Office(
        1, "contoh", "Contoh", "Asia/Makassar", "000", None, "Jalan Contoh", Rules(60, 70, pace_percent=pace), 1,
        tuple(service(letter, minutes) for letter in "ABC"),
        tuple(Counter(n, f"loket-{n}", f"Loket {n}", (letter.lower(),)) for n, letter in enumerate(counters)),
        dict.fromkeys(range(7), hours))


def of(letter: str, found: list[Start]) -> list[Start]:
    return [start for start in found if start.letter == letter]


def test_at_full_pace_every_start_has_a_place_for_each_counter() -> None:
    found = starts(office(100), TUESDAY)
    assert {letter: [start.places for start in of(letter, found)] for letter in "ABC"} == {
        "A": [3] * 30, "B": [2] * 30, "C": [1] * 30}


def test_below_it_one_more_comes_at_the_start_and_whole_starts_are_left_out() -> None:
    found = starts(office(70), TUESDAY)
    assert {letter: [start.places for start in of(letter, found)] for letter in "ABC"} == {
        "A": [4] + [3] * 20, "B": [3] + [2] * 20, "C": [2] + [1] * 20}
    opening = calendar.intervals(office(70), TUESDAY)[0][0]
    assert {start.start for start in found if start.places > Tally("AAABBC")[start.letter]} == {opening}


@given(st.integers(30, 99), st.sampled_from([5, 10, 15, 20, 30, 45, 60]), st.integers(1, 6))
def test_the_pace_is_the_share_of_starts_that_is_offered(pace: int, minutes: int, counters: int) -> None:
    whole, found = starts(office(100, "A" * counters, minutes), TUESDAY), starts(
        office(pace, "A" * counters, minutes), TUESDAY)
    assert found[0] == replace(whole[0], places=counters + 1)
    assert set(found[1:]) <= set(whole[1:])
    assert abs(len(found) - len(whole) * pace / 100) <= 0.5
    offered, most = sum(start.places for start in found) - 1, len(whole) * counters
    assert abs(offered - most * pace / 100) <= counters / 2


@given(st.integers(30, 99), st.sampled_from([5, 10, 15, 20, 30]))
def test_starts_are_left_out_evenly_and_by_each_group_at_its_own_times(pace: int, minutes: int) -> None:
    place = office(pace, minutes=minutes)
    found, every = starts(place, TUESDAY), [start.start for start in starts(office(100, "A", minutes), TUESDAY)]
    there = {letter: [at in {start.start for start in of(letter, found)} for at in every] for letter in "ABC"}
    for offered in there.values():  # every stretch of the day after the first start has its share, to one start
        share = (sum(offered) - 1) / (len(every) - 1)
        for begun in range(1, len(every)):
            for ended in range(begun + 1, len(every) + 1):
                assert abs(sum(offered[begun:ended]) - share * (ended - begun)) < 1 + 1e-9
    at_once = [sum(group) for group in zip(*there.values(), strict=True)][1:]
    assert max(at_once) - min(at_once) <= 1


def test_people_who_come_together_fit_wherever_a_start_is_offered() -> None:
    place = office(45)
    for one in place.services:
        assert most_people(place, one) == most_people(office(100), one)
        assert all(start.places >= most_people(place, one) for start in of(one.letter, starts(place, TUESDAY)))


def test_a_counter_more_or_less_moves_no_start() -> None:
    found = starts(office(70), TUESDAY)
    fewer = starts(office(70, "AABBC"), TUESDAY)
    assert [(start.letter, start.start) for start in found] == [(start.letter, start.start) for start in fewer]
    without = starts(office(70, "AAAC"), TUESDAY)
    assert of("C", without) == of("C", found)


def test_a_day_of_one_start_keeps_it_and_a_closed_day_has_none() -> None:
    short = office(30, "AB", hours=(("08:00", "08:20"),))
    assert [(start.letter, start.places) for start in starts(short, TUESDAY)] == [("A", 2), ("B", 2)]
    assert starts(replace(short, special={TUESDAY: SpecialDay((), "Libur", "file", False)}), TUESDAY) == []


def test_each_pace_is_another_plan() -> None:
    plans = {plan(starts(office(pace), TUESDAY)) for pace in (100, 99, 85, 70, 50)}
    assert len(plans) == 5


# -- an office that changes its pace -------------------------------------------------------------------------


@pytest.fixture
def book(database: Database, balikpapan: Office, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


def paced(percent: int) -> Callable[[str], str]:
    return lambda text: text.replace("pace = 100", f"pace = {percent}  # changed")


def test_a_start_that_goes_keeps_who_booked_it_and_takes_no_others(book: Book) -> None:
    first, second = (at(TOMORROW, clock, book.office) for clock in ("07:30", "07:45"))
    booked = book.book(1, second, NOW, party=2)
    reimport(book, paced(70))
    assert (laid_out(book, TOMORROW)["A", first], laid_out(book, TOMORROW)["A", second]) == ((4, 0), (2, 2))
    with pytest.raises(Refusal, match="slot_full"):
        book.book(2, second, NOW)
    book.cancel(booked, NOW)
    work(book, NOW)
    assert laid_out(book, TOMORROW) == planned(book, TOMORROW) | {("A", second): (0, 0)}


def test_who_was_one_more_at_the_start_stays_when_the_pace_is_full_again(book: Book) -> None:
    reimport(book, paced(70))
    first = at(TOMORROW, "07:30", book.office)
    booked = [book.book(n, first, NOW) for n in range(4)]
    reimport(book, paced(100))
    assert laid_out(book, TOMORROW)["A", first] == (4, 4)
    book.cancel(booked[0], NOW)
    work(book, NOW)
    assert laid_out(book, TOMORROW)["A", first] == (3, 3)

"""Fairness of the order (pure): nobody starves, whoever still comes; who was absent comes back; rules by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ticketing.door import at
from ticketing.order import Call, Line, Station, Waiting, moment

LATE, IN_A_ROW = 30, 2
ONE = Station(1, frozenset({1}), queues=frozenset("A"))


def line(*waiting: Waiting, calls: tuple[Call, ...] = (), in_a_row: int = IN_A_ROW) -> Line:
    return Line(waiting, calls, late_minutes=LATE, in_a_row=in_a_row)


def walk_in(n: int, clock: str, **more: Any) -> Waiting:
    return Waiting(n, at(clock), at(clock), **{"service": 1, **more})


def order(*waiting: Waiting, station: Station = ONE, calls: tuple[Call, ...] = ()) -> list[int]:
    """The ids in the order in which one counter calls them."""
    every, called = line(*waiting, calls=calls), []
    while visit := every.next_at(station):
        every.call(station, visit)
        called.append(visit.id)
    return called


# -- the rules by name -----------------------------------------------------------------------------------


def test_walk_ins_go_in_the_gap_before_the_next_start() -> None:
    booked = Waiting(1, at("10:00"), at("09:31"), service=1)
    assert order(booked, walk_in(2, "09:20")) == [2, 1], "there is a gap of forty minutes"
    assert order(booked, walk_in(2, "10:01")) == [1, 2]


def test_priority_is_woven_in_two_and_one() -> None:
    old = [walk_in(n, f"09:{n:02}", priority="elderly") for n in range(1, 7)]
    others = [walk_in(n, f"08:{n:02}") for n in range(11, 14)]
    assert order(*others, *old) == [1, 2, 11, 3, 4, 12, 5, 6, 13]
    assert order(*others, *old, calls=(Call("A", 9, True), Call("B", 9, True))) == [1, 11, 2, 3, 12, 4, 5, 13, 6], (
        "calls of the queue before count, those of other queues do not")
    assert order(*old) == [1, 2, 3, 4, 5, 6], "while nobody else waits"


def test_who_was_sent_to_this_counter_alone_goes_by_their_moment_and_nobody_else_calls_them() -> None:
    sent = walk_in(1, "09:00", service=7, queue="Z", only=1)
    assert order(sent, walk_in(2, "08:50"), walk_in(3, "09:00")) == [2, 1, 3]
    assert order(sent, station=replace(ONE, counter=2)) == []
    assert order(replace(sent, rejoined_at=at("09:30")), walk_in(3, "09:10")) == [3, 1], "sent to the end"


def test_a_counter_helps_where_its_own_line_is_empty_and_rests_are_over_sooner_when_nobody_else_is_left() -> None:
    helper = Station(1, frozenset({1}), {"B": frozenset({2}), "C": frozenset({3})}, frozenset("A"))
    other, third = walk_in(2, "08:00", service=2, queue="B"), walk_in(3, "07:30", service=3, queue="C")
    tired = walk_in(4, "07:00", rests=2)
    assert order(other, third, walk_in(1, "09:00"), tired, station=helper) == [1, 3, 4, 2], (
        "its own, the first of the others; then two were called before the one who did not answer")
    assert order(tired, station=helper) == [4]


# -- fairness ----------------------------------------------------------------------------------------------


minutes = st.integers(0, 240)
KINDS = st.sampled_from([None, None, "elderly"])
COMING = st.lists(st.tuples(minutes, minutes, KINDS), min_size=1, max_size=40)


class Played:
    """People who come over time to some counters, one call a minute each; whom the calls took, and after how many."""

    def __init__(self, coming: list[tuple[int, int, str | None]], counters: int, absent: frozenset[int] = frozenset(),
                 ) -> None:
        self.people = [Waiting(n, at("08:00") + timedelta(minutes=due), at("08:00") + timedelta(minutes=came), kind, 1)
                       for n, (due, came, kind) in enumerate(coming)]
        self.called: list[tuple[datetime, Waiting, list[Waiting]]] = []  # when, whom, who else was there
        self._play(counters, absent)

    def _play(self, counters: int, absent: frozenset[int]) -> None:
        there: dict[int, Waiting] = {}
        made: list[Call] = []
        missed: set[int] = set()
        for minute in range(600):
            now = at("08:00") + timedelta(minutes=minute)
            there |= {one.id: one for one in self.people if one.arrived_at == now}
            for n in range(counters):
                station = Station(n, frozenset({1}), queues=frozenset("A"))
                every = line(*there.values(), calls=tuple(made))
                visit = every.next_at(station)
                if visit is None:
                    continue
                del there[visit.id]
                self.called.append((now, visit, list(there.values())))
                for one in every.call(station, visit):
                    there[one] = replace(there[one], rests=there[one].rests - 1)
                made.append(Call("A", n, visit.priority is not None))
                if visit.id in absent and visit.id not in missed:
                    missed.add(visit.id)
                    there[visit.id] = replace(visit, rests=3)


@settings(max_examples=150, deadline=None)
@given(COMING, st.integers(1, 3))
def test_no_one_waits_while_a_later_equal_is_called(coming: list[tuple[int, int, str | None]], counters: int) -> None:
    played = Played(coming, counters)
    assert sorted(visit.id for _, visit, _ in played.called) == list(range(len(coming))), "everybody is called once"
    for _, visit, others in played.called:
        for other in others:
            if (other.priority is None) == (visit.priority is None):
                assert moment(visit, LATE) <= moment(other, LATE)


@settings(max_examples=150, deadline=None)
@given(COMING, st.integers(1, 3))
def test_neither_kind_starves_the_other(coming: list[tuple[int, int, str | None]], counters: int) -> None:
    """While both wait, of three calls in a row at most two are of one with priority, and never two of one without."""
    mixed = [(visit.priority is not None, {one.priority is not None for one in (visit, *others)})
             for _, visit, others in Played(coming, counters).called]
    for n in range(len(mixed) - 2):
        if all(kinds == {True, False} for _, kinds in mixed[n:n + 3]):
            assert sum(first for first, _ in mixed[n:n + 3]) <= IN_A_ROW
    for (first, kinds), (second, after) in pairwise(mixed):
        if kinds == after == {True, False}:
            assert first or second, "an other, and then another one although somebody with priority waited"


@settings(max_examples=100, deadline=None)
@given(COMING, st.integers(1, 3))
def test_nobody_waits_for_more_calls_than_people_whose_moment_is_smaller_and_the_weave(
    coming: list[tuple[int, int, str | None]], counters: int
) -> None:
    """The bound: those of the same kind whose moment is not later, and for each of them at most so many of the other
    kind as the weave lets in between. It does not grow with how many still come."""
    played = Played(coming, counters)
    for index, (_, visit, _) in enumerate(played.called):
        since = next(n for n, (now, _, _) in enumerate(played.called) if now >= visit.arrived_at)
        before = [other for _, other, _ in played.called[since:index]]
        equals = [other for other in before if (other.priority is None) == (visit.priority is None)]
        assert all(moment(other, LATE) <= moment(visit, LATE) for other in equals)
        most = IN_A_ROW * (len(equals) + 1) if visit.priority is None else len(equals) + 1
        assert len(before) - len(equals) <= most


@settings(max_examples=100, deadline=None)
@given(COMING, st.integers(1, 3), st.sets(st.integers(0, 39), max_size=5))
def test_who_did_not_answer_comes_back_after_three_others(
    coming: list[tuple[int, int, str | None]], counters: int, absent: set[int]
) -> None:
    played = Played(coming, counters, frozenset(absent))
    calls = [visit.id for _, visit, _ in played.called]
    for one in absent & set(range(len(coming))):
        first, second = (n for n, called in enumerate(calls) if called == one)
        _, _, others = played.called[second]
        assert second - first > 3 or all(other.rests for other in others), "not before, unless nobody else is left"


@given(st.lists(st.tuples(minutes, minutes, KINDS), max_size=12), st.randoms())
def test_the_order_is_one_however_the_rows_come(coming: list[tuple[int, int, str | None]], chance: Any) -> None:
    people = [Waiting(n, at("08:00") + timedelta(minutes=due), at("08:00") + timedelta(minutes=came), kind, 1)
              for n, (due, came, kind) in enumerate(coming)]
    shuffled = list(people)
    chance.shuffle(shuffled)
    assert order(*shuffled) == order(*people)


@pytest.mark.parametrize("in_a_row", [1, 5])
def test_the_rate_is_the_offices(in_a_row: int) -> None:
    old = [walk_in(n, f"09:{n:02}", priority="infant") for n in range(8)]
    every = line(*old, *(walk_in(n, "08:00") for n in range(10, 14)), in_a_row=in_a_row)
    called = []
    for _ in range(6):
        visit = every.next_at(ONE)
        assert visit is not None
        every.call(ONE, visit)
        called.append(visit.priority is not None)
    assert called == ([True, False] * 3 if in_a_row == 1 else [True] * 5 + [False])

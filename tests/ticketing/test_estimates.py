"""When a turn is expected (pure): the play, what the range holds, breaks, what is learnt, and how long it takes."""

from __future__ import annotations

import math
import random
import time
from datetime import timedelta
from heapq import heapify, heapreplace
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.hall import SPREAD
from tests.ticketing.door import at
from ticketing.estimates import LEAST_LEFT, SURE, Turn, left, on_the_clock, play, shrunk, span
from ticketing.order import Line, Station, Waiting


def line(count: int, services: int = 1, priority: int = 0) -> Line:
    """People who came one after the other; of each so many the first has priority."""
    return Line([Waiting(n, at("08:00") + timedelta(seconds=n), at("08:00") + timedelta(seconds=n),
                         "elderly" if priority and n % priority == 0 else None, n % services, "ABCDEFGH"[n % services])
                 for n in range(count)], [], late_minutes=30, in_a_row=2)


def counters(count: int, services: int = 1) -> list[Station]:
    return [Station(n, frozenset({n % services}), queues=frozenset("ABCDEFGH"[n % services])) for n in range(count)]


def test_one_counter_calls_one_after_the_other() -> None:
    assert play(line(3), counters(1), {0: 4.0}, lambda _: 10) == [
        Turn(0, 4, 1, 1, 0), Turn(1, 14, 2, 1, 1), Turn(2, 24, 3, 1, 2)]


def test_a_free_counter_calls_at_once_and_two_share_the_line() -> None:
    assert [(turn.visit, turn.minutes) for turn in play(line(4), counters(2), {1: 5.0}, lambda _: 10)] == [
        (0, 0), (1, 5), (2, 10), (3, 15)]


def test_whom_no_counter_serves_has_no_turn() -> None:
    assert [turn.visit for turn in play(line(4, services=2), counters(1), {}, lambda _: 10)] == [0, 2]


def test_at_once_is_a_point_and_a_long_line_is_surer_than_a_short_one() -> None:
    assert span(0, 3, 2) == (0, 0)
    (a, b), (c, d) = span(60, 1, 1), span(60, 16, 1)
    assert a < c < 60 < d < b


@given(st.floats(0.1, 600), st.integers(0, 500), st.integers(1, 40))
def test_a_range_is_in_order_and_holds_the_mean(minutes: float, served: int, count: int) -> None:
    first, last = span(minutes, served, count)
    assert 0 <= first < minutes < last + 1


def service(chance: random.Random, mean: float) -> float:
    """How long one takes: log-normal with that mean and spread."""
    variance = math.log(1 + SPREAD**2)
    return mean * math.exp(chance.gauss(-variance / 2, math.sqrt(variance)))


def under_way(chance: random.Random, mean: float) -> tuple[float, float]:
    """One that is met under way: how long it has lasted, and lasts still. A longer one is met more often."""
    whole = 0.0
    while chance.random() >= whole / (5 * mean):
        whole = service(chance, mean)
    lasted = whole * chance.random()
    return lasted, whole - lasted


@pytest.mark.parametrize("count", [1, 3, 10, 20])
def test_the_true_turn_lies_in_the_range_four_times_in_five(count: int) -> None:
    chance, mean, inside = random.Random(31), 12.0, []
    for _ in range(60):
        met = [under_way(chance, mean) for _ in range(count)]
        turns = play(line(40), counters(count), {n: left(mean, lasted) for n, (lasted, _) in enumerate(met)},
                     lambda _: mean)
        busy = [still for _, still in met]
        heapify(busy)
        for turn in turns:
            first, last = span(turn.minutes, turn.served, turn.counters)
            inside.append(first <= busy[0] <= last)
            heapreplace(busy, busy[0] + service(chance, mean))
    assert SURE - 0.05 < sum(inside) / len(inside) < SURE + 0.1


def test_nobody_is_called_in_a_break() -> None:
    hours = [(at("07:30"), at("12:00")), (at("13:00"), at("16:00"))]
    for now, minutes, expected in (("09:00", 30, "09:30"), ("11:50", 5, "11:55"), ("11:50", 20, "13:10"),
                                   ("12:30", 5, "13:05"), ("07:00", 10, "07:40"), ("15:50", 30, "16:20"),
                                   ("16:30", 5, "16:35")):
        assert on_the_clock(at(now), minutes, hours) == at(expected), now
    assert on_the_clock(at("09:00"), 30, []) == at("09:30")


def test_a_service_that_lasts_is_expected_to_end_some_time() -> None:
    assert left(12, 2) == 10
    assert left(12, 60) == 12 * LEAST_LEFT


def test_the_office_s_own_minutes_give_way_to_what_was_seen() -> None:
    assert shrunk(15, []) == 15
    assert shrunk(15, [5] * 10) == 10
    assert shrunk(10, [1000] * 10) == 25, "a stay that nobody ended counts as four times what is assumed"


def test_two_thousand_people_and_forty_counters_take_little_time() -> None:
    took = []
    for _ in range(5):
        hall, stations = line(2000, services=8, priority=6), counters(40, services=8)
        begun = time.perf_counter()
        turns = play(hall, stations, dict.fromkeys(range(40), 5.0), lambda _: 12)
        took.append(time.perf_counter() - begun)
        assert len(turns) == 2000
    assert median(took) < 0.25, took  # some 30 ms on a machine that is idle

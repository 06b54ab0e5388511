"""How fast an office forgets: by invented series of seventy booked people a day."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler import show_memory
from scheduler.show_memory import Remembered, remember, usual

BOOKED = 70


def series(no_shows: Sequence[float], seed: int, alike: float = 0.0) -> list[tuple[float, float]]:
    random = Random(seed)
    size = 1 / alike - 1 if alike else 0
    days = []
    for no_show in no_shows:
        share = random.betavariate(size * (1 - no_show), size * no_show) if alike else 1 - no_show
        days.append((float(sum(random.random() < share for _ in range(BOOKED))), float(BOOKED)))
    return days


def told(days: Sequence[tuple[float, float]]) -> Remembered:
    kept = [day for day, counts in zip(days, usual(days), strict=True) if counts]
    return remember(kept, show_memory.alike(kept))


def errors(no_shows: Sequence[float], seeds: int = 12) -> list[float]:
    """By how much the share who come is missed after those days, in points, once for each invented office."""
    return [100 * (told(series(no_shows, seed)[-120:]).share - 1 + no_shows[-1]) for seed in range(seeds)]


@pytest.mark.parametrize("no_show", [0.05, 0.2, 0.3])
def test_a_steady_office_is_known_to_a_point(no_show: float) -> None:
    missed = errors([no_show] * 120)
    assert abs(statistics.mean(missed)) < 0.7
    assert statistics.pstdev(missed) < 1.3


@pytest.mark.parametrize(("before", "after"), [(0.1, 0.3), (0.3, 0.1)])
def test_a_jump_is_learnt_within_two_weeks(before: float, after: float) -> None:
    missed = {days: errors([before] * 60 + [after] * days) for days in (1, 5, 10, 15)}
    assert abs(statistics.mean(missed[1])) > 10          # one day is one day
    assert abs(statistics.mean(missed[5])) < 6
    assert abs(statistics.mean(missed[10])) < 3
    assert abs(statistics.mean(missed[15])) < 2
    assert statistics.pstdev(missed[15]) < 4


def test_a_drift_of_ten_points_a_year_is_followed() -> None:
    assert abs(statistics.mean(errors([0.1 + 0.1 * day / 264 for day in range(230)]))) < 2


def test_a_steady_office_remembers_long_and_one_that_jumped_short() -> None:
    steady = told(series([0.1] * 80, 3))
    jumped = told(series([0.1] * 70 + [0.3] * 10, 3))
    assert steady.memory > 20
    assert jumped.memory < 6
    assert jumped.doubt > steady.doubt


def test_days_that_differ_beyond_chance_are_told_from_days_that_do_not() -> None:
    alike = [show_memory.alike(series([0.2] * 100, seed, alike=0.04)) for seed in range(6)]
    chance = [show_memory.alike(series([0.2] * 100, seed)) for seed in range(6)]
    assert statistics.mean(alike) == pytest.approx(0.04, abs=0.02)
    assert max(chance) < 0.006
    assert max(chance) < min(alike)


def test_of_few_people_hardly_anything_is_believed() -> None:
    assert remember([(3.0, 4.0)], 0.01).share > 0.97      # three of four came: nearly everybody still comes
    assert remember([(56.0, 70.0)], 0.01).share > 0.9     # one day with a fifth missing
    assert remember([(70.0, 70.0)] * 5, 0.01).share < 1   # and nobody is ever certain


FLOOD = (18.0, 66.0)


@pytest.mark.parametrize("after", [0, 1, 4])
def test_one_flood_does_not_move_the_rate(after: int) -> None:
    days = series([0.15] * 60, 2)
    flooded = [*days, FLOOD, *series([0.15] * after, 3)]
    assert usual(flooded) == [True] * 60 + [False] + [True] * after
    assert abs(told(flooded).share - told(days).share) < 0.02


def test_a_flood_that_counted_would_have_moved_it() -> None:
    days = series([0.15] * 60, 2)
    assert remember([*days, FLOOD], 0.004).share < remember(days, 0.004).share - 0.04


def test_the_third_strange_day_in_a_row_is_a_new_normal() -> None:
    days = series([0.05] * 40, 4)
    assert usual([*days, (30.0, 70.0), (33.0, 70.0)])[-2:] == [False, False]
    assert usual([*days, (30.0, 70.0), (33.0, 70.0), (29.0, 70.0)])[-3:] == [True, True, True]
    assert usual([*days, (30.0, 70.0), (66.0, 70.0), (29.0, 70.0)])[-3:] == [False, True, False]


def test_before_five_days_none_is_strange() -> None:
    assert all(usual([(69.0, 70.0), (68.0, 70.0), (10.0, 70.0), (67.0, 70.0)]))


days_of_any_kind = st.lists(st.integers(1, 150).flatmap(
    lambda people: st.tuples(st.integers(0, people).map(float), st.just(float(people)))), min_size=1, max_size=25)


@settings(max_examples=60)
@given(days_of_any_kind)
def test_whatever_the_days_show_the_answer_is_a_share(days: list[tuple[float, float]]) -> None:
    known = told(days)
    assert 0 < known.share < 1
    assert 0 <= known.doubt < 0.25
    assert 0 < known.spread < 0.1
    assert min(show_memory.HALF_LIVES) <= known.memory <= max(show_memory.HALF_LIVES)

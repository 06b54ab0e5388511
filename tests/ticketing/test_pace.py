"""How fast a kiosk gives numbers: what people in a rush get, and what a child gets."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.conftest import NOW
from ticketing.pace import COOLDOWN, COOLING, DIGIT, FREE, FREELY, LEAST_SHARE, SPAN, STOPPED, pace


def seconds(*ago: float) -> list[datetime]:
    return sorted(NOW - timedelta(seconds=one) for one in ago)


@pytest.mark.parametrize(("ago", "room", "expected"), [
    ((), 8, FREE), ((3.9,), 8, COOLING), ((4,), 8, FREE), ((10, 20), 8, FREE), ((10, 20, 30), 8, DIGIT),
    ((10, 20, 121), 8, FREE), ((10, 110, 119), 8, DIGIT),
    ((10, 20, 30, 40, 50, 60), 8, STOPPED), ((130, 140, 150, 160, 170, 180), 8, STOPPED),
    ((130, 140, 150, 160, 170, 600), 8, FREE), ((10, 20, 30, 40, 50, 60), 40, DIGIT), ((10,), 0, FREE),
])
def test_what_the_next_press_needs(ago: tuple[float, ...], room: int, expected: str) -> None:
    assert pace(seconds(*ago), None, room, NOW) == expected


def test_a_clerk_lets_it_go_on_and_it_still_takes_a_breath() -> None:
    taken = seconds(*range(10, 80, 10))
    assert pace(taken, None, 8, NOW) == STOPPED
    assert pace(taken, NOW - timedelta(seconds=5), 8, NOW) == FREE
    assert pace([*taken, NOW], NOW - timedelta(seconds=5), 8, NOW) == COOLING


def given(presses: Iterable[float], room: int, finds_digit: Callable[[], bool]) -> list[float]:
    """When a number was given, of presses so many seconds after NOW; a clerk does not look."""
    taken: list[datetime] = []
    for press in presses:
        now = NOW + timedelta(seconds=press)
        needs = pace(taken, None, room, now)
        if needs == FREE or (needs == DIGIT and finds_digit()):
            taken.append(now)
    return [(at - NOW).total_seconds() for at in taken]


def test_thirty_people_in_five_minutes_all_get_a_number_where_the_day_has_room() -> None:
    rush = [n * 10.0 for n in range(30)]
    assert given(rush, room=60, finds_digit=lambda: True) == rush


def test_a_child_who_hammers_takes_few_of_the_days_numbers() -> None:
    drawn = random.Random(1)
    hammering = [n * 0.5 for n in range(600)]  # twice a second for five minutes
    assert len(given(hammering, room=60, finds_digit=lambda: False)) <= 3 * FREELY
    assert len(given(hammering, room=8, finds_digit=lambda: True)) == LEAST_SHARE
    guessing = [n * 3.0 for n in range(100)]  # a service, then any of nine digits, as fast as the pages come
    lucky = [len(given(guessing, room=60, finds_digit=lambda: drawn.random() < 1 / 9)) for _ in range(50)]
    assert sum(lucky) / len(lucky) < 20


def test_however_it_is_pressed_no_span_has_more_than_the_share_and_no_two_are_nearer_than_the_pause() -> None:
    drawn = random.Random(7)
    for room in (0, 8, 40):
        presses = sorted(drawn.uniform(0, 3600) for _ in range(5000))
        times = given(presses, room, lambda: True)
        assert min(later - sooner for sooner, later in pairwise(times)) >= COOLDOWN.total_seconds()
        share = max(LEAST_SHARE, room // 2)
        spans = zip(times, times[share:], strict=False)
        assert min(later - sooner for sooner, later in spans) >= SPAN.total_seconds()

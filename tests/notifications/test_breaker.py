"""When a carrier is left alone, and how it comes back."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.breaker import FAILURES, FIRST_REST, LONGEST_REST, Breaker
from tests.conftest import NOW


def opened() -> Breaker:
    breaker = Breaker()
    assert [breaker.failed(breaker.given(), NOW) for _ in range(FAILURES)] == [False] * (FAILURES - 1) + [True]
    return breaker


def test_it_opens_only_when_nothing_works_in_between() -> None:
    breaker = Breaker()
    for _ in range(50):
        for _ in range(FAILURES - 1):
            assert not breaker.failed(breaker.given(), NOW)
        assert not breaker.worked(breaker.given())
    assert breaker.free(NOW) > 1000


def test_requests_that_hang_count_for_nothing_while_later_ones_go_through() -> None:
    breaker = Breaker()
    hanging = [breaker.given() for _ in range(3 * FAILURES)]
    breaker.worked(breaker.given())
    assert not any(breaker.failed(number, NOW) for number in hanging)
    assert [breaker.failed(breaker.given(), NOW) for _ in range(FAILURES)][-1], "later ones do"


def test_open_it_lets_nothing_through_then_one_message() -> None:
    breaker = opened()
    assert breaker.free(NOW + FIRST_REST - timedelta(seconds=1)) == 0
    later = NOW + FIRST_REST
    assert breaker.free(later) == 1
    number = breaker.given()
    assert breaker.free(later) == 0, "one is out"
    breaker.spared(number)
    assert breaker.free(later) == 1, "it never came to the carrier"


def test_the_probe_closes_it_or_doubles_its_rest_up_to_a_bound() -> None:
    breaker, now, rests = opened(), NOW, []
    for _ in range(8):
        assert breaker.retry_at is not None
        rests.append(breaker.retry_at - now)
        now = breaker.retry_at
        assert not breaker.failed(breaker.given(), now), "it was open before"
    assert rests[:3] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST]
    assert rests[-1] == LONGEST_REST
    assert breaker.worked(breaker.given())
    assert breaker.free(now) > 1000
    assert [breaker.failed(breaker.given(), now) for _ in range(FAILURES)][-1]
    assert breaker.retry_at == now + FIRST_REST, "it begins with the short rest again"


def test_what_was_given_before_it_opened_says_nothing_later() -> None:
    breaker = Breaker()
    before = [breaker.given() for _ in range(40)]
    assert [breaker.failed(breaker.given(), NOW) for _ in range(FAILURES)][-1]
    for number in before:
        assert not breaker.failed(number, NOW)
        assert not breaker.worked(number)
    assert breaker.retry_at == NOW + FIRST_REST


@given(st.lists(st.tuples(st.sampled_from(["works", "fails", "spared"]), st.integers(0, 400))))
def test_it_never_shuts_for_ever_and_has_one_probe_at_most(story: list[tuple[str, int]]) -> None:
    breaker, now = Breaker(), NOW
    for event, seconds in story:
        now += timedelta(seconds=seconds)
        if not breaker.free(now):
            assert breaker.retry_at is not None
            assert breaker.retry_at <= now + LONGEST_REST
            continue
        number = breaker.given()
        if event == "works":
            breaker.worked(number)
        elif event == "fails":
            breaker.failed(number, now)
        else:
            breaker.spared(number)
        assert breaker.probe is None

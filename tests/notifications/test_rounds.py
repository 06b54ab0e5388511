"""What a try leads to, as a rule without a database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.base import Ambiguous, Outcome, Permanent, Sent, Temporary
from notifications.rounds import ATTEMPTS, FIRST_WAIT, LONGEST_WAIT, Fate, Tried, after, wait_before
from tests.conftest import NOW

BOTH = ("first", "second")
LATER, NO_ROUTE, NO_NUMBER = Temporary("down"), Permanent("no route", elsewhere=True), Permanent("no such number")


def fate(outcome: Outcome, carrier: str = "first", tried: str | None = None, *, rounds: int = 0,
         names: tuple[str, ...] = BOTH) -> Fate:
    return after(outcome, carrier, names, Tried.read(tried), rounds, NOW + timedelta(days=1), NOW, 0.0)


@pytest.mark.parametrize("refusal", [LATER, NO_ROUTE])
def test_what_is_surely_not_taken_goes_to_the_next_at_once(refusal: Outcome) -> None:
    found = fate(refusal)
    assert (found.state, found.due_at, found.rounds) == ("queued", NOW, 0)
    assert Tried.read(found.tried).left(BOTH) == ["second"]


@pytest.mark.parametrize(("outcome", "state"), [
    (Sent("1"), "sent"), (Ambiguous("no answer"), "unknown"), (NO_NUMBER, "failed"),
])
def test_anything_else_is_the_end(outcome: Outcome, state: str) -> None:
    assert (fate(outcome).state, fate(outcome).rounds, fate(outcome).tried) == (state, 1, None)


def test_when_all_refused_it_waits_and_begins_anew() -> None:
    assert fate(LATER, "second", "first") == Fate("queued", NOW + FIRST_WAIT, 1, None, "down")
    assert fate(LATER, "second", "first", rounds=1).due_at == NOW + 2 * FIRST_WAIT


def test_a_carrier_that_never_will_is_not_asked_in_the_next_round() -> None:
    found = fate(LATER, "second", "first!")
    assert (found.state, found.tried) == ("queued", "first!")
    assert Tried.read(found.tried).left(BOTH) == ["second"]


def test_when_none_ever_will_it_failed() -> None:
    assert fate(NO_ROUTE, "second", "first!").state == "failed"
    assert fate(NO_ROUTE, names=("first",)).state == "failed", "as with one carrier only"


def test_rounds_are_bounded_and_end_before_it_is_pointless() -> None:
    assert fate(LATER, "second", "first", rounds=ATTEMPTS - 1).state == "failed"
    soon = after(LATER, "first", ("first",), Tried(), 0, NOW + FIRST_WAIT / 2, NOW, 0.0)
    assert soon.state == "failed"


names = st.lists(st.sampled_from(["console", "africastalking", "http", "gammu"]), unique=True, max_size=4)


@given(names, names)
def test_what_was_tried_is_read_as_it_was_written_and_fits_the_row(now: list[str], never: list[str]) -> None:
    tried = Tried(tuple(now), tuple(name for name in never if name not in now))
    assert Tried.read(tried.text()) == tried
    assert len(tried.text() or "") <= 80


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_waits_grow_to_a_bound_and_never_vanish(attempt: int, jitter: float) -> None:
    wait = wait_before(attempt, jitter)
    assert FIRST_WAIT * 3 / 4 <= wait <= LONGEST_WAIT
    assert wait <= wait_before(attempt, 0) <= wait_before(attempt + 1, 0)


def test_all_tries_together_bridge_a_night_s_outage() -> None:
    assert sum((wait_before(n, 0.999) for n in range(1, ATTEMPTS)), timedelta()) > timedelta(hours=3)

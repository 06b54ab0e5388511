"""How late people come who come, and how many come without a booking."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import shows
from scheduler.shows import LATE_EDGES, NOTHING, Learnt, lateness, learn, still, walk_ins_ahead
from tests.shown import Invented, open_days, plain

GRACE = 15


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    return learn(Invented().days(40))


def test_while_nothing_is_known_the_office_waits_out_its_grace() -> None:
    assert [still(NOTHING, 0.8, late, GRACE) for late in (-30, 0, 15, 15.1)] == [0.8, 0.8, 0.8, 0.0]
    assert lateness(NOTHING) == ()


def test_who_has_not_come_by_their_time_is_less_likely_to(learnt: Learnt) -> None:
    """Of a hundred who come 35 come after their start and 9 a quarter of an hour later."""
    assert still(learnt, 0.8, -21, GRACE) == 0.8
    assert still(learnt, 0.8, 0, GRACE) == pytest.approx(0.8 * 0.35 / (0.2 + 0.8 * 0.35), abs=0.02)
    assert still(learnt, 0.8, 15, GRACE) == pytest.approx(0.8 * 0.09 / (0.2 + 0.8 * 0.09), abs=0.03)
    assert still(learnt, 0.8, 130, GRACE) == 0.0


def test_few_arrivals_hardly_change_how_late_people_are_known_to_come() -> None:
    first = learn([plain(next(open_days(1)), 3, 3)])
    assert 0.2 < first.later[LATE_EDGES.index(0)] < 0.35


@given(st.floats(0.0, 1.0), st.floats(-60, 150), st.floats(0, 60))
def test_the_later_the_less_likely(learnt: Learnt, before: float, late: float, more: float) -> None:
    now, afterwards = still(learnt, before, late, GRACE), still(learnt, before, late + more, GRACE)
    assert 0 <= afterwards <= now + 1e-12
    assert now <= before + 1e-12


def test_the_spans_of_lateness_add_up(learnt: Learnt) -> None:
    shares = lateness(learnt)
    assert len(shares) == len(LATE_EDGES) + 1
    assert sum(shares) == pytest.approx(1)
    assert min(shares) >= 0


# -- people without a booking --------------------------------------------------------------------------------------

def test_walk_ins_are_not_foretold_before_ten_days() -> None:
    days = Invented().days(10)
    assert walk_ins_ahead(learn(days[:9]), 0, 8.0) is None
    assert walk_ins_ahead(learn(days), 0, 8.0) == pytest.approx(12, abs=0.01)


@pytest.mark.parametrize(("hour", "ahead"), [(0.0, 12), (9.0, 12), (9.5, 9), (10.0, 6), (11.0, 2), (11.5, 1), (12.0, 0),
                                             (23.9, 0), (24.0, 0)])
def test_walk_ins_still_ahead_at_an_hour(learnt: Learnt, hour: float, ahead: float) -> None:
    """Six come between nine and ten, four in the next hour, two in the one after."""
    assert walk_ins_ahead(learnt, 2, hour) == pytest.approx(ahead, abs=0.02)


def test_a_weekday_with_more_walk_ins_is_known_by_and_by() -> None:
    days = [plain(on, 50, 60, walk_ins={9: 24 if on.weekday() == 0 else 10}) for on in open_days(100)]
    known = learn(days)
    assert walk_ins_ahead(known, 0, 0.0) == pytest.approx(24, abs=1)
    assert walk_ins_ahead(known, 3, 0.0) == pytest.approx(10, abs=0.5)
    assert walk_ins_ahead(known, 6, 0.0) == pytest.approx(12.8, abs=1.5)  # a day never seen: as all


def test_weekdays_that_differ_by_chance_lean_on_all() -> None:
    random = Random(5)
    days = [plain(on, 50, 60, walk_ins={9: sum(random.random() < 0.012 for _ in range(1000))}) for on in open_days(60)]
    known = learn(days)
    assert max(known.walk_ins[:5]) - min(known.walk_ins[:5]) < 2.5


def test_days_that_differ_in_walk_ins_spread_them() -> None:
    even = learn([plain(on, 50, 60, walk_ins={9: 12}) for on in open_days(60)])
    wild = learn([plain(on, 50, 60, walk_ins={9: 2 if n % 2 else 22}) for n, on in enumerate(open_days(60))])
    assert even.walk_ins_spread == 1.0
    assert wild.walk_ins_spread > 4


def test_nobody_without_booking_ever_came() -> None:
    known = learn([plain(on, 50, 60) for on in open_days(20)])
    assert walk_ins_ahead(known, 1, 8.0) == 0.0


def test_walk_ins_of_a_flood_do_not_count() -> None:
    usual = [plain(on, 56, 66, walk_ins={9: 12}) for on in open_days(20)]
    flood = plain(list(open_days(21))[-1], 15, 66)
    assert walk_ins_ahead(shows.learn([*usual, flood]), 1, 0.0) == pytest.approx(12, abs=0.01)

"""Who comes, learnt from days that are over: what a manager would check, and what holds whatever the days show."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.crowd import shifted
from scheduler.shows import (
    LEADS,
    NOTHING,
    Chances,
    DayShown,
    Learnt,
    Tally,
    Trait,
    chance,
    lead_of,
    learn,
    new_chance,
    scenarios,
    strange,
)
from tests.shown import MONDAY, Invented, asked_later, open_days, plain, shown

OFFICE = Invented(
    base=1.5, service={1: 0.3, 3: -0.4}, lead={0: 1.0, 3: -0.3, 4: -0.6}, channel={"ussd": -0.3},
    weekday={4: -0.4}, answer={"yes": 1.2, "silent": -0.5})
FRESH = [on + timedelta(days=364) for on in open_days(30)]


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    return learn(OFFICE.days(120))


def test_of_nothing_seen_everybody_comes() -> None:
    anybody = Trait(7, 4, "ussd", 6, "silent")
    assert learn([]) == NOTHING
    assert chance(NOTHING, anybody) == new_chance(NOTHING, 0, 0) == Chances(NOTHING)[anybody] == 1.0
    assert scenarios(NOTHING) == [(1.0, 0.0)]


def test_of_days_without_bookings_nothing_is_learnt_of_who_comes() -> None:
    assert chance(learn([plain(on, 0, 0) for on in open_days(20)]), Trait(1, 0, "web", 0, "yes")) == 1.0


def test_one_day_teaches_little() -> None:
    silent = Trait(1, 2, "web", 0, "silent")
    assert chance(learn([plain(MONDAY, 3, 4)]), silent) > 0.96
    assert chance(learn([plain(MONDAY, 56, 70)]), silent) > 0.88


def test_a_share_seen_day_after_day_is_the_chance() -> None:
    assert chance(learn([plain(on, 56, 70) for on in open_days(60)]), Trait(1, 2, "web", 0, "silent")) == pytest.approx(
        0.8, abs=0.01)


def test_what_is_foretold_comes_true_in_all_and_level_by_level(learnt: Learnt) -> None:
    random, sums = Random(99), defaultdict[tuple[str, object], list[float]](lambda: [0.0] * 5)
    for on in FRESH:
        for who in OFFICE.people(random, on, 150):
            foretold = chance(learnt, who), chance(learnt, asked_later(who)), new_chance(learnt, who.lead, who.weekday)
            for name in ("all", *Trait._fields):
                row = sums[name, getattr(who, name, "")]
                for n, value in enumerate((1.0, OFFICE.truth(who), *foretold)):
                    row[n] += value
    for (name, level), (people, came, foretold_, asked_later_, booking_now) in sums.items():
        close = 0.015 if name == "all" else 0.03 if people > 400 else 0.05
        assert foretold_ / people == pytest.approx(came / people, abs=close), (name, level)
        if name != "answer":  # who was not asked yet: as all are, whatever they will say
            assert asked_later_ / people == pytest.approx(came / people, abs=close), (name, level)
        if name in ("all", "lead", "weekday"):
            assert booking_now / people == pytest.approx(came / people, abs=close), (name, level)


def test_who_said_yes_is_told_from_who_did_not(learnt: Learnt) -> None:
    for lead in range(1, len(LEADS) + 1):
        yes, silent, unasked = (chance(learnt, Trait(1, lead, "web", 1, said)) for said in ("yes", "silent", "open"))
        assert yes > silent + 0.1
        assert silent < unasked < yes
    same_day = [chance(learnt, Trait(1, 0, "web", 1, answer)) for answer in ("silent", "open")]
    assert same_day[1] == pytest.approx(same_day[0], abs=0.02)  # who books for today is never asked


def test_somebody_quite_unknown_is_as_the_average(learnt: Learnt) -> None:
    assert chance(learnt, Trait(99, 2, "fax", 6, "open")) == pytest.approx(learnt.share, abs=0.04)


def test_the_order_of_the_days_does_not_matter() -> None:
    days = OFFICE.days(30)
    mixed = list(days)
    Random(3).shuffle(mixed)
    assert learn(mixed) == learn(days)


def test_what_was_learnt_is_kept_as_json_and_small(learnt: Learnt) -> None:
    kept = msgspec.json.encode(learnt)
    assert msgspec.json.decode(kept, type=Learnt) == learnt
    assert len(kept) < 4000
    as_in_a_row = msgspec.to_builtins(learnt, str_keys=True)
    assert msgspec.convert(as_in_a_row, Learnt, str_keys=True) == learnt


def test_chances_worked_out_once_are_the_same(learnt: Learnt) -> None:
    chances, random = Chances(learnt), Random(1)
    for who in OFFICE.people(random, MONDAY, 50) * 2:
        assert chances[who] == chance(learnt, who)


# -- strange days --------------------------------------------------------------------------------------------------

FLOOD = plain(date(2026, 12, 1), 18, 66, walk_ins={9: 1})
USUAL = [plain(on, came, 66, walk_ins={9: 7, 10: 5}) for on, came in zip(open_days(40), (56, 55, 58, 57) * 10,
                                                                           strict=True)]
AFTER = plain(date(2026, 12, 2), 57, 66, walk_ins={9: 7, 10: 5})


def test_a_flood_does_not_move_what_is_known() -> None:
    before, flooded, after = learn(USUAL), learn([*USUAL, FLOOD]), learn([*USUAL, FLOOD, AFTER])
    assert (flooded.days, flooded.held) == (40, (FLOOD.date,))
    assert flooded.share == pytest.approx(before.share, abs=1e-3)
    assert flooded.walk_ins == before.walk_ins
    assert after.share == pytest.approx(before.share, abs=0.01)
    assert after.held == (FLOOD.date,)
    assert after.days == 41


def test_three_such_days_are_how_it_is_now() -> None:
    now = learn([*USUAL, *(plain(date(2026, 12, day), 18 + day, 66) for day in (1, 2, 3))])
    assert now.held == ()
    assert now.share < 0.65


def test_a_flood_is_called_strange_and_a_bad_day_is_not() -> None:
    before = learn(USUAL)
    assert strange(FLOOD, before)
    assert not strange(plain(date(2026, 12, 1), 50, 66), before)
    assert not strange(plain(date(2026, 12, 1), 1, 4), before)   # four people are no flood
    assert not strange(FLOOD, learn(USUAL[:4]))
    assert not strange(plain(date(2026, 12, 1), 0, 0), before)


def test_a_day_of_other_people_is_not_strange(learnt: Learnt) -> None:
    """Judged by who had a booking: a day on which nobody said yes is expected to be thinner."""
    on = date(2026, 12, 4)
    silent = [Trait(3, 4, "ussd", on.weekday(), "silent")] * 70
    assert chance(learnt, silent[0]) < 0.5
    assert not strange(shown(on, silent, silent[:28]), learnt)
    assert strange(shown(on, silent, silent[:3]), learnt)


def test_a_weekday_that_is_always_thin_is_no_strange_day() -> None:
    """Fridays are so thin that each would be strange on another day; they are learnt as Fridays."""
    days = [plain(on, 36 if on.weekday() == 4 else 60, 66) for on in open_days(60)]
    known = learn(days)
    assert chance(known, Trait(1, 2, "web", 4, "silent")) < 0.68
    assert chance(known, Trait(1, 2, "web", 1, "silent")) > 0.85


# -- good and bad days ---------------------------------------------------------------------------------------------

def test_good_and_bad_days_leave_the_share_as_it_is() -> None:
    for weather in (0.0, 0.5):
        known = learn(OFFICE.days(100, weather=weather))
        moods = scenarios(known)
        assert sum(weight for weight, _ in moods) == pytest.approx(1)
        assert sum(weight * shifted(known.share, shift) for weight, shift in moods) == pytest.approx(
            known.share, abs=1e-3)


def test_an_office_with_weather_has_days_that_differ_more() -> None:
    calm, stormy = (scenarios(learn(OFFICE.days(100, weather=weather)))[-1][1] for weather in (0.0, 0.6))
    assert stormy > calm + 0.3


@given(st.floats(0.02, 0.9999), st.floats(-3, 3), st.floats(0, 2))
def test_a_better_day_is_better_for_everybody(before: float, shift: float, more: float) -> None:
    assert 0 < shifted(before, shift) <= shifted(before, shift + more) <= 1
    assert shifted(before, 0.0) == before
    assert shifted(1.0, shift) == 1.0


# -- whatever the days show ----------------------------------------------------------------------------------------

tallies = st.builds(
    lambda service, lead, channel, answer, people, share: Tally(
        service, lead, channel, answer, people, round(people * share)),
    st.integers(1, 4), st.integers(0, 4), st.sampled_from(("web", "sms", "ussd", "api")),
    st.sampled_from(("yes", "silent")), st.integers(0, 30), st.floats(0, 1))
any_days = st.lists(st.tuples(st.lists(tallies, max_size=6), st.integers(0, 40)), max_size=14).map(
    lambda days: [DayShown(MONDAY + timedelta(days=n), tuple(rows), (sum(t.came for t in rows), *[0] * 10),
                           tuple([walk_ins if hour == 9 else 0 for hour in range(24)]))
                  for n, (rows, walk_ins) in enumerate(days)])
traits = st.builds(Trait, st.integers(1, 6), st.integers(0, 4), st.sampled_from(("web", "sms", "ussd", "api")),
                   st.integers(0, 6), st.sampled_from(("yes", "silent", "open")))


@settings(max_examples=60, deadline=None)
@given(any_days, traits)
def test_a_chance_is_always_a_chance_and_what_was_learnt_can_be_kept(days: list[DayShown], who: Trait) -> None:
    known = learn(days)
    assert 0.02 <= chance(known, who) <= 1.0
    assert 0.02 <= new_chance(known, who.lead, who.weekday) <= 1.0
    yes, silent, unasked = (chance(known, who._replace(answer=answer)) for answer in ("yes", "silent", "open"))
    assert min(yes, silent) - 1e-9 <= unasked <= max(yes, silent) + 1e-9
    assert sum(weight for weight, _ in scenarios(known)) == pytest.approx(1)
    assert msgspec.json.decode(msgspec.json.encode(known), type=Learnt) == known
    assert known.days + len(known.held) == len(days)


@pytest.mark.parametrize(("ahead", "lead"), [(0, 0), (1, 1), (2, 1), (3, 2), (7, 2), (8, 3), (14, 3), (15, 4), (60, 4)])
def test_lead_times_fall_into_five_spans(ahead: int, lead: int) -> None:
    assert lead_of(ahead) == lead

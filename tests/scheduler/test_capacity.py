"""What a day releases and why: examples a manager would check, and rules that hold for every day there can be."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.capacity import TODAY_PART, Standing, decide, kept, outlook, step_moment
from scheduler.crowd import Crowd, shifted
from scheduler.rules import KeepStep, Rules

WITA = ZoneInfo("Asia/Makassar")
DAY = date(2026, 11, 25)


def standing(**known: Any) -> Standing:
    """A day of which nothing is learnt, unless it says otherwise: booked people without `awaited` are all awaited."""
    usual: dict[str, Any] = {"low": 60, "high": 70, "places": 126, "booked": 0, "came": 0, "walk_ins": 0,
                             "bookable": 126, "kept": 8, "risk": 0.05}
    day = usual | known
    day.setdefault("awaited", ((1.0, 1),) * (day["booked"] - day["came"]))
    return Standing(**day)


@pytest.mark.parametrize(("known", "released", "room", "code"), [
    ({}, 62, 8, "band"),
    ({"kept": 0}, 70, 0, "band"),
    ({"booked": 62, "bookable": 48}, 62, 8, "band"),                                          # sold out
    ({"booked": 60, "held": 2, "bookable": 48}, 60, 8, "band"),                               # two are offered
    ({"booked": 62, "came": 30, "awaited": ((1.0, 1),) * 27, "walk_ins": 8, "kept": 0, "today": True}, 67, 8,
     "walk_ins"),                                                                             # five stayed away
    ({"booked": 50, "walk_ins": 8, "kept": 0}, 62, 8, "walk_ins"),                            # the share is used
    ({"places": 40, "bookable": 40}, 32, 8, "places"),
    ({"places": 5, "bookable": 5}, 0, 5, "sold"),
    ({"booked": 45, "bookable": 0, "kept": 2, "today": True}, 45, 25, "unsold"),
    ({"booked": 45, "bookable": 10, "kept": 2, "today": True}, 55, 15, "unsold"),
    ({"booked": 68, "bookable": 42}, 68, 2, "sold"),
    ({"booked": 80, "bookable": 30}, 80, 0, "sold"),                                          # the band was lowered
    ({"booked": 20, "share": 0.5}, 31, 8, "portions"),
    ({"booked": 20, "share": 0.25}, 20, 8, "portions"),                                       # nothing is taken back
    ({"booked": 20, "set_to": 40}, 40, 30, "set"),
    ({"booked": 20, "set_to": 10}, 20, 50, "set"),
    ({"booked": 20, "set_to": 400, "bookable": 90}, 110, 0, "set"),
    ({"booked": 12, "walk_ins": 3, "closed": True}, 12, 3, "closed"),
    # learnt: the domain facts' largest n with P(Binomial(n, p) > 70) <= 5 %
    ({"kept": 0, "known": 30, "new_chance": 0.95}, 71, 0, "learnt"),
    ({"kept": 0, "known": 30, "new_chance": 0.90}, 73, 0, "learnt"),
    ({"kept": 0, "known": 30, "new_chance": 0.85}, 77, 0, "learnt"),
    ({"kept": 0, "known": 30, "new_chance": 0.80}, 80, 0, "learnt"),
    ({"kept": 0, "known": 30, "new_chance": 0.75}, 85, 0, "learnt"),
    ({"kept": 0, "known": 30, "new_chance": 0.70}, 90, 0, "learnt"),
])
def test_a_day_releases(known: dict[str, Any], released: int, room: int, code: str) -> None:
    decision = decide(standing(**known))
    assert (decision.released, decision.because["code"]) == (released, code)
    assert decision.walk_in_room == room if not known.get("known") else decision.walk_in_room < 4


def test_once_nobody_more_is_awaited_the_room_is_what_is_left_of_the_band() -> None:
    done = standing(booked=80, came=58, awaited=(), walk_ins=7, kept=0, bookable=0, today=True, known=30)
    assert decide(done).walk_in_room == 7 + 70 - 58 - 7


def test_people_who_are_awaited_keep_their_room_by_their_chance() -> None:
    rooms = [decide(standing(booked=20, came=0, awaited=((chance, 1),) * 20, known=30, kept=0, high=30, today=True,
                             bookable=0)).walk_in_room for chance in (1.0, 0.9, 0.5, 0.1)]
    assert rooms == sorted(rooms)
    assert rooms[0] == 10
    assert rooms[-1] > 20


# -- rules that hold for every day -----------------------------------------------------------------------------

people = st.integers(0, 90)
chance = st.sampled_from([0.05, 0.4, 0.7, 0.9, 0.97, 1.0])


@st.composite
def days(draw: st.DrawFn, chances: st.SearchStrategy[float] = chance) -> Standing:
    awaited = tuple(draw(st.lists(st.tuples(chances, st.integers(1, 3)), max_size=40)))
    came, away = draw(st.integers(0, 40)), draw(st.integers(0, 20))
    booked = came + away + sum(number for _, number in awaited)
    return standing(
        booked=booked, came=came, awaited=awaited, high=draw(people), places=draw(people), bookable=draw(people),
        walk_ins=draw(st.integers(0, 30)), kept=draw(st.integers(0, 20)), held=draw(st.integers(0, 3)),
        new_chance=draw(chances), share=draw(st.sampled_from([0.25, 0.5, 1.0])), today=draw(st.booleans()),
        set_to=draw(st.none() | people), known=draw(st.integers(0, 60)), closed=draw(st.booleans()),
        reason=draw(st.none() | st.just("Natal")), risk=draw(st.sampled_from([0.01, 0.05, 0.2])))


@given(days())
def test_nobody_who_booked_or_came_is_counted_out_and_no_place_is_opened_that_nobody_can_take(day: Standing) -> None:
    decision = decide(day)
    assert decision.released >= day.booked
    assert decision.walk_in_room >= day.walk_ins
    assert decision.released <= day.booked + day.bookable
    assert decide(day) == decision


@given(days(st.just(1.0)))
def test_of_nothing_learnt_booked_held_open_and_kept_are_together_the_limit(day: Standing) -> None:
    day = dataclasses.replace(day, set_to=None, share=1.0, closed=False)
    decision = decide(day)
    awaited, limit = sum(number for _, number in day.awaited), min(day.high, day.places)
    open_now, room = decision.released - day.booked, decision.walk_in_room - day.walk_ins
    sure = day.came + awaited + day.held + day.walk_ins
    assert open_now == min(max(limit - sure - round(day.kept), 0), day.bookable)
    assert room == max(limit - sure - open_now, 0)


@given(days(), st.sampled_from([1.5, 3.0]))
def test_more_risk_never_opens_less(day: Standing, more: float) -> None:
    assert decide(dataclasses.replace(day, risk=day.risk * more)).released >= decide(day).released


@given(days(), st.integers(1, 20))
def test_keeping_fewer_back_never_opens_less(day: Standing, fewer: int) -> None:
    later = dataclasses.replace(day, kept=max(day.kept - fewer, 0))
    assert decide(later).released >= decide(day).released


def come_exactly(bookings: list[tuple[float, int]]) -> dict[int, float]:
    """How many come, by trying every way in which they can come or stay away."""
    found: dict[int, float] = {}
    for coming in itertools.product((False, True), repeat=len(bookings)):
        number = sum(people for (_, people), comes in zip(bookings, coming, strict=True) if comes)
        odds = math.prod(p if comes else 1 - p for (p, _), comes in zip(bookings, coming, strict=True))
        found[number] = found.get(number, 0) + odds
    return found


@given(st.lists(st.tuples(chance, st.integers(1, 3)), max_size=6), chance, st.integers(0, 8), st.integers(0, 4),
       st.sampled_from([0.01, 0.05, 0.2]))
def test_the_risk_is_kept_and_one_more_would_break_it(
    awaited: list[tuple[float, int]], new: float, high: int, bookable: int, risk: float
) -> None:
    day = standing(booked=sum(n for _, n in awaited), awaited=tuple(awaited), new_chance=new, high=high, kept=0,
                   bookable=bookable, risk=risk, known=30)
    more = decide(day).released - day.booked

    def over(number: int) -> float:
        return sum(odds for come, odds in come_exactly([*awaited, *[(new, 1)] * number]).items() if come > high)

    assert more == 0 or over(more) <= risk + 1e-12
    assert more == bookable or over(more + 1) > risk - 1e-12


@given(st.lists(st.tuples(chance, st.integers(1, 3)), max_size=7), st.integers(0, 22))
def test_a_crowd_is_exact(bookings: list[tuple[float, int]], limit: int) -> None:
    exact = come_exactly(bookings)
    crowd = Crowd(bookings)
    assert crowd.more_than(limit) == pytest.approx(sum(p for n, p in exact.items() if n > limit))
    assert crowd.mean == pytest.approx(sum(n * p for n, p in exact.items()))


def test_scenarios_are_mixed_and_make_the_same_mean_riskier() -> None:
    day = standing(known=30, kept=0, new_chance=0.8)
    wild = dataclasses.replace(day, scenarios=((0.25, -0.6), (0.5, 0.0), (0.25, 0.6)))
    mixed = 0.25 * Crowd([(shifted(0.8, -0.6), 1)] * 80).more_than(70) + 0.5 * Crowd([(0.8, 1)] * 80).more_than(70) \
        + 0.25 * Crowd([(shifted(0.8, 0.6), 1)] * 80).more_than(70)
    assert Crowd([(0.8, 1)] * 80, wild.scenarios).more_than(70) == pytest.approx(mixed)
    assert decide(wild).released < decide(day).released


def test_on_the_day_each_decision_runs_a_part_of_the_risk() -> None:
    ahead = standing(known=30, kept=0, new_chance=0.8)
    lesser = dataclasses.replace(ahead, risk=ahead.risk * TODAY_PART)
    assert decide(dataclasses.replace(ahead, today=True)).released == decide(lesser).released < decide(ahead).released


def test_the_outlook_says_what_comes_with_its_spread() -> None:
    seen = outlook(standing(booked=81, awaited=((0.8, 1),) * 81, kept=0, known=30))
    assert seen.expected == pytest.approx(64.8)
    assert (seen.least, seen.most) == (59, 71)
    assert 1 - seen.p_over - seen.p_under == pytest.approx(0.875, abs=0.001)  # the domain facts
    sure = outlook(standing(booked=50, kept=0))
    assert (sure.expected, sure.least, sure.most, sure.p_over, sure.p_under) == (50, 50, 50, 0, 1)


def test_people_who_come_unbooked_are_not_certain_in_the_outlook() -> None:
    empty = outlook(standing(booked=0, awaited=(), kept=8))  # Poisson with mean 8: tables say 4 at 5 %, 13 at 95 %
    assert (empty.least, empty.most) == (4, 13)
    assert empty.expected == pytest.approx(8)
    full = outlook(standing(booked=62))  # the door lets nobody in above the top
    assert (full.least, full.most, full.p_over) == (66, 70, 0)
    kept_for = outlook(standing(booked=66))
    assert kept_for.p_over == pytest.approx(0.9004, abs=0.0001)  # more than 4 of the 8 who are kept for


@pytest.mark.parametrize("kept", [0, 0.3, 8, 800, 5000])
def test_however_many_come_unbooked_they_are_foretold(kept: float) -> None:
    alone = outlook(standing(high=6000, places=6000, kept=kept))
    assert alone.expected == pytest.approx(kept, rel=1e-6)
    assert alone.most - alone.least == pytest.approx(3.3 * kept**0.5, abs=1.5)


# -- the share for walk-ins, step by step ----------------------------------------------------------------------

RULES = Rules(low=60, high=70, walk_in_keep=8, walk_in_steps=(
    KeepStep("13:00", 2), KeepStep("-1d 16:00", 6), KeepStep("10:00", 4)))  # in no order


@pytest.mark.parametrize(("at", "share"), [
    (datetime(2026, 11, 1, 9, tzinfo=WITA), 8),
    (datetime(2026, 11, 24, 15, 59, 59, tzinfo=WITA), 8),
    (datetime(2026, 11, 24, 16, tzinfo=WITA), 6),
    (datetime(2026, 11, 25, 9, 59, tzinfo=WITA), 6),
    (datetime(2026, 11, 25, 10, tzinfo=WITA), 4),
    (datetime(2026, 11, 25, 5, tzinfo=UTC), 2),  # 13:00 in Balikpapan
    (datetime(2026, 11, 26, 9, tzinfo=WITA), 2),
])
def test_the_share_kept_back_is_the_last_step_passed(at: datetime, share: int) -> None:
    assert kept(RULES, DAY, WITA, at) == share


def test_without_steps_the_share_stays() -> None:
    assert kept(Rules(low=60, high=70, walk_in_keep=5), DAY, WITA, datetime(2026, 11, 25, 18, tzinfo=WITA)) == 5


def test_a_step_stays_at_its_hour_when_the_clocks_change() -> None:
    berlin, sunday = ZoneInfo("Europe/Berlin"), date(2026, 10, 25)
    assert step_moment("10:00", sunday, berlin) == datetime(2026, 10, 25, 9, tzinfo=UTC)
    assert step_moment("-1d 10:00", sunday, berlin) == datetime(2026, 10, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize("at", ["", "10", "10:60", "24:00", "-d 10:00", "1d 10:00", "-1d10:00", " 10:00", "10:00\n",
                                "-100d 10:00", "+1d 10:00", "ten"])
def test_any_other_form_of_a_step_is_refused(at: str) -> None:
    with pytest.raises(ValueError, match="a step is a time like"):
        step_moment(at, DAY, WITA)


@given(st.integers(0, 99), st.integers(0, 23), st.integers(0, 59))
def test_a_step_falls_so_many_days_before(days: int, hour: int, minute: int) -> None:
    moment = step_moment(f"-{days}d {hour:02}:{minute:02}", DAY, WITA).astimezone(WITA)
    assert (moment.date(), moment.hour, moment.minute) == (DAY - timedelta(days=days), hour, minute)


# -- the document ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("heading", "comes"), [("nothing learnt yet", 1.0), ("7 in 10 come", 0.7)])
def test_the_worked_examples_in_the_manual_are_what_the_rule_decides(heading: str, comes: float) -> None:
    text = (Path(__file__).parents[2] / "docs" / "capacity.md").read_text(encoding="utf-8")
    part = next(part for part in text.split("\n## ") if part.splitlines()[0].endswith(heading))
    rows = re.findall(r"^\| \d\d Nov.*$", part, re.MULTILINE)
    assert len(rows) >= 4
    for row in rows:
        when, booked, came, third, bookable, walk_ins, expected, released, room = [
            cell.strip() for cell in row.strip("|").split("|")][:9]
        awaited = int(booked) - int(came) - int(third) if comes == 1 else int(third)
        decision = decide(standing(
            booked=int(booked), came=int(came), awaited=((comes, 1),) * awaited, bookable=int(bookable), places=144,
            walk_ins=int(walk_ins), kept=int(expected), today=when.startswith("25 Nov"), new_chance=comes,
            known=0 if comes == 1 else 30))
        assert (decision.released, decision.walk_in_room) == (int(released), int(room)), row

"""What a day releases and why: examples a manager would check, and rules that hold for every day there can be."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import capacity
from scheduler.capacity import Standing, decide, kept, step_moment, words
from scheduler.offices import KeepStep, Rules

WITA = ZoneInfo("Asia/Makassar")
DAY = date(2026, 11, 25)


def standing(**known: Any) -> Standing:
    usual = {"high": 70, "places": 110, "booked": 0, "bookable": 110, "walk_ins": 0, "gone": 0, "kept": 8}
    return Standing(**{**usual, **known})


@pytest.mark.parametrize(("known", "released", "room", "code"), [
    ({}, 62, 8, "band"),
    ({"kept": 0}, 70, 0, "band"),
    ({"booked": 62, "bookable": 48}, 62, 8, "band"),                           # sold out
    ({"booked": 62, "gone": 5, "walk_ins": 8, "kept": 8}, 62, 13, "band"),     # five stayed away: five more walk-ins
    ({"booked": 50, "kept": 2, "walk_ins": 8}, 62, 8, "walk_ins"),             # freed too late: they are used
    ({"booked": 50, "kept": 2, "walk_ins": 8, "gone": 8}, 68, 10, "band"),     # those eight fill eight empty places
    ({"places": 40, "bookable": 40}, 32, 8, "places"),
    ({"places": 5, "bookable": 5}, 0, 5, "places"),
    ({"booked": 45, "bookable": 0, "kept": 2}, 45, 25, "unsold"),
    ({"booked": 45, "bookable": 10, "kept": 2}, 55, 15, "unsold"),
    ({"booked": 68, "bookable": 42}, 68, 2, "sold"),
    ({"booked": 80, "bookable": 30}, 80, 0, "sold"),                           # the band was lowered
    ({"closed": True, "booked": 12, "walk_ins": 3}, 12, 3, "closed"),
])
def test_a_day_releases(known: dict[str, Any], released: int, room: int, code: str) -> None:
    decision = decide(standing(**known))
    assert (decision.released, decision.walk_in_room, decision.because["code"]) == (released, room, code)


people = st.integers(0, 120)
standings = st.builds(Standing, high=people, places=people, booked=people, bookable=people, walk_ins=people,
                      gone=people, kept=st.integers(0, 40), closed=st.booleans(), reason=st.none() | st.just("Natal"))


@given(standings)
def test_nobody_who_booked_or_came_is_counted_out_and_nobody_above_the_limit_let_in(day: Standing) -> None:
    decision = decide(day)
    assert decision.released >= day.booked
    assert decision.walk_in_room >= day.walk_ins
    assert decision.released <= max(day.high, day.booked)  # no show rates, no overbooking
    ceiling = 0 if day.closed else min(day.high, day.places) + day.gone
    assert decision.released + decision.walk_in_room <= max(ceiling, day.booked + day.walk_ins)


@given(standings)
def test_no_place_is_lost_and_the_same_day_is_decided_the_same(day: Standing) -> None:
    decision = decide(day)
    if not day.closed:
        assert decision.released + decision.walk_in_room >= min(day.high, day.places) + day.gone
    assert decide(day) == decision


@given(standings, st.integers(1, 20))
def test_keeping_fewer_back_never_closes_places_that_can_be_booked(day: Standing, fewer: int) -> None:
    later = Standing(**{name: getattr(day, name) for name in Standing.__slots__} | {"kept": max(day.kept - fewer, 0)})
    assert decide(later).released >= decide(day).released


@given(standings, st.sampled_from(["id", "en"]))
def test_every_decision_has_one_sentence_with_its_number(day: Standing, language: str) -> None:
    decision = decide(day)
    sentence = words(decision.because, language)
    assert sentence.endswith(".")
    assert sentence.count(".") == 1
    assert "{" not in sentence
    if not day.closed:
        assert str(decision.released) in sentence


@pytest.mark.parametrize(("known", "indonesian", "english"), [
    ({}, "62 tempat dibuka: batas 70 orang, 8 disimpan untuk yang datang langsung.",
     "62 open for booking: at most 70 visitors, 8 kept for walk-ins."),
    ({"kept": 0}, "70 tempat dibuka: batas 70 orang, tidak ada lagi yang disimpan untuk yang datang langsung.",
     "70 open for booking: at most 70 visitors, none kept for walk-ins any more."),
    ({"gone": 5}, "62 tempat dibuka: batas 70 orang, 8 disimpan untuk yang datang langsung;"
                  " 5 orang tidak datang pada waktunya, tempatnya untuk yang datang langsung.",
     "62 open for booking: at most 70 visitors, 8 kept for walk-ins;"
     " 5 did not come in time, so as many walk-ins may take their place."),
    ({"closed": True}, "Tutup: tidak ada tempat yang dibuka.", "Closed: nothing is open for booking."),
    ({"closed": True, "reason": "Hari Raya Natal"}, "Tutup (Hari Raya Natal): tidak ada tempat yang dibuka.",
     "Closed (Hari Raya Natal): nothing is open for booking."),
    ({"places": 48}, "40 tempat dibuka: loket hanya sanggup melayani 48 orang, 8 disimpan untuk yang datang langsung.",
     "40 open for booking: the counters can serve only 48 visitors, 8 kept for walk-ins."),
])
def test_the_sentence_a_manager_reads(known: dict[str, Any], indonesian: str, english: str) -> None:
    because = decide(standing(**known)).because
    assert (words(because, "id"), words(because, "en")) == (indonesian, english)


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


def test_more_than_the_band_is_certain_or_impossible_without_show_rates() -> None:
    assert [capacity.over_chance(70, sure) for sure in (0, 70, 71)] == [0, 0, 1]


def test_the_worked_example_in_the_manual_is_what_the_rule_decides() -> None:
    text = (Path(__file__).parents[2] / "docs" / "capacity.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?:\d|Mon|Tue).*$", text, re.MULTILINE)
    assert len(rows) >= 6
    for row in rows:
        _, booked, bookable, walk_ins, gone, share, released, room = [
            cell.strip() for cell in row.strip("|").split("|")][:8]
        decision = decide(standing(booked=int(booked), bookable=int(bookable), walk_ins=int(walk_ins), gone=int(gone),
                                   kept=int(share)))
        assert (decision.released, decision.walk_in_room) == (int(released), int(room)), row

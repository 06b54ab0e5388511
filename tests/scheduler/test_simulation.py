"""Invented years: the people are as they are said to be, the books add up, and the same seed gives the same year."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, datetime
from statistics import mean

import pytest

from scheduler.offices import Office
from scheduler.simulation import figures, pictures
from scheduler.simulation.book import BOOKED, CAME
from scheduler.simulation.example import example_office
from scheduler.simulation.play import Play
from scheduler.simulation.policies import Adaptive, Fixed, best_fixed
from scheduler.simulation.results import Result
from scheduler.simulation.town import CAN_TODAY, CANCELS, Course, Town

FIRST = date(2027, 4, 5)  # a Monday
KEY = b"any key"


@pytest.fixture(scope="module")
def office() -> Office:
    return example_office([2027])


def town(office: Office, stays_away: float = 20, demand: float = 90) -> Town:
    return Town(office.services, demand, 12, Course(stays_away), "seed")


# -- the people ------------------------------------------------------------------------------------------------


def test_as_many_ask_come_and_cancel_as_is_said(office: Office) -> None:
    invented = town(office)
    dates = [date.fromordinal(FIRST.toordinal() + n) for n in range(120)]
    asking = [invented.asking(on) for on in dates]
    assert mean(len(people) for people in asking) == pytest.approx(90, rel=0.05)
    assert mean(len(invented.unbooked(on)) for on in dates) == pytest.approx(12, rel=0.1)
    everybody = [person for people in asking for person in people]
    assert mean(person.cancels is not None for person in everybody) == pytest.approx(CANCELS, abs=0.01)
    assert all(6 * 60 <= person.minute < 21 * 60 for person in everybody)
    assert mean(person.today for person in everybody) == pytest.approx(CAN_TODAY, abs=0.02)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_whoever_would_come_the_same_day_the_people_are_the_same(office: Office, share: float) -> None:
    usual = town(office).asking(FIRST)
    others = Town(office.services, 90, 12, Course(20), "seed", share).asking(FIRST)
    assert mean(person.today for person in others) == pytest.approx(share, abs=0.15)
    assert [replace(person, today=False) for person in others] == [replace(person, today=False) for person in usual]


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_as_many_stay_away_as_is_said_whoever_was_reminded(office: Office, share: float) -> None:
    everybody = [person for n in range(120) for person in town(office).asking(date.fromordinal(FIRST.toordinal() + n))]
    for asked in (True, False):
        away = mean(person.stays_away(share, asked) for person in everybody)
        assert away == pytest.approx(share, abs=0.015)
    said_yes = [person for person in everybody if person.says_yes]
    assert mean(person.stays_away(share, True) for person in said_yes) == pytest.approx(share / 2, abs=0.015)


def test_the_share_that_stays_away_drifts_and_jumps() -> None:
    assert [Course(10, drift=10).on(day) for day in (-20, 0, 365)] == [0.1, 0.1, 0.2]
    jump = Course(10, jump_to=30, jump_day=100)
    assert [round(jump.on(day), 3) for day in (-5, 100, 107, 300)] == [0.1, 0.1, 0.3, 0.3]


def test_the_same_seed_invents_the_same_people_and_another_others(office: Office) -> None:
    assert town(office).asking(FIRST) == town(office).asking(FIRST)
    assert town(office).asking(FIRST) != Town(office.services, 90, 12, Course(20), "other").asking(FIRST)


# -- the policies ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stays_away", "number"), [
    (0.05, 70), (0.10, 72), (0.15, 76), (0.20, 81), (0.25, 86), (0.30, 93)])
def test_the_best_fixed_number_is_that_of_the_domain_facts(stays_away: float, number: int) -> None:
    assert best_fixed(60, 70, stays_away) == number


# -- a play ----------------------------------------------------------------------------------------------------


class Watched(Play):
    """A play whose books are added up after every run of the job."""

    def _offer(self, now: datetime) -> None:
        super()._offer(now)
        for day in self.days.values():
            booked = sum(booking.state in (BOOKED, CAME) for booking in day.bookings)
            assert day.booked == booked <= day.released
            assert day.held >= 0
            assert sum(start.taken for start in day.starts) == day.booked + day.held
            assert all(start.taken <= start.places for start in day.starts)
            assert day.came == sum(booking.state == CAME for booking in day.bookings)
            assert day.walk_ins <= day.walk_in_room


def play(office: Office, policy: Adaptive | Fixed, days: int = 12) -> list[Result]:
    return list(Watched(office, town(office), policy, FIRST, KEY).run(0, days))


def test_the_books_add_up_whatever_happens_and_a_year_is_played_the_same_again(office: Office) -> None:
    days = play(office, Adaptive())
    assert [day.date for day in days][:6] == [date(2027, 4, n) for n in (5, 6, 7, 8, 9, 12)]
    assert sum(day.came for day in days) > 100
    assert sum(day.walk_ins for day in days) > 30
    assert all(len(day.waits) == day.visitors for day in days)
    assert play(office, Adaptive()) == days
    fixed = play(office, Fixed(81, 0.2))
    assert max(day.booked for day in fixed) <= 81
    assert fixed != days


# -- what came of it -------------------------------------------------------------------------------------------


def result(day: int, visitors: int, waits: tuple[float, ...] = ()) -> Result:
    return Result(date.fromordinal(FIRST.toordinal() + day), day, visitors + 10, visitors - 5, 5, 1, 2, waits)


def test_the_figures_count_days_and_people() -> None:
    found = figures.figures([result(0, 59), result(1, 60), result(2, 70, (1.0, 3.0)), result(3, 71)], 60, 70)
    assert (found.days, found.in_band, found.over, found.under) == (4, 2, 1, 1)
    assert (found.mean_visitors, found.mean_wait_minutes, found.refused) == (65, 2, 12)
    assert figures.told(found)["in_band_share"] == 0.5
    nothing = figures.figures([], 60, 70)
    assert (nothing.days, nothing.mean_visitors, nothing.share(0)) == (0, 0, 0)


def test_after_a_jump_the_weeks_are_counted_until_the_band_holds_again() -> None:
    days = [result(n, 50 if 100 <= n < 117 else 65) for n in range(90, 200)]
    weeks = figures.by_week(days, 100, 60, 70)
    assert weeks[:4] == [(7, 0), (7, 0), (7, 4), (7, 7)]
    assert figures.weeks_until_held(weeks) == 3
    assert figures.weeks_until_held(weeks[:3]) is None
    assert figures.weeks_until_held([(7, 7)] * 4 + [(7, 2)] + [(7, 7)] * 12) == 5  # a good beginning does not count


def test_the_pictures_show_the_band_and_what_left_it() -> None:
    days = [result(0, 59), result(1, 60), result(2, 71), result(40, 65)]
    assert pictures.strip(days, 60, 70) == ["Apr 2027  v.^", "May 2027  ."]
    lines = pictures.histogram(days, 60, 70)
    assert any("band begins" in line for line in lines)
    assert sum("█" in line for line in lines) == 4
    drawn = ET.fromstring(pictures.svg({"adaptive": days, "fixed": days[:1]}, 60, 70, "90 ask & 12 come"))
    names = {"s": "http://www.w3.org/2000/svg"}
    assert drawn.findtext("s:title", namespaces=names) == "90 ask & 12 come"
    assert len(drawn.findall("s:g", names)) == 2
    assert pictures.histogram([], 60, 70) == []

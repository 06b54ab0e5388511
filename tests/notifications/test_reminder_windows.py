"""When a reminder may go out: windows, quiet hours, days on which clocks change (pure)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.windows import LAST_CALL, Habit, evening, late, window

WITA = ZoneInfo("Asia/Makassar")
HABIT = Habit(WITA, time(16), timedelta(minutes=120), time(20), time(6, 30))


def at(day: int, clock: str) -> datetime:
    """That local time in Balikpapan in November 2026."""
    return datetime.combine(date(2026, 11, day), time.fromisoformat(clock), WITA)


@pytest.mark.parametrize(("start", "opens", "closes"), [
    (at(25, "11:00"), at(25, "09:00"), at(25, "10:30")),
    (at(25, "08:30"), at(25, "06:30"), at(25, "08:00")),
    (at(25, "07:30"), at(25, "06:30"), at(25, "07:00")),   # its moment lies in quiet hours: it waits for their end
    (at(25, "21:30"), at(25, "19:30"), at(25, "20:00")),   # cut off by quiet hours
])
def test_the_late_reminder_s_window(start: datetime, opens: datetime, closes: datetime) -> None:
    found = late(HABIT, start)
    assert (found.opens, found.closes) == (opens, closes)
    assert found.moment == start - timedelta(minutes=120)


@pytest.mark.parametrize("start", [at(25, "06:45"), at(25, "07:00"), at(25, "05:00"), at(25, "00:30")])
def test_a_late_reminder_that_quiet_hours_leave_no_time_is_not_sent(start: datetime) -> None:
    found = late(HABIT, start)
    assert found.opens >= found.closes


def test_the_evening_reminder_s_window() -> None:
    found = evening(HABIT, date(2026, 11, 25))
    assert (found.moment, found.opens, found.closes) == (at(24, "16:00"), at(24, "16:00"), at(24, "20:00"))


def test_without_quiet_hours_the_evening_lasts_till_midnight() -> None:
    habit = Habit(WITA, time(16), timedelta(minutes=120), time(0), time(0))
    found = evening(habit, date(2026, 11, 25))
    assert (found.opens, found.closes) == (at(24, "16:00"), at(25, "00:00"))
    assert not habit.is_quiet(at(24, "00:00"))


def test_an_evening_inside_quiet_hours_is_never_open() -> None:
    habit = Habit(WITA, time(21), timedelta(minutes=120), time(20), time(6, 30))
    found = evening(habit, date(2026, 11, 25))
    assert found.opens >= found.closes


def test_quiet_hours_inside_one_day() -> None:
    habit = Habit(WITA, time(16), timedelta(minutes=120), time(12), time(13))
    assert habit.is_quiet(at(24, "12:00"))
    assert not habit.is_quiet(at(24, "13:00"))
    assert late(habit, at(24, "14:30")).opens == at(24, "13:00")


def test_a_day_of_changing_clocks_is_reckoned_in_real_time() -> None:
    """In Berlin on 29 March 2026 the hour from two to three is skipped."""
    berlin = ZoneInfo("Europe/Berlin")
    habit = Habit(berlin, time(16), timedelta(hours=6), time(22), time(6))
    start = datetime(2026, 3, 29, 9, tzinfo=berlin)
    assert late(habit, start).moment.astimezone(berlin) == datetime(2026, 3, 29, 2, tzinfo=berlin).astimezone(UTC)
    assert evening(habit, date(2026, 3, 29)).moment == datetime(2026, 3, 28, 15, tzinfo=UTC)


CLOCK = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))


@given(CLOCK, CLOCK, CLOCK, st.integers(0, 3000), st.integers(0, 60 * 24 * 400),
       st.sampled_from(["Asia/Makassar", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]))
def test_no_open_moment_lies_in_quiet_hours_or_after_the_last_call(
    evening_at: time, quiet_from: time, quiet_to: time, minutes: int, offset: int, zone: str
) -> None:
    habit = Habit(ZoneInfo(zone), evening_at, timedelta(minutes=minutes), quiet_from, quiet_to)
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=offset)
    visit = start.astimezone(habit.zone).date()
    for found, latest in ((late(habit, start), start - LAST_CALL), (evening(habit, visit), habit.at(visit, time.min))):
        assert found.closes <= latest
        for part in range(20):
            moment = found.opens + (found.closes - found.opens) * part / 20
            if found.is_open(moment):
                assert found.moment <= moment
                assert not habit.is_quiet(moment)


def test_a_moment_outside_quiet_hours_opens_at_once() -> None:
    assert window(HABIT, at(24, "10:00"), at(24, "11:00")).opens == at(24, "10:00")

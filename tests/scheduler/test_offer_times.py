"""How long an offer stands: shorter as the day nears, in waking hours, never past the office's notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scheduler.offer_times import LONGEST, SHORTEST, earliest, is_waking, lapses_at, waking_after
from scheduler.offices import Office
from scheduler.rules import Rules

OFFICE = Office(1, "o", "O", "Asia/Makassar", "1", None, "A", Rules(60, 70), 1, (), (), {})  # quiet 20:00 to 06:30
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE.zone)


def ruled(zone: str = "Asia/Makassar", **rules: object) -> Office:
    return replace(OFFICE, timezone=zone, rules=msgspec.structs.replace(OFFICE.rules, **rules))


@pytest.mark.parametrize(("now", "start", "until"), [
    ("2026-11-24T08:00", "2026-12-20T08:00", "2026-11-24T12:00"),   # weeks ahead: half a day
    ("2026-11-24T18:00", "2026-12-20T08:00", "2026-11-25T08:30"),   # the night does not count
    ("2026-11-24T08:00", "2026-11-24T14:00", "2026-11-24T09:15"),   # a quarter of the five hours left
    ("2026-11-24T08:00", "2026-11-24T09:30", "2026-11-24T08:10"),   # enough to see an SMS
    ("2026-11-24T19:55", "2026-11-25T07:45", "2026-11-25T06:45"),   # never past the notice of an hour
])
def test_examples(now: str, start: str, until: str) -> None:
    assert lapses_at(at(now), at(start), OFFICE) == at(until)


@pytest.mark.parametrize(("now", "first"), [
    ("2026-11-24T08:00", "2026-11-24T09:10"), ("2026-11-24T08:00:30", "2026-11-24T09:11"),
    ("2026-11-24T19:55", "2026-11-25T07:35"), ("2026-11-24T23:00", "2026-11-25T07:40"),
])
def test_the_first_start_that_can_be_offered(now: str, first: str) -> None:
    assert earliest(OFFICE, at(now)) == at(first)


def test_an_office_without_quiet_hours_offers_at_night() -> None:
    office = ruled(quiet_from="00:00", quiet_to="00:00")
    assert is_waking(office, at("2026-11-24T03:00"))
    assert waking_after(office, at("2026-11-24T23:00"), LONGEST) == at("2026-11-25T03:00")


evenings, mornings = st.sampled_from(["18:00", "20:00", "21:59", "00:00"]), st.sampled_from(["02:30", "06:30", "10:15"])
zones = st.sampled_from(["Asia/Makassar", "Asia/Jakarta", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"])
moments = st.timedeltas(timedelta(0), timedelta(days=700)).map(lambda later: datetime(2026, 1, 1, tzinfo=UTC) + later)


@settings(deadline=None)
@given(zone=zones, quiet_from=evenings, quiet_to=mornings, notice=st.integers(0, 300), now=moments,
       ahead=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_an_offer_stands_long_enough_awake_and_not_too_long(
        zone: str, quiet_from: str, quiet_to: str, notice: int, now: datetime, ahead: timedelta) -> None:
    office = ruled(zone, quiet_from=quiet_from, quiet_to=quiet_to, notice_minutes=notice)
    first = earliest(office, now)
    lapses = lapses_at(now, first + ahead, office)
    assert now + SHORTEST <= lapses <= first + ahead - timedelta(minutes=notice)
    assert awake(office, now, lapses) >= SHORTEST - MINUTE, "the night before does not use it up"
    assert awake(office, now, lapses) <= LONGEST + 2 * MINUTE


def awake(office: Office, since: datetime, until: datetime) -> timedelta:
    """Minutes of waking time in between, counted one by one up to what is too long anyway."""
    count, moment = timedelta(0), since
    while moment < until and count < LONGEST + 5 * MINUTE:
        count += MINUTE if is_waking(office, moment) else timedelta(0)
        moment += MINUTE
    return count


@given(now=moments, start=moments)
def test_the_nearer_the_start_the_sooner_it_lapses(now: datetime, start: datetime) -> None:
    assume(start >= earliest(OFFICE, now))
    assert lapses_at(now, start, OFFICE) <= lapses_at(now, start + timedelta(hours=1), OFFICE)


def test_quiet_hours_follow_the_office_clock_when_it_changes() -> None:
    berlin = ruled("Europe/Berlin")
    night = datetime(2026, 3, 28, 22, tzinfo=ZoneInfo("Europe/Berlin"))  # the clocks go forward
    assert waking_after(berlin, night, MINUTE) == datetime(2026, 3, 29, 6, 31, tzinfo=ZoneInfo("Europe/Berlin"))

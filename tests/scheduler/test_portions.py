"""New days in parts and places given up: at moments nobody can foresee, by day, the same wherever they are asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from scheduler.offices import Office
from scheduler.portions import back_at, next_part, share
from scheduler.rules import Rules

KEY = b"a key of thirty-two bytes or so."
DAY = date(2026, 12, 24)
ZONES = ("Asia/Makassar", "Europe/Berlin", "America/St_Johns", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia")
MINUTE = timedelta(minutes=1)

keys = st.binary(min_size=1, max_size=32)
zones = st.sampled_from(ZONES)
dates = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def office(zone: str = "Asia/Makassar", office_id: int = 1, **rules: int | str) -> Office:
    standard = msgspec.structs.replace(Rules(60, 70, portions=4), **rules)
    return Office(office_id, "contoh", "Contoh", zone, "000", None, "Jalan Contoh", standard, 1, (), (), {})


def midnight(place: Office, day: date) -> datetime:
    return datetime.combine(day, time(), place.zone).astimezone(UTC)


def parts(key: bytes, place: Office, day: date) -> list[tuple[datetime, float]]:
    """Every part, by asking again and again for the next."""
    found: list[tuple[datetime, float]] = []
    now = midnight(place, day - timedelta(days=place.rules.horizon_days + 1))
    while (part := next_part(key, place, day, now)) is not None:
        found.append(part)
        now = part[0]
    return found


# -- a new day ---------------------------------------------------------------------------------------------


def test_one_portion_is_all_at_once_and_nothing_is_to_come() -> None:
    place = office(portions=1)
    entered = midnight(place, DAY - timedelta(days=30))
    assert share(KEY, place, DAY, entered) == 1
    assert next_part(KEY, place, DAY, entered) is None


def test_a_day_within_the_horizon_for_long_is_open_whole() -> None:
    place = office()
    assert share(KEY, place, DAY, midnight(place, DAY - timedelta(days=24))) == 1
    assert share(KEY, place, DAY, midnight(place, DAY + timedelta(days=9))) == 1


def test_a_part_is_open_from_its_moment_on() -> None:
    place = office()
    found = parts(KEY, place, DAY)
    assert [part for _, part in found] == [0.25, 0.5, 0.75, 1]
    assert share(KEY, place, DAY, found[0][0] - MINUTE) == 0
    for moment, part in found:
        assert share(KEY, place, DAY, moment - timedelta(seconds=1)) == part - 0.25
        assert share(KEY, place, DAY, moment) == part
        assert share(KEY, place, DAY, moment.astimezone(place.zone)) == part


@given(keys, zones, dates, st.integers(0, 40), st.integers(2, 12))
def test_parts_open_by_day_soon_after_the_day_enters_and_in_the_far_half_of_the_horizon(
    key: bytes, zone: str, day: date, horizon: int, portions: int
) -> None:
    place = office(zone, horizon_days=horizon, portions=portions)
    found = parts(key, place, day)
    entered = day - timedelta(days=horizon)
    assert len(found) == (portions if horizon else 0)
    for (earlier, less), (later, more) in pairwise(found):
        assert earlier < later
        assert less < more
    for moment, _ in found:
        assert moment.utcoffset() == timedelta(0)
        assert time(6) <= place.local(moment).time() < time(21)
        assert entered <= place.today(moment) <= entered + timedelta(days=5)
        assert moment <= midnight(place, entered) + (midnight(place, day) - midnight(place, entered)) / 2 + 60 * MINUTE
    if found:
        assert place.today(found[0][0]) == entered
        assert found[-1][1] == 1


def test_nobody_without_the_key_can_foresee_a_moment() -> None:
    place = office()
    mine = parts(KEY, place, DAY)
    others = [parts(b"another key", place, DAY), parts(KEY, office(office_id=2), DAY),
              [(moment - timedelta(days=1), part) for moment, part in parts(KEY, place, DAY + timedelta(days=1))]]
    for other in others:
        assert all(abs(ours[0] - theirs[0]) > timedelta(seconds=1) for ours, theirs in zip(mine, other, strict=True))


def test_moments_are_spread_evenly_over_the_day() -> None:
    place, days = office(), [date(2026, 1, 1) + timedelta(days=n) for n in range(1200)]
    first = [place.local(parts(KEY, place, day)[0][0]).hour for day in days]
    last = [place.local(parts(KEY, place, day)[3][0]).hour for day in days]
    for hours in (first, last):  # 80 expected in each of 15 hours: five standard deviations either way
        assert all(36 < hours.count(hour) < 124 for hour in range(6, 21))


# -- places given up ---------------------------------------------------------------------------------------


def noon(place: Office, day: date) -> datetime:
    return datetime.combine(day, time(12), place.zone).astimezone(UTC)


@given(keys, zones, dates, st.integers(0, 40), st.integers(0, 24 * 60 - 1))
@example(b"\x00", "Asia/Makassar", date(2026, 1, 1), 2, 1155)  # as the night falls
def test_a_place_is_withheld_for_a_while_that_shrinks_and_never_returns_at_night(
    key: bytes, zone: str, day: date, ahead: int, minute: int
) -> None:
    place = office(zone)
    freed_at = midnight(place, day - timedelta(days=ahead)) + minute * MINUTE
    ahead = (day - place.today(freed_at)).days  # a day on which the clocks change is an hour shorter
    back = back_at(key, place, day, freed_at)
    least, most = (1, 5) if ahead <= 0 else (5, 20) if ahead == 1 else (10, 60)
    assert back.utcoffset() == timedelta(0)
    assert back - freed_at >= least * MINUTE
    if ahead <= 0:
        assert back - freed_at <= 5 * MINUTE
        return
    assert time(6, 30) <= place.local(back).time() < time(20)
    if time(7) < place.local(freed_at).time() < time(19):
        assert back - freed_at <= most * MINUTE
    night = timedelta(hours=10, minutes=30 + 60)  # an hour longer when the clocks go back
    assert back - freed_at <= night + 2 * most * MINUTE  # up to `most` before the night, and as much after it


def test_a_place_given_up_at_night_returns_at_a_varied_minute_of_the_morning() -> None:
    place = office(quiet_from="22:00", quiet_to="05:00")
    evening = midnight(place, DAY - timedelta(days=3)) + timedelta(hours=21, minutes=10)
    found = {place.local(back_at(KEY, place, DAY, evening + n * MINUTE)) for n in range(300)}
    assert len(found) > 200
    assert {moment.date() for moment in found} == {DAY - timedelta(days=2)}
    assert time(6, 10) <= min(found).time() < time(6, 15)
    assert time(6, 55) < max(found).time() < time(7)


def test_quiet_hours_are_night_so_that_the_waiting_list_hears_of_it_first() -> None:
    place = office(quiet_from="19:00", quiet_to="08:00")
    evening = midnight(place, DAY - timedelta(days=3)) + timedelta(hours=18, minutes=55)
    back = place.local(back_at(KEY, place, DAY, evening))
    assert (back.day, back.time() > time(8, 9), back.time() < time(9, 1)) == (22, True, True)
    by_day = office(quiet_from="12:00", quiet_to="13:00")  # a rest at noon is no night
    assert back_at(KEY, by_day, DAY, noon(by_day, DAY - timedelta(days=9))) < noon(by_day, DAY - timedelta(days=8))


def test_today_a_place_returns_at_once_also_before_dawn() -> None:
    place = office()
    dawn = midnight(place, DAY) + timedelta(hours=5)
    assert MINUTE <= back_at(KEY, place, DAY, dawn) - dawn <= 5 * MINUTE


def test_how_long_a_place_is_withheld_is_foreseen_by_nobody_and_evenly_spread() -> None:
    place = office()
    freed_at = noon(place, DAY - timedelta(days=9))
    assert back_at(KEY, place, DAY, freed_at) == back_at(KEY, place, DAY, freed_at)
    assert back_at(KEY, place, DAY, freed_at) != back_at(b"another key", place, DAY, freed_at)
    assert back_at(KEY, place, DAY, freed_at) != back_at(KEY, office(office_id=2), DAY, freed_at)
    waits = [(back_at(b"%d" % n, place, DAY, freed_at) - freed_at) / MINUTE for n in range(1000)]
    tens = [sum(lower <= wait < lower + 10 for wait in waits) for lower in range(10, 60, 10)]
    assert sum(tens) == 1000
    assert all(140 < ten < 260 for ten in tens)  # 200 expected: five standard deviations

"""The starts of a day: from hours, breaks, exceptions, counters and minutes, in any time zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scheduler.calendar import Start, intervals, plan, starts
from scheduler.offices import Counter, Interval, Office, Service, SpecialDay
from scheduler.rules import Rules

TUESDAY = date(2026, 11, 24)


def service(slug: str, letter: str, minutes: int, *, active: bool = True) -> Service:
    return Service(1, slug, letter, {"id": slug, "en": slug}, slug, "required", minutes, {"id": [], "en": []}, None,
                   (slug,), active)


def counter(n: int, *serves: str) -> Counter:
    return Counter(n, f"loket-{n}", f"Loket {n}", serves)


def office(
    *hours: Interval, zone: str = "Asia/Makassar", services: tuple[Service, ...] = (service("ktp", "A", 15),),
    counters: tuple[Counter, ...] = (counter(1, "ktp"),), special: dict[date, SpecialDay] | None = None,
) -> Office:
    return Office(1, "contoh", "Contoh", zone, "000", None, "Jalan Contoh", Rules(60, 70), 1, services, counters,
                  dict.fromkeys(range(7), hours), special or {})


def closed(reason: str = "Libur") -> SpecialDay:
    return SpecialDay((), reason, "file", False)


def local(office: Office, found: list[Start]) -> list[str]:
    return [f"{office.local(start.start):%H:%M%z}" for start in found]


def hours_open(office: Office, day: date) -> float:
    return sum((closes - opens) / timedelta(hours=1) for opens, closes in intervals(office, day))


# -- hours -----------------------------------------------------------------------------------------------


def test_hours_are_the_offices_own_time() -> None:
    assert intervals(office(("07:30", "12:00"), ("13:00", "16:00")), TUESDAY) == [
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), datetime(2026, 11, 24, 4, 0, tzinfo=UTC)),
        (datetime(2026, 11, 24, 5, 0, tzinfo=UTC), datetime(2026, 11, 24, 8, 0, tzinfo=UTC)),
    ]


def test_a_weekday_without_hours_is_closed() -> None:
    monday_only = replace(office(), hours={0: (("08:00", "12:00"),)})
    assert intervals(monday_only, TUESDAY) == [] == starts(monday_only, TUESDAY)
    assert len(intervals(monday_only, TUESDAY - timedelta(days=1))) == 1


def test_a_special_day_replaces_the_hours_and_may_close() -> None:
    short = SpecialDay((("08:00", "10:00"),), "Ramadan", "file", False)
    place = office(("07:30", "12:00"), special={TUESDAY: short, TUESDAY + timedelta(days=1): closed()})
    assert hours_open(place, TUESDAY) == 2
    assert hours_open(place, TUESDAY + timedelta(days=1)) == 0
    assert hours_open(place, TUESDAY + timedelta(days=2)) == 4.5


def test_intervals_come_in_order_however_they_were_written() -> None:
    place = office(("13:00", "16:00"), ("07:30", "12:00"))
    assert intervals(place, TUESDAY) == intervals(office(("07:30", "12:00"), ("13:00", "16:00")), TUESDAY)


def test_an_office_may_be_open_until_midnight() -> None:
    assert intervals(office(("20:00", "24:00")), TUESDAY)[0][1] == datetime(2026, 11, 24, 16, tzinfo=UTC)


def test_today_is_the_offices_today() -> None:
    moment = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert office(zone="America/St_Johns").today(moment) == date(2026, 11, 23)
    assert office(zone="Asia/Makassar").today(moment) == date(2026, 11, 24)
    assert office(zone="Pacific/Kiritimati").today(moment.replace(hour=12)) == date(2026, 11, 25)


# -- the clocks change -----------------------------------------------------------------------------------

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)  # Berlin: 02:00 -> 03:00, and 03:00 -> 02:00


def test_a_spring_night_has_an_hour_less() -> None:
    place = office(("00:00", "06:00"), zone="Europe/Berlin", services=(service("ktp", "A", 60),))
    assert local(place, starts(place, SPRING)) == ["00:00+0100", "01:00+0100", "03:00+0200", "04:00+0200", "05:00+0200"]


def test_an_autumn_night_has_an_hour_more() -> None:
    place = office(("00:00", "04:00"), zone="Europe/Berlin", services=(service("ktp", "A", 60),))
    assert local(place, starts(place, AUTUMN)) == [
        "00:00+0200", "01:00+0200", "02:00+0200", "02:00+0100", "03:00+0100"]


def test_opening_inside_the_hour_that_is_skipped_is_at_the_change() -> None:
    place = office(("02:30", "04:00"), zone="Europe/Berlin")
    assert intervals(place, SPRING) == [
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), datetime(2027, 3, 28, 2, 0, tzinfo=UTC))]
    assert intervals(office(("02:10", "02:50"), zone="Europe/Berlin"), SPRING) == []


def test_an_hour_shown_twice_is_the_first_so_that_breaks_stay_breaks() -> None:
    place = office(("01:00", "02:15"), ("02:45", "04:00"), zone="Europe/Berlin")
    first, second = intervals(place, AUTUMN)
    assert first == (datetime(2027, 10, 30, 23, 0, tzinfo=UTC), datetime(2027, 10, 31, 0, 15, tzinfo=UTC))
    assert second == (datetime(2027, 10, 31, 0, 45, tzinfo=UTC), datetime(2027, 10, 31, 3, 0, tzinfo=UTC))


def test_ordinary_hours_on_a_day_of_change_are_ordinary() -> None:
    place = office(("08:00", "12:00"), zone="Europe/Berlin")
    for day, offset in ((SPRING, "+0200"), (AUTUMN, "+0100")):
        found = local(place, starts(place, day))
        assert (len(found), found[0], found[-1]) == (16, f"08:00{offset}", f"11:45{offset}")


def test_an_office_with_half_hour_offsets() -> None:
    place = office(("08:30", "12:00"), zone="America/St_Johns")
    assert intervals(place, date(2027, 3, 13))[0][0] == datetime(2027, 3, 13, 12, 0, tzinfo=UTC)  # -03:30
    assert intervals(place, date(2027, 3, 14))[0][0] == datetime(2027, 3, 14, 11, 0, tzinfo=UTC)  # -02:30
    assert intervals(place, date(2027, 11, 7))[0][0] == datetime(2027, 11, 7, 12, 0, tzinfo=UTC)


def test_a_change_at_midnight_ends_the_day_before_at_that_moment() -> None:
    place = office(("22:00", "24:00"), zone="Africa/Cairo")  # 30 April 2027, 00:00 -> 01:00
    opens, closes = intervals(place, date(2027, 4, 29))[0]
    assert closes - opens == timedelta(hours=2)


def test_a_date_that_never_was_has_no_hours() -> None:
    assert starts(office(("08:00", "16:00"), zone="Pacific/Apia"), date(2011, 12, 30)) == []


# -- groups and places -----------------------------------------------------------------------------------


def test_a_group_steps_by_its_longest_visit_and_ends_within_the_interval() -> None:
    place = office(("08:00", "09:00"), services=(service("ktp", "A", 5), service("kk", "A", 25)),
                   counters=(counter(1, "ktp", "kk"),))
    assert local(place, starts(place, TUESDAY)) == ["08:00+0800", "08:25+0800"]


def test_a_counter_gives_places_to_the_group_of_its_first_service_only() -> None:
    place = office(
        ("08:00", "08:30"), services=(service("ktp", "A", 15), service("kk", "B", 30)),
        counters=(counter(1, "ktp", "kk"), counter(2, "ktp"), counter(3, "kk", "ktp")))
    at = datetime(2026, 11, 24, tzinfo=UTC)
    assert starts(place, TUESDAY) == [
        Start("A", at, 2), Start("B", at, 1), Start("A", at + timedelta(minutes=15), 2)]


def test_retired_services_and_groups_without_counter_have_no_starts() -> None:
    place = office(
        ("08:00", "09:00"),
        services=(service("ktp", "A", 15), service("lama", "A", 60, active=False), service("kk", "B", 15)),
        counters=(counter(1, "lama", "ktp"),))
    found = starts(place, TUESDAY)
    assert {start.letter for start in found} == {"A"}
    assert len(found) == 4
    retired = office(("08:00", "09:00"), services=(service("lama", "A", 15, active=False),),
                     counters=(counter(1, "lama"),))
    assert starts(retired, TUESDAY) == []


def test_a_plan_is_the_same_for_the_same_starts_only() -> None:
    found = starts(office(("08:00", "12:00")), TUESDAY)
    assert plan(found) == plan(list(reversed(found)))
    assert len(plan(found)) == 64
    others = [
        [],
        found[1:],
        [Start("B", start.start, start.places) for start in found],
        [Start(start.letter, start.start, start.places + 1) for start in found],
        [Start(start.letter, start.start + timedelta(minutes=1), start.places) for start in found],
    ]
    assert len({plan(found), *map(plan, others)}) == 1 + len(others)


# -- whatever the hours ----------------------------------------------------------------------------------

ZONES = ("Asia/Makassar", "Europe/Berlin", "America/St_Johns", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia",
         "America/Santiago", "Asia/Kathmandu")
minutes_of_day = st.lists(st.integers(0, 24 * 60), min_size=2, max_size=8, unique=True).map(sorted)


def paired(edges: list[int]) -> list[Interval]:
    clocks = [f"{minute // 60:02}:{minute % 60:02}" for minute in edges]
    return list(zip(clocks[::2], clocks[1::2], strict=False))


@given(
    st.sampled_from(ZONES), st.dates(date(2026, 1, 1), date(2028, 12, 31)), minutes_of_day.map(paired),
    st.lists(st.integers(1, 240), min_size=1, max_size=3), st.lists(st.integers(0, 2), min_size=1, max_size=6),
)
def test_starts_lie_within_open_hours_and_fill_them(
    zone: str, day: date, hours: list[Interval], lengths: list[int], desks: list[int]
) -> None:
    services = tuple(service(f"s{n}", "ABC"[n], minutes) for n, minutes in enumerate(lengths))
    counters = tuple(counter(n, services[own % len(services)].slug) for n, own in enumerate(desks))
    place = office(*hours, zone=zone, services=services, counters=counters)
    opened, found = intervals(place, day), starts(place, day)
    assert all(opens < closes for opens, closes in opened)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(opened))
    assert all(moment.utcoffset() == timedelta(0) and place.today(moment) == day for moment, _ in opened)
    assert len({(start.letter, start.start) for start in found}) == len(found)
    for one in services:
        length = timedelta(minutes=one.minutes)
        own = [start for start in found if start.letter == one.letter]
        places = sum(desk.serves[0] == one.slug for desk in counters)
        assert {start.places for start in own} <= {places} - {0}
        assert all(any(opens <= start.start and start.start + length <= closes for opens, closes in opened)
                   for start in own)
        assert len(own) == (sum((closes - opens) // length for opens, closes in opened) if places else 0)


@given(st.sampled_from(ZONES), st.dates(date(2026, 1, 1), date(2028, 12, 31)))
def test_whole_days_follow_each_other_without_gap_or_overlap(zone: str, day: date) -> None:
    place = office(("00:00", "24:00"), zone=zone)
    assert intervals(place, day)[0][1] == intervals(place, day + timedelta(days=1))[0][0]

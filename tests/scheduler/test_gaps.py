"""Closures in the calendar: which starts and places they take, and which they leave as they were (pure)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler import calendar
from scheduler.offices import Counter, Gap, Office, Service, SpecialDay
from scheduler.rules import Rules

DAY = date(2026, 11, 24)
REASON = "Pelatihan"


def service(slug: str, letter: str, minutes: int) -> Service:
    return Service(1, slug, letter, {"id": slug, "en": slug}, slug, "required", minutes, {"id": [], "en": []}, None,
                   (slug,))


OFFICE = Office(
    1, "contoh", "Contoh", "Asia/Makassar", "000", None, "Jalan Contoh", Rules(60, 70), 1,
    (service("ktp", "A", 15), service("kk", "B", 20)),
    (Counter(1, "1", "Loket 1", ("ktp",)), Counter(2, "2", "Loket 2", ("ktp", "kk")),
     Counter(3, "3", "Loket 3", ("kk",))),
    dict.fromkeys(range(7), (("07:30", "12:00"), ("13:00", "16:00"))),
)


def closed(*gaps: Gap, office: Office = OFFICE, on: date = DAY) -> Office:
    return replace(office, closures={on: gaps})


def gap(since: str | None = None, until: str | None = None, counter: str | None = None) -> Gap:
    return Gap(1, since, until, counter, REASON)


def clocks(office: Office, letter: str = "A") -> list[str]:
    return [f"{office.local(one.start):%H:%M}" for one in calendar.starts(office, DAY) if one.letter == letter]


def test_a_whole_date_is_closed_and_the_next_is_not() -> None:
    office = closed(gap())
    assert calendar.starts(office, DAY) == calendar.intervals(office, DAY) == []
    assert calendar.starts(office, DAY + timedelta(days=1)) == calendar.starts(OFFICE, DAY + timedelta(days=1))


def test_hours_are_cut_and_the_starts_left_keep_their_times() -> None:
    office = closed(gap("09:10", "13:30"))
    assert [(f"{office.local(a):%H:%M}", f"{office.local(b):%H:%M}") for a, b in calendar.intervals(office, DAY)] == [
        ("07:30", "09:10"), ("13:30", "16:00")]
    assert set(clocks(office)) == {clock for clock in clocks(OFFICE) if clock < "09:00" or clock >= "13:30"}
    assert min(clock for clock in clocks(office, "B") if clock >= "12:00") == "13:40", "13:20 would reach into it"


def test_a_lost_counter_takes_a_place_of_its_own_group_while_it_is_lost() -> None:
    office = closed(gap("08:00", "09:00", "2"))
    places = {f"{office.local(one.start):%H:%M} {one.letter}": one.places for one in calendar.starts(office, DAY)}
    assert (places["07:30 A"], places["08:00 A"], places["08:45 A"], places["09:00 A"]) == (2, 1, 1, 2)
    assert places["08:10 B"] == 1


def test_the_last_counter_of_a_group_takes_its_starts_along() -> None:
    assert clocks(closed(gap(counter="3")), "B") == []
    assert clocks(closed(gap(counter="1"), gap(counter="2"))) == []
    assert clocks(closed(gap(counter="1"), gap("08:00", "09:00", "1"))) == clocks(OFFICE), "one counter is lost once"
    assert calendar.starts(closed(gap(counter="9")), DAY) == calendar.starts(OFFICE, DAY)


def test_the_reason_of_the_office_comes_before_that_of_a_counter_and_of_a_holiday() -> None:
    lost, whole = Gap(1, None, "09:00", "1", "Petugas sakit"), Gap(2, "09:00", None, None, "Listrik padam")
    holiday = {DAY: SpecialDay((("08:00", "10:00"),), "Ramadan", "file", False)}
    assert OFFICE.because(DAY) is None
    assert replace(OFFICE, special=holiday).because(DAY) == "Ramadan"
    assert replace(closed(lost), special=holiday).because(DAY) == "Petugas sakit"
    assert replace(closed(lost, whole), special=holiday).because(DAY) == "Listrik padam"


def test_which_closure_holds_at_a_moment() -> None:
    office = closed(gap("09:00", "10:00"), gap(counter="1"))
    nine = calendar.bounds(office, DAY, office.closures[DAY][0])[0]
    assert calendar.gap_at(office, nine) == gap("09:00", "10:00")
    assert calendar.gap_at(office, nine - timedelta(minutes=1)) is None
    assert calendar.gap_at(office, nine + timedelta(hours=1)) is None


CLOCK = st.integers(0, 24 * 4).map(lambda n: f"{n // 4:02}:{n % 4 * 15:02}")
GAP = st.builds(Gap, st.integers(1, 9), st.none() | CLOCK, st.none() | CLOCK, st.sampled_from([None, "1", "2", "3"]),
                st.just(REASON))


@settings(max_examples=25, deadline=None)
@given(gaps=st.lists(GAP, max_size=3), zone=st.sampled_from(["Asia/Makassar", "Europe/Berlin"]),
       pace=st.sampled_from([100, 80]))
def test_closures_only_ever_take_away_and_what_is_left_lies_outside_of_them(
    gaps: list[Gap], zone: str, pace: int,
) -> None:
    on = date(2027, 3, 28)  # in Berlin the clocks skip an hour
    before = replace(OFFICE, timezone=zone, rules=Rules(60, 70, pace_percent=pace),
                     hours=dict.fromkeys(range(7), (("00:00", "05:00"), ("13:00", "18:00"))))
    after = closed(*gaps, office=before, on=on)
    left = {(one.letter, one.start): one.places for one in calendar.starts(after, on)}
    opened = calendar.intervals(after, on)
    for one in calendar.starts(before, on):
        reaching = [gap for gap in gaps if calendar.reaches(after, on, gap, one.letter, one.start)]
        lost = len({gap.counter for gap in reaching})
        kept = max(one.places - lost, 0) if all(gap.counter for gap in reaching) else 0
        assert left.pop((one.letter, one.start), 0) == kept
        assert not kept or any(since <= one.start < until for since, until in opened)
    assert left == {}

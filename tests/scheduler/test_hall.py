"""The model of the hall: against exact recursions, closed formulas and the order of the real queue."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from statistics import NormalDist, fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.calendar import starts
from scheduler.hall import Arrival, Visit, expected_wait, replay, serving
from scheduler.offices import Counter, Gap, Office, Service
from scheduler.rules import Rules
from scheduler.shows import LATE_EDGES
from ticketing.order import Line, Station, Waiting

WEDNESDAY = date(2026, 11, 25)
ON_TIME = [0, 0, 0, 1, *[0] * (len(LATE_EDGES) - 3)]  # all within five minutes after the start


def service(letter: str, minutes: int, *, active: bool = True) -> Service:
    return Service(1, letter.lower(), letter, {}, "", "required", minutes, {}, None, (), active)


def office(*counters: str, minutes: int = 15) -> Office:
    """Open from 08:00 to 12:00 and from 13:00 to 16:00; a counter is the letters it serves."""
    return Office(
        7, "contoh", "Contoh", "Asia/Makassar", "000", None, "Jalan Contoh", Rules(60, 70), 1,
        tuple(service(letter, minutes) for letter in "ABC"),
        tuple(Counter(n, f"loket-{n}", "", tuple(serves.lower())) for n, serves in enumerate(counters)),
        dict.fromkeys(range(7), (("08:00", "12:00"), ("13:00", "16:00"))))


def walk_in(at: float, minutes: float, letter: str = "A") -> Arrival:
    return Arrival(at, at, letter, minutes)


# -- who waits how long ------------------------------------------------------------------------------------


def test_nobody_waits_at_a_free_counter_and_the_next_until_it_is() -> None:
    assert replay([walk_in(0, 10), walk_in(4, 10), walk_in(30, 10)], ["A"]) == [0, 6, 0]
    assert replay([walk_in(0, 10), walk_in(4, 10)], ["A", "A"]) == [0, 0]
    assert replay([], ["A"]) == []


def test_waits_are_told_in_the_order_asked() -> None:
    assert replay([walk_in(4, 10), walk_in(30, 10), walk_in(0, 10)], ["A"]) == [6, 0, 0]


def test_who_is_called_before_the_booked_time_did_not_wait() -> None:
    assert replay([Arrival(0, 20, "A", 30), Arrival(10, 25, "A", 5)], ["A"]) == [0, 5]


def test_the_moment_that_counts_is_the_start_or_the_arrival_of_who_is_late_or_unbooked() -> None:
    busy = walk_in(0, 60)
    early, unbooked, late = Arrival(50, 40, "A", 1), walk_in(45, 1), Arrival(46, 10, "A", 1)
    assert replay([busy, early, unbooked, late], ["A"], late_minutes=30) == [0, 10, 60 + 1 - 45, 60 + 2 - 46]
    assert replay([busy, early, unbooked, late], ["A"], late_minutes=40) == [0, 11, 60 + 2 - 45, 60 - 46]


def test_priority_is_called_first_and_interrupts_nobody() -> None:
    assert replay([walk_in(0, 10), walk_in(1, 10), Arrival(5, 5, "A", 10, priority=True)], ["A"]) == [0, 19, 5]


def test_a_counter_serves_its_own_group_first_and_helps_when_that_is_empty() -> None:
    people = [walk_in(0, 10, "C"), walk_in(1, 10, "B"), walk_in(2, 10, "C"), walk_in(3, 10, "B")]
    assert replay(people, ["CB"]) == [0, 19, 8, 27]
    assert replay(people, ["CB", "B"]) == [0, 0, 8, 8]
    assert replay([walk_in(0, 10, "C"), walk_in(1, 5, "B"), walk_in(2, 5, "A")], ["CAB"]) == [0, 9, 13]


def test_who_comes_goes_to_a_free_counter_of_the_own_group_first() -> None:
    assert replay([walk_in(0, 10, "B"), walk_in(1, 10, "C")], ["CB", "B"]) == [0, 0]


def test_those_who_come_in_the_same_moment_are_called_by_turn() -> None:
    doors_open = [Arrival(0, 30, "A", 10), Arrival(0, 0, "A", 10), Arrival(0, 15, "A", 10, priority=True)]
    assert replay(doors_open, ["A"]) == [0, 10, 0]


def test_a_group_nobody_serves_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="nobody serves B"):
        replay([walk_in(0, 1, "B")], ["A"])


# -- the replay is right -----------------------------------------------------------------------------------

gaps_and_services = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 60)), max_size=60)


@given(gaps_and_services, st.integers(1, 5))
def test_waits_are_those_of_the_recursion_of_kiefer_and_wolfowitz(visits: list[tuple[int, int]], count: int) -> None:
    """`w` is how long from an arrival on each counter is still busy (Trans. Amer. Math. Soc. 78, 1955)."""
    waits, busy = [], [0] * count
    for gap, length in visits:
        busy = sorted(max(left - gap, 0) for left in busy)
        waits.append(busy[0])
        busy[0] += length
    moments = accumulate(gap for gap, _ in visits)
    people = [walk_in(at, length) for at, (_, length) in zip(moments, visits, strict=True)]
    assert replay(people, ["A"] * count) == waits


@given(st.lists(st.tuples(st.integers(1, 90), st.integers(0, 120), st.booleans()), max_size=30), st.integers(0, 60),
       st.integers(1, 4))
def test_the_hall_calls_in_the_order_of_the_real_queue(
    people: list[tuple[int, int, bool]], grace: int, in_a_row: int
) -> None:
    begin = datetime(2026, 11, 25, tzinfo=UTC)
    station, line = Station(1, frozenset({0}), queues=frozenset("A")), Line([
        Waiting(n, begin + timedelta(minutes=due), begin + timedelta(minutes=at), "elderly" if first else None)
        for n, (at, due, first) in enumerate(people)], [], late_minutes=grace, in_a_row=in_a_row)
    queue = []
    while visit := line.next_at(station):
        queue.append(visit)
        line.call(station, visit)
    waits = replay(
        [walk_in(0, 1000), *[Arrival(at, due, "A", 1000, first) for at, due, first in people]], ["A"], grace,
        in_a_row=in_a_row)[1:]
    called = [max(at, due) + wait for (at, due, _), wait in zip(people, waits, strict=True)]
    assert sorted(range(len(people)), key=called.__getitem__) == [waiting.id for waiting in queue]


def poisson(chance: random.Random, count: int, busy: float, mean: float = 10.0) -> list[tuple[float, float]]:
    """So many arrivals of a Poisson process that keeps so many counters busy, and exponential services."""
    moments = accumulate(chance.expovariate(busy / mean) for _ in range(count))
    return [(at, chance.expovariate(1 / mean)) for at in moments]


@pytest.mark.parametrize(("count", "busy"), [(1, 0.6), (3, 2.1), (6, 4.2)])
def test_a_steady_hall_waits_as_long_as_erlang_says(count: int, busy: float) -> None:
    """Erlang C: the chance to wait, times the mean service over the counters to spare."""
    idle = busy**count / math.factorial(count) / (1 - busy / count)
    must_wait = idle / (sum(busy**n / math.factorial(n) for n in range(count)) + idle)
    waits = replay([walk_in(*visit) for visit in poisson(random.Random(1917), 40_000, busy)], ["A"] * count)
    assert fmean(waits) == pytest.approx(must_wait * 10 / (count - busy), rel=0.08)
    assert sum(wait > 0 for wait in waits) / len(waits) == pytest.approx(must_wait, rel=0.04)


def test_a_steady_hall_with_priority_waits_as_long_as_cobham_says() -> None:
    """Priority without interruption: W0 / (1 - r1), then W0 / (1 - r1) / (1 - r) (Operations Research 2, 1954)."""
    chance = random.Random(1954)
    people = [Arrival(at, at, "A", minutes, chance.random() < 0.3) for at, minutes in poisson(chance, 40_000, 0.7)]
    waits = replay(people, ["A"])
    first, others = 0.7 * 10 / (1 - 0.21), 0.7 * 10 / (1 - 0.21) / (1 - 0.7)
    by_priority = [[wait for wait, person in zip(waits, people, strict=True) if person.priority is is_first]
                   for is_first in (True, False)]
    assert [fmean(group) for group in by_priority] == [pytest.approx(first, rel=0.08), pytest.approx(others, rel=0.08)]


# -- a day ahead -------------------------------------------------------------------------------------------


def visits(place: Office, per_start: int = 0, **more: float) -> list[Visit]:
    """A full day, or so many at each start."""
    return [Visit(start.start, start.letter, 15, **more)  # type: ignore[arg-type]
            for start in starts(place, WEDNESDAY) for _ in range(per_start or start.places)]


def test_the_same_day_always_has_the_same_expected_wait() -> None:
    place = office("A", "A")
    assert expected_wait(place, WEDNESDAY, visits(place)) == expected_wait(place, WEDNESDAY, visits(place)) > 0
    assert expected_wait(place, WEDNESDAY, []) == 0


def test_fewer_who_come_and_a_slower_pace_make_the_wait_shorter() -> None:
    place = office("A", "A", "A")
    slower = replace(place, rules=Rules(60, 70, pace_percent=70))
    full, absent, paced = (expected_wait(place, WEDNESDAY, visits(place)),
                           expected_wait(place, WEDNESDAY, visits(place, chance=0.7)),
                           expected_wait(slower, WEDNESDAY, visits(slower)))
    assert full > 2 * absent > 0
    assert full > 2 * paced > 0


def test_walk_ins_wait_and_make_others_wait() -> None:
    place = office("A", "A")
    booked = visits(place, chance=0.5)
    crowd = [0.0] * 8 + [10.0, 10.0] + [0.0] * 14
    assert expected_wait(place, WEDNESDAY, booked, walk_ins=crowd) > 3 * expected_wait(place, WEDNESDAY, booked)
    assert expected_wait(place, WEDNESDAY, [], walk_ins=crowd) > 0


def test_who_comes_together_takes_as_long_as_so_many() -> None:
    place = office("A")
    alone = [visit for visit in visits(place) if visit.start.minute % 30 == 0]
    together = [visit._replace(people=2) for visit in alone]
    assert expected_wait(place, WEDNESDAY, together) > 2 * expected_wait(place, WEDNESDAY, alone)


def test_lateness_is_as_it_was_learnt() -> None:
    place = office("A")
    booked = visits(place)
    late = [0] * len(LATE_EDGES) + [1]
    on_time = expected_wait(place, WEDNESDAY, booked, late=ON_TIME)
    assert expected_wait(place, WEDNESDAY, booked, late=[0] * len(ON_TIME)) == expected_wait(place, WEDNESDAY, booked)
    assert expected_wait(place, WEDNESDAY, booked, late=late) != on_time
    alone = [Visit(start, "A", 1) for start in {visit.start for visit in booked}]
    assert expected_wait(place, WEDNESDAY, alone, late=ON_TIME) < 0.1  # a minute each, and a quarter of an hour between


def test_doors_are_closed_outside_of_hours() -> None:
    """All come an hour and more late, so those of the hour before noon wait from one o'clock on, all at once."""
    place = office("A")
    eleven = [visit for visit in visits(place) if place.local(visit.start).hour == 11]
    late = [0] * len(LATE_EDGES) + [1]
    assert expected_wait(place, WEDNESDAY, eleven, late=late) > 15  # 0 + 15 + 30 + 45, some of it in hours


def test_service_times_have_the_services_mean_and_half_of_it_as_spread() -> None:
    """The second waits for what is left of the first, as far as there is any: of log-normal times, in closed form."""
    place = office("A")
    first = Visit(starts(place, WEDNESDAY)[0].start, "A", 60)
    at_once, later = [first, first], [first, first._replace(start=first.start + timedelta(hours=1))]
    waits = [2 * expected_wait(place, WEDNESDAY, booked, late=ON_TIME, replays=2_000) for booked in (at_once, later)]
    beyond_the_mean = 60 * (2 * NormalDist().cdf(math.sqrt(math.log(1.25)) / 2) - 1)
    assert waits == [pytest.approx(60 - 5 / 3, rel=0.04), pytest.approx(beyond_the_mean, rel=0.1)]


def test_counters_may_be_other_than_the_offices() -> None:
    place = office("A", "A")
    booked = visits(place)
    assert expected_wait(place, WEDNESDAY, booked, counters=["A"]) > 5 * expected_wait(place, WEDNESDAY, booked)


def closed(place: Office, *gaps: tuple[str | None, str | None, str]) -> Office:
    return replace(place, closures={WEDNESDAY: tuple(Gap(n, *gap, "") for n, gap in enumerate(gaps))})


def test_a_counter_closed_on_that_date_calls_nobody() -> None:
    place = office("A", "A")
    booked = visits(place)
    alone = expected_wait(place, WEDNESDAY, booked, counters=["A"])
    for gaps in ([(None, None, "loket-1")], [("07:00", "12:00", "loket-1"), ("12:30", None, "loket-1")]):
        assert expected_wait(closed(place, *gaps), WEDNESDAY, booked) == alone
        other = {WEDNESDAY + timedelta(days=1): closed(place, *gaps).closures[WEDNESDAY]}
        assert expected_wait(replace(place, closures=other), WEDNESDAY, booked) < alone


def test_a_counter_closed_for_a_part_of_the_date_calls_nobody_then() -> None:
    place = office("A", "A")
    booked = visits(place)
    waits = [expected_wait(one, WEDNESDAY, booked) for one in (
        place, closed(place, ("10:00", "10:30", "loket-0")), closed(place, ("10:00", "12:00", "loket-0")),
        closed(place, ("10:00", None, "loket-0")), closed(place, (None, None, "loket-0")))]
    assert waits == sorted(waits)
    assert len(set(waits)) == len(waits)


def test_nobody_comes_for_what_no_counter_serves_on_that_date() -> None:
    place = closed(office("A", "B"), (None, None, "loket-1"))
    assert expected_wait(place, WEDNESDAY, [], walk_ins=[0.0] * 9 + [30.0]) > 0


def test_a_counter_that_is_shut_ends_what_it_has_begun_and_calls_who_waits_when_it_opens() -> None:
    people = [walk_in(0, 10), walk_in(6, 10), walk_in(7, 1), walk_in(60, 1)]
    assert replay(people, ["A"], shut=[[(5, 30)]]) == [0, 24, 33, 0]
    assert replay(people[1:3], ["A"], shut=[[(5, 30), (20, 40)]]) == [34, 43]
    assert replay(people[1:], ["A", "A"], shut=[[(5, 30)], []]) == [0, 9, 0]


def test_what_a_counter_serves_is_read_from_the_office() -> None:
    place = office("AB", "CBA", "B")
    assert serving(place) == [["A", "B"], ["C", "B", "A"], ["B"]]
    retired = replace(place, services=(service("A", 15), service("B", 15, active=False), service("C", 15)))
    assert serving(retired) == [["A"], ["C", "A"]]

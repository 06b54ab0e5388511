"""Where people go whose place was closed: nearest, in order, never more than there is room for."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.placing import Free, Leaving, Room, plan

DAY = datetime(2026, 11, 25, tzinfo=UTC)
TOP = 8  # left of a day


def at(day: int, hour: float) -> datetime:
    return DAY + timedelta(days=day, hours=hour)


def leaving(hour: float, *, day: int = 0, party: int = 1, letter: str = "A") -> Leaving:
    return Leaving(letter, at(day, hour), day, party)


def free(day: int, hour: float, places: int = 1, letter: str = "A") -> Free:
    return Free(letter, at(day, hour), day, places)


def goes(who: Leaving, *starts: Free, left: dict[int, int] | None = None) -> Free | None:
    return Room(starts, dict.fromkeys(range(-9, 9), TOP) | (left or {})).nearest(who)


def test_later_on_the_same_day_comes_first_however_near_others_are() -> None:
    assert goes(leaving(8), free(0, 15), free(0, 7), free(-1, 16), free(1, 0)) == free(0, 15)
    assert goes(leaving(8), free(0, 15), free(0, 12)) == free(0, 12)


def test_else_the_nearest_in_time_and_of_two_as_near_the_later() -> None:
    assert goes(leaving(8), free(-1, 8), free(1, 8)) == free(1, 8)
    assert goes(leaving(8), free(-1, 9), free(1, 8)) == free(-1, 9)
    assert goes(leaving(15), free(0, 9), free(1, 8)) == free(0, 9)


def test_a_family_needs_a_start_and_a_day_with_room_for_all_of_it() -> None:
    assert goes(leaving(8, party=3), free(1, 8, 2), free(2, 8, 3)) == free(2, 8, 3)
    assert goes(leaving(8, party=3), free(1, 8, 3), free(2, 8, 3), left={1: 2}) == free(2, 8, 3)
    assert goes(leaving(8, party=3), free(1, 8, 2)) is None


def test_on_the_own_day_no_more_of_the_day_is_needed() -> None:
    assert goes(leaving(8), free(0, 9), left={0: 0}) == free(0, 9)


def test_another_group_is_no_help() -> None:
    assert goes(leaving(8), free(1, 8, letter="B")) is None


def test_who_comes_first_gets_the_nearest() -> None:
    room = Room([free(1, 8), free(2, 8)], {1: TOP, 2: TOP})
    assert plan([leaving(8), leaving(8), leaving(8)], room) == [free(1, 8), free(2, 8), None]


PEOPLE = st.lists(st.builds(Leaving, st.sampled_from("AB"), st.integers(8, 15).map(lambda hour: at(0, hour)),
                            st.just(0), st.integers(1, 3)), max_size=30)
STARTS = st.lists(st.builds(free, st.integers(-1, 3), st.integers(8, 15), st.integers(1, 3), st.sampled_from("AB")),
                  unique_by=lambda one: (one.letter, one.start), max_size=30)


@given(people=PEOPLE, starts=STARTS, left=st.fixed_dictionaries({day: st.integers(0, TOP) for day in range(-1, 4)}))
def test_nobody_is_put_where_there_is_no_room_nor_left_out_while_there_is(
    people: list[Leaving], starts: list[Free], left: dict[int, int],
) -> None:
    room = Room(starts, left)
    where = plan(people, room)
    placed = [(who, to) for who, to in zip(people, where, strict=True) if to is not None]
    by_start, by_day = Counter[tuple[str, datetime]](), Counter[int]()
    for who, to in placed:
        assert who.letter == to.letter
        assert who.start != to.start
        by_start[to.letter, to.start] += who.party
        by_day[to.day_id] += who.party if to.day_id != who.day_id else 0
    assert all(by_start[one.letter, one.start] <= one.places for one in starts)
    assert all(people <= left[day] for day, people in by_day.items())
    assert all(room.nearest(who) is None for who, to in zip(people, where, strict=True) if to is None)

"""Who in line gets which free place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.line import Free, Need, match

DAY = date(2026, 11, 25)


def need(n: int, first: int = 0, last: int = 9, party: int = 1, letter: str = "A") -> Need:
    return Need(n, letter, DAY + timedelta(days=first), DAY + timedelta(days=last), party)


def free(slot: int, day: int = 0, left: int = 1, letter: str = "A") -> Free:
    start = datetime(2026, 11, 25, 0, slot, tzinfo=UTC) + timedelta(days=day)
    return Free(slot, day, DAY + timedelta(days=day), start, letter, left)


def pairs(*arguments: object, most: int = 20) -> list[tuple[int, int]]:
    return [(one.need.id, one.free.slot_id) for one in match(*arguments, most)]  # type: ignore[arg-type]


def test_the_first_whom_it_fits_gets_the_earliest_that_fits() -> None:
    line = [need(1, party=3), need(2, first=1), need(3, letter="B"), need(4)]
    starts = [free(1, left=2), free(2, left=2), free(3, day=1), free(4, day=1, letter="B")]
    assert pairs(line, starts, {0: 4, 1: 2}) == [(2, 3), (3, 4), (4, 1)], "three who come together fit nowhere"


def test_a_day_gives_no_more_than_it_has() -> None:
    assert pairs([need(1), need(2)], [free(1), free(2), free(3, day=1)], {0: 1, 1: 1}) == [(1, 1), (2, 3)]
    assert pairs([need(1), need(2)], [free(1), free(2)], {0: 1}) == [(1, 1)]


def test_so_many_at_once() -> None:
    assert pairs([need(1), need(2)], [free(1, left=2)], {0: 2}, most=1) == [(1, 1)]


lines = st.lists(st.builds(need, st.integers(1, 10**6), st.integers(0, 2), st.integers(2, 4), st.integers(1, 4),
                           st.sampled_from("AB")), max_size=12, unique_by=lambda one: one.id)
starts_of = st.lists(st.builds(free, st.integers(0, 59), st.integers(0, 4), st.integers(0, 4), st.sampled_from("AB")),
                     max_size=12, unique_by=lambda one: one.slot_id)


@given(line=lines, starts=starts_of, left=st.lists(st.integers(0, 5), min_size=5, max_size=5))
def test_nothing_is_given_twice_and_nobody_whom_something_fits_is_passed_over(
        line: list[Need], starts: list[Free], left: list[int]) -> None:
    starts.sort(key=lambda one: (one.start, one.slot_id))
    found = match(line, starts, dict(enumerate(left)), 20)
    used: dict[int, int] = {}
    by_day: dict[int, int] = {}
    for one in found:
        assert one.free.letter == one.need.letter
        assert one.need.first <= one.free.date <= one.need.last
        used[one.free.slot_id] = used.get(one.free.slot_id, 0) + one.need.party
        by_day[one.free.day_id] = by_day.get(one.free.day_id, 0) + one.need.party
    assert all(used[start.slot_id] <= start.left for start in starts if start.slot_id in used)
    assert all(by_day[day] <= left[day] for day in by_day)
    served = {one.need.id for one in found}
    for missed in (one for one in line if one.id not in served):
        before = [one for one in found if line.index(one.need) < line.index(missed)]
        for start in starts:
            room = min(start.left - sum(one.need.party for one in before if one.free == start),
                       left[start.day_id] - sum(one.need.party for one in before if one.free.day_id == start.day_id))
            assert (start.letter != missed.letter or not missed.first <= start.date <= missed.last
                    or room < missed.party), "it would have fitted in their turn"

"""Who is next, and a visitor's place in the queue."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices
from tests.conftest import NOW
from tests.ticketing.door import Door, at
from ticketing import calling, queue
from ticketing.codes import Mint
from ticketing.order import Line, Station, Waiting

minutes = st.integers(0, 300).map(lambda n: NOW + timedelta(minutes=n))
hall = st.lists(st.builds(Waiting, st.integers(1, 10_000), minutes, minutes, st.sampled_from([None, "elderly"])),
                unique_by=lambda visit: visit.id, max_size=12)


@pytest.fixture
def door(database: Database, balikpapan: Office, offices: Offices, vault: Vault, mint: Mint) -> Door:
    return Door(database, balikpapan, offices, vault, mint)


def in_order(waiting: list[Waiting], late_minutes: int, in_a_row: int = 2) -> list[Waiting]:
    """The order in which one counter calls them."""
    line, station = Line(waiting, [], late_minutes=late_minutes, in_a_row=in_a_row), Station(
        1, frozenset({0}), queues=frozenset("A"))
    called = []
    while visit := line.next_at(station):
        called.append(visit)
        line.call(station, visit)
    return called


def test_by_slot_and_not_by_arrival_priority_first_and_the_late_behind() -> None:
    first = Waiting(1, at("09:00"), at("08:59"), None)
    hasty = Waiting(2, at("09:15"), at("08:45"), None)   # came first, booked later
    late = Waiting(3, at("08:00"), at("09:10"), None)    # counts from its arrival
    walk_in = Waiting(4, at("09:12"), at("09:12"), None)
    elderly = Waiting(5, at("09:30"), at("09:20"), "elderly")
    assert [v.id for v in in_order([walk_in, late, hasty, elderly, first], 30)] == [5, 1, 3, 4, 2]


@given(hall, st.randoms())
def test_the_order_is_one_however_the_rows_come(waiting: list[Waiting], chance: object) -> None:
    shuffled = list(waiting)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert in_order(shuffled, 30) == in_order(waiting, 30)
    assert sorted(v.id for v in in_order(waiting, 30)) == sorted(v.id for v in waiting)


@given(hall, minutes, minutes)
def test_nobody_gains_by_coming_late(waiting: list[Waiting], due: object, arrived: object) -> None:
    early, late = Waiting(0, due, min(due, arrived), None), Waiting(0, due, max(due, arrived), None)  # type: ignore
    assert in_order([*waiting, early], 30).index(early) <= in_order([*waiting, late], 30).index(late)


def test_a_visitors_place_is_known_while_they_wait(door: Door) -> None:
    first, second, third = (door.book(n, at("10:00") + timedelta(minutes=15 * n)) for n in range(3))
    with door.database.read() as connection:
        assert queue.place_of(connection, door.office, first, at("09:00")) is None
    for booked in (third, second, first):
        door.scan(booked.token, at("10:00"))
    other = next(letter for letter in door.office.letters if letter != "A")
    door.walk_in(at("08:30"), service=door.office.letters[other][0].slug, priority="elderly")
    with door.database.read() as connection:
        places = [queue.place_of(connection, door.office, booked, at("10:01")) for booked in (first, second, third)]
        assert [(place.number, place.before) for place in places if place] == [
            ("A-003", 0), ("A-002", 1), ("A-001", 2)]
        assert queue.place_of(connection, door.office, first, at("10:01", 1)) is None
    called = door.database.write(lambda c: calling.call_next(c, door.office, "loket-1", now=at("10:02"), staff_id=1))
    assert called is not None
    with door.database.read() as connection:
        assert queue.place_of(connection, door.office, first, at("10:02")) == queue.Place(
            "A-003", 0, "called", "loket-1")
        place = queue.place_of(connection, door.office, second, at("10:02"))
        assert place is not None
        assert (place.number, place.before, place.state) == ("A-002", 0, "waiting")

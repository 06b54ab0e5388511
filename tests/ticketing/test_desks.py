"""Counters that fall silent, are left or taken over: the person at them is never stuck."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import journal
from scheduler.offices import Office
from tests.conftest import NOW
from tests.threads import all_at_once
from tests.ticketing.door import CLERK, at
from tests.ticketing.floor import Floor
from ticketing import desks, seats
from ticketing.hall_tables import desks as desk_rows
from ticketing.hall_tables import servings


@pytest.fixture
def floor(database: Any, balikpapan: Office, offices: Any, vault: Any, mint: Any) -> Floor:
    floor = Floor(database, balikpapan, offices, vault, mint)
    floor.now = at("09:00")
    floor.walk_in(at("08:30"))
    floor.walk_in(at("08:31"))
    return floor


def free(floor: Floor, now: Any) -> None:
    desks.free_silent(floor.database, floor.offices, now)


def freed(floor: Floor) -> list[Any]:
    with floor.database.read() as connection:
        return list(connection.scalars(sa.select(journal.c.data).where(journal.c.kind == "freed")))


@pytest.mark.parametrize("begun", [False, True])
def test_a_silent_counter_gives_its_person_back_with_their_turn(floor: Floor, begun: bool) -> None:
    floor.act("sit", "loket-1")
    floor.next()
    if begun:
        floor.act("start", "loket-1")
    assert floor.act("seen", "loket-1", now=at("09:02")) is True
    free(floor, at("09:05"))
    assert floor.there() is not None, "three minutes are not over"
    late = at("09:05") + timedelta(seconds=1)
    for answer in all_at_once(*[lambda: free(floor, late)] * 3):
        assert answer is None
    assert floor.there() is None
    assert freed(floor) == [{"counter": "loket-1"}], "by several workers at once, once"
    assert floor.rows(desk_rows) == []
    assert floor.rows(servings)[0]["outcome"] == "freed"
    assert floor.next("loket-2", late) == "A-001", "before the one who came later"


def test_acts_keep_a_desk_awake(floor: Floor) -> None:
    floor.act("sit", "loket-1")
    floor.next(now=at("09:10"))
    free(floor, at("09:12"))
    assert floor.there() is not None


def test_a_program_that_says_nothing_more_gives_back_whom_it_called_but_not_whom_it_serves(floor: Floor) -> None:
    floor.next("loket-1")
    floor.next("loket-2")
    floor.act("start", "loket-2")
    free(floor, at("09:30"))
    assert floor.there("loket-1") is not None
    free(floor, at("09:31"))
    assert floor.there("loket-1") is None
    assert floor.there("loket-2") is not None
    free(floor, at("07:31", 1))
    assert floor.there("loket-2") is None, "overnight nobody stays"
    assert floor.state("A-002") == "done"


def test_a_program_that_calls_in_a_clerk_s_name_seats_them_nowhere(floor: Floor) -> None:
    floor.next()
    with floor.database.read() as connection:
        assert seats.own_counter(connection, floor.office, CLERK) is None
        assert seats.seats_of(connection, floor.office)[0].number == "A-001"
    floor.act("finish", "loket-1")
    with floor.database.read() as connection:
        assert seats.seats_of(connection, floor.office)[0].staff_id is None, "free again"
    floor.act("sit", "loket-2")
    with floor.database.read() as connection:
        own = seats.own_counter(connection, floor.office, CLERK)
    assert own is not None
    assert own.slug == "loket-2"


def test_who_was_sent_to_a_counter_that_falls_silent_waits_for_any(floor: Floor) -> None:
    floor.act("sit", "loket-2")
    floor.next()
    floor.act("transfer", "loket-1", to="loket-2")
    assert floor.next() == "A-002"
    free(floor, at("09:04"))
    assert floor.next() == "A-001"


def test_leaving_finishes_whom_one_serves_and_gives_back_whom_one_called(floor: Floor) -> None:
    floor.act("sit", "loket-1")
    floor.next()
    floor.act("start", "loket-1")
    floor.act("leave", "loket-1")
    assert floor.state("A-001") == "done"
    floor.act("sit", "loket-1")
    floor.next()
    floor.act("leave", "loket-1")
    assert (floor.state("A-002"), floor.there(), floor.rows(desk_rows)) == ("waiting", None, [])


def test_who_takes_a_desk_over_has_it(floor: Floor) -> None:
    floor.act("sit", "loket-1")
    floor.next()
    other = floor.database.write(lambda c: desks.sit(c, floor.office, "loket-1", now=floor.now, staff_id=CLERK + 1))
    assert other is None
    assert floor.act("seen", "loket-1") is False
    floor.act("leave", "loket-1")
    assert floor.there() is not None, "it is another's"
    with pytest.raises(Refusal, match="nothing_to_undo"):
        floor.act("undo", "loket-1")
    with pytest.raises(Refusal, match="unknown_counter"):
        floor.act("sit", "loket-9")


def test_the_timetable_does_it(antre: Any, balikpapan: Office, clock: Any) -> None:
    floor = Floor(antre.database, balikpapan, antre.offices, antre.vault, antre.mint)
    floor.now = NOW
    floor.walk_in(NOW)
    floor.act("sit", "loket-1")
    floor.next()
    clock.advance(timedelta(minutes=4))
    antre.timetable.run_due()
    assert floor.there() is None

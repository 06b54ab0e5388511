"""Counters at the same moment, in processes of their own, on both databases: nobody is called twice.

The race is first shown to be real: read who is next, then write, without the hall's lock and the wanted state.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import closing, suppress
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Offices
from tests.processes import context, meet, together
from tests.threads import all_at_once
from tests.ticketing.door import at
from tests.ticketing.floor import Floor
from ticketing import calling, desks
from ticketing.hall_tables import servings
from ticketing.tables import visits

CALLS = 8  # of each counter
COUNTERS = ("loket-1", "loket-2", "loket-3")
SEATS = 30


@pytest.fixture
def floor(database: Any, balikpapan: Office, offices: Any, vault: Any, mint: Any) -> Floor:
    floor = Floor(database, balikpapan, offices, vault, mint)
    floor.now = at("09:00")
    floor.make_room()
    return floor


def come(floor: Floor, people: int) -> None:
    for n in range(people):
        floor.walk_in(at("08:00") + timedelta(minutes=n))


def test_the_race_for_who_is_next_is_real(floor: Floor) -> None:
    come(floor, 2)
    both_have_read = threading.Barrier(2)
    first = sa.select(visits.c.id).where(visits.c.state == "waiting").order_by(visits.c.due).limit(1)

    def unguarded(counter: int) -> int:
        with floor.database.engine.connect() as reading:
            found: int = reading.execute(first).scalar_one()
        both_have_read.wait()
        with floor.database.engine.begin() as writing:
            writing.execute(sa.update(visits).where(visits.c.id == found).values(state="called", counter_id=counter))
        return found

    ids = [one.id for one in floor.office.counters[:2]]
    called = all_at_once(*[lambda n=n: unguarded(n) for n in ids])
    assert len(set(called)) == 1, "two counters got one person"


def test_a_caller_who_skips_the_lock_meets_the_schema(floor: Floor) -> None:
    come(floor, 2)
    floor.next()
    wrong = sa.update(visits).where(visits.c.number == 2).values(
        state="called", counter_id=floor.office.counters[0].id)
    with pytest.raises(IntegrityError), floor.database.engine.begin() as connection:
        connection.execute(wrong)
    again = floor.rows(servings)[0] | {"id": None, "call": 9}
    del again["id"]
    with pytest.raises(IntegrityError), floor.database.engine.begin() as connection:
        connection.execute(servings.insert(), again)


def work(url: str, counter: str, calls: int) -> list[str]:
    """One counter's process: whom it called."""
    with closing(Database(url, connections=1, durable=False)) as database:
        with database.read() as connection:
            office = Offices().get(connection, "balikpapan")
        meet()
        called = []
        for n in range(calls):
            now = at("09:00") + timedelta(seconds=n)
            one = database.write(lambda c, now=now: calling.call_next(c, office, counter, now=now, staff_id=1))
            called += [one.number] if one else []
            if n % 3 == 2:
                with suppress(Refusal):
                    database.write(lambda c, now=now: calling.undo(c, office, counter, now=now, staff_id=1))
                    called.pop()
        return called


def test_processes_at_once_never_call_one_person_twice(floor: Floor, database_url: str) -> None:
    come(floor, SEATS)
    answers = together(work, [(database_url, counter, CALLS) for counter in COUNTERS])
    every = floor.rows(visits)
    done = [row["number"] for row in every if row["state"] == "done"]
    there = [row["counter_id"] for row in every if row["state"] == "called"]
    told = [number for answer in answers for number in answer]
    assert len(set(told)) == len(told), "nobody was called by two"
    assert {f"A-{number:03}" for number in done} <= set(told)
    assert len(set(there)) == len(there)
    stays = floor.rows(servings)
    assert len({row["call"] for row in stays}) == len(stays) == len(done) + len(there)
    assert {row["visit_id"] for row in stays if row["ended_at"] is None} == {
        row["id"] for row in every if row["state"] == "called"}


def hang(url: str, ready: Any) -> None:
    """A process that dies in the middle of a call: the call is made and not committed."""
    with closing(Database(url, connections=1, durable=False)) as database:
        with database.read() as connection:
            office = Offices().get(connection, "balikpapan")

        def half(connection: sa.Connection) -> None:
            calling.call_next(connection, office, "loket-1", now=at("09:00"), staff_id=1)
            ready.set()
            time.sleep(120)

        database.write(half)


def test_a_process_killed_in_the_middle_leaves_nobody_stuck(floor: Floor, database_url: str) -> None:
    come(floor, 2)
    floor.act("sit", "loket-2")
    assert floor.next("loket-2") == "A-001"
    ready = context.Event()
    process = context.Process(target=hang, args=(database_url, ready))
    process.start()
    assert ready.wait(60)
    os.kill(process.pid, signal.SIGKILL)
    process.join(30)
    assert floor.next("loket-3") == "A-002", "what was not committed never was"
    desks.free_silent(floor.database, floor.offices, at("09:04"))
    assert floor.next("loket-3", at("09:05")) == "A-001", "and the silent counter's person is called by another"

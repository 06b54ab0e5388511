"""Scans and walk-ins at the same moment, in real threads, on both databases.

Each race is first shown to be real: the same work without its guard goes wrong.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from scheduler import bookings
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices
from scheduler.tables import bookings as booking_rows
from scheduler.tables import days
from tests.conftest import NOW
from tests.ticketing.door import Door, at
from ticketing import numbers
from ticketing.codes import Mint
from ticketing.tables import numberings, scans, visits

T = TypeVar("T")
THREADS = 8


@pytest.fixture
def door(database: Database, balikpapan: Office, offices: Offices, vault: Vault, mint: Mint) -> Door:
    return Door(database, balikpapan, offices, vault, mint)


def together(work: Callable[[int], T], count: int = THREADS) -> list[T]:
    """`work(n)` in `count` threads that begin at one moment."""
    gate = threading.Barrier(count)

    def one(n: int) -> T:
        gate.wait()
        return work(n)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def stored(database: Database, column: Any) -> list[Any]:
    with database.read() as connection:
        return list(connection.scalars(sa.select(column)))


def test_the_race_for_numbers_is_real(database: Database) -> None:
    """Read the last number, then write the next: what two clerks at once did before there was a guard."""
    key = {"office_id": 1, "date": NOW.date(), "letter": "A"}
    with database.engine.begin() as connection:
        connection.execute(numberings.insert(), {**key, "last": 0})
    both_have_read = threading.Barrier(2)

    def unguarded(_n: int) -> int:
        with database.engine.connect() as reading:
            last = reading.execute(sa.select(numberings.c.last)).scalar_one()
        both_have_read.wait()
        with database.engine.begin() as writing:
            writing.execute(sa.update(numberings).values(last=last + 1))
        return int(last) + 1

    assert together(unguarded, 2) == [1, 1]


def test_numbers_taken_at_once_are_all_different_without_a_gap(database: Database) -> None:
    def guarded(_n: int) -> list[int]:
        return [database.write(lambda c: numbers.take(c, 1, NOW.date(), "A")) for _ in range(10)]

    assert sorted(n for taken in together(guarded) for n in taken) == list(range(1, 81))


def test_a_number_whose_transaction_fails_is_not_lost(database: Database) -> None:
    def fails(connection: sa.Connection) -> None:
        numbers.take(connection, 1, NOW.date(), "A")
        raise Refusal("day_full")

    for _ in range(3):
        with pytest.raises(Refusal):
            database.write(fails)
    assert database.write(lambda c: numbers.take(c, 1, NOW.date(), "A")) == 1


def test_parallel_scans_of_one_ticket_give_one_number(door: Door) -> None:
    booked = door.book(1, at("10:00"), party=2)
    verdicts = together(lambda _n: door.scan(booked.token, at("10:00")))
    assert sorted(v.verdict for v in verdicts) == ["admitted"] + ["already_admitted"] * (THREADS - 1)
    assert {v.number for v in verdicts} == {"A-001"}
    assert stored(door.database, visits.c.number) == [1]
    assert stored(door.database, numberings.c.last) == [1]
    assert sum(stored(door.database, days.c.arrived)) == 2


def test_without_the_guard_the_constraint_still_gives_one_visit(door: Door) -> None:
    """A caller who skips the lock and the check cannot seat a booking twice: the schema refuses."""
    booked = door.book(1, at("10:00"))
    door.scan(booked.token, at("10:00"))
    again = {"office_id": door.office.id, "day_id": booked.day_id, "date": NOW.date(), "letter": "A", "number": 2,
             "service_id": booked.service_id, "booking_id": booked.id, "party": 1, "due": at("10:00"),
             "arrived_at": at("10:00"), "state": "waiting"}
    for wrong in (again, {**again, "booking_id": None, "number": 1}):
        with pytest.raises(sa.exc.IntegrityError), door.database.engine.begin() as connection:
            connection.execute(visits.insert(), wrong)


def test_one_nonce_at_once_has_one_effect_and_one_answer(door: Door) -> None:
    booked = door.book(1, at("10:00"))
    verdicts = together(lambda _n: door.scan(booked.token, at("10:00"), nonce="once"))
    assert {(v.verdict, v.number, v.name) for v in verdicts} == {("admitted", "A-001", verdicts[0].name)}
    assert len(stored(door.database, scans.c.nonce)) == 1


def test_one_nonce_for_two_tickets_at_once_lets_in_one(door: Door) -> None:
    booked = [door.book(n, at("10:00") + timedelta(minutes=15 * n)) for n in range(2)]

    def outcome(n: int) -> str:
        try:
            return door.scan(booked[n].token, at("10:00"), nonce="shared").verdict
        except Refusal as refused:
            return refused.code

    assert sorted(together(outcome, 2)) == ["admitted", "idempotency_key_reused"]
    assert stored(door.database, visits.c.number) == [1]


def test_a_scan_and_a_cancellation_at_once_never_both_hold(door: Door) -> None:
    for n in range(6):
        booked = door.book(n, at("10:00") + timedelta(minutes=15 * n))

        def outcome(which: int, booked: bookings.Booking = booked) -> str:
            if which:
                return door.scan(booked.token, at("10:45")).verdict
            try:
                return door.cancel(booked, now=at("10:45")).status
            except Refusal as refused:
                return refused.code

        cancelled, scanned = together(outcome, 2)
        assert (cancelled, scanned) in (("cancelled", "cancelled"), ("already_admitted", "admitted"),
                                        ("already_admitted", "late"))
    with door.database.read() as connection:
        came = connection.scalar(sa.select(sa.func.count()).where(booking_rows.c.status == "arrived"))
        day = connection.execute(sa.select(days).where(days.c.date == NOW.date())).one()
        assert came == connection.scalar(sa.select(sa.func.count()).select_from(visits)) == day.arrived
        assert day.booked == came


def test_walk_ins_at_once_never_pass_the_room_and_numbers_have_no_gap(door: Door) -> None:
    room = 5
    door.database.write(lambda c: c.execute(
        sa.update(days).where(days.c.date == NOW.date()).values(walk_in_room=room)))

    def outcome(_n: int) -> str:
        try:
            return door.walk_in(at("10:00")).number
        except Refusal as refused:
            return refused.code

    answers = sorted(together(outcome, 12))
    assert answers == [f"A-{n:03}" for n in range(1, room + 1)] + ["day_full"] * (12 - room)


def test_scans_walk_ins_and_bookings_at_once_do_not_block_each_other_for_good(door: Door) -> None:
    """Everything that locks, in one crowd: no deadlock, and every sum is right afterwards."""
    booked = [door.book(n, at("10:00") + timedelta(minutes=15 * (n // 2))) for n in range(6)]

    def act(n: int) -> str:
        try:
            if n % 3 == 0:
                return door.scan(booked[n // 3 % 6].token, at("10:20"), nonce=f"n{n % 6}-{n}").verdict
            if n % 3 == 1:
                return door.walk_in(at("10:20")).state
            return door.book(100 + n, at("13:00") + timedelta(minutes=15 * (n % 8))).status
        except Refusal as refused:
            return refused.code

    outcomes = together(act, 18)
    assert set(outcomes) <= {"admitted", "already_admitted", "waiting", "booked", "day_full", "slot_full"}
    with door.database.read() as connection:
        day = connection.execute(sa.select(days).where(days.c.date == NOW.date())).one()
        arrived = connection.scalar(sa.select(sa.func.count()).where(booking_rows.c.status == "arrived"))
        live = connection.scalar(sa.select(sa.func.count()).where(booking_rows.c.status != "cancelled"))
        seated = list(connection.scalars(sa.select(visits.c.number).order_by(visits.c.number)))
    assert (day.arrived, day.booked, len(seated)) == (arrived, live, day.arrived + day.walk_ins)
    assert seated == list(range(1, len(seated) + 1))

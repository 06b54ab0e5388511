"""Doors that hand in, take numbers and scan at the same moment, on both databases: in threads, and in processes."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices
from tests import processes
from tests.conftest import NOW, SECRET
from tests.ticketing.door import CLERK, at
from tests.ticketing.test_checkin_races import together
from tests.ticketing.test_handing_in import Away
from ticketing import handing_in, ranges
from ticketing.codes import Mint
from ticketing.hall_tables import conflicts
from ticketing.hall_tables import ranges as range_rows
from ticketing.handing_in import Entry, Handed
from ticketing.tables import visits

TODAY = NOW.date()


@pytest.fixture
def door(database: Database, balikpapan: Office, offices: Offices, vault: Vault, mint: Mint) -> Away:
    return Away(database, balikpapan, offices, vault, mint)


def test_the_race_for_blocks_is_real(door: Away) -> None:
    """Look for the first block nobody has, then take it: what two doors at once did before there was a guard."""
    both_have_looked = threading.Barrier(2)

    def unguarded(_n: int) -> int:
        with door.database.engine.connect() as reading:
            last = reading.execute(sa.select(sa.func.max(range_rows.c.last))).scalar_one()
        both_have_looked.wait()
        return 700 if last is None else int(last) + 1

    assert together(unguarded, 2) == [700, 700]


def test_blocks_taken_at_once_share_no_number(door: Away) -> None:
    blocks = together(lambda _n: door.block(), 14)
    firsts = sorted(block.first for block in blocks if block is not None)
    assert firsts == list(range(700, 1000, ranges.SIZE))
    assert blocks.count(None) == 2


def hand_in_batch(url: str, entries: list[tuple[Entry, int]]) -> list[Handed]:
    """Hand in a batch, in a process that begins with the others."""
    vault, offices = Vault([SECRET]), Offices()
    with closing(Database(url, connections=2, durable=False)) as database:
        with database.read() as connection:
            office = offices.get(connection, "balikpapan")
        assert vault
        processes.meet()
        return [database.write(lambda c, entry=entry, of=of: handing_in.hand_in(
            c, office, entry, of, now=at("11:00"), staff_id=CLERK)) for entry, of in entries]


def test_one_batch_handed_in_by_three_processes_at_once_comes_in_once(door: Away, database_url: str) -> None:
    door.block()
    booked = [door.book(n, at("10:00") + timedelta(minutes=15 * n)) for n in range(4)]
    door.cancel(booked[3])
    batch = [(door.entry(one, f"A-{700 + n}", at("10:00"), nonce=f"n-{n}"), one.id) for n, one in enumerate(booked)]
    answers = processes.together(hand_in_batch, [(database_url, batch)] * 3)
    assert answers[0] == answers[1] == answers[2]
    assert [one.outcome for one in answers[0]] == ["admitted", "admitted", "admitted", "conflict"]
    assert sorted((row.number, row.state) for row in door.rows(visits)) == [
        (700, "waiting"), (701, "waiting"), (702, "waiting"), (703, "held")]
    assert door.kinds().count("handed_in") == 4


def test_one_ticket_at_two_doors_handed_in_at_once_is_one_conflict(door: Away, database_url: str) -> None:
    door.block()
    booked = door.book(1, at("10:00"))
    batches = [[(door.entry(booked, f"A-{700 + n}", at("10:00"), nonce=f"n-{n}"), booked.id)] for n in range(3)]
    answers = processes.together(hand_in_batch, [(database_url, batch) for batch in batches])
    assert sorted(one.outcome for answer in answers for one in answer) == ["admitted", "conflict", "conflict"]
    assert {row.why for row in door.rows(conflicts)} == {"twice"}


def test_a_scan_and_its_hand_in_at_once_give_one_number(door: Away) -> None:
    """The answer was lost while the door went away, and comes to the office late: it is the same visitor."""
    door.block()
    for n in range(5):
        booked = door.book(n, at("10:00") + timedelta(minutes=15 * n))
        entry = door.entry(booked, f"A-{700 + n}", at("10:40"), nonce=f"n-{n}")

        def act(which: int, booked: Any = booked, entry: Entry = entry) -> str:
            if which:
                return door.scan(booked.token, at("10:40"), nonce=entry.nonce).verdict
            return door.hand_in(entry, at("10:41")).outcome

        handed, scanned = together(act, 2)
        assert (handed, scanned) in {("admitted", "already_admitted"), ("known", "admitted"), ("known", "late")}
    assert sorted(row.number for row in door.rows(visits)) == [700, 701, 702, 703, 704]

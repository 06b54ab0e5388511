"""Offers under fire: answers at the last moment against the lapse, workers at once, processes killed half-way.

First the race is shown to be real: who looks and then writes without the guard lets a place go twice.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler import holding, offers
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import Vault
from scheduler.holding import Offer
from scheduler.keeping_tables import offers as rows
from scheduler.offices import Offices
from scheduler.tables import bookings, days
from tests import processes
from tests.booked import TOMORROW, Book
from tests.conftest import NOW, SECRET
from tests.line import Line
from tests.processes import meet, together
from tests.threads import all_at_once
from ticketing.codes import Mint

PEOPLE = 12


@pytest.fixture
def line(database: Database, balikpapan: Any, vault: Vault, mint: Mint) -> Line:
    """Twelve people in line, and as many places on one day; nothing else is free."""
    line = Line(Book(database, balikpapan, vault, mint))
    line.fill()
    for n in range(PEOPLE):
        line.join(n)
    line.free(TOMORROW, PEOPLE)
    return line


def _line(database: Database) -> Line:
    vault = Vault([SECRET])
    with database.read() as c:
        office = Offices().get(c, "balikpapan")
    return Line(Book(database, office, vault, Mint(vault.derive("ticket"))))


# -- the last moment -----------------------------------------------------------------------------------------


def _look_then_write(database: Database, offer_id: int, state: str, looked: threading.Barrier) -> bool:
    """Guard off: read that the offer is open, then write how it ended; answers whether it believes to have won."""
    with database.read() as c:
        open_ = c.scalar(sa.select(rows.c.state).where(rows.c.id == offer_id)) == "open"
    looked.wait(30)
    written = sa.update(rows).where(rows.c.id == offer_id).values(state=state)
    return open_ and database.write(lambda c: c.execute(written).rowcount) == 1


def _answer_and_lapse(url: str, over: datetime) -> Counter[str]:
    """Every offer is taken at its last moment while a worker lets lapse what is over; answers how each ended."""
    with closing(Database(url, connections=4, durable=False)) as database:
        line = _line(database)
        with database.read() as c:
            found = [Offer(*row) for row in c.execute(sa.select(*holding.COLUMNS).order_by(rows.c.id.desc()))]

        def take(offer: Offer) -> str:
            try:
                line.take(offer, offer.lapses_at - timedelta(milliseconds=1))
            except Refusal as refusal:
                return refusal.code
            return "taken"

        def lapse() -> int:
            time.sleep(0.02)  # let some answers through
            return offers.lapse_all(database, over)

        meet()
        with ThreadPoolExecutor(4) as threads:
            lapsing = threads.submit(lapse)
            ended = Counter(threads.map(take, found))
            return ended + Counter(lapsed=lapsing.result())


def test_without_the_guard_an_offer_is_taken_and_lapses(line: Line) -> None:
    line.tend()
    offer_id, looked, database = _offers(line)[0].id, threading.Barrier(2), line.book.database
    won = all_at_once(lambda: _look_then_write(database, offer_id, "taken", looked),
                      lambda: _look_then_write(database, offer_id, "lapsed", looked))
    assert won == [True, True]


def test_an_answer_at_the_last_moment_or_the_lapse_holds_never_both(line: Line, database_url: str) -> None:
    line.tend()
    (over,) = {row.lapses_at for row in _offers(line)}
    ended = sum(together(_answer_and_lapse, [(database_url, over)] * 2), Counter())
    assert ended["taken"] + ended["lapsed"] == PEOPLE
    assert ended["taken"] + ended["offer_over"] == 2 * PEOPLE
    states = Counter(row.state for row in _offers(line))
    assert (states["taken"], states["lapsed"]) == (ended["taken"], ended["lapsed"])
    with line.book.database.read() as c:
        assert c.scalar(sa.select(sa.func.count()).select_from(bookings)) == ended["taken"]
    line.sums()


def _offers(line: Line) -> list[Any]:
    with line.book.database.read() as c:
        return list(c.execute(sa.select(*holding.COLUMNS).order_by(rows.c.id)))


# -- workers at once -----------------------------------------------------------------------------------------


def _tend(url: str, rounds: int) -> int:
    """A worker whose clock goes on by five hours a round; answers how many offers it made."""
    with closing(Database(url, connections=2, durable=False)) as database:
        offices = Offices()
        meet()
        return sum(offers.tend(database, offices, NOW + timedelta(hours=5 * n))[1] for n in range(rounds))


def test_workers_at_once_offer_each_place_once_in_the_order_of_the_line(line: Line, database_url: str) -> None:
    line.book.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == TOMORROW).values(
        wanted=days.c.released + 3)))
    made = together(_tend, [(database_url, 3)] * 2)
    found = _offers(line)
    assert sum(made) == len(found)
    assert len({row.waiting_id for row in found}) == len(found), "nobody is offered twice"
    entries = [row.id for row in line.rows()]
    assert {row.waiting_id for row in found[:3]} == set(entries[:3]), "the first in line first"
    assert sum(row.party for row in found if row.state == "open") <= 3
    line.sums()


# -- killed half-way -----------------------------------------------------------------------------------------


def _die_in(url: str, act: str, now: datetime) -> None:
    """Do the act in a transaction and be killed before its commit."""
    with closing(Database(url, connections=1, durable=False)) as database:
        line = _line(database)

        def work(connection: Any) -> None:
            if act == "make":
                offers.make(connection, line.book.office, now)
            else:
                offer = Offer(*connection.execute(sa.select(*holding.COLUMNS).limit(1)).one())
                offers.accept(connection, line.book.office, offer, vault=line.book.vault, mint=line.book.mint, now=now)
            os.kill(os.getpid(), signal.SIGKILL)

        database.write(work)


@pytest.mark.parametrize("act", ["make", "accept"])
def test_a_process_killed_half_way_leaves_nothing_half_done(line: Line, database_url: str, act: str) -> None:
    if act == "accept":
        line.tend()
    before = (_offers(line), line.rows(), line.book.day(TOMORROW))
    victim = processes.context.Process(target=_die_in, args=(database_url, act, NOW))
    victim.start()
    victim.join(60)
    assert victim.exitcode == -signal.SIGKILL
    assert (_offers(line), line.rows(), line.book.day(TOMORROW)) == before
    line.sums()
    assert line.tend() == (0, PEOPLE if act == "make" else 0), "another goes on where it stopped"
    line.sums()

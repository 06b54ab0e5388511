"""The last places of a slot and of a day, wanted by several processes at once.

First the race is shown to be real: the same look-then-write without the guard sells more places than there are.
Then the real thing sells exactly what there is.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler import bookings, places
from scheduler.bookings_at_once import book_at_once
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import Vault
from scheduler.offices import Offices
from scheduler.tables import bookings as rows
from scheduler.tables import days, slots
from tests import people
from tests.conftest import NOW, SECRET
from tests.processes import meet, together
from ticketing.codes import Mint

PROCESSES, THREADS, EACH = 3, 4, 8


def _look_then_write(url: str, slot_id: int) -> int:
    """Guard off: read, decide, write what was decided; answers how many places it believes to have sold."""
    engine = Database(url, connections=THREADS, durable=False)
    careless = engine.engine.execution_options(isolation_level="AUTOCOMMIT")

    def sell(_n: int) -> int:
        with careless.connect() as c:
            row = c.execute(sa.select(slots.c.taken, slots.c.places).where(slots.c.id == slot_id)).one()
        meet()  # all have looked
        if row.taken >= row.places:
            return 0
        with careless.connect() as c:
            c.execute(sa.update(slots).where(slots.c.id == slot_id).values(taken=row.taken + 1))
            return 1

    with ThreadPoolExecutor(THREADS) as threads:
        sold = sum(threads.map(sell, range(THREADS)))
    engine.close()
    return sold


def _book(url: str, first: int, start: datetime, spread: bool) -> Counter[str]:
    """Book for EACH people a thread through the real thing; answers how each ended."""
    database = Database(url, connections=THREADS, durable=False)
    vault, offices = Vault([SECRET]), Offices()
    mint = Mint(vault.derive("ticket"))
    with database.read() as c:
        office = offices.get(c, "balikpapan")
    service = office.service("ktp-rekam")
    with database.read() as c:
        that_day = sa.select(slots.c.day_id).where(slots.c.start == start, slots.c.letter == service.letter)
        of_day = sa.select(slots.c.start).where(slots.c.day_id == that_day.scalar_subquery())
        starts = list(c.execute(of_day.where(slots.c.letter == service.letter).order_by(slots.c.start)).scalars())
    autocommit = database.engine.execution_options(isolation_level="AUTOCOMMIT")

    def one(n: int) -> str:
        at = starts[n % len(starts)] if spread else start
        request = bookings.Request(office, service, at, people.person(first + n))
        try:
            if not database.embedded and n % 2:  # both ways at once
                made = bookings.draft(request, vault=vault, mint=mint, now=NOW)
                try:
                    with autocommit.connect() as c:
                        if book_at_once(c, made, NOW):
                            return "booked"
                except sa.exc.IntegrityError:
                    pass
            database.write(lambda c: bookings.book(c, request, vault=vault, mint=mint, now=NOW))
        except Refusal as refusal:
            return "refused" if refusal.code in ("slot_full", "day_full") else refusal.code
        return "booked"

    meet()
    with ThreadPoolExecutor(THREADS) as threads:
        ended = Counter(threads.map(one, range(THREADS * EACH)))
    database.close()
    return ended


@pytest.fixture
def slot(database: Database, balikpapan: Any) -> Any:
    """Tomorrow's first slot."""
    with database.read() as c:
        service = balikpapan.service("ktp-rekam")
        tomorrow = balikpapan.today(NOW) + timedelta(days=1)
        start = places.free_slots(c, balikpapan, service, tomorrow, 1, NOW)[0].slots[0].start
        return c.execute(sa.select(slots).where(slots.c.start == start, slots.c.letter == service.letter)).one()


def test_without_the_guard_the_race_oversells(database: Database, database_url: str, slot: Any) -> None:
    sold = sum(together(_look_then_write, [(database_url, slot.id)] * PROCESSES, THREADS))
    assert sold > slot.places


def test_the_last_places_of_a_slot(database: Database, database_url: str, slot: Any) -> None:
    ended = sum(together(_book, [(database_url, 1_000 * n, slot.start, False) for n in range(PROCESSES)]),
                Counter())
    assert ended == {"booked": slot.places, "refused": PROCESSES * THREADS * EACH - slot.places}
    with database.read() as c:
        assert c.execute(sa.select(slots.c.taken).where(slots.c.id == slot.id)).scalar_one() == slot.places
        assert c.execute(sa.select(sa.func.count()).select_from(rows)).scalar_one() == slot.places


def test_the_last_places_of_a_day(database: Database, database_url: str, slot: Any) -> None:
    database.write(lambda c: c.execute(sa.update(days).where(days.c.id == slot.day_id).values(released=20)))
    ended = sum(together(_book, [(database_url, 1_000 * n, slot.start, True) for n in range(PROCESSES)]),
                Counter())
    assert ended == {"booked": 20, "refused": PROCESSES * THREADS * EACH - 20}
    with database.read() as c:
        assert c.execute(sa.select(days.c.booked).where(days.c.id == slot.day_id)).scalar_one() == 20

"""The baseline: a bare driver doing the same SQL, with nothing around it.

The statements are not written again here: they are taken from the rooms and compiled for the driver, so that the
baseline cannot drift from what the doors execute. PostgreSQL: two processes with eight connections each. SQLite: one
connection that commits one by one, `synchronous=FULL`.
"""

from __future__ import annotations

import itertools
import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler

from scheduler import bookings, bookings_at_once, places, seats
from scheduler.foundation import journal
from scheduler.foundation.database import UtcDateTime

PROCESSES, CONNECTIONS = 2, 8


@dataclass(frozen=True)
class Start:
    """A slot to book, as the database knows it."""

    slot_id: int
    day_id: int
    office_id: int
    service_id: int
    letter: str
    start: datetime


Statement = tuple[str, dict[str, Any]]  # as the driver sends it, and its constants


def compiled(statement: sa.Executable, dialect: sa.Dialect, sample: dict[str, Any]) -> Statement:
    """The statement as the driver sends it, with the constants SQLAlchemy adds to values named as in `sample`."""
    assert isinstance(statement, sa.ClauseElement)
    made = statement.compile(dialect=dialect)
    assert isinstance(made, SQLCompiler)
    state = made.construct_expanded_state(sample)
    assert isinstance(state.parameters, dict)
    return state.statement, {name: value for name, value in state.parameters.items() if name not in sample}


def starts_of(connection: sa.Connection, after: datetime) -> list[Start]:
    """Every slot that has places and starts later than `after`, of the first service of its group.

    A day whose last start has passed opens nothing more, so what lies before `after` cannot be booked.
    """
    rows = connection.execute(sa.text(
        "SELECT slots.id, slots.day_id, slots.office_id, min(services.id), slots.letter, slots.start FROM slots"
        " JOIN services ON services.office_id = slots.office_id AND services.letter = slots.letter"
        " WHERE slots.places > slots.taken AND slots.start > :after"
        " GROUP BY slots.id, slots.day_id, slots.office_id, slots.letter, slots.start").bindparams(
            sa.bindparam("after", type_=UtcDateTime)).columns(start=sa.DateTime), {"after": after})
    return [Start(r[0], r[1], r[2], r[3], r[4], r[5].replace(tzinfo=UTC)) for r in rows]


def _values(at: Start, now: Any, start: Any) -> dict[str, Any]:
    nik, phone = os.urandom(16), os.urandom(16)
    return {
        "office_id": at.office_id, "service_id": at.service_id, "letter": at.letter, "start": start, "now": now,
        "code": os.urandom(5).hex()[:9], "token": os.urandom(16).hex(), "party": 1, "priority": None,
        "reason": None, "channel": "api", "language": "id", "nik_hash": nik, "phone_hash": phone, "per_phone": 5,
        "niks": [nik], "phones": [phone], "sealed": os.urandom(110), "slot_id": at.slot_id, "day_id": at.day_id,
        "sequence": 0, "status": "booked", "moves": 0, "created_at": now, "phone_seat": 1,
        # the same statements' names for what they look up
        "office": at.office_id, "slot": at.slot_id, "day": at.day_id, "niks_1": nik, "phones_1": phone,
        "lately": now, "given_up": seats.GIVEN_UP_A_DAY,
        "at": now, "kind": "booked", "visit_id": None, "staff_id": None, "data": None, "unread": True,
    }


_SAMPLE = _values(Start(0, 0, 0, 0, "A", datetime.now(UTC)), None, None) | {"booking_id": 0}
_STEPS: Sequence[sa.Executable] = (places._FIND, seats._HELD, places._TAKE_SLOT, bookings._INSERT)
_LAST: Sequence[sa.Executable] = (journal._INSERT, places._TAKE_DAY)


Work = Callable[[psycopg.Connection[Any], Any], None]


def booking_on_postgresql(url: str, starts: list[Start], seconds: float, *, at_once: bool) -> float:
    """Bookings a second by psycopg: in the one statement the doors use, or step by step."""
    random.shuffle(starts)
    return on_postgresql(url, _book_at_once if at_once else _book_in_steps, starts, seconds, again=True)


def on_postgresql(url: str, make: Callable[[], Work], items: Sequence[Any], seconds: float, *, again: bool) -> float:
    """Items worked off a second over all connections; each connection has its share, `again` from its start."""
    shares = [items[n::PROCESSES * CONNECTIONS] for n in range(PROCESSES * CONNECTIONS)]
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as processes:
        rates = [processes.submit(_process, url, make, shares[n::PROCESSES], seconds, again) for n in range(PROCESSES)]
        return sum(rate.result() for rate in rates)


def _process(url: str, make: Callable[[], Work], shares: list[Sequence[Any]], seconds: float, again: bool) -> float:
    """Items worked off a second over one process's connections. An item that fails ends the measurement: a baseline
    that stood still would flatter what is measured against it."""
    work = make()
    begin = threading.Barrier(len(shares) + 1)

    def connection(share: Sequence[Any]) -> int:
        with psycopg.connect(url, autocommit=True, prepare_threshold=1) as link:
            begin.wait()
            until, done = time.perf_counter() + seconds, 0
            for item in itertools.cycle(share) if again else share:
                work(link, item)
                done += 1
                if time.perf_counter() > until:
                    break
            return done

    with ThreadPoolExecutor(len(shares)) as threads:
        counts = [threads.submit(connection, share) for share in shares]
        begin.wait()
        begun = time.perf_counter()
        return sum(count.result() for count in counts) / (time.perf_counter() - begun)


def _book_at_once() -> Work:
    whole, _ = compiled(bookings_at_once._BOOK, psycopg_dialect(), _SAMPLE)

    def work(link: psycopg.Connection[Any], at: Start) -> None:
        assert link.execute(whole, _values(at, datetime.now(UTC), at.start)).fetchone() is not None

    return work


def _book_in_steps() -> Work:
    first, last = ([compiled(s, psycopg_dialect(), _SAMPLE) for s in group] for group in (_STEPS, _LAST))

    def work(link: psycopg.Connection[Any], at: Start) -> None:
        values = _values(at, datetime.now(UTC), at.start)
        link.execute("BEGIN")
        for statement, constants in first:
            cursor = link.execute(statement, constants | values)
        row = cursor.fetchone()
        assert row is not None
        values["booking_id"] = row[0]
        for statement, constants in last:
            link.execute(statement, constants | values)
        link.execute("COMMIT")

    return work


def psycopg_dialect() -> sa.Dialect:
    """How psycopg names parameters."""
    made: sa.Dialect = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]
    return made


def booking_on_sqlite(path: str, starts: list[Start], seconds: float) -> float:
    """Bookings a second by sqlite3: the statements of the writer thread, committed one by one."""
    dialect = sqlite.dialect(paramstyle="named")
    first, last = ([compiled(s, dialect, _SAMPLE) for s in group] for group in (_STEPS, _LAST))
    link = sqlite3.connect(path, isolation_level=None)
    link.execute("PRAGMA synchronous=FULL")
    link.execute("PRAGMA cache_size=-16000")
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        at, now = random.choice(starts), f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
        values = _values(at, now, f"{at.start:%Y-%m-%d %H:%M:%S.%f}")
        del values["niks"], values["phones"]
        link.execute("BEGIN IMMEDIATE")
        for statement, constants in first:
            rows = link.execute(statement, constants | values).fetchall()
        values["booking_id"] = rows[0][0]
        for statement, constants in last:
            link.execute(statement, constants | values)
        link.execute("COMMIT")
        done += 1
    link.close()
    return done / seconds

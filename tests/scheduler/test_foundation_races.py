"""Two writers at once: each race is shown to be real first, then to be closed."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from scheduler.foundation.database import Database, transaction
from tests.threads import all_at_once, in_thread
from ticketing.tables import numberings

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def add(letter: str) -> Any:
    values = {"office_id": 1, "date": date(2026, 11, 24), "letter": letter, "last": 0}
    return lambda connection: connection.execute(numberings.insert(), values) and letter


def read_then_write(meet: threading.Barrier) -> Any:
    """Adds one by reading and writing, and waits between the two for the other to have read as well."""

    def work(connection: Connection) -> int:
        last = connection.execute(sa.select(numberings.c.last)).scalar_one()
        with suppress(threading.BrokenBarrierError):  # the other is held off until we have committed
            meet.wait(0.3)
        connection.execute(numberings.update().values(last=last + 1))
        return int(last + 1)

    return work


def last_of(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(sa.select(numberings.c.last)).scalar_one())


@only_sqlite
def test_sqlite_loses_an_update_without_the_early_lock_and_none_with_it(database: Database, database_url: str) -> None:
    database.write(add("A"))
    unguarded = sa.create_engine(database_url)  # the driver begins with the first write: too late

    def bare() -> int:
        with unguarded.connect() as connection:
            connection.connection.driver_connection.isolation_level = None  # each statement for itself
            return int(work(connection))

    work = read_then_write(threading.Barrier(2))
    assert all_at_once(bare, bare) == [1, 1]
    assert last_of(database) == 1
    unguarded.dispose()

    other = Database(database_url, connections=1, durable=False)  # as another process would
    work = read_then_write(threading.Barrier(2))
    assert sorted(all_at_once(lambda: database.write(work), lambda: other.write(work))) == [2, 3]
    assert last_of(database) == 3
    other.close()


@only_postgresql
def test_postgresql_loses_an_update_that_reads_first_and_none_that_is_guarded(database: Database) -> None:
    database.write(add("A"))
    work = read_then_write(threading.Barrier(2))
    assert all_at_once(lambda: database.write(work), lambda: database.write(work)) == [1, 1]
    assert last_of(database) == 1

    guarded = numberings.update().values(last=numberings.c.last + 1).where(numberings.c.last < 2)
    taken = all_at_once(*[lambda: database.write(lambda c: c.execute(guarded).rowcount)] * 2)
    assert sorted(taken) == [0, 1]
    assert last_of(database) == 2


@only_postgresql
def test_a_serialization_failure_is_tried_again(database: Database) -> None:
    database.write(add("A"))
    looks: list[int] = []
    plain = read_then_write(threading.Barrier(2))

    def work(connection: Connection) -> int:
        looks.append(1)
        connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        return int(plain(connection))

    assert sorted(all_at_once(lambda: database.write(work), lambda: database.write(work))) == [1, 2]
    assert last_of(database) == 2
    assert len(looks) > 2


@only_postgresql
def test_a_deadlock_is_tried_again(database: Database) -> None:
    for letter in "AB":
        database.write(add(letter))
    meet, looks = threading.Barrier(2), []

    def locks(first: str, second: str) -> Any:
        def work(connection: Connection) -> str:
            looks.append(first)
            connection.execute(sa.text("SET LOCAL deadlock_timeout = '20ms'"))
            for letter in (first, second):
                raised = numberings.update().values(last=numberings.c.last + 1)
                connection.execute(raised.where(numberings.c.letter == letter))
                if letter == first and len(looks) <= 2:
                    meet.wait(30)
            return first

        return lambda: database.write(work)

    assert all_at_once(locks("A", "B"), locks("B", "A")) == ["A", "B"]
    assert len(looks) == 3
    assert last_of_all(database) == [2, 2]


def last_of_all(database: Database) -> list[int]:
    with database.read() as connection:
        return list(connection.execute(sa.select(numberings.c.last)).scalars())


@only_postgresql
def test_a_conflict_without_end_is_given_up(database: Database) -> None:
    looks = []

    def work(connection: Connection) -> None:
        looks.append(1)
        connection.execute(sa.text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"))

    with pytest.raises(sa.exc.OperationalError):
        transaction(database.engine, work, attempts=3)
    assert len(looks) == 3


@only_sqlite
def test_a_file_another_process_writes_to_is_waited_for(database: Database, database_url: str) -> None:
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    waiting = in_thread(database.write, add("A"))
    with pytest.raises(TimeoutError):
        waiting.result(0.2)
    other.execute("COMMIT")
    other.close()
    assert waiting.result(30) == "A"

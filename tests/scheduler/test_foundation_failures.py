"""What a transaction does when the disk fills up, the server goes away, or the work misbehaves."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from scheduler.foundation.database import Database
from tests.scheduler.test_foundation_database import add, held, letters, submit, wait_until_queued
from tests.threads import all_at_once, in_thread

__all__ = ["held"]  # a fixture

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


# -- a full disk -----------------------------------------------------------------------------------------


def fill_the_disk(connection: Connection) -> None:
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    try:
        connection.execute(sa.text("INSERT INTO offices (slug, name, timezone, phone, address, rules, fingerprint,"
                                   " revision) VALUES ('x', 'x', 'x', 'x', 'x', zeroblob(1000000), 'x', 1)"))
    finally:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")


@only_sqlite
def test_sqlite_ends_the_transaction_not_the_savepoint_when_the_disk_is_full(database: Database) -> None:
    """The trap: afterwards the driver takes a COMMIT as if there were something to commit."""
    def work(connection: Connection) -> None:
        add("A")(connection)
        connection.exec_driver_sql("SAVEPOINT s")
        with pytest.raises(OperationalError, match="full"):
            fill_the_disk(connection)
        driver: Any = connection.connection.driver_connection
        assert not driver.in_transaction
        driver.commit()

    with database.engine.connect() as connection:
        work(connection)
    assert letters(database) == set()


@only_sqlite
def test_what_was_answered_before_the_disk_filled_up_is_there(database: Database, held: threading.Event) -> None:
    works = submit(database, [add("A"), fill_the_disk, add("B")])
    wait_until_queued(database, 3)
    held.set()
    assert [works[n].result(30) for n in (0, 2)] == ["A", "B"]
    with pytest.raises(OperationalError, match="full"):
        works[1].result(30)
    assert letters(database) == {"A", "B"}


# -- a server that goes away -----------------------------------------------------------------------------


def warm(database: Database) -> None:
    """Have every pool filled."""
    nap = lambda connection: connection.execute(sa.text("SELECT pg_sleep(0.2)")) and None  # noqa: E731
    all_at_once(*[lambda: database.write(nap)] * 4)

    async def read() -> None:
        await asyncio.gather(*[database.fetch(nap) for _ in range(4)])

    asyncio.run(read())


def end_every_session(database: Database) -> None:
    """What a restart of the server does to every connection."""
    engine = sa.create_engine(database.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        ended = connection.scalars(sa.text(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()")).all()
    engine.dispose()
    assert len(ended) >= 8


@only_postgresql
def test_a_restart_of_the_server_fails_nobody(database: Database) -> None:
    warm(database)
    end_every_session(database)
    assert all_at_once(*[lambda n=n: database.write(add("ABCD"[n])) for n in range(4)]) == list("ABCD")

    async def read() -> list[Any]:
        count = sa.text("SELECT count(*) FROM numberings")
        return await asyncio.gather(*[database.fetch(lambda c: c.execute(count).scalar_one()) for _ in range(4)])

    assert asyncio.run(read()) == [4, 4, 4, 4]


@only_postgresql
def test_the_short_way_leaves_it_to_the_long_one_when_the_connection_is_gone(database: Database) -> None:
    warm(database)
    end_every_session(database)
    assert asyncio.run(database.run(add("A"), at_once=add("A"))) == "A"


@only_postgresql
def test_what_breaks_before_the_commit_is_done_again(database: Database) -> None:
    looks: list[int] = []

    def work(connection: Connection) -> str:
        looks.append(1)
        letter: str = add("A")(connection)
        if len(looks) == 1:
            connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return letter

    assert database.write(work) == "A"
    assert len(looks) == 2
    assert letters(database) == {"A"}


@only_postgresql
def test_what_breaks_at_the_commit_is_not_done_again(database: Database) -> None:
    """It may have held, so only whoever asked can know whether to ask again."""
    database.write(lambda c: c.execute(sa.text(
        "CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'")) and None)
    database.write(lambda c: c.execute(sa.text(
        "CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON numberings DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION leave()")) and None)
    looks: list[int] = []

    def work(connection: Connection) -> None:
        looks.append(1)
        add("A")(connection)

    with pytest.raises(DBAPIError) as broken:
        database.write(work)
    assert broken.value.connection_invalidated
    assert len(looks) == 1


# -- work that misbehaves, and the end -------------------------------------------------------------------


@pytest.mark.parametrize("way", [Database.run, Database.fetch])
def test_a_stop_iteration_reaches_the_caller(
    database: Database, way: Callable[[Database, Any], Awaitable[Any]]
) -> None:
    """The event loop's futures refuse to carry one: whoever waits would wait for ever."""
    with pytest.raises(RuntimeError, match="StopIteration"):
        asyncio.run(asyncio.wait_for(way(database, lambda _connection: next(iter(()))), 10))


def test_one_that_leaves_takes_no_neighbour_along(database: Database, held: threading.Event) -> None:
    def leave(connection: Connection) -> None:
        add("X")(connection)
        raise SystemExit(3)

    works = [in_thread(database.write, work) for work in (add("A"), leave, add("B"))]
    held.set()
    assert [works[n].result(30) for n in (0, 2)] == ["A", "B"]
    assert isinstance(works[1].exception(30), SystemExit)
    assert letters(database) == {"A", "B"}


@pytest.fixture
def hasty() -> Any:
    """Threads change places as often as Python lets them."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@only_sqlite
@pytest.mark.usefixtures("hasty")
def test_nothing_is_submitted_behind_the_end(database_url: str) -> None:
    """Everybody is answered, or told that the database is closed."""
    def write_until_closed(database: Database) -> None:
        while True:
            database.write(lambda _connection: None)

    for _ in range(60):
        database = Database(database_url, connections=1, durable=False)
        callers = [in_thread(write_until_closed, database) for _ in range(8)]
        time.sleep(0.005)
        database.close()
        assert [type(caller.exception(10)) for caller in callers] == [RuntimeError] * 8

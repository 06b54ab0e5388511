"""Transactions: whole or not at all, and one's trouble is not another's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from scheduler.foundation.database import ATTEMPTS, Database
from scheduler.foundation.errors import Refusal
from tests.threads import in_thread
from ticketing.tables import numberings

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def add(letter: str) -> Any:
    values = {"office_id": 1, "date": date(2026, 11, 24), "letter": letter, "last": 0}
    return lambda connection: connection.execute(numberings.insert(), values) and letter


def letters(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.execute(sa.select(numberings.c.letter)).scalars())


class Commits:
    """Counts the commits of a database's writing engine."""

    def __init__(self, database: Database) -> None:
        self.count = 0
        sa.event.listen(database.engine, "commit", self._one)

    def _one(self, _connection: Connection) -> None:
        self.count += 1


@pytest.fixture
def held(database: Database) -> Iterator[threading.Event]:
    """The writer is busy until the event is set, so that what is submitted meanwhile waits together."""
    go, busy = threading.Event(), threading.Event()

    def hold(_connection: Connection) -> None:
        busy.set()
        assert go.wait(30)

    holder = in_thread(database.write, hold)
    assert busy.wait(30)
    yield go
    go.set()
    holder.result(30)


def submit(database: Database, works: list[Any]) -> list[Future[Any]]:
    """Submit the works in this order, each from a caller of its own."""
    loop_ready: Future[list[Any]] = Future()

    async def gather() -> None:
        tasks = [asyncio.ensure_future(database.run(work)) for work in works]
        await asyncio.sleep(0)
        loop_ready.set_result(await asyncio.gather(*tasks, return_exceptions=True))

    in_thread(asyncio.run, gather())
    futures: list[Future[Any]] = [Future() for _ in works]

    def settle(done: Future[list[Any]]) -> None:
        for future, outcome in zip(futures, done.result(), strict=True):
            future.set_exception(outcome) if isinstance(outcome, BaseException) else future.set_result(outcome)

    loop_ready.add_done_callback(settle)
    return futures


# -- one piece of work -----------------------------------------------------------------------------------


def test_work_is_committed_when_write_answers(database: Database, database_url: str) -> None:
    assert database.write(add("A")) == "A"
    another = Database(database_url, connections=1)
    assert letters(another) == {"A"}
    another.close()


def test_a_refusal_undoes_the_work_and_reaches_the_caller(database: Database) -> None:
    def work(connection: Connection) -> None:
        add("A")(connection)
        raise Refusal("day_full", field="start")

    with pytest.raises(Refusal) as refused:
        database.write(work)
    assert refused.value.code == "day_full"
    assert letters(database) == set()


def test_a_broken_rule_is_looked_at_again_a_bounded_number_of_times(database: Database) -> None:
    looks = []
    database.write(add("A"))

    def work(connection: Connection) -> str:
        looks.append(1)
        return add("A" if len(looks) < 3 else "B")(connection)

    assert database.write(work) == "B"
    assert len(looks) == 3
    looks.clear()
    with pytest.raises(IntegrityError):
        database.write(lambda connection: (looks.append(1), add("A")(connection)))
    assert len(looks) == ATTEMPTS


def test_an_error_of_ours_is_not_tried_again(database: Database) -> None:
    looks = []

    def work(_connection: Connection) -> None:
        looks.append(1)
        raise KeyError("ours")

    with pytest.raises(KeyError):
        database.write(work)
    assert len(looks) == 1
    assert database.write(add("A")) == "A"


def test_the_writer_survives_what_is_no_exception(database: Database) -> None:
    def leave(_connection: Connection) -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        in_thread(database.write, leave).result(30)
    assert in_thread(database.write, add("A")).result(30) == "A"


def test_the_event_loop_is_answered(database: Database) -> None:
    async def door() -> tuple[str, int]:
        letter = await database.run(add("A"))
        count = sa.select(sa.func.count(numberings.c.last))
        return letter, await database.fetch(lambda connection: connection.execute(count).scalar_one())

    assert asyncio.run(door()) == ("A", 1)


def test_a_door_that_hangs_up_does_not_undo_the_work(database: Database, held: threading.Event) -> None:
    async def door() -> None:
        call = asyncio.ensure_future(database.run(add("A")))
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    asyncio.run(door())
    held.set()
    database.write(add("B"))
    database.close()
    assert letters(database) == {"A", "B"}


def test_close_finishes_what_waits_and_refuses_what_comes_later(database: Database, database_url: str) -> None:
    works = submit(database, [add(letter) for letter in "ABCDEFGH"])
    done = in_thread(works[-1].result, 30)
    assert done.result(30) == "H"
    database.close()
    with pytest.raises(RuntimeError, match="closed"):
        database.write(add("I"))
    another = Database(database_url, connections=1)
    assert letters(another) == set("ABCDEFGH")
    another.close()


def test_reading_sees_one_moment(database: Database) -> None:
    """What is committed meanwhile does not change what a reader on SQLite has begun to see."""
    with database.read() as connection:
        if not database.embedded:
            connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        before = connection.execute(sa.select(numberings.c.letter)).scalars().all()
        database.write(add("A"))
        assert connection.execute(sa.select(numberings.c.letter)).scalars().all() == before == []
    assert letters(database) == {"A"}


# -- several in one commit -------------------------------------------------------------------------------


@only_sqlite
def test_what_waits_shares_one_commit(database: Database, held: threading.Event) -> None:
    commits = Commits(database)
    works = submit(database, [add(letter) for letter in "ABCDEFGH"])
    wait_until_queued(database, 8)
    held.set()
    assert [work.result(30) for work in works] == list("ABCDEFGH")
    assert commits.count == 2  # the one that held, and the eight


@pytest.fixture
def taken(database: Database) -> str:
    return str(database.write(add("Z")))


def wait_until_queued(database: Database, count: int) -> None:
    deadline = threading.Event()
    for _ in range(3000):
        if database._waiting.qsize() >= count:
            return
        deadline.wait(0.01)
    raise AssertionError("the work was not submitted")


def test_one_that_is_refused_leaves_its_neighbours(
    database: Database, taken: str, held: threading.Event
) -> None:
    def refused(connection: Connection) -> None:
        add("X")(connection)
        raise Refusal("slot_full")

    def broken(connection: Connection) -> None:
        connection.execute(sa.text("SELECT nothing FROM nowhere"))

    works = submit(database, [add("A"), refused, add("B"), broken, add(taken), add("C")])
    held.set()
    assert [works[n].result(30) for n in (0, 2, 5)] == ["A", "B", "C"]
    assert isinstance(works[1].exception(30), Refusal)
    assert isinstance(works[3].exception(30), sa.exc.DBAPIError)
    assert isinstance(works[4].exception(30), IntegrityError)
    assert letters(database) == {"A", "B", "C", "Z"}


@only_sqlite
def test_a_commit_that_fails_is_known_to_all_it_carried(database: Database, held: threading.Event) -> None:
    def poison(connection: Connection) -> None:
        """Breaks a foreign key that is looked at on commit only."""
        connection.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
        connection.execute(sa.text("INSERT INTO old_tokens (token, booking_id) VALUES ('T', 4711)"))

    works = submit(database, [add("A"), poison, add("B")])
    wait_until_queued(database, 3)
    held.set()
    assert all(isinstance(work.exception(30), IntegrityError) for work in works)
    assert letters(database) == set()
    assert database.write(add("A")) == "A"


# -- the short way on PostgreSQL -------------------------------------------------------------------------


def run_at_once(database: Database, work: Any, at_once: Any) -> Any:
    async def door() -> Any:
        return await database.run(work, at_once)

    return asyncio.run(door())


@only_postgresql
def test_the_short_way_answers_alone(database: Database) -> None:
    assert run_at_once(database, pytest.fail, add("A")) == "A"
    assert letters(database) == {"A"}


@pytest.mark.parametrize("at_once", [lambda _connection: None, add("A")], ids=["no answer", "broken rule"])
def test_the_long_way_decides_what_the_short_one_cannot(database: Database, at_once: Any) -> None:
    database.write(add("A"))
    assert run_at_once(database, add("B"), at_once) == "B"
    assert letters(database) == {"A", "B"}


@only_sqlite
def test_sqlite_has_no_short_way(database: Database) -> None:
    assert run_at_once(database, add("B"), pytest.fail) == "B"

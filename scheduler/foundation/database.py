"""Transactions on both databases: the only place that opens, commits, rolls back and retries.

SQLite has one writer, so one thread writes: it drains what waits into one transaction with a savepoint for
each piece of work and commits once (group commit). PostgreSQL has a bounded set of writer threads, one
transaction for each piece of work. Both are fed by one queue; `docs/decisions/` has the measurements.
"""

from __future__ import annotations

import asyncio
import queue
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Connection, Dialect, Engine, Integer, MetaData
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.types import TypeDecorator

from scheduler.foundation.engines import postgresql_engine, sqlite_engine

T = TypeVar("T")
Work = Callable[[Connection], T]

ATTEMPTS = 5
BATCH = 64

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware on both sides, UTC at rest. A naive value fails at write time (ValueError)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base's
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def identity() -> Column[int]:
    """A surrogate key, 64 bits on PostgreSQL, SQLite's rowid there."""
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


class Database:
    """One database and the threads that write to it. Make one a process; `close()` it at the end."""

    def __init__(self, url: str, *, connections: int = 8, durable: bool = True) -> None:
        self.url = sa.make_url(url.replace("postgresql://", "postgresql+psycopg://", 1))
        self.embedded = self.url.get_backend_name() == "sqlite"
        make = sqlite_engine if self.embedded else postgresql_engine
        self._reader = make(self.url, connections, writing=False, durable=durable)
        self._writer = make(self.url, connections + 1, writing=True, durable=durable)
        self._autocommit = self._writer.execution_options(isolation_level="AUTOCOMMIT")
        self._waiting: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(connections, thread_name_prefix="read")
        target = self._write_in_groups if self.embedded else self._write_singly
        self._threads = [
            threading.Thread(target=target, name=f"write-{n}", daemon=True)
            for n in range(1 if self.embedded else connections)
        ]
        self._closed = False
        self._closing = threading.Lock()  # nothing is put into the queue behind its end
        for thread in self._threads:
            thread.start()

    # -- for synchronous callers: commands, jobs, tests ------------------------------------------------

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that only reads, in one transaction."""
        with self._reader.connect() as connection:
            yield connection

    def write(self, work: Work[T]) -> T:
        """Run `work` as one whole transaction and wait for the commit; refusals and errors come out here."""
        return self._submit(work, None).result()

    # -- for doors: the event loop never blocks --------------------------------------------------------

    async def fetch(self, work: Work[T]) -> T:
        """Run `work` on a reading connection in a thread, again on a new one if that turns out to be broken."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._fetch, work)

    async def run(self, work: Work[T], at_once: Callable[[Connection], T | None] | None = None) -> T:
        """Run `work` as one whole transaction in a writer thread; answers after the commit.

        `at_once` is a shorter way on PostgreSQL: it gets an autocommitting connection, executes ONE
        all-or-nothing statement, and answers None when `work` must decide instead. When the connection breaks
        nobody knows whether the statement held: `work` decides then too, so it must notice what was done already
        (a unique rule, a kept answer).
        """
        return await asyncio.wrap_future(self._submit(work, at_once))

    def close(self) -> None:
        """Finish what waits, then close every connection. Closing twice does nothing more."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            for _ in self._threads:
                self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        self._readers.shutdown()
        self._reader.dispose()
        self._writer.dispose()

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations and backups."""
        return self._writer

    # -- inside ----------------------------------------------------------------------------------------

    def _fetch(self, work: Work[T]) -> T:
        try:
            with self._reader.connect() as connection:
                return _do(work, connection)
        except DBAPIError as problem:
            if not problem.connection_invalidated:
                raise
        with self._reader.connect() as connection:  # the server went away and took every pooled connection with it
            return _do(work, connection)

    def _submit(self, work: Work[T], at_once: Callable[[Connection], T | None] | None) -> Future[T]:
        task = _Task(work, at_once)
        with self._closing:
            if self._closed:  # nobody would ever answer
                raise RuntimeError("the database is closed")
            self._waiting.put(task)
        return task.future

    def _write_singly(self) -> None:
        while (task := self._waiting.get()) is not None:
            task.settle(self._whole, task)

    def _whole(self, task: _Task) -> Any:
        if task.at_once is not None:
            answer = self._try_at_once(task.at_once)
            if answer is not None:
                return answer
        return transaction(self._writer, task.work)

    def _try_at_once(self, at_once: Callable[[Connection], T | None]) -> T | None:
        try:
            with self._autocommit.connect() as connection:
                return _do(at_once, connection)
        except DBAPIError as problem:
            if _may_repeat(problem):
                return None
            raise

    def _write_in_groups(self) -> None:
        while (task := self._waiting.get()) is not None:
            group = [task]
            more: _Task | None = task
            while len(group) < BATCH:
                try:
                    more = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    break
                group.append(more)
            self._commit_group(group)
            if more is None:
                return

    def _commit_group(self, group: list[_Task]) -> None:
        """One commit for all, so that a refusal or an error of one leaves the others untouched."""
        try:
            outcomes = transaction(self._writer, lambda connection: [t.attempt(connection) for t in group])
        except _Undone:
            for task in group:
                task.settle(transaction, self._writer, task.work)
            return
        except BaseException as problem:  # the commit itself failed: nobody may believe that it held
            for task in group:
                task.future.set_exception(problem)
            return
        for task, outcome in zip(group, outcomes, strict=True):
            outcome(task.future)


class _Task:
    def __init__(self, work: Work[Any], at_once: Callable[[Connection], Any] | None) -> None:
        self.work = work
        self.at_once = at_once
        self.future: Future[Any] = Future()
        self.future.set_running_or_notify_cancel()  # a door that hangs up does not undo the work

    def settle(self, function: Callable[..., Any], *args: Any) -> None:
        try:
            self.future.set_result(function(*args))
        except BaseException as problem:
            self.future.set_exception(problem)

    def attempt(self, connection: Connection) -> Callable[[Future[Any]], None]:
        """Do the work in a savepoint of SQLite's one transaction; answers what is to be told after the commit.

        The savepoint is the driver's own: SQLAlchemy's costs as much as three statements.
        """
        driver = _driver_of(connection)
        for _ in range(ATTEMPTS):
            driver.execute("SAVEPOINT task")
            try:
                result = _do(self.work, connection)
            except BaseException as problem:
                _must_be_open(driver)
                driver.execute("ROLLBACK TO task")
                driver.execute("RELEASE task")
                if isinstance(problem, DBAPIError) and _is_transient(problem):
                    raise
                error = problem
                if not isinstance(problem, IntegrityError):
                    break  # else a random code that exists already: draw again
            else:
                _must_be_open(driver)
                driver.execute("RELEASE task")
                return lambda future: future.set_result(result)
        return lambda future: future.set_exception(error)


class _Undone(Exception):
    """SQLite gave up the whole transaction in the middle of a group: nothing of it is left."""


def _driver_of(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _must_be_open(driver: sqlite3.Connection) -> None:
    """A full disk, an I/O error or a lack of memory ends the transaction, not the savepoint (SQLite: lang_transaction).

    What comes after would commit by itself, and the driver takes the group's COMMIT without a word. Raises _Undone.
    """
    if not driver.in_transaction:
        raise _Undone


def _do(work: Work[T], connection: Connection) -> T:
    try:
        return work(connection)
    except StopIteration as problem:  # asyncio's futures do not take it: the caller would wait for ever
        raise RuntimeError("the work let a StopIteration out") from problem


def transaction(engine: Engine, work: Work[T], attempts: int = ATTEMPTS) -> T:
    """Run `work` in one transaction and commit, again (bounded) when the database asks for it.

    Repeated on serialization failures, deadlocks and a busy file; on a broken unique rule, as the other side has
    committed by then and the second look gives the exact refusal; and on a connection that breaks before the commit
    is asked for, which undoes all. One that breaks later leaves open whether the commit held, so that is raised.
    Raises what `work` raises. `work` may run several times: what it does outside the transaction must bear that.
    """
    for attempt in range(attempts):
        committing = False
        try:
            with engine.begin() as connection:
                result = _do(work, connection)
                committing = True
            return result
        except DBAPIError as problem:
            if attempt == attempts - 1 or not _may_repeat(problem) or (committing and problem.connection_invalidated):
                raise
            time.sleep(random.uniform(0, 0.005 * 2**attempt))  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


def _may_repeat(problem: DBAPIError) -> bool:
    return isinstance(problem, IntegrityError) or problem.connection_invalidated or _is_transient(problem)


def _is_transient(problem: DBAPIError) -> bool:
    state = getattr(problem.orig, "sqlstate", None)
    if state in ("40001", "40P01"):
        return True
    return isinstance(problem.orig, sqlite3.OperationalError) and "locked" in str(problem.orig)

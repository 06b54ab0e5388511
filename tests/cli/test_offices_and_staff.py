"""Offices from files and accounts of staff, by command."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from api import devices
from api.sessions import Session
from api.tables import staff
from scheduler.foundation.database import Database
from scheduler.tables import offices
from tests.cli.conftest import Environment
from tests.cli.terminal import refused, run
from tests.conftest import NOW

EXAMPLE = files("scheduler").joinpath("examples/balikpapan.toml").read_text(encoding="utf-8")
PASSWORD = "kopi-susu-tanpa-gula"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def imported(installed: Environment, tmp_path: Path) -> Environment:
    """The installation with the example office in it."""
    (tmp_path / "balikpapan.toml").write_text(EXAMPLE, encoding="utf-8")
    done = run("office", "import", str(tmp_path / "balikpapan.toml"), settings=installed)
    assert "balikpapan.toml: imported.\n" in done.stdout, done.stderr
    return installed


def _scalars(url: str, query: sa.Select[tuple[str]]) -> list[str]:
    database = Database(url, connections=1)
    try:
        with database.read() as connection:
            return list(connection.scalars(query))
    finally:
        database.close()


def test_an_office_is_imported_and_again_changes_nothing(imported: Environment, tmp_path: Path) -> None:
    again = run("office", "import", str(tmp_path / "balikpapan.toml"), settings=imported)
    assert (again.returncode, "nothing changed" in again.stdout) == (0, True)
    assert _scalars(imported["DATABASE_URL"], sa.select(offices.c.slug)) == ["balikpapan"]


@SQLITE
def test_an_import_tells_what_it_changed(imported: Environment, tmp_path: Path) -> None:
    file = tmp_path / "balikpapan.toml"
    file.write_text(EXAMPLE.replace("minutes = 5", "minutes = 10").replace("07:30-11:30", "08:00-11:30").replace(
        'slug = "loket-6"', 'slug = "loket-7"'), encoding="utf-8")
    assert run("office", "import", str(file), settings=imported).stdout.splitlines()[1:] == [
        "  services: changed ktp-ambil", "  counters: added loket-7; retired loket-6", "  hours: weekdays 4"]


@SQLITE
def test_a_wrong_office_file_is_refused_whole_with_lines(installed: Environment, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(EXAMPLE.replace("Asia/Makassar", "Asia/Atlantis"), encoding="utf-8")
    done = run("office", "import", str(wrong), settings=installed)
    assert done.returncode == 1
    assert "nothing was changed" in done.stderr
    assert "line " in done.stderr
    assert _scalars(installed["DATABASE_URL"], sa.select(offices.c.slug)) == []


@pytest.mark.parametrize(("prepare", "why"), [
    (lambda file: None, "cannot be read"),
    (lambda file: file.mkdir(), "cannot be read"),
    (lambda file: file.write_bytes(b"\xff\xfe\x00"), "not a text file in UTF-8, see line 1"),
    (lambda file: file.write_bytes(b'[office]\r\nname = "Caf\xe9"'), "not a text file in UTF-8, see line 2"),
    (lambda file: file.write_bytes(b"#" * 500_001), "larger than 500 KB"),
], ids=["missing", "directory", "binary", "latin", "huge"])
@SQLITE
def test_a_file_that_cannot_be_read(installed: Environment, tmp_path: Path, prepare: Callable[[Path], None],
                                    why: str) -> None:
    prepare(tmp_path / "office.toml")
    assert why in refused("office", "import", str(tmp_path / "office.toml"), settings=installed)


def test_an_account_with_a_password_from_standard_input(imported: Environment) -> None:
    done = run("staff", "add", "Siti", "--role", "counter", settings=imported, said=PASSWORD + "\n")
    assert done.stdout == "siti may sign in as counter.\n"
    stored = _scalars(imported["DATABASE_URL"], sa.select(staff.c.password))
    assert PasswordHasher().verify(stored[0], PASSWORD)


def test_a_generated_password_is_shown_once_and_works(imported: Environment) -> None:
    done = run("staff", "add", "rahma", "--role", "manager", "--office", "balikpapan", "--generate", settings=imported)
    password = done.stdout.split()[-1]
    assert PasswordHasher().verify(_scalars(imported["DATABASE_URL"], sa.select(staff.c.password))[0], password)


def test_an_account_is_closed_and_opened_again(imported: Environment) -> None:
    add = ("staff", "add", "siti", "--role", "counter")
    run(*add, settings=imported, said=PASSWORD + "\n")
    assert run("staff", "remove", "Siti", settings=imported).stdout == (
        "siti is signed out everywhere and signs in no more.\n")
    assert _scalars(imported["DATABASE_URL"], sa.select(staff.c.active)) == [False]
    assert _scalars(imported["DATABASE_URL"], sa.select(staff.c.password)) == [""]
    assert "There is no account 'siti'." in refused("staff", "remove", "siti", settings=imported)
    run(*add, settings=imported, said=PASSWORD + "\n")
    assert _scalars(imported["DATABASE_URL"], sa.select(staff.c.active)) == [True]


def test_accounts_and_devices_are_listed(imported: Environment) -> None:
    for name, role in (("siti", "counter"), ("rahma", "manager")):
        run("staff", "add", name, "--role", role, settings=imported, said=PASSWORD + "\n")
    run("staff", "remove", "siti", settings=imported)
    with closing(Database(imported["DATABASE_URL"], durable=False)) as database:
        database.write(lambda connection: devices.add(
            connection, Session(1, 1, "", "manager", NOW, b""), "door", "Pintu utara", "", NOW))
    assert run("staff", "list", settings=imported).stdout.splitlines() == [
        "rahma  manager  balikpapan  signed out", "siti  counter  balikpapan  closed",
        "Pintu utara  door  balikpapan  no key"]


@SQLITE
def test_accounts_that_cannot_be(imported: Environment) -> None:
    add = ("staff", "add", "siti", "--role", "counter")
    assert "There is no password" in refused(*add, settings=imported)
    assert "at least 10 characters" in refused(*add, settings=imported, said="short\n")
    assert "There is no office 'samarinda'; there is balikpapan." in refused(
        *add, "--office", "samarinda", "--generate", settings=imported)
    assert "user name" in refused("staff", "add", "Siti Aminah", "--role", "counter", "--generate", settings=imported)
    assert _scalars(imported["DATABASE_URL"], sa.select(staff.c.username)) == []


@SQLITE
def test_an_account_needs_an_office(installed: Environment) -> None:
    assert "There is no office yet" in refused("staff", "add", "siti", "--role", "counter", settings=installed)

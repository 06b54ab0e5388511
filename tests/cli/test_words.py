"""What the command says of itself, and the sentence for each thing that can go wrong."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import psycopg
import pytest

from api.cli import COMMANDS
from tests.cli.conftest import Environment
from tests.cli.terminal import refused, run

DEPLOY = Path(__file__).parents[2] / "deploy"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGES = [[], *([name] for name in COMMANDS), ["office", "import"], ["staff", "add"], ["staff", "list"]]


@pytest.mark.parametrize("words", PAGES, ids=" ".join)
def test_every_command_has_help_with_an_example(words: list[str]) -> None:
    done = run(*words, "--help")
    assert done.returncode == 0
    assert "usage: antre" in done.stdout
    assert not words or "example" in done.stdout


@pytest.mark.parametrize(("words", "why"), [
    ([], "COMMAND"),
    (["queue"], "invalid choice"),
    (["serve", "--port", "0"], "not a port"),
    (["serve", "--processes", "none"], "whole number"),
    (["demo", "--speed", "-1"], "not a number from 0"),
    (["demo", "--residents", "many"], "whole number"),
    (["staff", "add", "siti", "--role", "chief"], "invalid choice"),
], ids=str)
def test_misuse_is_told_in_a_line_with_the_way_to_help(words: list[str], why: str) -> None:
    line = refused(*words)
    assert why in line
    assert "--help" in line


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "backup f", "office import f"])
def test_a_missing_setting_stops_every_command(command: str, tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    words = [str(tmp_path / "f") if word == "f" else word for word in command.split()]
    assert refused(*words).startswith("antre: ANTRE_SECRET_KEY is missing: ")


@pytest.mark.parametrize("unit", ["antre.service", "antre-worker.service"])
def test_the_options_a_unit_gives_are_understood(unit: str) -> None:
    command = re.search(r"^ExecStart=\S+/antre (.+)$", (DEPLOY / unit).read_text(encoding="utf-8"), re.MULTILINE)
    assert command
    assert "is missing" in refused(*command[1].split())  # options are read before settings


@SQLITE
def test_a_senseless_setting_is_named(installed: Environment) -> None:
    assert "ANTRE_PUBLIC_URL" in refused("migrate", settings=installed | {"PUBLIC_URL": "antre"})
    assert "ANTRE_COLOUR" in refused("migrate", settings=installed | {"COLOUR": "blue"})


@pytest.mark.parametrize(("url", "why"), [
    ("sqlite:////nowhere/at/all.sqlite3", "There is no database at /nowhere/at/all.sqlite3: run `antre migrate`"),
    ("sqlite://", "must start with"),
    ("sqlite:///", "must name a file"),
    ("sqlite:///:memory:", "must name a file"),
    ("postgresql://nobody:swordfish@127.0.0.1:1/x", "The database does not answer"),
    ("postgresql://[", "ANTRE_DATABASE_URL"),
    ("postgresql://nobody:swordfish@127.0.0.1:1/x?colour=blue", "is not understood: invalid connection option"),
], ids=str)
@SQLITE
def test_a_database_that_is_not_there(installed: Environment, url: str, why: str) -> None:
    line = refused("serve", settings=installed | {"DATABASE_URL": url})
    assert why in line
    assert "swordfish" not in line


@SQLITE
def test_a_file_that_is_no_database(installed: Environment, tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Dear office, " * 100)
    settings = installed | {"DATABASE_URL": f"sqlite:///{other}"}
    assert refused("migrate", settings=settings) == "antre: The database file is not a SQLite database."
    assert other.read_text() == "Dear office, " * 100


@SQLITE
def test_a_schema_that_is_behind_stops_the_start(installed: Environment, tmp_path: Path) -> None:
    (tmp_path / "empty.sqlite3").touch()
    settings = installed | {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}
    for command in ("serve", "rekey"):
        assert "run `antre migrate`" in refused(command, settings=settings)
    assert run("migrate", settings=settings).stdout.startswith("The schema is at ")
    assert "already" in run("migrate", settings=settings).stdout


@SQLITE
def test_a_port_in_use_is_told_before_anything_starts(installed: Environment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert f"Port {port} on 127.0.0.1 is in use" in refused("serve", "--port", port, settings=installed)
        assert f"Port {port} on 127.0.0.1 is in use" in refused("demo", "--port", port)


@SQLITE
def test_an_address_of_another_machine_cannot_be_listened_on(installed: Environment) -> None:
    assert "203.0.113.1" in refused("serve", "--host", "203.0.113.1", settings=installed)
    assert "no-such-host.invalid" in refused("serve", "--host", "no-such-host.invalid", settings=installed)


@SQLITE
def test_an_embedded_database_has_one_process_and_no_worker(installed: Environment) -> None:
    assert "--processes" in refused("serve", "--processes", "2", settings=installed)
    assert "`antre serve` runs the jobs itself" in refused("worker", settings=installed)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_belongs_to_somebody_else(installed: Environment) -> None:
    url = installed["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN; ALTER ROLE guest SET search_path = public")
        connection.execute("GRANT USAGE ON SCHEMA public TO guest")
        line = refused("migrate", settings=installed | {"DATABASE_URL": url.replace("postgres@", "guest@")})
        assert "permission denied for schema public" in line
        assert line.endswith("Make it the owner of its database.")
        connection.execute("DROP OWNED BY guest; DROP ROLE guest")


@SQLITE
def test_a_copy_under_a_name_no_file_can_have(installed: Environment) -> None:
    assert "File name too long" in refused("backup", "/tmp/" + "a" * 300, settings=installed)


def test_a_time_the_demo_cannot_play(tmp_path: Path) -> None:
    assert "--at 'soon' is not a time" in refused("demo", "--at", "soon", "--data", str(tmp_path / "demo"))


def test_a_demo_that_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be kept" in refused("demo", "--data", str(tmp_path / "file" / "demo"))

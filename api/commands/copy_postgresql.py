"""Copies of a PostgreSQL database, by PostgreSQL's own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.commands.problems import Failure

_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
_OTHERS = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'antre' AND pid <> pg_backend_pid()"""


def save(url: str, target: Path) -> None:
    """Dump the database, which may be in use, into `target`. Raises Failure when pg_dump is missing or fails."""
    _call(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def load(source: Path, url: str, *, overwrite: bool) -> None:
    """Make the database what the dump holds, in one transaction. Raises Failure when that must not be."""
    if " TABLE public bookings " not in _call(None, "pg_restore", "--list", str(source)):
        raise Failure(f"{source} is no copy of an Antre database.")
    with psycopg.connect(_conninfo(url)) as connection:
        if connection.execute(_OTHERS).fetchone() != (0,):
            raise Failure("The database is in use: stop `antre serve` and `antre worker` first.")
        if not overwrite and connection.execute(_TABLES).fetchone() != (0,):
            raise Failure("The database is not empty: say --yes to give up what it holds.")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "copy.sql"
        _call(None, "pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source))
        _call(url, "psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1",
              "--single-transaction",
              "--command=SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public",
              f"--file={script}")


def _conninfo(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _call(url: str | None, program: str, *arguments: str) -> str:
    """What one of PostgreSQL's programs prints; the password goes by the environment, where `ps` does not show it."""
    path = shutil.which(program)
    if path is None:
        raise Failure(f"{program} is not on the PATH: install PostgreSQL's client programs (postgresql-client).")
    environment = dict(os.environ)
    if url is not None:
        parts = conninfo_to_dict(_conninfo(url))
        password = parts.pop("password", None)
        if password is not None:
            environment["PGPASSWORD"] = str(password)
        arguments = (f"--dbname={make_conninfo('', **parts)}", *arguments)
    done = subprocess.run([path, *arguments], env=environment, capture_output=True, text=True)  # noqa: S603 - no shell
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it ended without a word"]
        raise Failure(f"{program} failed: {said[0].removeprefix(f'{program}: ').removeprefix('error: ')}.")
    return done.stdout

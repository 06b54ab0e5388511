"""What several commands need: numbers from the command line, a database that is there, words on the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console

import api.schema
from api.commands.examine import newest_opens
from api.commands.problems import BEHIND, OTHER_SEAL, Failure
from scheduler.foundation import config
from scheduler.foundation.config import Settings
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault


def count(text: str) -> int:
    """A whole number above 0."""
    if not (text.isascii() and text.isdigit()) or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def port_number(text: str) -> int:
    """A TCP port."""
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 1 to 65535")
    return int(text)


def announce(line: str) -> None:
    """Say a line at once, also into a pipe or a log."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def screen() -> Console:
    """The terminal, with colours where it has them; plain lines elsewhere, never folded."""
    return Console(highlight=False, soft_wrap=True)


def ready_settings() -> Settings:
    """The settings, once it is certain that the database is there, at this version's schema, and sealed by them."""
    settings = config.load()
    with opened(settings) as database, database.read() as connection:
        if not newest_opens(connection, Vault(settings.secrets)):
            raise Failure(OTHER_SEAL)
        return settings


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database, at this version's schema; closed at the end. Raises Failure when it is not there or behind."""
    with connected(settings) as database:
        with database.read() as connection:
            version = api.schema.current(connection)
        if version != api.schema.HEAD:
            raise Failure(unfit(version))
        yield database


def unfit(version: str | None) -> str:
    """What to do about a database at another version of the schema than this program's."""
    if version is None or api.schema.is_known(version):
        return BEHIND
    return api.schema.NEWER.format(version=version)


@contextmanager
def connected(settings: Settings) -> Iterator[Database]:
    """The database as it is; closed at the end. A missing SQLite file is refused, not made."""
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        raise Failure(f"There is no database at {file}: run `antre migrate` to make it.")
    database = Database(settings.database_url, connections=1)
    try:
        yield database
    finally:
        database.close()


def sqlite_file(settings: Settings) -> Path | None:
    """Where the embedded database is kept; None on PostgreSQL."""
    return Path(str(sa.make_url(settings.database_url).database)) if settings.embedded else None


def make_private(file: Path) -> None:
    """Make the database's file, if it is not there, for its owner alone; SQLite would let everybody on the machine
    read it, and gives its log the same mode. What stands in the way SQLite will say."""
    with suppress(OSError):
        file.touch(mode=0o600, exist_ok=False)

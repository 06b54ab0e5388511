"""`antre doctor`: one line for each thing that must hold, and exit code 1 if one does not."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import sqlalchemy as sa
from rich.markup import escape

import api.schema
from api.commands.carriers import carriers
from api.commands.examine import Finding, books, clocks, jobs, keys
from api.commands.ground import connected, screen, unfit
from api.commands.problems import sentence
from scheduler.foundation import config
from scheduler.foundation.clock import SystemClock
from scheduler.foundation.config import Settings
from scheduler.foundation.database import Database
from scheduler.foundation.errors import SettingsError
from scheduler.foundation.privacy import Vault


def configure(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.epilog = ("Reads only, and sends no SMS; it may run beside everything else.\n\n"
                     "example:\n  antre doctor")
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Examine everything, print each finding, answer 1 if one is bad."""
    console, sound = screen(), True
    for finding in _examine():
        sound = sound and finding.good
        mark = "[green]ok[/]  " if finding.good else "[red]bad[/] "
        console.print(mark + escape(finding.words))
    return 0 if sound else 1


def _examine() -> Iterator[Finding]:
    try:
        settings = config.load()
    except SettingsError as problem:
        yield Finding(False, str(problem))
        return
    yield _settings(settings)
    try:
        with connected(settings) as database:
            yield from _database(database, settings)
    except Exception as problem:
        words = sentence(problem)
        if words is None:
            raise
        yield Finding(False, words)
    yield from carriers(settings)


def _settings(settings: Settings) -> Finding:
    if settings.test_people:
        return Finding(False, "ANTRE_TEST_PEOPLE is yes: anybody can book under an invented NIK.")
    if not settings.secure:
        return Finding(False, "ANTRE_PUBLIC_URL is http: tickets and passwords travel in the open.")
    return Finding(True, "The settings are whole.")


def _database(database: Database, settings: Settings) -> Iterator[Finding]:
    with database.read() as connection:
        version = api.schema.current(connection)
        if version != api.schema.HEAD:
            yield Finding(False, unfit(version))
            return
        kind = "SQLite" if settings.embedded else "PostgreSQL"
        size = connection.scalar(sa.text("SELECT count(*) FROM offices"))
        yield Finding(True, f"The database ({kind}) answers, is at schema {version} and knows {size} offices.")
        now = SystemClock().now()
        yield clocks(connection, now)
        yield jobs(connection, now)
        yield from books(connection)
        yield from keys(connection, Vault(settings.secrets))

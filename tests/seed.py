"""Databases with an office inside, made the way an installation makes them."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

from scheduler import jobs, office_file
from scheduler.foundation.database import Database
from scheduler.offices import Offices


def balikpapan(database: Database, now: datetime) -> None:
    """Import the example office, open its days to the horizon and release them.

    All at once and with every start of every counter, so that a test can count on what it books.
    """
    text = plain(files("scheduler").joinpath("examples/balikpapan.toml").read_text(encoding="utf-8"))
    file = office_file.parse(text, "balikpapan.toml")
    database.write(lambda connection: office_file.import_office(connection, file, now))
    jobs.open_days(database, Offices(), now)
    jobs.keep_capacity(database, Offices(), now)


def plain(text: str) -> str:
    """An office file whose days open at once, with a place at each start for each counter."""
    return text.replace("pace = 80", "pace = 100").replace("portions = 4", "portions = 1")

"""Databases with an office inside, made the way an installation makes them."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

import sqlalchemy as sa
from sqlalchemy import Connection

from scheduler import jobs, office_file
from scheduler.foundation.database import Database
from scheduler.offices import Offices
from scheduler.tables import offices


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


def second_office(connection: Connection) -> int:
    """Samarinda, an office like the first one but without days; answers its number."""
    row = dict(connection.execute(sa.select(offices)).mappings().one())
    del row["id"]
    row |= {"slug": "samarinda", "name": "Samarinda", "fingerprint": "x"}
    return int(connection.execute(offices.insert().values(row).returning(offices.c.id)).scalar_one())

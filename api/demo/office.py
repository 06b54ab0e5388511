"""The demo's office: Balikpapan's example file imported, and accounts to sign in with."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

import api.schema
from api import staff
from api.demo.place import ACCOUNTS, INVENTED
from api.tables import staff as accounts
from scheduler import office_file
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.tables import counters
from ticketing.hall_tables import desks

EXAMPLE = "examples/balikpapan.toml"


@cache
def example() -> office_file.OfficeFile:
    """The example office, as its file says."""
    text = files("scheduler").joinpath(EXAMPLE).read_text(encoding="utf-8")
    return office_file.parse(text, Path(EXAMPLE).name)


def zone() -> ZoneInfo:
    """The example office's time zone."""
    return ZoneInfo(example().timezone)


def prepare(database: Database) -> datetime | None:
    """Bring the schema up to date. Answers the last moment the demo has seen, None if it is new."""
    api.schema.upgrade(database)
    with database.read() as connection:
        reached: datetime | None = connection.scalar(sa.select(sa.func.max(journal.c.at)))
    return reached


def seed(database: Database, file: office_file.OfficeFile, passwords: dict[str, str], now: datetime) -> None:
    """Import the office and make the accounts that are not there yet."""
    def work(connection: Connection) -> None:
        office_id = office_file.import_office(connection, file, now).office_id
        known = set(connection.scalars(sa.select(accounts.c.username)))
        for key, (role, username) in (ACCOUNTS | {INVENTED: ("counter", INVENTED)}).items():
            if username not in known:
                staff.add(connection, office_id, username, passwords[key], role, now)

    database.write(work)


def stay_seated(database: Database, until: datetime) -> None:
    """Whoever sits at a counter by the page sits there still when the clock has jumped: nobody left it meanwhile."""
    query = sa.update(desks).where(desks.c.seen_at.is_not(None)).values(seen_at=until)
    database.write(lambda connection: connection.execute(query))


def taken_counters(database: Database) -> set[str]:
    """The slugs of counters at which somebody sits by the page; a program's calls alone leave no such sign."""
    query = sa.select(counters.c.slug).join(desks, desks.c.counter_id == counters.c.id).where(
        desks.c.seen_at.is_not(None))
    with database.read() as connection:
        return set(connection.scalars(query))

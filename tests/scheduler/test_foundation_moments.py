"""Moments in the database, and how SQLite is set up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal

WITA = timezone(timedelta(hours=8))


def record_at(database: Database, moment: datetime) -> None:
    database.write(lambda c: c.execute(journal.insert(), {"at": moment, "kind": "booked", "unread": False}))


def test_a_moment_comes_back_the_same_in_utc(database: Database) -> None:
    moment = datetime(2026, 11, 24, 7, 30, 0, 123456, tzinfo=WITA)
    record_at(database, moment)
    with database.read() as connection:
        read = connection.execute(sa.select(journal.c.at)).scalar_one()
    assert read == moment
    assert read.utcoffset() == timedelta(0)


def test_a_naive_moment_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"):
        record_at(database, datetime(2026, 11, 24, 7, 30))  # noqa: DTZ001 - what is refused
    with database.read() as connection:
        assert connection.execute(sa.select(journal.c.id)).all() == []


def test_moments_of_different_zones_are_compared_as_moments(database: Database) -> None:
    early, late = datetime(2026, 11, 24, 8, tzinfo=WITA), datetime(2026, 11, 24, 1, tzinfo=UTC)
    record_at(database, early)
    with database.read() as connection:
        found = sa.select(sa.func.count(journal.c.id))
        assert connection.execute(found.where(journal.c.at < late)).scalar_one() == 1
        assert connection.execute(found.where(journal.c.at < early)).scalar_one() == 0
        assert connection.execute(found.where(journal.c.at <= early.astimezone(UTC))).scalar_one() == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_is_kept_as_durable_and_strict_as_meant(database_url: str) -> None:
    pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15_000}
    database = Database(database_url)
    found = database.write(lambda c: {name: c.execute(sa.text(f"PRAGMA {name}")).scalar() for name in pragmas})
    database.close()
    assert found == pragmas

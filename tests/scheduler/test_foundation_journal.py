"""The journal: every kind can be written, what concerns somebody waits to be told, and nothing else gets in."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import StatementError

from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import KINDS, journal, record
from tests.conftest import NOW


def entries(database: Database) -> list[sa.Row[tuple[object, ...]]]:
    with database.read() as connection:
        return list(connection.execute(sa.select(journal).order_by(journal.c.id)))


def test_every_kind_is_kept_and_those_that_concern_somebody_wait(database: Database) -> None:
    def write_all(connection: Connection) -> None:
        for kind in KINDS:
            record(connection, kind, at=NOW)

    database.write(write_all)
    assert {entry.kind: entry.unread for entry in entries(database)} == {
        name: kind.told for name, kind in KINDS.items()}


def test_an_entry_names_its_rows_and_holds_its_data(database: Database) -> None:
    names = {"office_id": 1, "booking_id": 2, "day_id": 3, "visit_id": 4, "staff_id": 5}
    data = {"released": 68, "because": {"code": "no_show_rate_unknown", "high": 70}, "note": None}
    database.write(lambda connection: record(connection, "day_released", at=NOW, data=data, **names))
    (entry,) = entries(database)
    assert entry.at == NOW
    assert entry.data == data
    assert {name: getattr(entry, name) for name in names} == names


def test_no_data_is_sql_null(database: Database) -> None:
    database.write(lambda connection: record(connection, "signed_in", at=NOW))
    with database.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM journal WHERE data IS NULL")).scalar_one() == 1


def test_an_entry_falls_with_its_transaction(database: Database) -> None:
    def work(connection: Connection) -> None:
        record(connection, "booked", at=NOW, booking_id=1)
        raise Refusal("day_full")

    with pytest.raises(Refusal):
        database.write(work)
    assert entries(database) == []


def test_an_unknown_kind_is_our_mistake(database: Database) -> None:
    with pytest.raises(KeyError):
        database.write(lambda connection: record(connection, "bokked", at=NOW))
    assert entries(database) == []


def test_a_naive_time_is_our_mistake(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"):
        database.write(lambda connection: record(connection, "booked", at=datetime(2026, 11, 24)))  # noqa: DTZ001
    assert entries(database) == []


def test_a_kind_fits_its_column() -> None:
    assert max(map(len, KINDS)) <= journal.c.kind.type.length

"""Bookings are looked up by key from the first one on: a plan made while the table is empty is kept as it grows."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from sqlalchemy.dialects import postgresql

from scheduler.bookings_at_once import _BOOK
from scheduler.foundation.database import Database
from tests.conftest import NOW

VALUES: dict[str, Any] = {
    "per_phone": 5, "phones": [b"phone"], "niks": [b"nik"], "lately": NOW, "given_up": 10, "party": 1, "office_id": 1,
    "service_id": 1, "letter": "A", "start": NOW, "now": NOW, "code": "482177305", "token": "T", "priority": None,
    "reason": None, "channel": "web", "language": "id", "nik_hash": b"nik", "phone_hash": b"phone", "sealed": b"",
}
LOOK_UPS = {"uq_bookings_active_nik": "nik_hash", "uq_bookings_active_phone_seat": "phone_hash",
            "ix_bookings_given_up": "phone_hash"}


def with_values(cursor: Any, text: str) -> None:
    asked = psycopg.ClientCursor(cursor.connection).mogrify(f"EXPLAIN {text}", VALUES)
    cursor.execute(asked.encode())


def for_any_values(cursor: Any, text: str) -> None:
    numbers: dict[str, str] = {}
    text = re.sub(r"%\((\w+)\)s", lambda found: numbers.setdefault(found[1], f"${len(numbers) + 1}"), text)
    cursor.execute(f"EXPLAIN (GENERIC_PLAN) {text}".encode())


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("explain", [with_values, for_any_values])
def test_the_plan_of_an_empty_table_looks_people_up(database: Database, explain: Any) -> None:
    raw = database.engine.raw_connection()
    with raw.cursor() as cursor:
        explain(cursor, str(_BOOK.compile(dialect=postgresql.psycopg.dialect())))  # type: ignore[no-untyped-call]
        plan = "\n".join(row[0] for row in cursor.fetchall())
    raw.close()
    for index, column in LOOK_UPS.items():
        assert re.search(rf"{index}\b[^\n]*\n +Index Cond: \(*{column} = ANY", plan), plan
    assert not re.search(r"Filter: \(+(nik|phone)_hash", plan), plan

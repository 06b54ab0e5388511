"""Bookings are looked up by key from the first one on: a plan made while the table is empty is kept as it grows."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from sqlalchemy.dialects import postgresql

from scheduler import awaited, grounds, learning, override_rows, releasing, tallying, untold
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


# What the capacity job asks for thousands of days: each by an index that holds only what is asked for.
JOB = [
    (awaited._BOOKED, {"ids": [1, 2]}, "ix_bookings_day"),
    (override_rows._OF, {"ids": [1, 2]}, "uq_overrides_in_force"),
    (override_rows._ALL, {}, "uq_overrides_in_force"),
    (grounds._OFFICES_IN_LINE, {}, "ix_waiting_line"),
    (learning._IS_COUNTED, {"day": 1}, "uq_learnt_days_day_id|autoindex_learnt_days"),
    (learning._LAST, {"office": 1, "most": 120}, "uq_learnt_days_office_id_date|autoindex_learnt_days"),
    (tallying._ENTRIES, {"day": 1, "kinds": ["walk_in"]}, "ix_journal_day"),
    (untold._BEFORE, {"entries": [1]}, "ix_offers_day"),
    (untold._TAKEN_BACK, {"entry": 1, "now": NOW}, "ix_offers_day"),
    (untold._RESTING, {"offices": [1, 2], "today": NOW.date(), "since": NOW}, "ix_offers_day"),
    (releasing._STANDS, {"ids": [1, 2]}, "days_pkey|pk_days|rowid|INTEGER PRIMARY KEY"),
]


@pytest.mark.parametrize(("statement", "values", "index"), JOB,
                         ids=[re.split(r"\W", index)[0] + f"-{n}" for n, (_, _, index) in enumerate(JOB)])
def test_the_capacity_job_finds_rows_by_their_index(
    database: Database, statement: Any, values: dict[str, Any], index: str
) -> None:
    dialect = database.engine.dialect
    text = str(statement.params(values).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    with database.engine.connect() as connection:
        if not database.embedded:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # of an empty table anything is cheap
        asked = f"EXPLAIN QUERY PLAN {text}" if database.embedded else f"EXPLAIN {text}"
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(asked))
    assert re.search(index, plan), plan

"""Every question a hall asks often finds its rows by an index, on both databases."""

from __future__ import annotations

import re
from typing import Any

import pytest

from notifications import of_bookings
from scheduler.foundation.database import Database
from tests.conftest import NOW
from ticketing import ahead, called, desks, hall, queue, service_times, soon, stations

TODAY = {"office": 1, "date": NOW.date()}
QUERIES = [
    (called._AT, {"counter": 1}, "uq_visits_at_counter"),
    (called._AT, {"counter": 1}, "uq_servings_open"),
    (called._OF_NUMBER, {**TODAY, "letter": "A", "number": 1}, "uq_visits_office_id|autoindex_visits|ix_visits_state"),
    (ahead._WAITING, TODAY, "ix_visits_state"),
    (ahead._CALLS, TODAY, "uq_servings_office_id|autoindex_servings"),
    (stations._AT_WORK, {**TODAY, "since": NOW}, "ix_desks_office"),
    (stations._AT_WORK, {**TODAY, "since": NOW}, "uq_servings_office_id|autoindex_servings"),
    (stations._AT_WORK, {**TODAY, "since": NOW}, "ix_visits_state"),
    (hall._VERSION, TODAY, "ix_desks_office"),
    (hall._STAMP, TODAY, "ix_visits_state"),
    (hall._WAITING, TODAY, "ix_visits_state"),
    (hall._ELSEWHERE, TODAY, "ix_visits_state"),
    (hall._ELSEWHERE, TODAY, "uq_servings_open"),
    (hall._CALLS, TODAY, "uq_servings_office_id|autoindex_servings"),
    (queue._OWN, {"booking": 1, "date": NOW.date()}, "uq_visits_booking_id|autoindex_visits"),
    (service_times._STAYS, {"office": 1, "since": NOW.date()}, "uq_servings_office_id|autoindex_servings"),
    (soon._WITH_PEOPLE, {"offices": [1, 2], "dates": [NOW.date()]}, "ix_visits_state"),
    (soon._UNTOLD, {"visits": [1, 2]}, "ix_journal_booking"),
    (desks._AT_COUNTERS, {}, "uq_visits_at_counter"),
    (of_bookings._REACHED, {"booking": 1}, "ix_outbox_booking"),
]


@pytest.mark.parametrize(("statement", "values", "index"), QUERIES,
                         ids=[f"{n}-{re.split('[|]', index)[0]}" for n, (_, _, index) in enumerate(QUERIES)])
def test_the_hall_finds_rows_by_their_index(
    database: Database, statement: Any, values: dict[str, Any], index: str
) -> None:
    dialect = database.engine.dialect
    text = str(statement.params(values).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    with database.engine.connect() as connection:
        if not database.embedded:
            for way in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin"):
                connection.exec_driver_sql(f"SET LOCAL {way} = off")  # of an empty table anything is cheap
        asked = f"EXPLAIN QUERY PLAN {text}" if database.embedded else f"EXPLAIN {text}"
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(asked))
    assert re.search(index, plan), plan

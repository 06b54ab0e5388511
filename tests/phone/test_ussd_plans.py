"""What each step asks is answered from an index, however many sessions and bookings there are."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from api.phone.menu import sessions
from scheduler import closure_lists, held
from scheduler.foundation.database import Database
from tests.conftest import NOW

ASKED = [
    (r"sqlite_autoindex_ussd_sessions_1|pk_ussd_sessions", sessions._LOCK, {"hash": b"x"}),
    ("ix_ussd_sessions_phone", sessions._LATEST, {"phones": [b"x"], "since": NOW, "hash": b"y"}),
    ("ix_bookings_day", held._ARRIVED, {"phones": [b"x"], "office": 1, "date": NOW.date()}),
    ("uq_bookings_active_phone_seat", held._OF_PHONE, {"phones": [b"x"]}),
    ("ix_closure_people_booking", closure_lists._TO_PLACE_OF, {"bookings": [1]}),
]


@pytest.mark.parametrize(("index", "statement", "values"), ASKED, ids=["lock", "latest", "arrived", "of phone", "shut"])
def test_the_index_is_used(database: Database, index: str, statement: Any, values: dict[str, Any]) -> None:
    """On PostgreSQL with tables too small to matter, so that only what cannot use an index reads them whole."""

    def work(connection: sa.Connection) -> str:
        if not database.embedded:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        asked: list[tuple[str, Any]] = []
        sa.event.listen(connection, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
        connection.execute(statement, values)
        explain = "EXPLAIN QUERY PLAN " if database.embedded else "EXPLAIN "
        text, parameters = asked[-1]
        return str(connection.exec_driver_sql(explain + text, parameters).all())

    plan = database.write(work)
    assert any(name in plan for name in index.split("|")), plan

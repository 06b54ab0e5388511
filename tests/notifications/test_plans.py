"""What the workers ask many times a second is answered from the partial indexes, however much has piled up."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from notifications import (
    carriers,
    claims,
    ledger,
    letters,
    of_bookings,
    outbox,
    reached,
    reminders,
    reports,
    shows,
    spending,
    trouble,
)
from scheduler.foundation.database import Database
from tests.conftest import NOW

_EDGES = {f"edge_{n}": NOW for n in range(9)}
_CALLS = {"office": 1, "now": NOW, "changed": NOW, "since": NOW}
_OVER = {"office": 1, "first": NOW.date(), "today": NOW.date()}

ASKED = [
    ("ix_outbox_due", claims._WAITING, {"now": NOW, "limit": 16, "media": ["sms"]}),
    ("ix_outbox_due", claims._ANYTHING, {"now": NOW, "media": ["sms"]}),
    ("ix_outbox_claimed", claims._ANYTHING, {"now": NOW, "media": ["sms"]}),
    ("ix_outbox_due", claims._ANY_EXPIRED, {"now": NOW, "media": ["sms"]}),
    ("ix_outbox_due", claims._EXPIRED, {"now": NOW, "limit": 16, "media": ["sms"]}),
    ("ix_outbox_phone", claims._WAITING, {"now": NOW, "limit": 16, "media": ["sms"]}),
    ("opt_outs_", claims._WAITING, {"now": NOW, "limit": 16, "media": ["sms"]}),
    ("ix_outbox_spent", spending._SPENT, {"office": 1, "midnight": NOW, "unit": "KES"}),
    ("ix_outbox_due", spending._HELD_OFFICES, {"now": NOW}),
    ("ix_journal_telling", spending._TOLD, {"office": 1, "midnight": NOW}),
    ("ix_journal_telling", carriers._LAST_CHANGES, {}),
    ("ix_outbox_claimed", claims._LAPSE, {"now": NOW}),
    ("ix_journal_unread", letters._UNREAD, {"limit": 100}),
    ("ix_journal_unread", letters._ANY_UNREAD, {}),
    ("ix_outbox_unsettled", reports._WITHOUT_ID, {
        "carrier": "x", "since": NOW, "phones": [b"x"]}),
    ("ix_outbox_vendor", reports._BY_VENDOR_ID, {"carrier": "x", "their_id": "y"}),
    ("ix_delivery_reports_unlinked", reports._ANY_UNLINKED, {"since": NOW}),
    ("ix_bookings_due", reminders._DUE, {
        "kind": "x", "offices": [1], "first": NOW, "beyond": NOW, "made_by": NOW}),
    ("ix_journal_booking", reminders._DUE, {
        "kind": "x", "offices": [1], "first": NOW, "beyond": NOW, "made_by": NOW}),
    ("ix_outbox_booking", reminders._DUE, {
        "kind": "x", "offices": [1], "first": NOW, "beyond": NOW, "made_by": NOW}),
    ("ix_closure_people_booking", reminders._DUE, {
        "kind": "x", "offices": [1], "first": NOW, "beyond": NOW, "made_by": NOW}),
    ("ix_closure_people_booking", of_bookings._CLOSINGS, {"bookings": [1]}),
    ("ix_outbox_waiting", outbox._ERASE_WAITING, {"entries": [1]}),
    ("ix_outbox_waiting", reached._GOT_OUT, {"entries": [1], "offers": [1]}),
    ("ix_outbox_waiting", reached._MAY_HAVE, {"entries": [1], "offers": [1]}),
    ("ix_outbox_troubled", trouble._BOOKINGS, _CALLS),
    ("ix_outbox_troubled", trouble._LIST, _CALLS),
    ("ix_outbox_booking", trouble._BOOKINGS, _CALLS),
    ("ix_outbox_spent", ledger._tallied(8, True), {"office": 1, **_EDGES}),
    ("ix_outbox_unsent", ledger._tallied(8, False), {"office": 1, **_EDGES}),
    ("ix_outbox_due", ledger._WAITING, {"office": 1, "now": NOW}),
    ("ix_journal_telling", ledger._ENTRIES, {"office": 1, "since": NOW}),
    ("ix_outbox_spent", ledger._CARRIED, {"office": 1, "since": NOW, "carrier": "x"}),
    ("ix_bookings_day", shows._COUNTED, _OVER),
    ("ix_outbox_booking", shows._COUNTED, _OVER),
]


@pytest.mark.parametrize(("index", "statement", "values"), ASKED, ids=lambda value: str(value)[:30])
def test_the_index_is_used(database: Database, index: str, statement: Any, values: dict[str, Any]) -> None:
    """On PostgreSQL with the generic plan that a prepared statement comes to, and tables too small to matter."""
    asked: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, text: str, parameters: Any, *_: Any) -> None:
        asked.append((text, parameters))

    def work(connection: sa.Connection) -> str:
        if not database.embedded:
            for setting in ("plan_cache_mode = force_generic_plan", "enable_seqscan = off", "enable_sort = off"):
                connection.exec_driver_sql(f"SET LOCAL {setting}")
        sa.event.listen(connection, "before_cursor_execute", keep)
        connection.execute(statement, values)
        sa.event.remove(connection, "before_cursor_execute", keep)
        text, parameters = asked[-1]
        explain = "EXPLAIN QUERY PLAN " if database.embedded else "EXPLAIN (GENERIC_PLAN) "
        if database.embedded:
            return str(connection.exec_driver_sql(explain + text, parameters).all())
        return _generic(connection, explain + text)

    plan = database.write(work)
    assert index in plan, plan


def _generic(connection: sa.Connection, text: str) -> str:
    """PostgreSQL's plan without values: the driver's placeholders become numbered ones."""
    count = 0
    while (start := text.find("%(")) >= 0:
        count += 1
        end = text.index(")s", start) + 2
        text = f"{text[:start]}${count}{text[end:]}"
    raw = connection.connection.cursor()
    raw.execute(text.encode())
    return str(raw.fetchall())

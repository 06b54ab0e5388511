"""What each SMS asks the database is answered from an index, however much has piled up."""

from __future__ import annotations

from typing import Any

import pytest

from api.phone import forgetting, repeats
from api.phone.conversation import coming, dialogues, limits
from scheduler.foundation.database import Database
from tests.conftest import NOW
from tests.notifications import test_plans
from ticketing import queue

ASKED = [
    ("ix_heard_phone", repeats._STAMPED, {"phone": b"x", "since": NOW, "said": b"y", "stamp": "z", "own": 1}),
    ("ix_heard_at", repeats._OLD, {"before": NOW}),
    ("ix_outbox_phone", repeats._TOLD, {"phones": [b"x"], "since": NOW}),
    ("ix_outbox_answers", limits._ANSWERED, {"office": 1, "since": NOW, "most": 300}),
    ("ix_outbox_answers", forgetting._ANSWERS, {"before": NOW}),
    ("ix_journal_day", limits._PAUSED, {"office": 1, "since": NOW}),
    ("ix_visits_state", queue._OF_PHONE, {"office": 1, "date": NOW.date(), "phones": [b"x"]}),
    ("ix_outbox_booking", coming._REMINDED, {"bookings": [1]}),
    ("ix_dialogues_at", dialogues._OLD, {"before": NOW}),
    ("ix_ussd_sessions_at", forgetting._SESSIONS, {"before": NOW}),
]


@pytest.mark.parametrize(("index", "statement", "values"), ASKED, ids=lambda value: str(value)[:30])
def test_an_index_is_used(database: Database, index: str, statement: Any, values: dict[str, Any]) -> None:
    test_plans.test_the_index_is_used(database, index, statement, values)

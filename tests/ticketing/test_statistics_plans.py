"""What statistics and the survey ask is answered from indexes: no table of the hall is read whole."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from api.phone.conversation import rating
from tests.conftest import NOW
from tests.notifications import test_plans
from ticketing import statistics, survey, tidy

_SPAN = {"office": 1, "first": date(2026, 11, 1), "last": date(2026, 11, 30)}
_NAMES = {  # of rules that are not named in the schema, on SQLite and on PostgreSQL
    "days": ("sqlite_autoindex_days_1", "uq_days_office_id_date"),
    "servings": ("sqlite_autoindex_servings_1", "uq_servings_office_id_date_call"),
    "token": ("sqlite_autoindex_invitations_1", "pk_invitations"),
    "booking": ("(booking_id=?)", "uq_visits_booking_id"),
}
ASKED = [
    ("days", statistics._DAYS, _SPAN), ("days", statistics._BOOKINGS, _SPAN),
    ("ix_bookings_day", statistics._BOOKINGS, _SPAN), ("servings", statistics._WAITS, _SPAN),
    ("ix_servings_visit", statistics._WAITS, _SPAN), ("servings", statistics._SERVICES, _SPAN),
    ("visits", statistics._VISITS, _SPAN), ("visits", statistics._ARRIVALS, _SPAN),
    ("servings", tidy._WAITS, _SPAN), ("servings", tidy._SERVICES, _SPAN), ("ix_bookings_day", tidy._BOOKINGS, _SPAN),
    ("ix_opinions_month", survey._SUMS, _SPAN), ("token", survey._BY_TOKEN, {"hash": b"x" * 16}),
    ("booking", survey._BY_BOOKINGS, {"bookings": [1], "now": NOW}),
    ("ix_invitations_until", survey._FORGET, {"before": NOW}),
    ("ix_outbox_phone", rating._ASKED, {"phones": [b"x"], "since": NOW}),
]


@pytest.mark.parametrize(("index", "statement", "values"), ASKED, ids=lambda value: str(value)[:30])
def test_an_index_is_used(database: Any, index: str, statement: Any, values: dict[str, Any]) -> None:
    if index == "visits":  # either of the two that begin with office and date
        index = "visits_"
    test_plans.test_the_index_is_used(
        database, _NAMES.get(index, (index, index))[0 if database.embedded else 1], statement, values)

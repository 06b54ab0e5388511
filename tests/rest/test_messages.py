"""Messages in numbers over HTTP: days, cost, and who may ask for what."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from notifications.ledger import MOST_DAYS
from tests.conftest import NOW
from tests.notifications.desk import queue
from tests.seed import second_office

PATH = "/api/v1/offices/balikpapan/messages"


def test_days_kinds_states_parts_and_cost(client: Any, signed_in: Any, antre: Any, balikpapan: Any) -> None:
    sent = {"office_id": balikpapan.id, "state": "delivered", "cost": Decimal("0.8"), "currency": "KES"}
    queue(antre.database, antre.vault, 2, sent_at=NOW, **sent)
    queue(antre.database, antre.vault, 1, key="old", sent_at=NOW - timedelta(days=8), **sent)
    queue(antre.database, antre.vault, 1, key="new", office_id=balikpapan.id)
    headers = signed_in("manager")
    today = {"date": "2026-11-24", "messages": [
        {"kind": "notice", "state": "delivered", "count": 2, "parts": 2, "cost": "1.6000", "currency": "KES"},
        {"kind": "notice", "state": "queued", "count": 1, "parts": 1, "cost": None, "currency": None},
    ]}
    assert client.get(PATH, headers=headers).json() == {"days": [today]}
    answer = client.get(PATH, params={"from": "2026-11-16", "to": "2026-11-24"}, headers=headers).json()
    assert [day["date"] for day in answer["days"]] == ["2026-11-16", "2026-11-24"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("query", [
    {"from": "x"}, {"to": "2026-13-01"}, {"from": "2026-11-25", "to": "2026-11-24"}, {"day": "1"}, {"to": "9999-12-31"},
    {"to": "0001-01-01"}, {"from": (NOW.date() - timedelta(days=MOST_DAYS)).isoformat()},
])
def test_senseless_days_are_refused(client: Any, signed_in: Any, query: dict[str, str]) -> None:
    answer = client.get(PATH, params=query, headers=signed_in("manager"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_longest_time_is_answered(client: Any, signed_in: Any) -> None:
    first = (NOW.date() - timedelta(days=MOST_DAYS - 1)).isoformat()
    assert client.get(PATH, params={"from": first}, headers=signed_in("manager")).json() == {"days": []}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_managers_of_that_office_only(client: Any, signed_in: Any, antre: Any) -> None:
    other = antre.database.write(second_office)
    assert client.get(PATH).status_code == 401
    assert client.get(PATH, headers=signed_in("counter")).status_code == 403
    assert client.get(PATH, headers=signed_in("manager", "manager2", other)).json()["why"] == "office"
    assert client.get(PATH.replace("balikpapan", "x"), headers=signed_in("admin")).json()["code"] == "unknown_office"

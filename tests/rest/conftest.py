"""What tests of the JSON door share: a resident's request, places to book, staff who are signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from litestar.testing import TestClient

from api import staff
from api.assembly import Antre
from scheduler.offices import Office
from tests import people
from tests.conftest import CHEAP

PASSWORD = "kopi-pagi-hangat"


def question(n: int, start: str, **more: Any) -> dict[str, Any]:
    """What the n-th person asks for."""
    person = people.person(n)
    return {"office": "balikpapan", "service": "ktp-rekam", "start": start, "nik": person.nik, "name": person.name,
            "phone": person.phone, **more}


def waits(n: int, first: str = "2026-11-24", last: str = "2026-12-04", **more: Any) -> dict[str, Any]:
    """What the n-th person asks for who wants to wait for a place."""
    asked = question(n, "", **more)
    del asked["start"]
    return {**asked, "from": first, "to": last}


@pytest.fixture
def free(client: TestClient[Any]) -> Callable[..., list[str]]:
    """Answers the starts that can be booked."""

    def starts(service: str = "ktp-rekam", **query: Any) -> list[str]:
        answer = client.get("/api/v1/offices/balikpapan/slots", params={"service": service, **query})
        assert answer.status_code == 200, answer.text
        return [slot["start"] for day in answer.json()["days"] for slot in day["slots"]]

    return starts


@pytest.fixture
def hire(antre: Antre, balikpapan: Office) -> Callable[..., int]:
    """Makes an account; the cheap hash keeps tests quick, the encoded parameters travel with it."""

    def add(username: str, role: str = "counter", office_id: int | None = None) -> int:
        return antre.database.write(lambda connection: staff.add(
            connection, office_id or balikpapan.id, username, PASSWORD, role, antre.clock.now(), hasher=CHEAP))

    return add


@pytest.fixture
def signed_in(client: TestClient[Any], hire: Callable[..., int]) -> Callable[..., dict[str, str]]:
    """Hires somebody of that role and answers the headers of their session."""

    def sign_in(role: str = "counter", username: str | None = None, office_id: int | None = None) -> dict[str, str]:
        name = username or f"{role}1"
        hire(name, role, office_id)
        answer = client.post("/api/v1/session", json={"username": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    return sign_in

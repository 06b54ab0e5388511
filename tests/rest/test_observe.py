"""Metrics, health and logs: what can be seen from outside, and that it is nobody's business."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from litestar.testing import TestClient

from api import logs
from api.app import create_app
from tests import people
from tests.rest.conftest import question

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def log() -> Iterator[io.BytesIO]:
    """What the process logs meanwhile."""
    stream = io.BytesIO()
    logs.configure("INFO", stream)
    yield stream
    structlog.reset_defaults()


@pytest.fixture
def client(antre: Any) -> Iterator[TestClient[Any]]:
    """An application of the test's own: it writes to the log as that was when it was made."""
    with TestClient(create_app(antre), base_url="https://antre.test") as client:
        yield client


def test_health(client: Any) -> None:
    assert client.get("/livez").json() == {"alive": True}
    answer = client.get("/readyz")
    assert answer.json() == {"ready": True, "checks": {"database": "ok", "schema": "ok", "jobs": "ok"}}
    assert answer.status_code == 200


def test_a_schema_of_another_version_is_not_ready(client: Any, antre: Any) -> None:
    import sqlalchemy as sa

    antre.database.write(lambda connection: connection.execute(sa.text("UPDATE alembic_version SET version_num = 'x'")))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["schema"]) == (503, "not migrated")
    assert client.get("/livez").status_code == 200


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_takes_no_changes_is_not_ready(client: Any, antre: Any, log: Any) -> None:
    import sqlalchemy as sa

    with antre.database.engine.connect() as connection:  # what a server that became a standby says of itself
        name = connection.scalar(sa.text("SELECT current_database()"))
        connection.execute(sa.text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        connection.commit()
        connection.execute(sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                   " WHERE datname = current_database() AND pid <> pg_backend_pid()"))
        connection.invalidate()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (503, "not writable")
    assert b'"code":"25006"' in log.getvalue()
    assert client.get("/livez").status_code == 200


def test_metrics_count_by_template_and_code(client: Any, free: Any) -> None:
    token = client.post("/api/v1/bookings", json=question(1, free()[0])).json()["token"]
    client.post("/api/v1/bookings", json=question(1, free()[0]))
    for path in (f"/api/v1/bookings/{token}", f"/api/v1/bookings/{token.lower()}", "/nothing/here"):
        client.get(path)
    text = client.get("/metrics").text
    assert 'antre_requests_total{method="GET",route="/api/v1/bookings/{token}",status="200"} 2.0' in text
    assert 'antre_requests_total{method="GET",route="unmatched",status="404"} 1.0' in text
    assert 'antre_refusals_total{code="already_booked"} 1.0' in text
    assert 'antre_bookings_total{office="balikpapan"} 1.0' in text
    assert 'antre_messages{state="queued"}' in text
    assert "antre_untold 1.0" in text
    assert 'antre_waiting{office="balikpapan"} 0.0' in text
    assert "antre_request_seconds_bucket" in text
    assert token not in text


@sqlite_only
def test_no_method_of_a_stranger_becomes_a_label(client: Any) -> None:
    for n in range(5):
        client.request(f"METHOD{n}", "/livez")
    text = client.get("/metrics").text
    assert "METHOD" not in text


def test_the_log_tells_what_happened_and_nothing_of_anybody(log: Any, client: Any, free: Any, signed_in: Any) -> None:
    """A whole journey with everything going wrong as well; then the log is searched for all that was personal."""
    person, start = people.person(41), free()[0]
    headers = signed_in()
    made = client.post("/api/v1/bookings", json=question(41, start)).json()
    client.post("/api/v1/bookings", json=question(41, start))
    client.post("/api/v1/bookings", json=question(41, start, nik=person.nik[:-1]))
    client.get(f"/api/v1/bookings/{made['token']}", params={"phone": person.phone})
    client.get(f"/t/{made['token']}.png")
    client.post("/api/v1/scans", json={"code": made["code"], "nonce": person.nik}, headers=headers)
    client.post(f"/api/v1/bookings/{made['token']}/cancel", headers={"Idempotency-Key": person.nik})
    client.post("/api/v1/session", json={"username": person.phone, "password": person.nik})
    text = log.getvalue().decode()
    lines = [json.loads(line) for line in text.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) >= 9
    assert {"route", "status", "ms", "client", "method"} <= set(requests[0])
    assert any(line["route"] == "/api/v1/bookings/{token}/cancel" and line["status"] == 200 for line in requests)
    assert any(line["code"] == "already_booked" for line in requests)
    national = person.phone.removeprefix("+62")
    secrets = [person.nik, person.nik[:-1], national, *person.name.split(), made["token"], made["code"],
               headers["Authorization"].split()[1], made["token"].lower()]
    assert [secret for secret in secrets if re.search(re.escape(secret), text, re.IGNORECASE)] == []


@sqlite_only
def test_a_fault_is_logged_by_its_place_not_its_words(antre: Any, log: Any) -> None:
    from litestar import get
    @get("/broken/{token:str}")
    async def broken(token: str) -> None:
        raise ValueError(f"no {token}")

    with TestClient(create_app(antre, also=[broken]), raise_server_exceptions=False) as client:
        client.get("/broken/6471990101900001")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    fault = next(line for line in lines if line["event"] == "fault")
    assert (fault["kind"], fault["route"]) == ("ValueError", "/broken/{token}")
    assert any("test_observe.py" in place for place in fault["places"])
    assert "6471990101900001" not in log.getvalue().decode()


def test_what_libraries_say_loses_its_values(log: Any) -> None:
    import logging

    logging.getLogger("somewhere").warning("cannot reach %s", "+6281200000041")
    line = json.loads(log.getvalue().splitlines()[-1])
    assert (line["source"], line["message"], line["level"]) == ("somewhere", "cannot reach %s", "warning")


def test_what_libraries_say_loses_its_further_lines(log: Any) -> None:
    import logging

    logging.getLogger("asyncio").error("Task exception was never retrieved\n<Task KeyError('6471990101900001')>")
    assert json.loads(log.getvalue().splitlines()[-1])["message"] == "Task exception was never retrieved"
    assert b"6471990101900001" not in log.getvalue()

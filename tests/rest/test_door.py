"""The door over HTTP: scans, walk-ins, the hall, the visitor's place, the manager's day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler.foundation.journal import journal
from scheduler.tables import days
from tests.rest.conftest import question
from tests.threads import all_at_once


@pytest.fixture
def today(client: Any, clock: Any) -> Any:
    """Books the n-th person for a start of today and answers the booking; the clock stands a little before it."""

    def book(n: int) -> Any:
        days = client.get("/api/v1/offices/balikpapan/slots", params={"service": "ktp-rekam", "days": 1}).json()["days"]
        start = days[0]["slots"][0]["start"]
        return client.post("/api/v1/bookings", json=question(n, start)).json()

    return book


def test_a_scan_gives_a_number_and_again_the_same(client: Any, clock: Any, today: Any, signed_in: Any) -> None:
    headers, booking = signed_in(), today(1)
    early = client.post("/api/v1/scans", json={"code": booking["code"]}, headers=headers).json()
    assert early["verdict"] == "early"
    assert "number" not in early
    clock.advance(timedelta(minutes=55))
    qr = f"HTTPS://ANTRE.TEST/T/{booking['token']}"
    first = client.post("/api/v1/scans", json={"qr": qr, "nonce": "n1"}, headers=headers).json()
    assert (first["verdict"], first["number"], first["service"]) == ("admitted", "A-001", "ktp-rekam")
    assert first["start"] == booking["start"]
    assert first["name"].endswith(".")
    assert client.post("/api/v1/scans", json={"qr": qr, "nonce": "n1"}, headers=headers).json() == first
    again = client.post("/api/v1/scans", json={"code": booking["code"]}, headers=headers).json()
    assert (again["verdict"], again["number"]) == ("already_admitted", "A-001")
    place = client.get(f"/api/v1/bookings/{booking['token']}").json()
    assert place["status"] == "arrived"
    assert place["queue"] == {"number": "A-001", "before": 0, "state": "waiting", "estimate": {
        "from": "2026-11-24T08:55:00+08:00", "to": "2026-11-24T08:55:00+08:00"}}
    for change in ("cancel", "move"):
        answer = client.post(f"/api/v1/bookings/{booking['token']}/{change}", json={"start": booking["start"]})
        assert answer.json()["code"] == "already_admitted"


def test_parallel_scans_give_one_number(client: Any, clock: Any, today: Any, signed_in: Any) -> None:
    headers, booking = signed_in(), today(1)
    clock.advance(timedelta(minutes=55))

    def scan() -> Any:
        return client.post("/api/v1/scans", json={"code": booking["code"]}, headers=headers).json()

    verdicts = all_at_once(*[scan] * 6)
    assert sorted(v["verdict"] for v in verdicts) == ["admitted"] + ["already_admitted"] * 5
    assert {v["number"] for v in verdicts} == {"A-001"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_ticket_gets_a_verdict_and_what_is_no_question_a_problem(client: Any, signed_in: Any) -> None:
    headers = signed_in()
    forged = "HTTPS://ANTRE.TEST/T/" + "0" * 36
    for text, verdict in (("482-177-305", "unknown"), ("hello", "unknown"), (forged, "forged")):
        answer = client.post("/api/v1/scans", json={"qr": text}, headers=headers)
        assert (answer.status_code, answer.json()["verdict"]) == (200, verdict)
        assert answer.headers["content-language"] == "id"
        assert "party" not in answer.json(), "nobody is known to come"
    for body in ({}, {"qr": "a", "code": "b"}, {"qr": ""}, {"qr": "x" * 501}):
        answer = client.post("/api/v1/scans", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_walk_ins_get_numbers_while_there_is_room(client: Any, signed_in: Any) -> None:
    headers = signed_in("manager")
    numbers, answer = [], None
    while answer is None or answer.status_code == 201:
        answer = client.post("/api/v1/walk-ins", json={"service": "ktp-rekam"}, headers=headers)
        numbers.append(answer.json().get("number"))
    assert numbers[:2] == ["A-001", "A-002"]
    assert (answer.status_code, answer.json()["code"]) == (409, "day_full")
    assert len(answer.json()["alternatives"]) == 3
    assert "datang tanpa janji" in answer.json()["detail"], "the day itself may be free to book, and is what is offered"
    waiting = client.get("/api/v1/offices/balikpapan/queue", headers=headers).json()["waiting"]
    assert [visit["number"] for visit in waiting] == numbers[:-1]
    day = client.get("/api/v1/offices/balikpapan/days/2026-11-24", headers=headers).json()
    assert day["walk_ins"] == len(waiting)
    assert day["decisions"]
    assert all(decision["words"] and decision["at"].endswith("+08:00") for decision in day["decisions"])


def test_who_is_sent_home_is_counted_once_for_each_request(client: Any, signed_in: Any, antre: Any) -> None:
    headers = signed_in("manager")
    status = 201
    while status == 201:  # the last one is sent home
        status = client.post("/api/v1/walk-ins", json={"service": "ktp-rekam"}, headers=headers).status_code
    assert status == 409
    asked = {"service": "ktp-rekam", "party": 3}
    for key in ("a-1", "a-1", "a-2"):
        answer = client.post("/api/v1/walk-ins", json=asked, headers={**headers, "Idempotency-Key": key})
        assert answer.json()["code"] == "day_full"
    told = client.post("/api/v1/walk-ins", json={"service": "unheard-of"}, headers=headers)
    assert told.json()["code"] == "unknown_service"
    with antre.database.read() as connection:
        counted = connection.scalar(sa.select(sa.func.sum(days.c.turned_away)))
        entries = connection.scalars(sa.select(journal.c.data).where(journal.c.kind == "turned_away")).all()
    assert counted == 7
    assert entries == [{"people": 1}, {"people": 3}, {"people": 3}]


def test_priority_is_served_first(client: Any, signed_in: Any, clock: Any) -> None:
    headers = signed_in()
    for priority in (None, "elderly"):
        body = {"service": "ktp-rekam"} | ({"priority": priority} if priority else {})
        assert client.post("/api/v1/walk-ins", json=body, headers=headers).status_code == 201
        clock.advance(timedelta(minutes=1))
    waiting = client.get("/api/v1/offices/balikpapan/queue", headers=headers).json()["waiting"]
    assert [visit["priority"] for visit in waiting] == ["elderly", None]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("day", "code"), [("2030-01-01", "too_far"), ("2020-01-01", "invalid_request"),
                                           ("yesterday", "invalid_request")])
def test_days_that_are_not_there(client: Any, signed_in: Any, day: str, code: str) -> None:
    answer = client.get(f"/api/v1/offices/balikpapan/days/{day}", headers=signed_in("manager"))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    if code == "too_far":
        assert answer.json()["alternatives"] == [], "the interface promises the field"
    elif day != "yesterday":
        assert "tidak tercatat" in answer.json()["detail"]

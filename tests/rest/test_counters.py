"""A clerk's program at a counter, over HTTP: calling, serving, and the queue as the hall reads it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.threads import all_at_once

COUNTER = "/api/v1/counters/loket-1"


@pytest.fixture
def clerk(client: Any, signed_in: Any) -> Any:
    """Asks as a clerk; `clerk("call-next")` is at loket-1."""
    headers = signed_in()

    def ask(act: str, json: Any = None, key: str | None = None, counter: str = "loket-1") -> Any:
        more = {"Idempotency-Key": key} if key else {}
        return client.post(f"/api/v1/counters/{counter}/{act}", json=json, headers={**headers, **more})

    ask.headers = headers  # type: ignore[attr-defined]
    return ask


@pytest.fixture
def come(client: Any, clerk: Any, clock: Any) -> Any:
    """Somebody walks in, a minute after the one before."""

    def come(service: str = "ktp-rekam", **more: Any) -> str:
        answer = client.post("/api/v1/walk-ins", json={"service": service, **more}, headers=clerk.headers)
        assert answer.status_code == 201, answer.text
        clock.advance(timedelta(minutes=1))
        return str(answer.json()["number"])

    return come


def queue(client: Any, clerk: Any) -> Any:
    return client.get("/api/v1/offices/balikpapan/queue", headers=clerk.headers).json()


def test_a_visit_from_call_to_end(client: Any, clerk: Any, come: Any) -> None:
    come(party=2, priority="infant")
    called = clerk("call-next").json()
    assert called == {
        "number": "A-001", "service": "ktp-rekam", "state": "called", "since": "2026-11-24T08:01:00+08:00", "party": 2,
        "calls": 1, "missed": 0, "counter": "loket-1", "priority": "infant",
        "called_at": "2026-11-24T08:01:00+08:00"}
    assert clerk("recall").json()["calls"] == 2
    assert clerk("start").json()["started_at"] == "2026-11-24T08:01:00+08:00"
    assert queue(client, clerk)["called"] == [{
        "number": "A-001", "counter": "loket-1", "state": "serving", "since": "2026-11-24T08:01:00+08:00"}]
    assert clerk("finish").json()["state"] == "done"
    again = clerk("undo").json()
    assert (again["number"], again["state"]) == ("A-001", "serving")
    assert clerk("hold").json()["state"] == "held"
    assert clerk("return", {"number": "a-1"}).json()["state"] == "waiting"
    assert clerk("call", {"number": "A-001"}).json()["state"] == "called"
    sent = clerk("transfer", {"service": "kk", "to": "loket-4"}).json()
    assert (sent["service"], sent["state"]) == ("kk", "waiting")
    assert clerk("call-next", counter="loket-5").status_code == 204
    assert clerk("call-next", counter="loket-4").json()["number"] == "A-001"
    assert clerk("absent", counter="loket-4").json() | {"since": ""} == {
        "number": "A-001", "service": "kk", "state": "waiting", "since": "", "party": 2, "calls": 0, "missed": 1,
        "priority": "infant"}


def test_nobody_waits(clerk: Any) -> None:
    answer = clerk("call-next")
    assert (answer.status_code, answer.content) == (204, b"")
    assert clerk("finish").json()["code"] == "nobody_called"
    assert clerk("undo").json()["code"] == "nothing_to_undo"
    assert clerk("call-next", counter="loket-77").json()["code"] == "unknown_counter"
    assert clerk("call", {"number": "A-001"}).json()["code"] == "unknown_number"
    assert clerk("call", {"number": ""}).json()["code"] == "invalid_request"
    assert clerk("transfer", {}).json()["code"] == "nobody_called"


def test_a_repeated_call_next_calls_one_person(client: Any, clerk: Any, come: Any) -> None:
    for _ in range(3):
        come()
    first, again = (clerk("call-next", key="k-1") for _ in range(2))
    assert first.json() == again.json()
    assert clerk("call-next", key="k-2").json()["number"] == "A-002"
    assert [one["number"] for one in queue(client, clerk)["waiting"]] == ["A-003"]
    for key in ("k-3", "k-3", "k-4", "k-4"):
        last = clerk("call-next", key=key)
    assert (last.status_code, last.content) == (204, b"")


def test_counters_at_once_call_different_people(clerk: Any, come: Any) -> None:
    for _ in range(6):
        come()
    answers = all_at_once(*[lambda n=n: clerk("call-next", counter=f"loket-{n}") for n in (1, 2, 3)] * 2)
    numbers = [answer.json()["number"] for answer in answers]
    assert len(set(numbers)) == 6


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_queue_says_when_each_turn_is_expected(client: Any, clerk: Any, come: Any, clock: Any) -> None:
    for _ in range(4):
        come()
    clerk("call-next")
    waiting = queue(client, clerk)["waiting"]
    assert [(one["number"], one["before"]) for one in waiting] == [("A-002", 0), ("A-003", 1), ("A-004", 2)]
    spans = [(one["estimate"]["from"], one["estimate"]["to"]) for one in waiting]
    assert spans == sorted(spans), "one counter is at work: one after the other"
    assert all(first < last for first, last in spans)
    assert all(first >= "2026-11-24T08:04" for first, _ in spans)
    come("pengaduan")
    assert queue(client, clerk)["waiting"][0]["estimate"] == {
        "from": "2026-11-24T08:05:00+08:00", "to": "2026-11-24T08:05:00+08:00"}, "its counter is free"


def test_counters_are_for_staff_of_people(client: Any, hire: Any, signed_in: Any) -> None:
    assert client.post(f"{COUNTER}/call-next").json()["code"] == "not_authenticated"
    assert client.post(f"{COUNTER}/call-next", headers=signed_in("manager")).status_code == 204

"""Offices, services, and what can be booked now: paged, clear about errors, never older than a second."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.shelf import RUSH
from scheduler import places
from tests.booked import Book
from tests.conftest import NOW
from tests.rest.conftest import question

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SLOTS = "/api/v1/offices/balikpapan/slots"


def test_offices_are_paged(client: Any) -> None:
    answer = client.get("/api/v1/offices").json()
    assert (answer["page"], answer["pages"], answer["total"]) == (1, 1, 1)
    office = answer["items"][0]
    assert (office["slug"], office["timezone"]) == ("balikpapan", "Asia/Makassar")
    assert all(counter["serves"] for counter in office["counters"])
    assert client.get("/api/v1/offices/balikpapan").json() == office
    assert client.get("/api/v1/offices?page=2").json()["items"] == []


@sqlite_only
def test_services_speak_the_language_asked_for(client: Any) -> None:
    indonesian = client.get("/api/v1/offices/balikpapan/services")
    english = client.get("/api/v1/offices/balikpapan/services", headers={"Accept-Language": "en"})
    by_slug = {service["slug"]: service for service in indonesian.json()["items"]}
    assert by_slug["ktp-rekam"]["visit"] == "required"
    assert by_slug["kk"]["visit"] == "fallback"
    assert indonesian.headers["content-language"] == "id"
    assert english.headers["content-language"] == "en"
    assert indonesian.json()["items"][0]["name"] != english.json()["items"][0]["name"]


def test_only_what_can_be_booked_is_offered(client: Any) -> None:
    days = client.get(SLOTS, params={"service": "ktp-rekam", "days": 7}).json()["days"]
    assert [day["date"] for day in days] == [f"2026-11-{n}" for n in range(24, 31)]
    notice = NOW + timedelta(minutes=60)
    starts = [slot["start"] for day in days for slot in day["slots"]]
    assert starts == sorted(starts)
    assert datetime.fromisoformat(starts[0]) >= notice
    sunday = days[5]
    assert (sunday["open"], sunday["places"], sunday["slots"]) == (False, 0, [])
    assert all(slot["places"] > 0 for day in days for slot in day["slots"])


@sqlite_only
@pytest.mark.parametrize(
    ("query", "status", "code", "field"),
    [
        ("", 422, "invalid_request", "service"),
        ("service=paspor", 404, "unknown_service", "service"),
        ("service=ktp-rekam&days=0", 422, "invalid_request", "days"),
        ("service=ktp-rekam&days=63", 422, "invalid_request", "days"),
        ("service=ktp-rekam&days=x", 422, "invalid_request", "days"),
        ("service=ktp-rekam&days=%D9%A1", 422, "invalid_request", "days"),
        ("service=ktp-rekam&from=25-11-2026", 422, "invalid_request", "from"),
        ("service=ktp-rekam&from=2026-11-23", 422, "invalid_request", "from"),
        ("service=ktp-rekam&from=9999-12-31", 422, "invalid_request", "from"),
        ("service=ktp-rekam&service=kk", 422, "invalid_request", "service"),
        ("service=ktp-rekam&colour=red", 422, "invalid_request", "colour"),
    ],
)
def test_what_is_wrong_with_the_question_is_named(client: Any, query: str, status: int, code: str, field: str) -> None:
    answer = client.get(f"{SLOTS}?{query}")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (status, code, field)


@sqlite_only
def test_an_unknown_office_and_a_far_day(client: Any) -> None:
    assert client.get("/api/v1/offices/atlantis/slots?service=x").json()["code"] == "unknown_office"
    far = client.get(f"{SLOTS}?service=ktp-rekam&from=2030-01-01&days=2").json()
    assert [day["slots"] for day in far["days"]] == [[], []]


def test_what_another_process_books_shows_within_a_second(client: Any, antre: Any, balikpapan: Any) -> None:
    def left(start: str) -> int:
        days = client.get(SLOTS, params={"service": "ktp-rekam"}).json()["days"]
        return sum(slot["places"] for day in days for slot in day["slots"] if slot["start"] == start)

    start = client.get(SLOTS, params={"service": "ktp-rekam"}).json()["days"][1]["slots"][-1]["start"]
    before = left(start)
    Book(antre.database, balikpapan, antre.vault, antre.mint).book(1, datetime.fromisoformat(start), NOW)
    time.sleep(1.0)
    assert left(start) == before - 1


def test_a_clock_put_forward_is_seen_at_once(client: Any, clock: Any, free: Any) -> None:
    first = free()[0]
    clock.advance(timedelta(hours=2))
    assert free()[0] > first


@sqlite_only
def test_a_rush_of_bookings_is_seen_within_a_second(client: Any, free: Any, antre: Any, balikpapan: Any) -> None:
    starts = free()
    for n in range(RUSH + 10):
        client.post("/api/v1/bookings", json=question(n, starts[n]))
        free()
    time.sleep(1.0)
    days = client.get(SLOTS, params={"service": "ktp-rekam"}).json()["days"]
    shown = {datetime.fromisoformat(slot["start"]): slot["places"] for day in days for slot in day["slots"]}
    with antre.database.read() as connection:
        truth = places.free_slots(connection, balikpapan, balikpapan.service("ktp-rekam"), NOW.date(), 14, NOW)
    assert shown == {slot.start: slot.places for day in truth for slot in day.slots}

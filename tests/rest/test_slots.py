"""Offices, services, and what can be booked now: paged, clear about errors, never older than a second."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.shelf import MAX_AGE_S, RUSH, Shelf
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


# -- the shelf itself ------------------------------------------------------------------------------------


class Reads:
    """Counts the reads; each answers its number, as slowly as told."""

    def __init__(self, seconds: float = 0.0, office_id: int = 1) -> None:
        self.count, self.seconds, self.office_id = 0, seconds, office_id

    async def __call__(self) -> tuple[int, bytes]:
        self.count += 1
        mine = self.count
        await asyncio.sleep(self.seconds)
        return self.office_id, str(mine).encode()


QUESTION = ("balikpapan", b"service=ktp-rekam")


async def ask(shelf: Shelf, reads: Reads, question: Any = QUESTION, now: datetime = NOW) -> bytes:
    ready = shelf.find(question, now) or await shelf.read(question, now, reads)
    return ready.body


def test_many_who_ask_together_share_one_read() -> None:
    async def all_ask() -> None:
        shelf, reads = Shelf(), Reads(0.05)
        assert set(await asyncio.gather(*[ask(shelf, reads) for _ in range(50)])) == {b"1"}
        assert reads.count == 1

    asyncio.run(all_ask())


def test_an_answer_that_took_long_to_read_is_not_kept_longer() -> None:
    """Its age counts from before the read: what changed meanwhile may not be in it."""

    async def slowly() -> None:
        shelf, reads = Shelf(), Reads(MAX_AGE_S + 0.05)
        assert await ask(shelf, reads) == b"1"
        assert shelf.find(QUESTION, NOW) is None

    asyncio.run(slowly())


def test_a_change_while_it_is_read_makes_it_old() -> None:
    async def change_meanwhile() -> None:
        shelf, reads = Shelf(), Reads(0.05)
        first = asyncio.create_task(ask(shelf, reads))
        await asyncio.sleep(0.01)
        shelf.changed(1)
        later = asyncio.create_task(ask(shelf, reads))
        assert (await first, await later) == (b"1", b"2")

    asyncio.run(change_meanwhile())


def test_in_a_rush_only_the_age_counts() -> None:
    async def rush() -> None:
        shelf, reads = Shelf(), Reads()
        for _ in range(RUSH + 50):
            shelf.changed(1)
            await ask(shelf, reads)
        assert RUSH <= reads.count <= RUSH + 2
        shelf.changed(2)
        other = Reads(office_id=2)
        assert await ask(shelf, other, ("samarinda", b"")) == b"1"

    asyncio.run(rush())


def test_a_read_that_fails_fails_for_its_asker_and_is_tried_again_for_the_next() -> None:
    async def fail_once() -> None:
        shelf = Shelf()

        async def broken() -> tuple[int, bytes]:
            await asyncio.sleep(0.01)
            raise OSError("gone")

        failed = await asyncio.gather(*[shelf.read(QUESTION, NOW, broken) for _ in range(3)], return_exceptions=True)
        assert all(isinstance(one, OSError) for one in failed)
        assert await ask(shelf, Reads()) == b"1"

    asyncio.run(fail_once())


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

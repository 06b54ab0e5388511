"""What a door gets for when the network is down: who may have it, that it names nobody, whose is which number."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from api.assembly import Antre
from scheduler import bookings as book
from scheduler.bookings import Booking, Request
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from tests import people
from tests.ticketing.door import at
from tests.web.reading import Visitor
from ticketing import day_list
from ticketing.hall_tables import conflicts, ranges
from ticketing.tables import visits

SignIn = Callable[[str], Visitor]


@pytest.fixture
def booked(antre: Antre, balikpapan: Office) -> Booking:
    request = Request(balikpapan, balikpapan.service("ktp-rekam"), at("10:00"), people.person(1), party=2,
                      priority="elderly")
    return antre.database.write(lambda c: book.book(c, request, vault=antre.vault, mint=antre.mint, now=at("08:00")))


@pytest.fixture
def door(signed_in: SignIn, client: TestClient[Any]) -> TestClient[Any]:
    """A signed-in clerk's browser; what it posts proves that it is meant."""
    clerk = signed_in("counter")
    page = clerk.open("/scan")
    client.headers["X-CSRF-Token"] = next(one.fields["_csrf"] for one in page.forms if one.action == "/scan")
    return client


def test_the_list_knows_tickets_and_nobody(door: TestClient[Any], antre: Antre, booked: Booking) -> None:
    answer = door.get("/scan/day-list")
    assert answer.headers["cache-control"] == "no-store"
    list_, person = answer.json(), people.person(1)
    key = antre.mint.day_key(booked.office_id, at("10:00").date())
    ticket, = list_["tickets"]
    assert ticket == {
        "ticket": day_list.mark(key, "ticket", booked.token), "code": day_list.mark(key, "code", booked.code or ""),
        "start": int(booked.start.timestamp() * 1000), "date": "2026-11-24", "service": "ktp-rekam", "status": "booked",
        "party": 2, "priority": "elderly"}
    text = answer.text
    for secret in (person.nik, person.phone, person.name.split()[0], booked.token, booked.code or "-"):
        assert secret not in text
    assert (list_["date"], list_["office"], list_["zone_name"]) == ("2026-11-24", "balikpapan", "WITA")


def test_both_languages_come_along(door: TestClient[Any], booked: Booking) -> None:
    words = door.get("/scan/day-list").json()["words"]
    assert set(words) == {"id", "en"}
    assert words["id"]["verdicts"]["admitted"]["title"] == "Silakan, {number}"
    assert words["en"]["verdicts"]["forged"] == {
        "look": "no", "title": "Forged ticket",
        "say": "This ticket was not made by the office, or it was altered. Say the code of 9 digits from your SMS."}
    for lang in words.values():
        assert {one["look"] for one in lang["verdicts"].values()} == set(lang["frames"]) == {"yes", "wait", "no"}
        assert all("{title}" in frame and "{say}" in frame for frame in lang["frames"].values())


def test_a_block_belongs_to_one_browser_and_is_the_same_when_asked_again(door: TestClient[Any], antre: Antre) -> None:
    def ask(browser: str, had: dict[str, int]) -> Any:
        return door.post("/scan/blocks", json={"browser": browser, "date": "2026-11-24", "had": had}).json()

    first = ask("one", {"A": 0, "B": 0})
    assert first == {"A": {"first": 700, "last": 724}, "B": {"first": 700, "last": 724}}
    assert ask("one", {"A": 0, "B": 0}) == first  # the answer was lost
    assert ask("two", {"A": 0}) == {"A": {"first": 725, "last": 749}}
    assert ask("one", {"A": 1}) == {"A": {"first": 750, "last": 774}}
    for n in range(9):
        assert ask(f"more {n}", {"A": 0})["A"] is not None
    assert ask("too late", {"A": 0}) == {"A": None}
    with antre.database.read() as connection:
        assert len(list(connection.execute(sa.select(ranges)))) == 13


WRONG: list[Any] = [
    {"browser": "", "date": "2026-11-24", "had": {"A": 0}},
    {"browser": "x" * 65, "date": "2026-11-24", "had": {"A": 0}},
    {"browser": "x", "date": "2026-11-23", "had": {"A": 0}}, {"browser": "x", "date": "2026-11-24", "had": {"?": 0}},
    {"browser": "x", "date": "2026-11-24", "had": {"A": -1}}, {"browser": "x", "date": "2026-11-24", "had": {"A": 20}},
    {"browser": "x"}, [], "x", {"browser": "x", "date": "2026-11-24", "had": {}, "more": 1},
]


def test_no_block_for_what_no_page_asks(door: TestClient[Any]) -> None:
    for wrong in WRONG:
        assert door.post("/scan/blocks", json=wrong).status_code == 422, wrong


def entry(booked: Booking, antre: Antre, **more: Any) -> dict[str, Any]:
    key = antre.mint.day_key(booked.office_id, at("10:00").date())
    return {"nonce": "n-1", "mark": day_list.mark(key, "code", booked.code or ""), "date": "2026-11-24",
            "at": "2026-11-24T02:00:00.000Z", "number": "A-700"} | more


def test_a_batch_is_handed_in_once(door: TestClient[Any], antre: Antre, booked: Booking, clock: SettableClock) -> None:
    clock.advance(at("11:00") - clock.now())
    door.post("/scan/blocks", json={"browser": "one", "date": "2026-11-24", "had": {"A": 0}})
    batch = {"office": "balikpapan", "entries": [
        entry(booked, antre), entry(booked, antre, nonce="n-2", number="A-701"),
        entry(booked, antre, nonce="n-3", number="A-001")]}
    answer = door.post("/scan/handed-in", json=batch)
    assert answer.json() == {"handed": [
        {"nonce": "n-1", "outcome": "admitted", "number": "A-700"},
        {"nonce": "n-2", "outcome": "conflict", "number": "A-701", "why": "twice"},
        {"nonce": "n-3", "outcome": "refused", "number": "A-001"}], "conflicts": 1}
    assert door.post("/scan/handed-in", json=batch).json() == answer.json()
    with antre.database.read() as connection:
        assert len(list(connection.execute(sa.select(visits)))) == 2
        assert len(list(connection.execute(sa.select(conflicts)))) == 1


@pytest.mark.parametrize(("wrong", "status"), [
    ({"office": "samarinda", "entries": []}, 403), ({"office": "balikpapan"}, 422), ("x", 422),
    ({"office": "balikpapan", "entries": [{"nonce": "n", "mark": "m", "date": "2026-11-24", "at": "2026-11-24T10:00"}]},
     422),
    ({"office": "balikpapan", "entries": [{"nonce": "n", "mark": "m", "date": f"2026-11-{n:02}",
                                           "at": "2026-11-24T10:00Z"} for n in range(1, 9)]}, 422),
])
def test_what_no_page_of_the_office_hands_in_is_refused(door: TestClient[Any], wrong: Any, status: int) -> None:
    assert door.post("/scan/handed-in", json=wrong).status_code == status


@pytest.mark.parametrize("wrong", [
    {"date": "1999-01-01", "at": "1999-01-01T02:00:00Z"},  # before there were tickets
    {"date": "9999-12-31"},
    {"date": "2026-10-01", "at": "2026-10-01T02:00:00Z"},  # a month that was counted long ago
    {"at": "0001-01-01T00:00:00+14:00"},
])
def test_an_entry_of_no_day_that_can_be_handed_in_keeps_no_other_back(
    door: TestClient[Any], antre: Antre, booked: Booking, clock: SettableClock, wrong: dict[str, str],
) -> None:
    clock.advance(at("10:00") - clock.now())
    mark = day_list.mark(antre.mint.day_key(booked.office_id, clock.now().date()), "ticket", booked.token)
    sound = {"nonce": "n-2", "mark": mark, "date": "2026-11-24", "at": at("09:55").isoformat(), "number": None}
    answer = door.post("/scan/handed-in", json={
        "office": "balikpapan", "entries": [{**sound, "nonce": "n-1", **wrong}, sound]})
    assert answer.status_code == 200
    assert [one["outcome"] for one in answer.json()["handed"]] == ["refused", "admitted"]


def test_nobody_else_gets_list_or_numbers(client: TestClient[Any]) -> None:
    for method, path in (("GET", "/scan/day-list"), ("POST", "/scan/blocks"), ("POST", "/scan/handed-in"),
                         ("GET", "/scan/conflicts"), ("POST", "/scan/conflicts/1")):
        answer = client.request(method, path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")


def test_a_forged_form_changes_nothing(door: TestClient[Any]) -> None:
    door.headers["X-CSRF-Token"] = "another session's"
    for path in ("/scan/blocks", "/scan/handed-in", "/scan/conflicts/1"):
        assert door.post(path, json={}).status_code == 403


def test_the_worker_names_the_files_as_they_are_and_may_speak_with_us_alone(client: TestClient[Any]) -> None:
    answer = client.get("/door-worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "connect-src 'self'" in answer.headers["content-security-policy"]
    listed = json.loads(answer.text.splitlines()[0].removeprefix("const ASSETS = ").rstrip(";"))
    assert all(client.get(path).status_code == 200 for path in listed)


def test_the_worker_keeps_every_file_the_page_names(signed_in: SignIn, client: TestClient[Any]) -> None:
    clerk = signed_in("counter")
    page = clerk.open("/scan")
    named = {value for _, attributes in page.attributes for name, value in attributes.items()
             if name in ("src", "href") and value.startswith("/static/")}
    assert len(named) > 5
    assert all(path in client.get("/door-worker.js").text for path in named)


def test_a_conflict_that_is_none_is_told(signed_in: SignIn, client: TestClient[Any]) -> None:
    clerk = signed_in("counter")
    page = clerk.open("/scan/conflicts")
    assert "Tidak ada yang perlu diputuskan" in page.text
    mark = next(one.fields["_csrf"] for one in page.forms)
    told = client.post("/scan/conflicts/77", data={"keep": "yes", "_csrf": mark}, headers={"Accept-Language": "id"})
    assert "Orang lain sudah memutuskannya" in told.text
    for conflict, keep in (("x", "yes"), ("77", "perhaps")):
        assert client.post(f"/scan/conflicts/{conflict}", data={"keep": keep, "_csrf": mark}).status_code == 422

"""Closures over HTTP: a trial changes nothing, one is made once, followed and taken back; who may."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from scheduler import rebooking
from scheduler.tables import days
from tests.booked import Book
from tests.closing import fill
from tests.seed import second_office

PATH = "/api/v1/offices/balikpapan/closures"
WHOLE = {"date": "2026-11-25", "reason": "Pelatihan pegawai"}


@pytest.fixture
def book(antre: Any, balikpapan: Any) -> Book:
    return Book(antre.database, balikpapan, antre.vault, antre.mint)


def place(antre: Any) -> int:
    return rebooking.place_all(antre.database, antre.offices, antre.mint, antre.clock.now())


def test_a_trial_says_who_would_go_where_and_changes_nothing(client: Any, signed_in: Any, book: Book) -> None:
    first, _ = fill(book, 2)
    headers = signed_in("manager")
    answer = client.post(PATH, json=WHOLE | {"dry_run": True}, headers=headers)
    assert answer.status_code == 200
    tried = answer.json()
    assert {name: tried[name] for name in ("dry_run", "touched", "placed", "unplaced")} == {
        "dry_run": True, "touched": 2, "placed": 2, "unplaced": 0}
    assert tried["people"][0] == {
        "code": first.code, "name": "Siti A.", "service": "ktp-rekam", "start": "2026-11-25T07:30:00+08:00",
        "party": 1, "state": "moved", "to": tried["people"][0]["to"]}
    assert client.get(PATH, headers=headers).json()["total"] == 0
    assert client.get("/api/v1/offices/balikpapan/days/2026-11-25", headers=headers).json()["closed"] is False


def test_it_is_made_followed_and_taken_back(client: Any, signed_in: Any, antre: Any, book: Book) -> None:
    first, second = fill(book, 2)
    headers = signed_in("manager")
    made = client.post(PATH, json=WHOLE | {"from": "07:45"}, headers=headers)
    assert made.status_code == 201
    assert made.json() == {"touched": 0, "placed": 0, "pending": 0, "unplaced": 0, "gone": 0, "people": [], "closure": {
        "id": 1, "date": "2026-11-25", "from": "07:45", "reason": "Pelatihan pegawai",
        "at": "2026-11-24T08:00:00+08:00"}}
    made = client.post(PATH, json=WHOLE | {"to": "07:45"}, headers=headers).json()
    assert (made["touched"], made["pending"]) == (2, 2)
    antre.database.write(lambda c: c.execute(sa.update(days).values(released=days.c.booked)))
    book.cancel(second, antre.clock.now())
    place(antre)
    one = client.get(f"{PATH}/2", headers=headers).json()
    assert (one["touched"], one["unplaced"], one["gone"]) == (2, 1, 1)
    assert [(person["code"], person["state"]) for person in one["people"]] == [
        (first.code, "unplaced"), (second.code, "gone")]
    assert one["closure"]["tried"]
    listed = client.get(PATH, params={"size": 1}, headers=headers).json()
    assert (listed["total"], listed["pages"], listed["items"][0]["closure"]["id"]) == (2, 2, 2)
    for _ in range(2):
        ended = client.post(f"{PATH}/2/end", headers=headers)
        assert (ended.status_code, ended.json()["closure"]["ended"]) == (200, "2026-11-24T08:00:00+08:00")


def test_a_repeated_request_closes_once(client: Any, signed_in: Any, book: Book) -> None:
    headers = signed_in("manager") | {"Idempotency-Key": "tutup-1"}
    first, again = (client.post(PATH, json=WHOLE, headers=headers) for _ in range(2))
    assert (first.status_code, first.text) == (again.status_code, again.text) == (201, first.text)
    assert client.post(PATH, json=WHOLE | {"to": "09:00"}, headers=headers).json()["code"] == "idempotency_key_reused"
    assert client.get(PATH, headers=headers).json()["total"] == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("change", "field"), [
    ({"date": "25/11/2026"}, "date"), ({"date": "2026-11-23"}, "date"), ({"date": "2026-11-29"}, "date"),
    ({"from": "9"}, "from"), ({"to": "24:30"}, "to"), ({"from": "12:00", "to": "11:00"}, "to"),
    ({"counter": "loket-99"}, "counter"), ({"reason": ""}, "reason"), ({"whole": True}, "whole"),
])
def test_senseless_ones_are_refused(client: Any, signed_in: Any, change: dict[str, Any], field: str) -> None:
    answer = client.post(PATH, json=WHOLE | change, headers=signed_in("manager"))
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "invalid_request", field)
    assert answer.json()["detail"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_managers_of_that_office_only(client: Any, signed_in: Any, antre: Any) -> None:
    other = antre.database.write(second_office)
    manager = signed_in("manager")
    client.post(PATH, json=WHOLE, headers=manager)
    for ask in (lambda headers: client.post(PATH, json=WHOLE, headers=headers),
                lambda headers: client.get(PATH, headers=headers),
                lambda headers: client.get(f"{PATH}/1", headers=headers),
                lambda headers: client.post(f"{PATH}/1/end", headers=headers)):
        assert ask({}).status_code == 401
    clerk, stranger = signed_in("counter"), signed_in("manager", "manager2", other)
    assert client.post(PATH, json=WHOLE, headers=clerk).status_code == 403
    assert client.get(f"{PATH}/1", headers=stranger).json()["why"] == "office"
    assert client.get(f"{PATH}/2", headers=manager).json()["code"] == "unknown_address"
    assert client.get(f"{PATH}/x", headers=manager).json()["code"] == "unknown_address"

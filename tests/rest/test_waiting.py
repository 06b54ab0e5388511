"""The waiting list over HTTP: joining, being offered a place, taking or leaving it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler import offers
from scheduler.tables import days
from tests import people
from tests.conftest import NOW
from tests.rest.conftest import question, waits

LIST = "/api/v1/waiting-list"


@pytest.fixture
def full(antre: Any, balikpapan: Any) -> None:
    """Every day has released what is booked: nothing."""
    antre.database.write(lambda c: c.execute(sa.update(days).values(
        released=days.c.booked, wanted=days.c.booked + days.c.held)))


def tend(antre: Any) -> None:
    offers.tend(antre.database, antre.offices, antre.clock.now())


def give(antre: Any, places: int, on: date = date(2026, 11, 25)) -> None:
    """The day wants to release so many more."""
    antre.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == on).values(
        wanted=days.c.released + days.c.held + places)))


def join(client: Any, n: int, **more: Any) -> Any:
    answer = client.post(LIST, json=waits(n, **more))
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_who_joins_is_told_how_many_are_before(client: Any, full: Any) -> None:
    first = client.post(LIST, json=waits(1))
    assert first.json() == {
        "token": first.json()["token"], "office": "balikpapan", "service": "ktp-rekam", "from": "2026-11-24",
        "to": "2026-12-04", "party": 1, "state": "waiting", "ahead": 0,
        "page": f"https://antre.test/w/{first.json()['token']}"}
    assert first.headers["location"] == f"https://antre.test{LIST}/{first.json()['token']}"
    assert join(client, 2)["ahead"] == 1
    assert join(client, 3, priority="elderly")["ahead"] == 0, "served first by law"
    assert client.get(f"{LIST}/{first.json()['token'].lower()}").json()["ahead"] == 1


def test_a_place_is_offered_and_taken(antre: Any, client: Any, full: Any) -> None:
    token = join(client, 1)["token"]
    assert client.post(f"{LIST}/{token}/accept").json()["code"] == "offer_over", "nothing was offered"
    give(antre, 1)
    tend(antre)
    seen = client.get(f"{LIST}/{token}").json()
    assert seen["state"] == "offered"
    assert seen["offer"] == {"start": "2026-11-25T07:30:00+08:00", "lapses": "2026-11-24T12:00:00+08:00"}
    booked = client.post(f"{LIST}/{token}/accept")
    assert booked.status_code == 201, booked.text
    assert booked.json()["start"] == "2026-11-25T07:30:00+08:00"
    assert booked.headers["location"] == f"https://antre.test/api/v1/bookings/{booked.json()['token']}"
    assert client.get(booked.headers["location"]).json()["status"] == "booked"
    after = client.get(f"{LIST}/{token}").json()
    assert (after["state"], after["ticket"]["page"]) == ("booked", booked.json()["ticket"]["page"])
    assert client.post(f"{LIST}/{token}/accept").json()["code"] == "offer_over"


def test_what_is_declined_or_left_goes_to_the_next(antre: Any, client: Any, full: Any) -> None:
    tokens = [join(client, n)["token"] for n in (1, 2, 3)]
    give(antre, 1)
    for token, act, state in zip(tokens, ("decline", "leave", "accept"), ("declined", "left", None), strict=True):
        tend(antre)
        assert client.get(f"{LIST}/{token}").json()["state"] == "offered", act
        answer = client.post(f"{LIST}/{token}/{act}")
        assert answer.status_code == (201 if act == "accept" else 200), answer.text
        assert state is None or answer.json()["state"] == state
    assert client.post(f"{LIST}/{tokens[0]}/decline").json()["code"] == "offer_over"
    assert client.post(f"{LIST}/{tokens[1]}/leave").json()["state"] == "left", "leaving twice changes nothing"


def test_an_offer_lapses(antre: Any, client: Any, clock: Any, full: Any) -> None:
    token = join(client, 1)["token"]
    give(antre, 1)
    tend(antre)
    clock.advance(timedelta(hours=4))
    answer = client.post(f"{LIST}/{token}/accept")
    assert (answer.status_code, answer.json()["code"]) == (409, "offer_over"), "even before anybody marked it"
    tend(antre)
    assert client.get(f"{LIST}/{token}").json()["state"] == "lapsed"


def test_repeated_requests_have_one_effect(antre: Any, client: Any, full: Any) -> None:
    key = {"Idempotency-Key": "join-1"}
    first, again = (client.post(LIST, json=waits(1), headers=key) for _ in range(2))
    assert first.content == again.content
    assert first.headers["location"] == again.headers["location"]
    give(antre, 1)
    tend(antre)
    key = {"Idempotency-Key": "take-1"}
    first, again = (client.post(f"{LIST}/{first.json()['token']}/accept", headers=key) for _ in range(2))
    assert (first.status_code, first.content) == (201, again.content)
    assert first.headers["location"] == again.headers["location"]


@pytest.mark.parametrize(("change", "code", "field"), [
    ({"to": "2026-11-23", "from": "2026-11-20"}, "invalid_request", "to"),
    ({"to": "2026-11-25", "from": "2026-11-26"}, "invalid_request", "to"),
    ({"to": "2027-03-01"}, "too_far", "to"),
    ({"to": "soon"}, "invalid_request", "to"),
    ({"service": "kk"}, "reason_required", "reason"),
    ({"service": "nothing"}, "unknown_service", "service"),
    ({"party": 50}, "invalid_request", "party"),
    ({"nik": "12"}, "invalid_nik", "nik"),
])
def test_a_senseless_wish_is_refused(client: Any, full: Any, change: dict[str, Any], code: str, field: str) -> None:
    problem = client.post(LIST, json=waits(1) | change).json()
    assert (problem["code"], problem["field"]) == (code, field)


def test_nobody_waits_twice_or_with_a_booking(client: Any, free: Any) -> None:
    client.post("/api/v1/bookings", json=question(1, free()[0]))
    assert client.post(LIST, json=waits(1)).json()["code"] == "already_booked"
    join(client, 2)
    problem = client.post(LIST, json=waits(2) | {"phone": people.phone(3)}).json()
    assert (problem["code"], problem["field"], problem["status"]) == ("already_waiting", "nik", 409)


def test_an_unknown_token_is_unknown(client: Any, full: Any) -> None:
    for token in ("7Q2M0CV5K9T3WX1B8ZD4HNRJFA", "x", "%00", "é" * 26):
        assert client.get(f"{LIST}/{token}").json()["code"] == "unknown_booking", token
        assert client.post(f"{LIST}/{token}/accept").json()["code"] == "unknown_booking", token


def test_the_office_is_at_now(client: Any, full: Any) -> None:
    assert join(client, 1, first=NOW.date().isoformat(), last=NOW.date().isoformat())["to"] == "2026-11-24"


@pytest.mark.parametrize(("first", "last", "because"), [
    ("2026-11-28", "2026-11-29", None), ("2026-12-25", "2026-12-25", "Hari Raya Natal"),
])
def test_nobody_waits_for_days_on_which_the_office_is_closed(client: Any, clock: Any, first: str, last: str,
                                                             because: str | None) -> None:
    clock.advance(timedelta(days=3))
    problem = client.post(LIST, json=waits(1, first, last)).json()
    assert problem["code"] == "office_closed"
    assert (because or "Kantor tutup pada hari itu.") in problem["detail"]
    assert "waiting_list" not in problem
    nearest = [start[:10] for start in problem["alternatives"]]
    assert nearest == (["2026-11-30"] * 3 if because is None else nearest)
    assert len(nearest) == 3
    assert client.post(LIST, json=waits(1, "2026-11-27", last)).status_code == 201, "one open day is enough"

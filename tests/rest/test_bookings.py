"""Bookings over HTTP: made, read, moved, cancelled, refused with a way on."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from scheduler.foundation.errors import CODES
from scheduler.seats import GIVEN_UP_A_DAY
from tests import people
from tests.rest.conftest import question, waits

PROBLEM = "application/problem+json"
LIST = "https://antre.test/api/v1/waiting-list"


def test_a_booking_is_answered_with_everything_a_ticket_needs(client: Any, free: Any) -> None:
    start = free()[0]
    answer = client.post("/api/v1/bookings", json=question(1, start))
    assert answer.status_code == 201
    body = answer.json()
    assert re.fullmatch(r"[1-9]\d{8}", body["code"])
    assert body["status"] == "booked"
    assert (body["office"], body["service"], body["start"]) == ("balikpapan", "ktp-rekam", start)
    assert datetime.fromisoformat(body["end"]) - datetime.fromisoformat(start) == timedelta(minutes=15)
    page = f"https://antre.test/t/{body['token']}"
    assert body["ticket"] == {"page": page} | {kind: f"{page}.{kind}" for kind in ("png", "svg", "pdf", "ics")}
    assert answer.headers["location"] == f"https://antre.test/api/v1/bookings/{body['token']}"
    assert answer.headers["cache-control"] == "no-store"
    read = client.get(answer.headers["location"].removeprefix("https://antre.test"))
    assert read.json() == body
    assert client.get(f"/api/v1/bookings/{body['token'].lower()}").json() == body


def test_no_answer_holds_personal_data(client: Any, free: Any) -> None:
    person = people.person(7)
    made = client.post("/api/v1/bookings", json=question(7, free()[0]))
    read = client.get(f"/api/v1/bookings/{made.json()['token']}")
    for text in (made.text, read.text):
        assert not any(secret in text for secret in (person.nik, person.phone, person.name.split()[0]))


def test_what_is_booked_shows_at_once_in_what_is_free(client: Any, free: Any) -> None:
    def left(start: str) -> int:
        days = client.get("/api/v1/offices/balikpapan/slots", params={"service": "ktp-rekam"}).json()["days"]
        return sum(slot["places"] for day in days for slot in day["slots"] if slot["start"] == start)

    start = free()[-1]
    before = left(start)
    assert client.post("/api/v1/bookings", json=question(1, start)).status_code == 201
    assert left(start) == before - 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"nik": "6471990101900000"}, 422, "invalid_nik", "nik"),
        ({"phone": "0542 421500"}, 422, "invalid_phone", "phone"),
        ({"name": "R2D2"}, 422, "invalid_name", "name"),
        ({"office": "atlantis"}, 404, "unknown_office", "office"),
        ({"service": "paspor"}, 404, "unknown_service", "service"),
        ({"service": "kk"}, 422, "reason_required", "reason"),
        ({"party": 6}, 422, "invalid_request", "party"),
        ({"party": 4}, 422, "invalid_request", "party"),  # no start of three counters would ever have room
        ({"party": 0}, 422, "invalid_request", "party"),
        ({"party": "1"}, 422, "invalid_request", "party"),
        ({"nik": 6471990101900001}, 422, "invalid_request", "nik"),
        ({"reason": "because"}, 422, "invalid_request", "reason"),
        ({"language": "jv"}, 422, "invalid_request", "language"),
        ({"colour": "red"}, 422, "invalid_request", "colour"),
        ({"start": "2026-11-25T09:00:00"}, 422, "invalid_request", "start"),
        ({"start": "tomorrow"}, 422, "invalid_request", "start"),
        ({"start": "2026-02-30T08:00:00+08:00"}, 422, "invalid_request", "start"),
        ({"start": "0001-01-01T00:00:00+23:59"}, 422, "invalid_request", "start"),
    ],
)
def test_what_is_wrong_is_named(client: Any, free: Any, change: Any, status: int, code: str, field: str) -> None:
    answer = client.post("/api/v1/bookings", json=question(1, free()[0]) | change)
    assert answer.headers["content-type"] == PROBLEM
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"], problem["field"]) == (status, status, code, field)
    typed = str(next(iter(change.values())))
    assert len(typed) < 3 or typed not in answer.text, "a problem repeats nothing that was typed"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("2026-11-24T08:30:00+08:00", "too_soon"),
        ("2026-11-20T08:00:00+08:00", "too_soon"),
        ("2027-03-01T08:00:00+08:00", "too_far"),
        ("2026-11-29T08:00:00+08:00", "office_closed"),
        ("2026-11-25T08:07:00+08:00", "outside_hours"),
        ("2026-11-25T00:07:00Z", "outside_hours"),
    ],
)
def test_a_start_that_cannot_be_comes_with_three_that_can(client: Any, start: str, code: str) -> None:
    problem = client.post("/api/v1/bookings", json=question(1, start)).json()
    assert problem["code"] == code
    can_wait = start[:10] in ("2026-11-24", "2026-11-25")  # open and not over
    assert problem.get("waiting_list") == (LIST if can_wait else None)
    assert len(problem["alternatives"]) == 3
    assert all(moment.endswith("+08:00") for moment in problem["alternatives"])
    for n, moment in enumerate(problem["alternatives"], 2):
        assert client.post("/api/v1/bookings", json=question(n, moment)).status_code == 201


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("0001-01-01T14:00:00+14:00", "too_soon"),
        ("1970-01-01T00:00:00Z", "too_soon"),
        ("2199-06-07T08:00:00+08:00", "too_far"),
        ("9999-12-31T23:59:59Z", "too_far"),
    ],
)
def test_a_start_that_no_ticket_could_name_is_refused_like_any_other(client: Any, balikpapan: Any, start: str,
                                                                     code: str) -> None:
    token = client.post("/api/v1/bookings", json=question(1, "2026-11-25T08:00:00+08:00")).json()["token"]
    for answer in (client.post("/api/v1/bookings", json=question(2, start)),
                   client.post(f"/api/v1/bookings/{token}/move", json={"start": start})):
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert len(answer.json()["alternatives"]) == 3


def test_a_full_start_comes_with_three_that_can(client: Any, free: Any) -> None:
    start, n, answer = free()[0], 0, None
    while answer is None or answer.status_code == 201:
        n += 1
        answer = client.post("/api/v1/bookings", json=question(n, start), headers={"Accept-Language": "en"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "slot_full")
    assert len(problem["alternatives"]) == 3
    on = start[:10]
    joined = client.post(problem["waiting_list"], json=waits(n, on, on))
    assert (problem["waiting_list"], joined.status_code) == (LIST, 201), "the list takes what it is named for"
    assert problem["phone"] in problem["detail"]


def test_one_booking_for_a_nik_and_five_for_a_phone(client: Any, free: Any) -> None:
    starts = free()
    phone = people.phone(1)
    for n in range(5):
        assert client.post("/api/v1/bookings", json=question(n, starts[n], phone=phone)).status_code == 201
    again = client.post("/api/v1/bookings", json=question(0, starts[9]))
    assert (again.status_code, again.json()["code"], again.json()["field"]) == (409, "already_booked", "nik")
    sixth = client.post("/api/v1/bookings", json=question(6, starts[9], phone=phone))
    assert (sixth.status_code, sixth.json()["code"]) == (409, "too_many_for_phone")
    assert "5" in sixth.json()["detail"]


def test_a_cancelled_booking_frees_the_person_and_says_so(client: Any, free: Any) -> None:
    start = free()[3]
    token = client.post("/api/v1/bookings", json=question(1, start)).json()["token"]
    answer = client.post(f"/api/v1/bookings/{token}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    again = client.post(f"/api/v1/bookings/{token}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "already_cancelled")
    moved = client.post(f"/api/v1/bookings/{token}/move", json={"start": start})
    assert (moved.status_code, moved.json()["code"]) == (409, "already_cancelled")
    assert client.post("/api/v1/bookings", json=question(1, start)).status_code == 201


def test_a_phone_gives_up_so_many_bookings_a_day(client: Any, free: Any, clock: Any) -> None:
    """Each costs two messages, to a number that may be anybody's: without an end they would come by the hundred."""
    start = free()[60]
    for n in range(GIVEN_UP_A_DAY):
        token = client.post("/api/v1/bookings", json=question(n, start, phone=people.phone(1))).json()["token"]
        assert client.post(f"/api/v1/bookings/{token}/cancel").status_code == 200
    refused = client.post("/api/v1/bookings", json=question(0, start, phone=people.phone(1)))
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_for_phone")
    assert "10 pemesanan untuk nomor telepon ini dibatalkan" in refused.json()["detail"]
    assert client.post("/api/v1/bookings", json=question(0, start, phone=people.phone(2))).status_code == 201
    clock.advance(timedelta(days=1))
    assert client.post("/api/v1/bookings", json=question(1, start, phone=people.phone(1))).status_code == 201


def test_a_move_to_another_day_leaves_a_trace_on_the_old_ticket(client: Any, free: Any) -> None:
    starts = free()
    old = client.post("/api/v1/bookings", json=question(1, starts[0])).json()
    later = next(start for start in starts if start[:10] != starts[0][:10])
    moved = client.post(f"/api/v1/bookings/{old['token']}/move", json={"start": later}).json()
    assert moved["start"] == later
    assert moved["code"] == old["code"]
    assert moved["token"] != old["token"]
    trace = client.get(f"/api/v1/bookings/{old['token']}").json()
    assert trace["moved_to"] == moved["ticket"]["page"]
    assert "moved_to" not in client.get(f"/api/v1/bookings/{moved['token']}").json()


def test_a_booking_moves_three_times_and_no_more(client: Any, free: Any) -> None:
    starts = free()
    token = client.post("/api/v1/bookings", json=question(1, starts[0])).json()["token"]
    for n in (1, 2, 3):
        token = client.post(f"/api/v1/bookings/{token}/move", json={"start": starts[n]}).json()["token"]
    answer = client.post(f"/api/v1/bookings/{token}/move", json={"start": starts[4]})
    assert (answer.status_code, answer.json()["code"]) == (409, "move_limit")
    assert client.get(f"/api/v1/bookings/{token}").json()["start"] == starts[3]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_forged_and_unknown_tokens_are_the_same_to_who_asks(client: Any, antre: Any, balikpapan: Any) -> None:
    never = antre.mint.token(balikpapan.id, balikpapan.today(antre.clock.now()))
    forged = never[:-1] + ("0" if never[-1] != "0" else "1")
    answers = [client.get(f"/api/v1/bookings/{token}").json() for token in (never, forged, "x", "%00")]
    assert {answer["code"] for answer in answers} == {"unknown_booking"}
    changes = [client.post(f"/api/v1/bookings/{token}/cancel") for token in (never, forged)]
    assert [change.status_code for change in changes] == [404, 404]


def test_words_are_indonesian_unless_english_is_asked_for(client: Any, free: Any) -> None:
    asked = question(1, free()[0], nik="1")
    indonesian = client.post("/api/v1/bookings", json=asked)
    english = client.post("/api/v1/bookings", json=asked, headers={"Accept-Language": "en-GB, id;q=0.5"})
    assert indonesian.json()["title"] == "NIK belum benar"
    assert english.json()["title"] == "The NIK is not right yet"
    assert indonesian.json()["code"] == english.json()["code"] in CODES
    for answer, language in ((indonesian, "id"), (english, "en")):
        assert (answer.headers["content-language"], answer.headers["vary"]) == (language, "accept-language")

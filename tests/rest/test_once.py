"""Idempotency-Key: a repeated write gives the same answer and has one effect, also when both come at once."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
import sqlalchemy as sa

from api.guards import COOKIE, CSRF_HEADER
from api.sessions import hash_of
from scheduler.tables import answers, bookings
from tests.rest.conftest import question
from tests.threads import all_at_once


def count(antre: Any, table: sa.Table) -> int:
    with antre.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_the_same_key_and_body_give_the_same_answer(client: Any, antre: Any, free: Any) -> None:
    asked, key = question(1, free()[0]), {"Idempotency-Key": "k-1"}
    first = client.post("/api/v1/bookings", json=asked, headers=key)
    again = client.post("/api/v1/bookings", json=asked, headers=key)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["location"] == again.headers["location"]
    assert count(antre, bookings) == 1
    without = client.post("/api/v1/bookings", json=asked)
    assert without.json()["code"] == "already_booked"


def test_the_same_key_with_another_body_is_refused(client: Any, antre: Any, free: Any) -> None:
    start, key = free()[0], {"Idempotency-Key": "k-1"}
    assert client.post("/api/v1/bookings", json=question(1, start), headers=key).status_code == 201
    other = client.post("/api/v1/bookings", json=question(2, start), headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert count(antre, bookings) == 1


@pytest.mark.parametrize("wrong", [{"nik": "1"}, {"service": "none"}, {"start": "tomorrow"}, {"party": 99}])
def test_the_same_key_with_a_body_that_is_wrong_besides_is_refused_for_the_key(
    client: Any, free: Any, wrong: dict[str, Any]
) -> None:
    asked, key = question(1, free()[0]), {"Idempotency-Key": "k-1"}
    assert client.post("/api/v1/bookings", json=asked | wrong, headers=key).status_code in (404, 422)  # keeps nothing
    assert client.post("/api/v1/bookings", json=asked, headers=key).status_code == 201
    other = client.post("/api/v1/bookings", json=asked | wrong, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    unreadable = client.post("/api/v1/bookings", content=b"{", headers=key | {"content-type": "application/json"})
    assert unreadable.json()["code"] == "idempotency_key_reused"


def test_a_token_in_the_other_case_is_the_same_address(client: Any, free: Any) -> None:
    token = client.post("/api/v1/bookings", json=question(1, free()[0])).json()["token"]
    key = {"Idempotency-Key": "c-1"}
    first = client.post(f"/api/v1/bookings/{token}/cancel", headers=key)
    again = client.post(f"/api/v1/bookings/{token.lower()}/cancel", headers=key)
    assert first.status_code == again.status_code == 200
    assert first.content == again.content


def test_a_refusal_is_kept_too(client: Any, free: Any) -> None:
    starts, key = free(), {"Idempotency-Key": "k-2", "Accept-Language": "en"}
    token = client.post("/api/v1/bookings", json=question(1, starts[0])).json()["token"]
    refused = client.post("/api/v1/bookings", json=question(1, starts[1]), headers=key)
    assert refused.json()["code"] == "already_booked"
    client.post(f"/api/v1/bookings/{token}/cancel")
    again = client.post("/api/v1/bookings", json=question(1, starts[1]), headers=key)
    assert again.content == refused.content
    assert refused.headers["content-language"] == "en"
    assert "content-language" not in again.headers, "the words of a kept answer may be in another language"
    assert again.status_code == refused.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"


def test_a_refused_write_leaves_nothing_but_its_answer(client: Any, antre: Any, free: Any) -> None:
    start = free()[0]
    client.post("/api/v1/bookings", json=question(1, start))
    before = count(antre, bookings)
    client.post("/api/v1/bookings", json=question(1, start), headers={"Idempotency-Key": "k"})
    assert count(antre, bookings) == before
    assert count(antre, answers) == 1


def test_a_key_belongs_to_one_address(client: Any, free: Any) -> None:
    starts, key = free(), {"Idempotency-Key": "k-3"}
    tokens = [client.post("/api/v1/bookings", json=question(n, starts[n])).json()["token"] for n in (1, 2)]
    cancelled = [client.post(f"/api/v1/bookings/{token}/cancel", headers=key).json() for token in tokens]
    assert [one["token"] for one in cancelled] == tokens
    again = client.post(f"/api/v1/bookings/{tokens[0]}/cancel", headers=key)
    assert again.json() == cancelled[0], "and without the key it would be already_cancelled"
    assert client.post(f"/api/v1/bookings/{tokens[0]}/cancel").json()["code"] == "already_cancelled"


def test_a_move_is_not_made_twice(client: Any, free: Any) -> None:
    starts, key = free(), {"Idempotency-Key": "k-4"}
    token = client.post("/api/v1/bookings", json=question(1, starts[0])).json()["token"]
    moves = [client.post(f"/api/v1/bookings/{token}/move", json={"start": starts[-1]}, headers=key) for _ in range(2)]
    assert moves[0].content == moves[1].content
    assert moves[0].json()["moves"] == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
def test_a_key_that_cannot_be_kept_is_refused(client: Any, free: Any, key: str) -> None:
    answer = client.post("/api/v1/bookings", json=question(1, free()[0]), headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")


def test_two_at_the_same_moment_make_one_booking(client: Any, antre: Any, free: Any) -> None:
    """Without a key the race is real: of the same two requests one is refused; with one both get the booking."""
    starts = free()

    def send(n: int, headers: dict[str, str]) -> Any:
        return lambda: client.post("/api/v1/bookings", json=question(n, starts[n]), headers=headers)

    for n in range(6):
        unguarded = all_at_once(*[send(n, {})] * 2)
        assert sorted(answer.status_code for answer in unguarded) == [201, 409]
    for n in range(6, 12):
        guarded = all_at_once(*[send(n, {"Idempotency-Key": f"same-{n}"})] * 3)
        assert {answer.status_code for answer in guarded} == {201}
        assert len({answer.content for answer in guarded}) == 1
    assert count(antre, bookings) == 12


def test_nothing_readable_about_the_person_is_kept(client: Any, antre: Any, free: Any) -> None:
    asked = question(3, free()[0])
    client.post("/api/v1/bookings", json=asked, headers={"Idempotency-Key": "nik-" + asked["nik"]})
    with antre.database.read() as connection:
        row = connection.execute(sa.select(answers)).one()
    kept = repr(tuple(row)) + row.body
    assert not any(asked[field] in kept for field in ("nik", "phone", "name"))


def test_the_key_of_another_session_is_another_one_in_a_cookie_too(client: Any, signed_in: Any) -> None:
    numbers = []
    for name in ("clerk1", "clerk2"):
        token = signed_in("counter", name)["Authorization"].removeprefix("Bearer ")
        csrf = hmac.digest(client.app.state.doorway.csrf_key, hash_of(token), hashlib.sha256).hex()
        headers = {"Cookie": f"{COOKIE}={token}", CSRF_HEADER: csrf, "Idempotency-Key": "door-1"}
        for _ in range(2):
            answer = client.post("/api/v1/walk-ins", json={"service": "ktp-rekam"}, headers=headers)
            assert answer.status_code == 201, answer.text
            numbers.append(answer.json()["number"])
    assert numbers == ["A-001", "A-001", "A-002", "A-002"]

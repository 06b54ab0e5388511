"""Signing in and out, roles, the lock against guessing, and forms forged by other sites."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from api import passwords, staff
from api.app import create_app
from api.guesses import FIRST_LOCK, LONGEST_LOCK, lock_after
from api.passwords import PasswordError, Passwords
from api.staff import ACCOUNT_FREE, StaffError
from api.tables import sessions, sign_in_failures
from api.tables import staff as accounts
from tests.conftest import CHEAP
from tests.rest.conftest import PASSWORD
from tests.threads import all_at_once

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sign_in(client: Any, username: str = "loket1", password: str = PASSWORD, **headers: str) -> Any:
    return client.post("/api/v1/session", json={"username": username, "password": password}, headers=headers)


def test_a_session_is_good_until_signed_out(client: Any, hire: Any, antre: Any) -> None:
    hire("loket1")
    answer = sign_in(client, " Loket1 ")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["role"], body["username"], body["office"]) == ("counter", "loket1", "balikpapan")
    headers = {"Authorization": f"Bearer {body['token']}"}
    assert client.get("/api/v1/session", headers=headers).json()["username"] == "loket1"
    assert client.delete("/api/v1/session", headers=headers).status_code == 204
    refused = client.get("/api/v1/session", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")
    assert refused.headers["www-authenticate"].startswith("Bearer")


def test_the_database_holds_neither_password_nor_token(client: Any, hire: Any, antre: Any) -> None:
    hire("loket1")
    token = sign_in(client).json()["token"]
    with antre.database.read() as connection:
        kept = repr(connection.execute(sa.select(accounts)).all()) + repr(connection.execute(sa.select(sessions)).all())
    assert PASSWORD not in kept
    assert token not in kept
    assert "$argon2id$" in kept


def test_a_session_ends_after_a_working_day(client: Any, signed_in: Any, clock: Any) -> None:
    headers = signed_in()
    clock.advance(timedelta(hours=11, minutes=59))
    assert client.get("/api/v1/session", headers=headers).status_code == 200
    clock.advance(timedelta(minutes=2))
    assert client.get("/api/v1/session", headers=headers).status_code == 401


def test_a_new_password_ends_the_sessions_of_the_old_one(antre: Any, client: Any, hire: Any) -> None:
    hire("loket1")
    token = sign_in(client).json()["token"]
    hire("loket1", "manager")
    with antre.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(sessions)).scalar_one() == 0
    assert token not in sign_in(client).json()["token"]


# -- guessing --------------------------------------------------------------------------------------------


def test_guessing_locks_the_account_for_a_growing_while(client: Any, hire: Any, clock: Any) -> None:
    hire("loket1")
    for _ in range(ACCOUNT_FREE):
        wrong = sign_in(client, password="salah-salah-salah")
        assert (wrong.status_code, wrong.json()["why"]) == (401, "password")
    locked = sign_in(client)
    assert (locked.status_code, locked.json()["code"]) == (429, "too_many_requests"), "the right one is locked out too"
    assert 0 < int(locked.headers["retry-after"]) <= 31
    clock.advance(FIRST_LOCK + timedelta(seconds=1))
    assert sign_in(client, password="salah-salah-salah").status_code == 401
    clock.advance(FIRST_LOCK + timedelta(seconds=1))
    assert sign_in(client).status_code == 429, "the second lock is twice as long"
    clock.advance(FIRST_LOCK)
    assert sign_in(client).status_code == 200
    assert sign_in(client, password="salah-salah-salah").status_code == 401, "and being right starts anew"


def test_guesses_at_the_same_moment_all_count(client: Any, hire: Any) -> None:
    hire("loket1")
    answers = all_at_once(*[lambda: sign_in(client, password="salah-salah-salah")] * 12)
    assert sorted(answer.status_code for answer in answers) == [401] * ACCOUNT_FREE + [429] * (12 - ACCOUNT_FREE)


def test_an_unknown_name_is_answered_like_a_wrong_password(client: Any, hire: Any, antre: Any) -> None:
    hire("loket1")
    unknown, wrong = sign_in(client, "nobody"), sign_in(client, password="salah-salah-salah")
    assert unknown.json() == wrong.json()
    for _ in range(ACCOUNT_FREE):
        last = sign_in(client, "nobody")
    assert last.status_code == 429, "nor does the lock tell which names exist"
    with antre.database.read() as connection:
        assert "nobody" not in repr(connection.execute(sa.select(sign_in_failures)).all())


@pytest.mark.parametrize("username", ["\0", "loket1\0", "siti aminah", "\U0001f600" * 60])
def test_a_name_nobody_can_have_is_answered_like_an_unknown_one(client: Any, hire: Any, username: str) -> None:
    hire("loket1")
    assert sign_in(client, username).json() == sign_in(client, "nobody").json()
    form = {"username": username, "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 401


def test_the_lock_doubles_to_a_quarter_of_an_hour() -> None:
    locks = [lock_after(failures, 5) for failures in range(1, 12)]
    assert locks[:4] == [None] * 4
    assert locks[4] == FIRST_LOCK
    assert locks[5] == 2 * FIRST_LOCK
    assert locks[-1] == LONGEST_LOCK


def test_many_guesses_from_one_client_lock_it_for_every_account(client: Any, hire: Any) -> None:
    hire("loket1")
    for n in range(staff.CLIENT_FREE):
        assert sign_in(client, f"nobody{n}").status_code == 401
    assert sign_in(client).status_code == 429


@sqlite_only
def test_who_is_sent_away_because_others_wait_has_not_guessed(client: Any, antre: Any, hire: Any) -> None:
    hire("loket1")
    hasher = client.app.state.doorway.passwords
    with ExitStack() as line:
        for _ in range(passwords.MOST_WAITING):
            line.enter_context(hasher.turn())
        for _ in range(staff.ACCOUNT_FREE + 1):
            sent_away = sign_in(client)
            assert (sent_away.status_code, sent_away.headers["retry-after"]) == (429, "2")
    assert sign_in(client).status_code == 200


@sqlite_only
def test_an_account_that_was_closed_is_out_at_once(client: Any, antre: Any, hire: Any) -> None:
    hire("loket1")
    token = sign_in(client).json()["token"]
    antre.database.write(lambda connection: staff.remove(connection, "loket1", antre.clock.now()))
    assert sign_in(client).status_code == 401
    with TestClient(create_app(antre, hasher=CHEAP), base_url="https://antre.test") as another:
        assert another.get("/api/v1/session", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_an_ipv6_subscriber_is_one_client_whatever_address_he_takes(antre: Any, hire: Any) -> None:
    hire("loket1")
    settings = replace(antre.settings, trusted_proxies=("0.0.0.0/0", "::1/128"))
    app = create_app(replace(antre, settings=settings), hasher=CHEAP)
    with TestClient(app, base_url="https://antre.test") as client:
        for n in range(staff.CLIENT_FREE):
            asked = sign_in(client, f"nobody{n}", **{"X-Forwarded-For": f"2001:db8:1:2::{n:x}"})
            assert asked.status_code == 401
        assert sign_in(client, **{"X-Forwarded-For": "2001:db8:1:2:ffff::1"}).status_code == 429
        assert sign_in(client, **{"X-Forwarded-For": "2001:db8:1:3::1"}).status_code == 200


# -- accounts and passwords ------------------------------------------------------------------------------


@sqlite_only
@pytest.mark.parametrize(
    ("username", "password", "role", "word"),
    [
        ("siti aminah", PASSWORD, "counter", "user name"),
        ("", PASSWORD, "counter", "user name"),
        ("loket1", "pendek", "counter", "10 characters"),
        ("loket1", "loket1loket1", "counter", "user name"),
        ("loket1", "aaaaaaaaaaaa", "counter", "different"),
        ("loket1", PASSWORD, "boss", "role"),
    ],
)
def test_senseless_accounts_are_refused_in_one_sentence(
    antre: Any, balikpapan: Any, username: str, password: str, role: str, word: str
) -> None:
    def work(connection: Any) -> None:
        staff.add(connection, balikpapan.id, username, password, role, antre.clock.now(), hasher=CHEAP)

    with pytest.raises(StaffError, match=word):
        antre.database.write(work)


def test_made_passwords_pass_the_rules_and_differ() -> None:
    made = {passwords.make() for _ in range(100)}
    assert len(made) == 100
    for password in made:
        passwords.check(password, "loket1")
    with pytest.raises(PasswordError):
        passwords.check("x" * 201, "loket1")


def test_hashes_are_argon2id_in_the_low_memory_profile() -> None:
    encoded = passwords.HASHER.hash("kopi-pagi-hangat")
    assert encoded.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def _fits(hasher: Passwords, encoded: str | None, password: str) -> bool:
    return await hasher.verify(encoded, password)


def test_a_hash_that_is_none_never_fits() -> None:
    hasher = Passwords(CHEAP)
    encoded = CHEAP.hash(PASSWORD)
    assert asyncio.run(_fits(hasher, encoded, PASSWORD))
    assert not asyncio.run(_fits(hasher, encoded, "another-one"))
    assert not asyncio.run(_fits(hasher, None, PASSWORD))
    assert not asyncio.run(_fits(hasher, "not a hash", PASSWORD))
    hasher.close()


# -- forged requests -------------------------------------------------------------------------------------


def test_a_cookie_alone_changes_nothing(client: Any, hire: Any) -> None:
    """A browser sends the cookie whoever asks: without the session's own token a write is refused."""
    hire("loket1")
    token = sign_in(client).json()["token"]
    cookies = {"Cookie": f"antre_session={token}"}
    assert client.get("/api/v1/session", headers=cookies).status_code == 200
    for extra in ({}, {"X-CSRF-Token": "0" * 64}, {"X-CSRF-Token": token}):
        forged = client.post("/api/v1/walk-ins", json={"service": "ktp-rekam"}, headers=cookies | extra)
        assert (forged.status_code, forged.json()["code"]) == (403, "invalid_request")
    doorway = client.app.state.doorway
    good = hmac.digest(doorway.csrf_key, hashlib.sha256(token.encode()).digest(), "sha256").hex()
    answer = client.post("/api/v1/walk-ins", json={"service": "ktp-rekam"}, headers=cookies | {"X-CSRF-Token": good})
    assert answer.status_code == 201
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.post("/api/v1/walk-ins", json={"service": "ktp-rekam"}, headers=bearer).status_code == 201


@sqlite_only
@pytest.mark.parametrize("authorization", ["Basic abc", "Bearer", "Bearer ", "Bearer " + "x" * 500, "Bearer ö"])
def test_senseless_authorization_is_nobody(client: Any, authorization: str) -> None:
    answer = client.get("/api/v1/session", headers={"Authorization": authorization.encode()})
    assert answer.status_code == 401

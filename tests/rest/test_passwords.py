"""A password of one's own: changed by page and by program, guessed at, given by another meanwhile; and sessions that
end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from api import accounts, staff
from api.assembly import Antre
from api.clients import short_name
from api.passwords import Passwords
from api.sessions import LASTS, Session, Sessions, begin
from api.staff import ACCOUNT_FREE, Asker
from api.tables import sessions as session_rows
from api.tables import staff as account_rows
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import journal
from tests.conftest import CHEAP, NOW
from tests.rest.conftest import PASSWORD

NEW = "teh-sore-di-teras"
ASKER = Asker("192.0.2.1", b"k" * 32)

Hire = Callable[..., int]
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sign_in(client: TestClient[Any], password: str = PASSWORD, agent: str = "tests") -> Any:
    return client.post("/api/v1/session", json={"username": "loket1", "password": password},
                       headers={"User-Agent": agent})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def change(client: TestClient[Any], token: str, present: str = PASSWORD, new: str = NEW) -> Any:
    return client.post("/api/v1/session/password", json={"present": present, "new": new}, headers=bearer(token))


def entries(antre: Antre, *kinds: str) -> list[Any]:
    asked = sa.select(journal.c.staff_id, journal.c.data).where(journal.c.kind.in_(kinds)).order_by(journal.c.id)
    with antre.database.read() as connection:
        return [tuple(row) for row in connection.execute(asked)]


def is_good(client: TestClient[Any], token: str) -> bool:
    return client.get("/api/v1/session", headers=bearer(token)).status_code == 200


# -- changing one's own ----------------------------------------------------------------------------------


def test_a_changed_password_ends_every_session_and_begins_a_new_one(client: Any, hire: Hire, antre: Antre) -> None:
    loket1 = hire("loket1")
    here, elsewhere = (sign_in(client).json()["token"] for _ in range(2))
    assert is_good(client, elsewhere)  # and so it is remembered
    answer = change(client, here)
    assert answer.status_code == 200
    assert answer.json()["must_change"] is False
    assert [is_good(client, token) for token in (here, elsewhere, answer.json()["token"])] == [False, False, True]
    assert sign_in(client).status_code == 401
    assert sign_in(client, NEW).status_code == 200
    assert entries(antre, "password_changed") == [(loket1, None)]


def test_who_was_given_the_password_by_another_is_told_so_and_may_change_it(client: Any, hire: Hire,
                                                                            antre: Antre) -> None:
    hire("loket1")
    antre.database.write(lambda c: c.execute(sa.update(account_rows).values(must_change=True)))
    body = sign_in(client).json()
    assert body["must_change"] is True
    refused = client.get("/api/v1/offices/balikpapan/queue", headers=bearer(body["token"]))
    assert (refused.status_code, refused.json()["why"]) == (403, "must_change")
    token = change(client, body["token"]).json()["token"]
    assert client.get("/api/v1/offices/balikpapan/queue", headers=bearer(token)).status_code == 200


@sqlite_only
@pytest.mark.parametrize(("new", "why"), [
    ("pendek", "password_short"), ("x" * 201, "password_long"), ("ini-loket1-saya", "password_username"),
    ("aaaaaaaaaaaa", "password_plain"), (PASSWORD, "password_same"),
])
def test_a_poor_password_is_refused_and_counts_as_no_guess(client: Any, hire: Hire, new: str, why: str) -> None:
    hire("loket1")
    token = sign_in(client).json()["token"]
    for _ in range(ACCOUNT_FREE + 1):
        refused = change(client, token, new=new)
    assert (refused.status_code, refused.json()["field"], refused.json()["why"]) == (422, "new", why)
    assert new not in refused.text
    assert is_good(client, token)


def test_guesses_at_the_present_password_lock_as_for_signing_in(client: Any, hire: Hire, clock: SettableClock) -> None:
    hire("loket1")
    token = sign_in(client).json()["token"]
    for _ in range(ACCOUNT_FREE):
        wrong = change(client, token, present="salah-salah-salah")
        assert (wrong.status_code, wrong.json()["why"]) == (422, "present")
    assert change(client, token).status_code == 429
    assert sign_in(client).status_code == 429, "it is the account that is locked"
    clock.advance(timedelta(seconds=31))
    assert change(client, token).status_code == 200


# -- what happens meanwhile ------------------------------------------------------------------------------


class Meanwhile(Passwords):
    """Something happens while a password is looked at or hashed."""

    def __init__(self, happens: Callable[[], Any]) -> None:
        super().__init__(CHEAP)
        self._happens = happens

    async def verify(self, encoded: str | None, password: str) -> bool:
        fits = await super().verify(encoded, password)
        self._happens()
        return fits


def test_a_password_given_by_another_meanwhile_stays(antre: Antre, hire: Hire) -> None:
    loket1, boss = hire("loket1"), hire("boss", "manager")
    me = Session(loket1, 1, "loket1", "counter", NOW, b"")
    by = Session(boss, 1, "boss", "manager", NOW, b"")
    given = CHEAP.hash("diberikan-oleh-bos")

    def reset() -> None:
        antre.database.write(lambda c: accounts.give_password(c, by, loket1, given, NOW))

    async def attempt() -> None:
        hasher = Meanwhile(reset)
        with pytest.raises(Refusal, match="not_authenticated"):
            await staff.change_password(antre.database, hasher, me, PASSWORD, NEW, ASKER, NOW)
        hasher.close()

    asyncio.run(attempt())
    with antre.database.read() as connection:
        assert connection.execute(sa.select(account_rows.c.password, account_rows.c.must_change).where(
            account_rows.c.id == loket1)).one() == (given, True)


def test_an_account_closed_while_it_signs_in_is_not_let_in(antre: Antre, hire: Hire) -> None:
    hire("loket1")

    async def attempt() -> None:
        hasher = Meanwhile(lambda: antre.database.write(lambda c: staff.remove(c, "loket1", NOW)))
        with pytest.raises(Refusal, match="not_authenticated"):
            await staff.sign_in(antre.database, hasher, "loket1", PASSWORD, ASKER, NOW)
        hasher.close()

    asyncio.run(attempt())
    with antre.database.read() as connection:
        assert connection.execute(sa.select(session_rows)).all() == []


class Held:
    """A database whose answers to look-ups wait until they are let go."""

    def __init__(self, antre: Antre) -> None:
        self._database = antre.database
        self.read, self.go = asyncio.Event(), asyncio.Event()

    async def fetch(self, work: Any) -> Any:
        found = await self._database.fetch(work)
        self.read.set()
        await self.go.wait()
        return found


def test_a_look_up_under_way_does_not_bring_back_what_ended(antre: Antre, hire: Hire) -> None:
    who = Session(hire("loket1"), 1, "loket1", "counter", NOW, b"")

    async def attempt() -> None:
        token, session = await antre.database.run(lambda c: begin(c, who, NOW))
        held: Any = Held(antre)
        remembered = Sessions(held)
        looking = asyncio.create_task(remembered.find(token, NOW))
        await held.read.wait()
        await antre.database.run(lambda c: staff.sign_out(c, session, NOW))
        remembered.forget([session.staff_id])
        held.go.set()
        with pytest.raises(Refusal, match="not_authenticated"):
            await looking

    asyncio.run(attempt())


# -- signing out -----------------------------------------------------------------------------------------


def test_signing_out_ends_one_session_or_all(client: Any, hire: Hire, antre: Antre) -> None:
    loket1 = hire("loket1")
    one, other, third = (sign_in(client).json()["token"] for _ in range(3))
    assert client.delete("/api/v1/session?everywhere=false", headers=bearer(one)).status_code == 204
    assert [is_good(client, token) for token in (one, other, third)] == [False, True, True]
    assert client.delete("/api/v1/session?everywhere=perhaps", headers=bearer(other)).status_code == 422
    assert client.delete("/api/v1/session?everywhere", headers=bearer(other)).status_code == 204
    assert [is_good(client, token) for token in (other, third)] == [False, False]
    assert entries(antre, "signed_out") == [
        (loket1, {"everywhere": False, "by": loket1}), (loket1, {"everywhere": True, "by": loket1})]


@sqlite_only
def test_one_sees_where_one_is_signed_in(client: Any, hire: Hire, clock: SettableClock) -> None:
    hire("loket1")
    sign_in(client, agent="Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36")
    clock.advance(timedelta(minutes=5))
    token = sign_in(client, agent="curl/8.5.0").json()["token"]
    page = client.get("/me", headers={**bearer(token), "Accept": "text/html"}).text
    assert page.index("curl") < page.index("di sini") < page.index("08.05") < page.index("Chrome, Android")
    clock.advance(LASTS - timedelta(minutes=5))
    page = client.get("/me", headers={**bearer(token), "Accept": "text/html"}).text
    assert "Chrome, Android" not in page


@pytest.mark.parametrize(("agent", "said"), [
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox, Windows"),
    ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1", "Safari, iPhone"),
    ("Mozilla/5.0 (Linux; Android 14; SM-A155F) SamsungBrowser/26.0 Chrome/122.0 Safari/537.36",
     "Samsung Internet, Android"),
    ("python-requests/2.32", "python-requests"), ("", None), ("<script>", None), ("x" * 500, "x" * 40),
])
def test_a_browser_is_called_by_its_short_name(agent: str, said: str | None) -> None:
    assert short_name(agent) == said

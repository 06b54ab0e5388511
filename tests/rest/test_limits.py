"""Rate limits: for each client and route, across processes, with few writes; and who the client is."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from api import addresses, limits
from api.addresses import Addresses
from api.app import create_app
from api.limits import CLASSES, Limiter
from api.tables import allowances
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.errors import Refusal
from tests.conftest import NOW
from tests.rest.spender import spend

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OFFICE = "/api/v1/offices/balikpapan"


def limited(antre: Any, limit: int | None, peer: str = "203.0.113.77", **more: Any) -> TestClient[Any]:
    """A client of an application with that limit and minutes that stand still; its own address is `peer`."""
    settings = dataclasses.replace(antre.settings, rate_limit=limit)
    app = create_app(dataclasses.replace(antre, settings=settings), limits_clock=antre.clock, **more)

    async def from_peer(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "client": (peer, 5)} if scope["type"] == "http" else scope, receive, send)

    return TestClient(from_peer, base_url="https://antre.test")  # type: ignore[arg-type]


def test_exactly_so_many_pass_and_the_next_is_told_when(antre: Any, clock: Any) -> None:
    client = limited(antre, 7)
    answers = [client.get(OFFICE) for _ in range(9)]
    assert [answer.status_code for answer in answers] == [200] * 7 + [429] * 2
    assert answers[-1].json()["code"] == "too_many_requests"
    assert answers[-1].headers["retry-after"] == "60"
    assert client.get(f"{OFFICE}/services").status_code == 200, "each route has its own allowance"
    clock.advance(timedelta(minutes=1))
    assert client.get(OFFICE).status_code == 200


def test_what_is_counted_cannot_be_turned_back_into_an_address(antre: Any) -> None:
    """There are few addresses: a plain hash of each could be tried in minutes."""
    limited(antre, 7).get(OFFICE)
    with antre.database.read() as connection:
        kept = [bytes(key) for key in connection.scalars(sa.select(allowances.c.key))]
    route = "GET /api/v1/offices/{office}"
    assert len(kept) == 1
    assert kept != [hashlib.blake2b(f"203.0.113.77 {route}".encode(), digest_size=16).digest()]
    assert kept == [limits._key(addresses.counted_as("203.0.113.77", antre.vault.derive("counts")[0]), route)]


def test_each_class_has_its_own_limit(antre: Any) -> None:
    client = limited(antre, None)
    tries = CLASSES["sign_in"] + 1
    answers = [client.post("/api/v1/session", json={}).status_code for _ in range(tries)]
    assert answers == [422] * CLASSES["sign_in"] + [429]


def test_monitoring_is_never_limited_and_off_is_off(antre: Any) -> None:
    client = limited(antre, 1)
    for path in ("/livez", "/metrics"):
        assert [client.get(path).status_code for _ in range(3)] == [200] * 3
    assert [limited(antre, 0).get(OFFICE).status_code for _ in range(3)] == [200] * 3


def test_most_requests_write_nothing(database: Any, clock: Any) -> None:
    limiter = Limiter(database, clock, 80)
    writes: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *a: writes.append(a[2]))
    assert asyncio.run(spend(limiter, "203.0.113.1", 80)) == 80
    assert sum("INSERT INTO allowances" in text for text in writes) == limits.PARTS
    writes.clear()
    assert asyncio.run(spend(limiter, "203.0.113.1", 500)) == 0
    assert sum("allowances" in text for text in writes) == 1, "who has used up the minute is turned away from memory"


def test_many_new_clients_share_a_transaction(database: Any, clock: Any) -> None:
    limiter = Limiter(database, clock, None)
    commits: list[int] = []
    sa.event.listen(database.engine, "commit", lambda _connection: commits.append(1))

    async def everyone() -> None:
        await asyncio.gather(*[limiter.spend(f"203.0.113.{n}", "GET /x", "read") for n in range(200)])

    asyncio.run(everyone())
    assert len(commits) <= 3


def test_processes_together_never_pass_the_limit(database_url: str, database: Any) -> None:
    """Three processes with memories of their own; without the shared row each would let all through."""
    limit, tries = 200, 150
    alone = Limiter(database, SettableClock(NOW), limit)
    assert asyncio.run(spend(alone, "198.51.100.1", tries)) == tries, "one alone would not be stopped"
    command = [sys.executable, "-m", "tests.rest.spender", database_url, str(limit), "203.0.113.9", str(tries),
               NOW.isoformat()]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    outputs = [process.communicate("go\n", timeout=60)[0] for process in processes]
    through = [int(output) for output in outputs]
    assert sum(through) <= limit
    assert sum(through) > limit - 3 * limit // limits.PARTS, "and little is lost in leases nobody spends"
    with database.read() as connection:
        assert max(connection.scalars(sa.select(allowances.c.used))) <= limit


def test_old_windows_are_swept(database: Any, clock: Any) -> None:
    asyncio.run(spend(Limiter(database, clock, 5), "203.0.113.1", 10))
    database.write(lambda connection: limits.sweep(connection, clock.now()))
    with database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(allowances)).scalar_one() == 1
    database.write(lambda connection: limits.sweep(connection, clock.now() + timedelta(minutes=10)))
    with database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(allowances)).scalar_one() == 0


def test_a_database_that_fails_is_not_an_open_door(clock: Any) -> None:
    class Broken:
        async def run(self, _work: Any) -> Any:
            raise OSError("gone")

    async def ask() -> None:
        limiter = Limiter(Broken(), clock, 5)  # type: ignore[arg-type]
        for _ in range(2):
            with pytest.raises(OSError, match="gone"):
                await limiter.spend("203.0.113.1", "GET /x", "read")

    asyncio.run(ask())


@sqlite_only
def test_the_demo_lets_this_machine_through(antre: Any) -> None:
    def answers(trust: bool, peer: str) -> list[int]:
        client = limited(antre, 2, peer, trust_loopback=trust)
        return [client.get(OFFICE).status_code for _ in range(3)]

    assert answers(True, "127.0.0.1") == [200] * 3
    assert answers(False, "127.0.0.1") == [200, 200, 429]
    assert answers(True, "203.0.113.77") == [200, 200, 429]


# -- who asks --------------------------------------------------------------------------------------------


def scope(peer: str | None, *forwarded: str) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return {"client": (peer, 1234) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ((), "203.0.113.5", ["198.51.100.1"], "203.0.113.5"),
        (("10.0.0.0/8",), "203.0.113.5", ["198.51.100.1"], "203.0.113.5"),
        (("10.0.0.0/8",), "10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        (("10.0.0.0/8",), "10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        (("10.0.0.0/8",), "10.0.0.1", ["6.6.6.6", "198.51.100.1, 10.0.0.7"], "198.51.100.1"),
        (("10.0.0.0/8",), "10.0.0.1", [], "10.0.0.1"),
        (("10.0.0.0/8",), "10.0.0.1", ["nonsense"], "0.0.0.0"),
        (("10.0.0.0/8",), "10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        (("10.0.0.0/8",), "::ffff:10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        (("10.0.0.0/8",), None, ["198.51.100.1"], "0.0.0.0"),
    ],
)
def test_only_our_proxies_are_believed(trusted: Any, peer: Any, forwarded: Any, client: str) -> None:
    assert Addresses(trusted).client(scope(peer, *forwarded)) == client


def test_one_subscriber_is_one_client() -> None:
    assert addresses.network_of("203.0.113.5") == "203.0.113.5"
    assert addresses.network_of("2001:db8:1:2::7") == addresses.network_of("2001:db8:1:2:ffff::1")
    assert addresses.network_of("2001:db8:1:2::7") != addresses.network_of("2001:db8:1:3::7")


def test_logs_see_no_whole_address() -> None:
    assert addresses.masked("203.0.113.5") == "203.0.113.x"
    assert addresses.masked("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::x"


def test_refusals_are_refusals(database: Any, clock: Any) -> None:
    async def twice() -> None:
        limiter = Limiter(database, clock, 1)
        await limiter.spend("203.0.113.1", "GET /x", "read")
        with pytest.raises(Refusal, match="too_many_requests"):
            await limiter.spend("203.0.113.1", "GET /x", "read")

    asyncio.run(twice())

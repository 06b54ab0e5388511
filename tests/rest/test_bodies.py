"""What a body may take to arrive, and HEAD, which has none to give."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from api import bodies
from scheduler.foundation.errors import Refusal

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _receive(*pauses: float) -> Any:
    """A client that sends its body in as many pieces, each after a pause (s), and hangs up 0.2 s after the last."""
    left = list(pauses)

    async def receive() -> Any:
        if not left:
            await asyncio.sleep(0.2)
            return {"type": "http.disconnect"}
        await asyncio.sleep(left.pop(0))
        return {"type": "http.request", "body": b"x", "more_body": bool(left)}

    return receive


async def _all(receive: Any) -> list[str]:
    seen: list[str] = []
    while "http.disconnect" not in seen:
        seen.append((await receive())["type"])
    return seen


def test_a_body_that_trickles_in_is_not_waited_for() -> None:
    async def trickle() -> None:
        await _all(bodies.in_time(_receive(*[0.02] * 50), seconds=0.1))

    with pytest.raises(Refusal) as refused:
        asyncio.run(trickle())
    assert (refused.value.code, refused.value.details["why"]) == ("invalid_request", "slow")


def test_who_sent_the_whole_body_may_listen_for_as_long_as_he_likes() -> None:
    async def listen() -> list[str]:
        return await _all(bodies.in_time(_receive(0.01, 0.01), seconds=0.1))

    assert asyncio.run(listen()) == ["http.request", "http.request", "http.disconnect"]


@sqlite_only
@pytest.mark.parametrize("path", ["/livez", "/api/v1/offices", "/", "/schema", "/api/v1/nothing", "/api/v1/session"])
def test_head_is_get_without_the_body(client: Any, path: str) -> None:
    whole, head = client.get(path), client.head(path)
    assert head.status_code == whole.status_code
    assert head.content == b""
    for name in ("content-type", "content-length", "cache-control"):
        assert head.headers.get(name) == whole.headers.get(name), name


@sqlite_only
def test_head_changes_nothing_and_is_counted_as_such(client: Any) -> None:
    assert client.head("/api/v1/bookings").status_code == 405
    client.head("/livez")
    assert 'antre_requests_total{method="HEAD",route="/livez",status="200"} 1.0' in client.get("/metrics").text

"""The board as JSON and as a stream, as programs see them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from api.app import create_app
from api.assembly import Antre
from api.hub import MOST_A_CLIENT
from scheduler.offices import Office
from tests.conftest import NOW
from tests.ticketing.floor import Floor

BOARD = "/api/v1/offices/balikpapan/board"


@pytest.fixture
def floor(antre: Antre, balikpapan: Office) -> Floor:
    floor = Floor(antre.database, balikpapan, antre.offices, antre.vault, antre.mint)
    floor.now = NOW
    return floor


def test_anybody_may_see_the_board_and_it_is_always_the_present_one(client: Any, floor: Floor) -> None:
    assert client.get(BOARD).json()["calls"] == []
    floor.walk_in(NOW)
    assert client.get(BOARD).json()["waiting"][0]["count"] == 1, "an arrival shows at once"
    number = floor.next("loket-1")
    shown = client.get(BOARD)
    assert shown.headers["cache-control"] == "no-store"
    body = shown.json()
    assert body["now"] == NOW.isoformat()
    assert [(call["number"], call["name"]) for call in body["calls"]] == [(number, "Loket 1")]
    assert body["waiting"][0]["count"] == 0


@pytest.mark.parametrize("path", ["", "/events"])
def test_an_unknown_office_has_no_board(client: Any, path: str) -> None:
    answer = client.get(f"/api/v1/offices/nowhere/board{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_office")


def test_asking_for_the_headers_of_the_stream_ends(client: Any) -> None:
    answer = client.head(f"{BOARD}/events")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.content == b""


def test_a_stream_is_counted_once_and_when_it_begins(client: Any) -> None:
    client.head(f"{BOARD}/events")
    counted = [line for line in client.get("/metrics").text.splitlines() if "board/events" in line]
    route = '/api/v1/offices/{office}/board/events'
    assert f'antre_requests_total{{method="HEAD",route="{route}",status="200"}} 1.0' in counted
    assert f'antre_request_seconds_count{{route="{route}"}} 1.0' in counted


def test_who_has_many_addresses_of_one_network_is_one_client(antre: Antre, balikpapan: Office) -> None:
    """An IPv6 subscriber has 2^64: each with streams of its own would leave none to the hall."""
    async def scenario() -> list[int]:
        app = create_app(antre)
        hub = app.state.doorway.hub
        streams = [hub.events(balikpapan, "2001:db8::/64") for _ in range(MOST_A_CLIENT)]
        await asyncio.gather(*(anext(stream) for stream in streams))
        answers = []
        for address in ("2001:db8::5", "2001:db8:0:1::5"):
            asks = ASGITransport(app, client=(address, 1))
            async with AsyncClient(transport=asks, base_url="https://antre.test") as one:
                answers.append((await one.head(f"{BOARD}/events")).status_code)
        hub.close()
        return answers

    assert asyncio.run(scenario()) == [429, 200]

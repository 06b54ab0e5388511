"""The board as JSON and as a stream, as programs see them."""

from __future__ import annotations

from typing import Any

import pytest

from api.assembly import Antre
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

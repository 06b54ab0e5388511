"""Streams of the hall's board: the present one at once, every change soon, from whichever process; few questions."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from api.assembly import Antre
from api.errors import DoorError
from api.hub import MOST, MOST_A_CLIENT, Hub
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Offices
from tests.conftest import NOW
from tests.counting import questions
from tests.processes import context
from tests.ticketing.floor import Floor
from ticketing import calling, notices

SOON_S = 2.0  # an act to the screens, on a machine that does much beside it; in truth some 150 ms
Stream = AsyncIterator[bytes]


@pytest.fixture
def floor(antre: Antre, balikpapan: Office) -> Floor:
    floor = Floor(antre.database, balikpapan, antre.offices, antre.vault, antre.mint)
    floor.now = NOW
    for _ in range(3):
        floor.walk_in(NOW)
    return floor


@pytest.fixture
def hub(antre: Antre) -> Hub:
    return Hub(antre.database, antre.offices, antre.clock)


def run(scenario: Coroutine[Any, Any, None]) -> None:
    async def within() -> None:
        async with asyncio.timeout(60):
            await scenario

    asyncio.run(within())


def board(event: bytes) -> Any:
    lines = dict(line.split(": ", 1) for line in event.decode().splitlines() if line)
    shown = json.loads(lines["data"])
    assert lines["id"] == str(shown["version"])
    return shown


async def opened(hub: Hub, office: Office, count: int) -> list[Stream]:
    streams = [hub.events(office, "hall") for _ in range(count)]
    for stream in streams:
        assert board(await anext(stream))["calls"] == []
    return streams


async def acted(act: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(act)


def call_elsewhere(url: str, counter: str) -> tuple[str, float]:
    """In a process of its own: the number that is called, and when that was committed."""
    with closing(Database(url, connections=1)) as database:
        with database.read() as connection:
            office = Offices().get(connection, "balikpapan")
        called = database.write(lambda c: calling.call_next(c, office, counter, now=NOW, staff_id=1))
        assert called is not None
        return called.number, time.time()  # the one clock that processes share


def test_what_another_process_does_is_on_the_screens_soon(hub: Hub, floor: Floor, database_url: str) -> None:
    async def scenario() -> None:
        stream, = await opened(hub, floor.office, 1)
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            for counter in ("loket-1", "loket-2"):
                acting = asyncio.get_running_loop().run_in_executor(pool, call_elsewhere, database_url, counter)
                event = await anext(stream)
                seen_at = time.time()
                number, done_at = await acting
                newest = board(event)["calls"][0]
                assert (newest["number"], newest["counter"]) == (number, counter)
                assert seen_at - done_at < SOON_S

    run(scenario())


def test_an_act_of_this_process_is_seen_without_waiting_for_the_next_look(
        antre: Antre, floor: Floor) -> None:
    async def scenario() -> None:
        hub = Hub(antre.database, antre.offices, antre.clock, pace_s=3600)
        stream, = await opened(hub, floor.office, 1)
        waiting = asyncio.create_task(anext(stream))  # type: ignore[arg-type]
        await asyncio.sleep(0.2)  # the first look is over
        number = await acted(floor.next)
        hub.nudge()
        assert board(await waiting)["calls"][0]["number"] == number

    run(scenario())


def test_all_screens_get_one_rendering_and_idle_ones_cost_nothing_each(
        hub: Hub, floor: Floor, antre: Antre) -> None:
    async def scenario() -> None:
        streams = await opened(hub, floor.office, 200)
        waiting = [asyncio.create_task(anext(stream)) for stream in streams]  # type: ignore[arg-type]
        await asyncio.sleep(0.3)
        idle = await asyncio.to_thread(questions, antre.database, lambda: time.sleep(1))
        assert 1 <= idle <= 8, "one small look a quarter of a second, however many listen"
        await acted(floor.next)
        events = await asyncio.gather(*waiting)
        assert len({id(event) for event in events}) == 1

    run(scenario())


def test_arrivals_messages_and_time_show_as_well(hub: Hub, floor: Floor, clock: SettableClock) -> None:
    async def scenario() -> None:
        stream, = await opened(hub, floor.office, 1)
        await acted(lambda: floor.walk_in(NOW, service="kk"))
        assert [one["count"] for one in board(await anext(stream))["waiting"]] == [3, 1, 0]
        await acted(lambda: floor.database.write(lambda c: notices.put(
            c, floor.office, {"id": "Gratis."}, None, now=NOW, staff_id=1)))
        assert board(await anext(stream))["messages"] == [{"id": "Gratis.", "en": "Gratis."}]
        await acted(floor.next)
        before = board(await anext(stream))
        clock.advance(timedelta(hours=1))
        after = board(await anext(stream))
        assert after["version"] == before["version"]
        assert after["waiting"] != before["waiting"], "the estimates moved on"

    run(scenario())


def test_a_stream_says_that_it_is_alive_only_while_that_is_true(antre: Antre, floor: Floor) -> None:
    async def scenario() -> None:
        hub = Hub(antre.database, antre.offices, antre.clock, beat_s=0.4)
        stream, = await opened(hub, floor.office, 1)
        assert await anext(stream) == f"event: beat\ndata: {NOW.isoformat()}\n\n".encode()
        antre.database.close()  # as a server that went away
        silent = time.monotonic() + 3
        while time.monotonic() < silent:
            heard = asyncio.create_task(anext(stream))  # type: ignore[arg-type]
            done, _ = await asyncio.wait({heard}, timeout=1.5)
            if not done:
                heard.cancel()
                return
        raise AssertionError("it goes on as if all were well")

    run(scenario())


def test_closing_ends_every_stream_at_once(hub: Hub, floor: Floor) -> None:
    async def scenario() -> None:
        streams = await opened(hub, floor.office, 3)
        waiting = [asyncio.create_task(anext(stream, None)) for stream in streams]  # type: ignore[call-overload]
        await asyncio.sleep(0)
        hub.close()
        async with asyncio.timeout(1):
            assert await asyncio.gather(*waiting) == [None, None, None]
        with pytest.raises(DoorError) as refused:
            hub.admit("hall")
        assert refused.value.code == "unavailable"

    run(scenario())


def test_streams_are_bounded_for_a_client_and_in_all(hub: Hub, floor: Floor) -> None:
    async def scenario() -> None:
        one = [hub.events(floor.office, "hall") for _ in range(MOST_A_CLIENT)]
        await asyncio.gather(*(anext(stream) for stream in one))
        with pytest.raises(Refusal) as refused:
            hub.admit("hall")
        assert refused.value.code == "too_many_requests"
        hub.admit("another")
        others = [hub.events(floor.office, f"phone {n}") for n in range(MOST - MOST_A_CLIENT)]
        await asyncio.gather(*(anext(stream) for stream in others))
        with pytest.raises(DoorError) as full:
            hub.admit("another")
        assert full.value.code == "unavailable"
        await one[0].aclose()  # type: ignore[attr-defined]
        hub.admit("hall")
        hub.close()

    run(scenario())

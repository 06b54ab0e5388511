"""Screens on a real `antre serve`: what any process does is on the screens of all, and a stop ends their streams."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from scheduler.foundation.clock import SystemClock
from scheduler.foundation.database import Database
from scheduler.offices import Office
from tests.cli.conftest import Environment
from tests.cli.terminal import ends_within, free_port, started
from tests.threads import in_thread
from ticketing import notices

SCREENS = 8    # of two processes: the kernel gives either a share
SOON_S = 2.0    # to every screen
MESSAGE = {"id": "Loket 6 tutup.", "en": "Counter 6 is closed."}
STOPPED_S = 4.0  # sooner than a server that waits for its streams until they are cut off


def boards(response: httpx.Response) -> Iterator[Any]:
    """What a screen is shown, one after the other."""
    for line in response.iter_lines():
        if line.startswith("data: {"):
            yield json.loads(line.removeprefix("data: "))


def first_message(shown: Iterator[Any]) -> tuple[str, float]:
    """The first message that comes, and when it was seen."""
    return next((board["messages"][0]["en"], time.monotonic()) for board in shown if board["messages"])


@contextmanager
def screen(port: int) -> Iterator[Iterator[Any]]:
    """A screen of the hall."""
    address = f"http://127.0.0.1:{port}/api/v1/offices/balikpapan/board/events"
    transport = httpx.HTTPTransport(retries=10)  # the first of two processes answers before the second one does
    with httpx.Client(transport=transport, timeout=60) as client, client.stream("GET", address) as response:
        yield boards(response)


@pytest.mark.parametrize("processes", [pytest.param(1, id="one process"), pytest.param(2, id="two processes")])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_any_process_writes_is_on_every_screen_soon_and_a_stop_ends_the_streams(
        installed: Environment, balikpapan: Office, tmp_path: Path, processes: int) -> None:
    port, log = free_port(), tmp_path / "log"
    words = ("serve", "--port", str(port), "--processes", str(processes))
    with (
        started(*words, settings=installed, until="Antre answers", out=log) as server, ExitStack() as opened,
        closing(Database(installed["DATABASE_URL"], connections=1)) as database,
    ):
        screens = [opened.enter_context(screen(port)) for _ in range(SCREENS)]
        for shown in screens:
            assert next(shown)["messages"] == []
        seen: list[Future[Any]] = [in_thread(first_message, shown) for shown in screens]
        database.write(lambda c: notices.put(c, balikpapan, MESSAGE, None, now=SystemClock().now(), staff_id=1))
        told_at = time.monotonic()
        for one in seen:
            message, at = one.result(30)
            assert message == MESSAGE["en"]
            assert at - told_at < SOON_S
        ends = [in_thread(list, shown) for shown in screens]
        asked = time.monotonic()
        assert ends_within(server, 10) == 0
        assert time.monotonic() - asked < STOPPED_S
        for end in ends:
            end.exception(5)

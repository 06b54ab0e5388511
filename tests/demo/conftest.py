"""Fixtures of the demo's tests: an office that is played, and a browser that looks at the demo before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from api.demo.demo import Demo
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.config import Settings
from scheduler.offices import Office
from tests.cli.terminal import free_port
from tests.demo.live import Played, live
from tests.web.conftest import browser  # noqa: F401 - the same Chromium
from tests.web.walking import Walker

Walk = Callable[..., Walker]


@pytest.fixture
def office() -> Iterator[Played]:
    """An office that waits to be told what to answer."""
    office = Played()
    yield office
    office.close()


@pytest.fixture
def demo(settings: Settings, clock: SettableClock, office: Played, balikpapan: Office) -> Iterator[Demo]:
    """The demo before that office, answering on a port of this machine."""
    with live(settings, clock, office, free_port()) as demo:
        yield demo


@pytest.fixture
def walk(browser: Browser, demo: Demo) -> Iterator[Walk]:  # noqa: F811
    """Opens a browser of a width at the demo."""
    with ExitStack() as opened:

        def start(width: int, *, scripts: bool = True) -> Walker:
            walker = Walker(browser, demo.antre.settings.public_url, width, scripts=scripts)
            opened.callback(walker.close)
            return walker

        yield start

"""Fixtures of the pages' tests: a visitor without scripts, and a real server with a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from api import staff
from api.assembly import Antre, build
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.config import Settings
from scheduler.offices import Office
from tests.chromium import chromium_path
from tests.conftest import CHEAP, NOW
from tests.fakes import FakeGateway, FakeMailer
from tests.web.reading import Visitor
from tests.web.serving import answering, free_port
from tests.web.walking import Walker

Walk = Callable[..., Walker]

PASSWORD = "sepuluh-huruf-atau-lebih"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture
def visitor(client: Any) -> Visitor:
    """A resident with an Indonesian browser without scripts."""
    return Visitor(client)


def add_staff(antre: Antre, office: Office, role: str) -> str:
    """An account of that role at the office, named as the role; answers the name."""
    antre.database.write(lambda c: staff.add(c, office.id, role, PASSWORD, role, NOW, hasher=CHEAP))
    return role


@pytest.fixture
def signed_in(antre: Antre, balikpapan: Office, visitor: Visitor) -> Callable[[str], Visitor]:
    """Signs the visitor in with an account of a role."""

    def sign_in(role: str) -> Visitor:
        visitor.open("/sign-in")
        visitor.send("Masuk", username=add_staff(antre, balikpapan, role), password=PASSWORD)
        return visitor

    return sign_in


# -- a real server and a real browser --------------------------------------------------------------------


expect.set_options(timeout=20_000)  # a machine that does much beside it answers late, which is no failure


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file: Playwright keeps an event loop in this thread, and other files run their own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def live(settings: Settings, clock: SettableClock, gateway: FakeGateway, mailer: FakeMailer | None,
         balikpapan: Office) -> Iterator[Antre]:
    """The installation answering on a port of this machine; its address is `settings.public_url`."""
    port = free_port()
    installed = replace(settings, public_url=f"http://127.0.0.1:{port}")
    with closing(build(installed, clock=clock, gateway=gateway, mailer=mailer)) as antre, answering(antre, port):
        yield antre


@pytest.fixture
def walk(browser: Browser, live: Antre) -> Iterator[Walk]:
    """Opens a browser of a width."""
    opened: list[Walker] = []

    def start(width: int, *, scripts: bool = False) -> Walker:
        opened.append(Walker(browser, live.settings.public_url, width, scripts=scripts))
        return opened[-1]

    yield start
    for walker in opened:
        walker.close()

"""A server that can be stopped and started again at the same address, and a door's browser that sees it go."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from api.assembly import Antre
from tests.web.conftest import PASSWORD

FIELD = "Pindai atau ketik kode"


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Serving:
    """An installation answering on a port of this machine, until it is stopped, and again once it is started.

    `make` puts one together at a public address: a server that stops lets go of its database.
    """

    def __init__(self, make: Callable[[str], Antre]) -> None:
        self.port = free_port()
        self._make = make
        self.start()

    def start(self) -> None:
        """Answer; returns once it does."""
        self.antre = self._make(f"http://127.0.0.1:{self.port}")
        self._server = Server(create_app(self.antre), address="127.0.0.1", port=self.port, interface=Interfaces.ASGI,
                              websockets=False, log_level=LogLevels.critical)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._server.serve(),), daemon=True)
        self._thread.start()
        self._until(answers=True)

    def stop(self) -> None:
        """Stop; returns once nobody answers any more."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._server.stop)
            self._thread.join(timeout=10)
            self._loop.close()
            self.antre.close()
        self._until(answers=False)

    def _until(self, *, answers: bool) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                if not answers:
                    return
            else:
                if answers:
                    return
            time.sleep(0.02)
        raise TimeoutError("the server did not do as it was told")


class DoorBrowser:
    """A browser of its own at the door, signed in, its list and its numbers there and its page kept."""

    def __init__(self, browser: Browser, address: str, username: str) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="id-ID", base_url=address)
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.sign_in(username)

    def sign_in(self, username: str) -> None:
        """Sign in and wait until the door could do without network."""
        self.page.goto("/sign-in?next=/scan")
        self.page.get_by_label("Nama pengguna").fill(username)
        self.page.get_by_label("Kata sandi").fill(PASSWORD)
        self.page.get_by_role("button", name="Masuk").click()
        expect(self.page.get_by_label(FIELD)).to_be_focused()
        self.until_ready()

    def until_ready(self) -> None:
        """Wait for the day's list, numbers, and the worker with the page."""
        self.page.wait_for_function("() => typeof Offline === 'object' && Offline.ready.then(() => true)")
        self.page.evaluate("navigator.serviceWorker.ready")
        self.page.wait_for_function("async () => !!await (await caches.open('door-page')).match('/scan')")
        self.page.wait_for_function("() => !!navigator.serviceWorker.controller")

    def scan(self, text: str) -> str:
        """Type what a scanner would, and read the verdict's title."""
        verdict = self.page.locator("#result .verdict h2")
        self.page.evaluate("document.getElementById('result').replaceChildren()")
        self.page.get_by_label(FIELD).fill(text)
        self.page.keyboard.press("Enter")
        return verdict.inner_text()

    def sign(self) -> Any:
        """The line that says that the network is away."""
        return self.page.locator("#away")

    def evaluate(self, script: str, value: Any = None) -> Any:
        """What the page's script answers."""
        return self.page.evaluate(script, value)

    def close(self) -> None:
        """Close the browser's window and all it kept."""
        self.context.close()

"""The demo answering in this process, before an office that is played: its hooks keep what they are asked, and say
what they are told to. So a test of the phones depends on no words of the real conversations."""

from __future__ import annotations

import asyncio
import http.server
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from litestar import Litestar

from api.app import create_app
from api.assembly import build
from api.demo import forms, page, routes, simulator
from api.demo.demo import Account, Demo
from api.demo.handset import Handset
from api.demo.standin import Hooks, StandIn
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.config import Settings
from tests.fakes import FakeGateway

OFFICE = "+6281200009999"
KEY = "a key of the vendor"
WAIT_S = 10


class Played:
    """The office's side. `heard` (SMS), `reports`, `asked` and `ended` (USSD) are the forms its hooks got; `screens` is
    what USSD is answered with, `END -` when there are no more."""

    def __init__(self) -> None:
        self.heard: list[dict[str, str]] = []
        self.reports: list[dict[str, str]] = []
        self.asked: list[dict[str, str]] = []
        self.ended: list[dict[str, str]] = []
        self.screens: list[tuple[int, str]] = []
        office = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
                status, answer = office.take(self.path, form)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{self.server.server_port}"
        self.hooks = Hooks(f"{address}/sms", f"{address}/delivery", f"{address}/ussd")

    def take(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        """What a hook answers."""
        if path == "/sms":
            self.heard.append(form)
        elif path == "/delivery":
            self.reports.append(form)
        elif path == "/ussd" and "status" in form:
            self.ended.append(form)
        elif path == "/ussd":
            self.asked.append(form)
            return self.screens.pop(0) if self.screens else (200, "END -")
        return 200, ""

    def close(self) -> None:
        """Take no more calls."""
        self.server.shutdown()
        self.server.server_close()


def until(what: Any) -> None:
    """Wait until it is true."""
    deadline = time.monotonic() + WAIT_S
    while not what():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def say(demo: Demo, msisdn: str, text: str) -> None:
    """The office sends an SMS."""
    demo.standin.answer({"username": demo.standin.username, "to": msisdn, "message": text}, KEY)


@contextmanager
def live(settings: Settings, clock: SettableClock, office: Played, port: int) -> Iterator[Demo]:
    """The demo on that port of this machine; its address is `antre.settings.public_url`."""
    address = f"http://127.0.0.1:{port}"
    with closing(build(replace(settings, public_url=address), clock=clock, gateway=FakeGateway())) as antre:
        standin = StandIn(clock, office.hooks, username="x", api_key=KEY, sender=OFFICE)
        handset = Handset(standin, office.hooks)
        handset.open_hooks = frozenset({"sms", "ussd"})
        demo = Demo(antre, clock, "balikpapan", (Account("counter", "loket", "sandi"),), standin, handset, None)
        doors = [module.router(demo) for module in (routes, page, forms, simulator)]
        with closing(standin), serving(create_app(antre, also=doors), port):
            yield demo


@contextmanager
def serving(app: Litestar, port: int) -> Iterator[None]:
    """The application answering in a thread of its own."""
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, websockets=False,
                    log_level=LogLevels.critical)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(),), daemon=True)
    thread.start()
    until(lambda: _answers(port))
    yield
    loop.call_soon_threadsafe(server.stop)
    thread.join(timeout=10)
    loop.close()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

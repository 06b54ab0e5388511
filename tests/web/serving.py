"""An installation that answers on a port of this machine, in a thread of this process, until it is stopped."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from api.app import create_app
from api.assembly import Antre
from tests.conftest import CHEAP


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def answering(antre: Antre, port: int) -> Iterator[None]:
    """The pages and the API at that port as long as the block runs; then streams end, as at a stop of `antre serve`."""
    app = create_app(antre, hasher=CHEAP)
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, websockets=False,
                    log_level=LogLevels.critical)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(),), daemon=True)
    thread.start()
    _until_it_answers(port)
    yield
    loop.call_soon_threadsafe(app.state.doorway.hub.close)
    loop.call_soon_threadsafe(server.stop)
    thread.join(timeout=10)
    loop.close()


def _until_it_answers(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError("the server did not begin to answer")

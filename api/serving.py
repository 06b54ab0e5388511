"""The server process: granian around the application, a clean stop, and an honest word when the port is taken.

One process runs granian inside this one (its embedded server): jobs, doors and database share memory, which SQLite
needs and the demo wants. Several processes are granian's own: it forks them and each puts together an installation
of its own, so nothing that cannot be shared (threads, connections) exists before the fork.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from multiprocessing.synchronize import Event
from typing import Any, NoReturn

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server as OneProcess
from granian.server.mp import MPServer
from litestar import Litestar

from api import logs
from api.app import create_app
from api.commands.problems import Failure
from api.installation import install
from scheduler.foundation.config import Settings

BACKLOG = 1024
GRACE_S = 5  # for requests in hand at a stop; a stream that never ends is cut off then

Hook = Callable[[], Awaitable[None]]


def serve(settings: Settings, host: str, port: int, processes: int, ready: Callable[[], None]) -> None:
    """Answer requests until SIGTERM or SIGINT, then finish what is in hand and return.

    With an embedded database the jobs run here as well, and `processes` must be 1. `ready` is called once, when
    requests are (about to be) answered. Raises Failure when the address cannot be listened on.
    """
    check_free(host, port)
    logs.configure(settings.log_level)
    if processes > 1:
        _serve_many(settings, host, port, processes, ready)
        return
    antre = install(settings)
    try:
        asyncio.run(_serve_one(create_app(antre, jobs=settings.embedded), host, port, ready))
    finally:
        antre.close()  # the application does so at a clean stop; this is for the other ones


async def _serve_one(app: Litestar, host: str, port: int, ready: Callable[[], None]) -> None:
    async with listening(app, host, port) as stopped:
        if not stopped.is_set():
            ready()
        await stopped.wait()


@asynccontextmanager
async def listening(app: Litestar, host: str, port: int) -> AsyncIterator[asyncio.Event]:
    """The application answering at this address, in this process; yields the event that a signal sets.

    Signals are taken from the first moment. Leaving the block stops the server within `GRACE_S`. Raises Failure
    when the server ended by itself.
    """
    server = OneProcess(app, address=host, port=port, interface=Interfaces.ASGI, websockets=False, backlog=BACKLOG,
                        log_level=LogLevels.error)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    running = asyncio.create_task(server.serve())
    running.add_done_callback(lambda _task: stopped.set())
    try:
        await _until_connectable(host, port, stopped)
        yield stopped
    finally:
        app.state.doorway.hub.close()  # the screens' streams, which no stop would wait for
        server.stop()  # type: ignore[no-untyped-call]  # granian has no types
        await _finish(server, running)


async def _until_connectable(host: str, port: int, stopped: asyncio.Event) -> None:
    """Granian says nothing when it has begun to listen: knock until the door opens."""
    while not stopped.is_set():
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(_knockable(host), port)
            writer.close()
            return
        await asyncio.sleep(0.02)


def _knockable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound


async def _finish(server: OneProcess, running: asyncio.Task[None]) -> None:
    """Wait for requests in hand; granian's embedded server itself would wait for an endless stream for ever."""
    await asyncio.wait({running}, timeout=GRACE_S)
    if not running.done():
        for worker in server.wrks:
            worker.kill()  # type: ignore[no-untyped-call]
        await asyncio.wait({running}, timeout=1)
    if server.interrupt_children:
        raise Failure("The server ended by itself; the lines above say why.")


class _Processes(MPServer):
    """Says that it stops before it waits for its processes: they would wait for the screens' streams."""

    def __init__(self, **settings: Any) -> None:
        super().__init__("antre", **settings)
        self.stopping = multiprocessing.Event()

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """On SIGTERM and SIGINT."""
        self.stopping.set()
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]


def _serve_many(settings: Settings, host: str, port: int, processes: int, ready: Callable[[], None]) -> None:
    server = _Processes(
        address=host, port=port, interface=Interfaces.ASGI, workers=processes, websockets=False,
        backlog=BACKLOG, log_level=LogLevels.error, respawn_failed_workers=True, workers_kill_timeout=GRACE_S,
    )
    server.on_startup(ready)
    server.serve(target_loader=partial(_forked, settings, server.stopping), wrap_loader=False)


def _forked(settings: Settings, stopping: Event) -> Litestar:
    """The application of one of several processes, made after the fork."""
    logs.configure(settings.log_level)
    app = create_app(install(settings))
    app.on_startup.append(partial(_end_streams, stopping))
    return app


async def _end_streams(stopping: Event, app: Litestar) -> None:
    """Wait in a thread until the server stops, then end what would hold this process."""
    loop = asyncio.get_running_loop()

    def wait() -> None:
        stopping.wait()
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            loop.call_soon_threadsafe(app.state.doorway.hub.close)

    threading.Thread(target=wait, name="stopping", daemon=True).start()


def leave() -> NoReturn:
    """End the process with exit code 0, once all that is ours is closed, without taking the interpreter down first.

    A thread of granian's runtime may outlive its server for a moment. One that asks for the interpreter while that is
    taken down is ended by force (CPython before 3.14), which Rust answers with an abort: a clean stop looked like a
    crash, once in hundreds.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def check_free(host: str, port: int) -> None:
    """Raise Failure unless this address can be listened on.

    Granian binds with SO_REUSEPORT, so a second server would start without a word and take every other request.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise Failure(f"{host} is not an address of this machine.") from None
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as problem:
            raise Failure(_why_not(problem, host, port)) from None


def _why_not(problem: OSError, host: str, port: int) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use by another program: stop it, or take another with --port."
    if problem.errno == errno.EACCES:
        return f"Port {port} is not yours to listen on: take one above 1023."
    return f"Cannot listen on {host}, port {port}: {os.strerror(problem.errno or 0)}."

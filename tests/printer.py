"""A receipt printer on this machine's loopback: takes jobs as port 9100 does and keeps them."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

READY, OFFLINE, OUT_OF_PAPER = 0x12, 0x1A, 0x72
_ASKED = {b"\x10\x04\x01": "printer", b"\x10\x04\x04": "paper"}


@dataclass
class Printer:
    """`printer` and `paper` are its status bytes, None for one that never says anything; `jobs` what it was sent,
    without the questions, one entry a connection that brought anything."""

    address: str
    printer: int | None = READY
    paper: int | None = READY
    jobs: queue.SimpleQueue[bytes] = field(default_factory=queue.SimpleQueue)

    def job(self) -> bytes:
        """The next job, as soon as it is there. Raises queue.Empty if none comes."""
        return self.jobs.get(timeout=10)

    def idle(self) -> bool:
        """Whether no job waits to be taken."""
        return self.jobs.empty()


@contextmanager
def plugged_in(*, printer: int | None = READY, paper: int | None = READY) -> Iterator[Printer]:
    """A printer that works as long as the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        made = Printer(f"127.0.0.1:{server.getsockname()[1]}", printer, paper)
        thread = threading.Thread(target=_serve, args=(server, made), daemon=True)
        thread.start()
        yield made
        server.shutdown(socket.SHUT_RDWR)
        thread.join(10)


@contextmanager
def deaf() -> Iterator[str]:
    """The address of one that takes a call and then does nothing at all."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        yield f"127.0.0.1:{server.getsockname()[1]}"


def unplugged() -> str:
    """An address nothing answers at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


def _serve(server: socket.socket, made: Printer) -> None:
    while True:
        try:
            call, _ = server.accept()
        except OSError:
            return
        with call:
            _take(call, made)


def _take(call: socket.socket, made: Printer) -> None:
    taken = b""
    while True:
        try:
            came = call.recv(65536)
        except ConnectionResetError:
            break
        if not came:
            break
        taken += came
        while (question := taken[:3]) in _ASKED:  # asked in the order in which it is answered
            taken = taken[3:]
            answer: int | None = getattr(made, _ASKED[question])
            if answer is not None:
                call.sendall(bytes([answer]))
    if taken:
        made.jobs.put(taken)

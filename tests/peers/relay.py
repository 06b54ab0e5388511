"""A line between us and a server that can be told to keep back what the server says, from some words of ours on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Relay:
    """Passes octets on. Once the client has sent `until`, the server still gets everything, and answers nobody."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.until: bytes | None = None
        self.connections: list[socket.socket] = []


@contextmanager
def relaying(connect: Callable[[], socket.socket]) -> Iterator[Relay]:
    """A relay on a free port of loopback; `connect` reaches the server."""
    listener = socket.create_server(("127.0.0.1", 0))
    relay = Relay(listener.getsockname()[1])

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            relay.connections.append(client)
            threading.Thread(target=_pass_on, args=(relay, client, connect()), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield relay
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for one in relay.connections:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _pass_on(relay: Relay, client: socket.socket, server: socket.socket) -> None:
    silent = threading.Event()
    threading.Thread(target=_back, args=(client, server, silent), daemon=True).start()
    seen = b""
    with server, suppress(OSError):
        while octets := client.recv(65536):
            seen += octets
            if relay.until is not None and relay.until in seen:
                silent.set()
            server.sendall(octets)
        if silent.is_set():
            server.settimeout(5)
            server.shutdown(socket.SHUT_WR)  # what we sent before we gave up is still done
            while server.recv(65536):
                pass
    client.close()


def _back(client: socket.socket, server: socket.socket, silent: threading.Event) -> None:
    with suppress(OSError):
        while octets := server.recv(65536):
            if not silent.is_set():
                client.sendall(octets)

"""A carrier's HTTP server on loopback: keeps each request, answers as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """One request as it came. `fields` from the query, the form or the JSON body."""

    method: str
    path: str
    headers: dict[str, str]
    fields: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What goes back, after `wait_s`."""

    body: str
    status: int = 200
    wait_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Aggregator:
    """A running server. `usual` is answered when nothing stands in `next`."""

    url: str = ""
    usual: Reply = Reply("0|1")
    next: deque[Reply] = field(default_factory=deque)
    requests: list[Request] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, request: Request) -> Reply:
        """Keep it; the answer to it."""
        with self.lock:
            self.requests.append(request)
            return self.next.popleft() if self.next else self.usual


def _handler(peer: Aggregator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            self._serve()

        def do_GET(self) -> None:
            self._serve()

        def do_PUT(self) -> None:
            self._serve()

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            fields: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
            if self.headers.get("content-type", "").startswith("application/json"):
                fields |= json.loads(body)
            else:
                fields |= dict(parse_qsl(body, keep_blank_values=True))
            self._answer(peer.take(Request(self.command, parts.path, dict(self.headers), fields)))

        def _answer(self, reply: Reply) -> None:
            time.sleep(reply.wait_s)
            try:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(reply.body.encode())))
                self.end_headers()
                self.wfile.write(reply.body.encode())
            except OSError:  # the client waited no longer
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


@contextmanager
def serving() -> Iterator[Aggregator]:
    """A server on a free port for as long as the block runs."""
    peer = Aggregator()
    server = _Server(("127.0.0.1", 0), _handler(peer))
    peer.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()

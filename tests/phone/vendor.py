"""The stand-in behind a real socket, in a thread or as a program of its own; its callbacks are kept.

    python -m tests.phone.vendor     serves on a free port, prints the port, and on each line of its input prints
                                     how many messages it has taken and how many different ones
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from api.demo.standin import Hooks, StandIn
from scheduler.foundation.clock import Clock, SystemClock

USERNAME, API_KEY = "sandbox", "api-key-of-tests"


@dataclass
class Vendor:
    """A running stand-in. `called` holds the forms it posted to our hooks, by the last part of the address;
    `clients` each request's path and the socket it came from; `hook_status` says how the hooks answer."""

    url: str
    standin: StandIn
    called: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    clients: list[tuple[str, object]] = field(default_factory=list)
    hook_status: Callable[[], int] = lambda: 200


def _handler(vendor: Vendor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            form = dict(parse_qsl(body, keep_blank_values=True))
            vendor.clients.append((self.path, self.client_address))
            if self.path == "/messaging":
                answer = vendor.standin.answer(form, self.headers.get("apiKey", ""))
                time.sleep(answer.wait_s)
                self._answer(answer.status, answer.body, answer.media_type)
            else:
                vendor.called.append((self.path.rpartition("/")[2], form))
                self._answer(vendor.hook_status(), "", "text/plain")

        def _answer(self, status: int, body: str, media_type: str) -> None:
            try:
                self.send_response(status)
                self.send_header("content-type", media_type)
                self.send_header("content-length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())
            except OSError:  # the client waited no longer
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that were killed; anything else is told as ever."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def serving(clock: Clock, port: int = 0, make: type[StandIn] = StandIn) -> Iterator[Vendor]:
    """A stand-in on that port of loopback, or a free one, for as long as the block runs."""
    vendor = Vendor("", make(clock, Hooks("", "", ""), username=USERNAME, api_key=API_KEY))
    server = _Server(("127.0.0.1", port), _handler(vendor))
    vendor.url = f"http://127.0.0.1:{server.server_address[1]}"
    vendor.standin.close()
    hooks = Hooks(*(f"{vendor.url}/hooks/{name}" for name in ("sms", "delivery", "ussd")))
    vendor.standin = make(clock, hooks, username=USERNAME, api_key=API_KEY)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield vendor
    finally:
        vendor.standin.close()
        server.shutdown()
        server.server_close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until the input ends."""
    with serving(SystemClock()) as vendor:
        _say(vendor.url)
        for _ in sys.stdin:
            texts = [(msisdn, text.text) for msisdn, text in vendor.standin.received()]
            _say(f"{len(texts)} {len(set(texts))}")


if __name__ == "__main__":
    main()

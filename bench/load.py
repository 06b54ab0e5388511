"""A small HTTP/1.1 load client: many keep-alive connections, prebuilt requests, latencies kept.

Written here because the client shares two cores with what it measures: it costs some 40 microseconds a request,
a tenth of a general client. It speaks only what our own server answers: Content-Length bodies on loopback.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode


@dataclass
class Result:
    """What a run gave: answers by status, latencies in seconds, kept bodies, seconds in all."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    bodies: list[tuple[Any, int, bytes]] = field(default_factory=list)
    broken: int = 0
    seconds: float = 0.0

    def add(self, other: Result) -> None:
        """Count another run in, as if both had been one."""
        self.statuses += other.statuses
        self.latencies += other.latencies
        self.bodies += other.bodies
        self.broken += other.broken
        self.seconds += other.seconds

    @property
    def answered(self) -> int:
        return len(self.latencies)

    def rate_of(self, status: int) -> float:
        """Answers of one status a second."""
        return self.statuses[status] / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The latency below which `share` of the answers lie, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def request(method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> bytes:
    """One request as bytes, ready to send to a keep-alive connection."""
    payload = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(payload)}"]
    if payload:
        lines.append("Content-Type: application/json")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + payload


def form(path: str, values: dict[str, str]) -> bytes:
    """One posted form as bytes, as a carrier of messages calls back."""
    payload = urlencode(values).encode()
    head = (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(payload)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n")
    return head.encode() + payload


class _Connection(asyncio.Protocol):
    def __init__(self, run: _Run) -> None:
        self.run = run
        self.buffer = b""
        self.tag: Any = None
        self.sent = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.send_next()

    def send_next(self) -> None:
        following = self.run.next()
        assert self.transport is not None
        if following is None:
            self.tag = None
            self.transport.close()
            return
        self.tag, data = following
        self.sent = time.perf_counter()
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.buffer[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15:].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.buffer) < end + 4 + length:
            return
        self.run.take(self.tag, int(head[9:12]), self.buffer[end + 4:end + 4 + length],
                      time.perf_counter() - self.sent)
        self.buffer = b""
        self.send_next()

    def connection_lost(self, _problem: Exception | None) -> None:
        self.run.gone(unanswered=self.tag is not None)


class _Run:
    def __init__(self, requests: Iterator[tuple[Any, bytes]], clients: int, until: float | None,
                 keep: Callable[[int], bool] | None) -> None:
        self.requests, self.until, self.keep = requests, until, keep
        self.result = Result()
        self.open = clients
        self.done = asyncio.get_running_loop().create_future()

    def next(self) -> tuple[Any, bytes] | None:
        if self.until is not None and time.perf_counter() > self.until:
            return None
        return next(self.requests, None)

    def take(self, tag: Any, status: int, body: bytes, seconds: float) -> None:
        self.result.statuses[status] += 1
        self.result.latencies.append(seconds)
        if self.keep is not None and self.keep(status):
            self.result.bodies.append((tag, status, body))

    def gone(self, *, unanswered: bool) -> None:
        self.result.broken += unanswered
        self.open -= 1
        if self.open == 0 and not self.done.done():
            self.done.set_result(None)


async def _drive(port: int, requests: Iterator[tuple[Any, bytes]], clients: int, seconds: float | None,
                 keep: Callable[[int], bool] | None) -> Result:
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    run = _Run(requests, clients, begun + seconds if seconds else None, keep)
    for _ in range(clients):
        try:
            await loop.create_connection(lambda: _Connection(run), "127.0.0.1", port)
        except OSError:
            run.gone(unanswered=False)
    await run.done
    run.result.seconds = time.perf_counter() - begun
    return run.result


def drive(port: int, requests: Iterable[tuple[Any, bytes]], *, clients: int, seconds: float | None = None,
          keep: Callable[[int], bool] | None = None) -> Result:
    """Send tagged requests over `clients` connections to 127.0.0.1:`port` until they or `seconds` run out."""
    return asyncio.run(_drive(port, iter(requests), clients, seconds, keep))

"""Screens and counters as clients: each keeps a connection to one server, and goes to another when it breaks."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from bench.load import request

PATIENCE_S = 10.0  # for one answer
AGAIN_S = 0.3      # between two attempts to connect; a browser waits some seconds, a screen's script less
BREAK_S = 3.0      # around a kill: what was called then is counted as recovery, not as latency


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie; nought of none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Client:
    """Asks one thing after the other; a request without answer is asked again, at the next server."""

    def __init__(self, ports: list[int], n: int, headers: dict[str, str]) -> None:
        self._ports, self._n, self._headers = ports, n, headers
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: Any = None,
                  key: str | None = None) -> tuple[int, dict[str, Any], float]:
        """The status, the answer and how many seconds it took."""
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        data, begun = request(method, path, body, headers), time.perf_counter()
        while True:
            try:
                status, text = await asyncio.wait_for(self._once(data), PATIENCE_S)
                return status, json.loads(text) if text else {}, time.perf_counter() - begun
            except (TimeoutError, OSError, asyncio.IncompleteReadError):
                self._streams = None
                self._n += 1
                await asyncio.sleep(AGAIN_S)

    async def _once(self, data: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._ports[self._n % len(self._ports)])
        reader, writer = self._streams
        writer.write(data)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15:].split(b"\r\n", 1)[0]) if at >= 0 else 0
        return int(head[9:12]), await reader.readexactly(length)


class Screen:
    """One screen of a hall: what it shows, and when it first showed each number's call."""

    def __init__(self, ports: list[int], n: int, path: str) -> None:
        self._ports, self._n, self._path = ports, n, path
        self.version = -1
        self.first_seen: dict[str, float] = {}
        self.broke = False
        self._back_at: float | None = None

    async def watch(self) -> None:
        """Read events until cancelled; after a break, begin anew."""
        while True:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._read()
            self.broke, self._back_at = True, None
            self._n += 1
            await asyncio.sleep(AGAIN_S)

    def lateness(self, called: dict[str, float], killed_at: float | None) -> list[float]:
        """Seconds from each call's answer to its show here; calls around the kill are left out."""
        return [max(0.0, self.first_seen[number] - at) for number, at in called.items()
                if number in self.first_seen and not (killed_at and abs(at - killed_at) < BREAK_S)]

    def back_after(self, killed_at: float | None) -> float:
        """Seconds from the kill to the first event after it; endless if none came."""
        return self._back_at - killed_at if self._back_at and killed_at else float("inf")

    async def _read(self) -> None:
        port = self._ports[self._n % len(self._ports)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        try:
            writer.write(request("GET", self._path, headers={"Accept": "text/event-stream"}))
            await reader.readuntil(b"\r\n\r\n")
            while line := await reader.readline():
                if line.startswith(b"data: {"):  # a beat carries the time alone
                    self._show(json.loads(line[5:]))
        finally:
            writer.close()

    def _show(self, board: dict[str, Any]) -> None:
        now = time.perf_counter()
        self.version = board["version"]
        if self.broke and self._back_at is None:
            self._back_at = now
        for call in board["calls"]:
            self.first_seen.setdefault(call["number"], now)

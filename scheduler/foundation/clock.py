"""One clock. Rules take `now` as a value; only doors and the timetable hold a `Clock`."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time as an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SettableClock:
    """A clock for the demo and for tests: starts where it is told, runs at `speed`, can be advanced.

    `speed` 0 stands still, 1 is real time, 60 is a minute a second. It never goes backwards.
    """

    def __init__(self, at: datetime, speed: float = 0.0) -> None:
        if at.tzinfo is None:
            raise ValueError("the clock needs a time with its zone")
        self._lock = threading.Lock()
        self._base = at.astimezone(UTC)
        self._mark = time.monotonic()
        self.speed = speed

    def now(self) -> datetime:
        with self._lock:
            return self._read()

    def advance(self, by: timedelta) -> datetime:
        """Put the clock forward by `by` and answer the new time. Refuses to go back (ValueError)."""
        if by < timedelta(0):
            raise ValueError("the clock does not go back")
        with self._lock:
            self._base, self._mark = self._read() + by, time.monotonic()
            return self._base

    def _read(self) -> datetime:
        return self._base + timedelta(seconds=(time.monotonic() - self._mark) * self.speed)

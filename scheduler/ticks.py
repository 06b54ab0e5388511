"""A tick: something the timetable does again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

PATIENCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Tick:
    """What to run, and how often in real time; what is due is read from rows by `run`, given the office clock.

    A `nudged` tick also runs as soon as somebody says that there is work (`Timetable.nudge`).
    """

    name: str
    every: timedelta
    run: Callable[[datetime], object]
    nudged: bool = False

    def is_late(self, since_success: timedelta) -> bool:
        """Whether it should have succeeded long ago: three times its interval and a minute."""
        return since_success > 3 * self.every + PATIENCE

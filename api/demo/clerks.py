"""Invented clerks who call and serve whoever is in the hall, through the same HTTP doors as any program.

They work at every counter where nobody sits by its page, so whoever tries the demo takes one over by sitting down. They
live by the office clock; when it jumps, what they did on the way carries the moment of the jump's end.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import requests
import structlog

from api.demo.visitor import Doors

COMES_WITHIN = timedelta(minutes=1)
STAYS_AWAY = 0.04  # of those who are called: they have left
SPREAD = 0.5       # of a service's length, as in `scheduler.hall`
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Busy:
    """Until when a counter waits for somebody (`called`) or serves them, and for how long its service takes."""

    until: datetime
    called: bool
    minutes: float


class Clerks:
    """The clerks of an office; `taken` answers the slugs of counters where a person sits. `chance` decides for them."""

    def __init__(self, doors: Doors, taken: Callable[[], set[str]], chance: random.Random) -> None:
        self._doors, self._taken, self._chance = doors, taken, chance
        self._busy: dict[str, _Busy] = {}
        self.tally: Counter[str] = Counter()

    def play(self, now: datetime) -> None:
        """Do at every counter what is due by `now`."""
        try:
            taken, somebody = self._taken(), self._doors.somebody_waits()
            for counter in self._doors.counters():
                if counter in taken:
                    self._busy.pop(counter, None)
                elif somebody or counter in self._busy:  # at night nobody calls
                    self._work(counter, now)
        except requests.RequestException as problem:
            _log.warning("clerk_not_answered", error=type(problem).__name__)

    def _work(self, counter: str, now: datetime) -> None:
        busy = self._busy.pop(counter, None)
        while busy is None or busy.until <= now:
            busy = self._greet(counter, busy) if busy is not None and busy.called else self._call(
                counter, now if busy is None else busy.until)
            if busy is None:
                return
        self._busy[counter] = busy

    def _call(self, counter: str, at: datetime) -> _Busy | None:
        """Whoever is there is done, and the next one is called; None when nobody waits."""
        visit = self._doors.act(counter, "call-next")
        if visit is None:
            return None
        minutes = next(one["minutes"] for one in self._doors.services() if one["slug"] == visit["service"])
        return _Busy(at + COMES_WITHIN * self._chance.random(), True, minutes)

    def _greet(self, counter: str, busy: _Busy) -> _Busy:
        """The person who was called comes, or has left."""
        if self._chance.random() < STAYS_AWAY:
            self._doors.act(counter, "absent")
            self.tally["did not answer"] += 1
            return _Busy(busy.until, False, 0)
        self._doors.act(counter, "start")
        self.tally["served"] += 1
        lasts = busy.minutes * self._chance.lognormvariate(-SPREAD**2 / 2, SPREAD)
        return _Busy(busy.until + timedelta(minutes=lasts), False, 0)

"""Invented residents who book, come, stay away, cancel and move, through the same HTTP doors as real ones.

They live by the office clock: `play(now)` does what they would have done by then, in its order. Each takes a
place some time during the day; most come near their hour, some never do.
"""

from __future__ import annotations

import heapq
import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
import requests
import structlog

from api.demo.people import invent
from api.demo.visitor import Doors
from scheduler.bookings import REASONS

CANCELS, MOVES, STAYS_AWAY = 0.08, 0.06, 0.15  # of those who booked
WALKS_IN = 0.1                                 # of as many as book in a day
AWAKE = (time(6), time(21))                    # local: when people book
AT_THE_DOOR = (time(8), time(14))              # local: when people come without a booking

Act = Literal["book", "come", "cancel", "move", "walk_in"]
_log = structlog.get_logger(__name__)


class Intent(msgspec.Struct, order=True, frozen=True):
    """What somebody will do, and when; about a booking, its code, token, service and start."""

    at: datetime
    act: Act
    code: str = ""
    token: str = ""
    service: str = ""
    start: datetime | None = None


class Agenda(msgspec.Struct):
    """What the residents have in mind, kept between runs of the demo."""

    planned: date | None = None  # the last day whose bookings were planned
    intents: list[Intent] = []


class Residents:
    """`count` residents a day at one office, with what is in their `agenda`. `chance` decides for them."""

    def __init__(self, doors: Doors, zone: ZoneInfo, count: int, agenda: Agenda, chance: random.Random) -> None:
        self._doors, self._zone, self._count, self._chance = doors, zone, count, chance
        self._agenda = agenda
        heapq.heapify(self._agenda.intents)
        self._lock = threading.Lock()
        self._acts: dict[Act, Callable[[Intent], None]] = {
            "book": self._book, "come": self._come, "cancel": self._cancel, "move": self._move,
            "walk_in": self._walk_in,
        }
        self.tally: Counter[str] = Counter()

    def play(self, now: datetime) -> None:
        """Do all that is due by `now`. An answer nobody hoped for, such as a full day, makes somebody give up."""
        with self._lock:
            self._plan(now)
            while self._agenda.intents and self._agenda.intents[0].at <= now:
                intent = heapq.heappop(self._agenda.intents)
                try:
                    self._acts[intent.act](intent)
                except requests.RequestException as problem:
                    _log.warning("resident_not_answered", act=intent.act, error=type(problem).__name__)

    def _plan(self, now: datetime) -> None:
        """Decide, once for each day, when people will book or walk in; what lies before `now` is left out."""
        today = now.astimezone(self._zone).date()
        if self._agenda.planned is not None and self._agenda.planned >= today:
            return
        self._agenda.planned = today
        self._intend_some("book", self._count, today, AWAKE, now)
        self._intend_some("walk_in", round(self._count * WALKS_IN), today, AT_THE_DOOR, now)

    def _intend_some(self, act: Act, count: int, day: date, hours: tuple[time, time], now: datetime) -> None:
        for _ in range(count):
            at = self._between(day, *hours)
            if at > now:
                self._intend(Intent(at, act))

    def _between(self, day: date, first: time, last: time) -> datetime:
        opens, closes = (datetime.combine(day, hour, self._zone) for hour in (first, last))
        return opens + (closes - opens) * self._chance.random()

    # -- what they do ------------------------------------------------------------------------------------

    def _book(self, intent: Intent) -> None:
        service = self._service()
        starts = self._doors.starts(service["slug"])
        if not starts:
            self.tally["found no place"] += 1
            return
        person = invent(self._chance)
        request = {"service": service["slug"], "start": self._prefer(starts), "nik": person.nik, "name": person.name,
                   "phone": person.phone}
        if service["visit"] == "fallback":
            request["reason"] = self._chance.choice(REASONS)
        booked = self._doors.book(request)
        if booked is None:
            self.tally["gave up"] += 1
            return
        self.tally["booked"] += 1
        self._decide(intent.at, booked)

    def _decide(self, now: datetime, booked: dict[str, Any]) -> None:
        """What becomes of a booking: cancelled, moved, forgotten, or somebody comes, mostly a little early."""
        start = datetime.fromisoformat(booked["start"])
        of = {"code": booked["code"], "token": booked["token"], "service": booked["service"], "start": start}
        luck = self._chance.random()
        later = now + (start - now) * self._chance.uniform(0.1, 0.8)
        if luck < CANCELS:
            self._intend(Intent(later, "cancel", **of))
        elif luck < CANCELS + MOVES:
            self._intend(Intent(later, "move", **of))
        elif luck < CANCELS + MOVES + STAYS_AWAY:
            self.tally["will stay away"] += 1
        else:
            self._intend(Intent(start + timedelta(minutes=self._chance.triangular(-25, 15, -8)), "come", **of))

    def _intend(self, intent: Intent) -> None:
        heapq.heappush(self._agenda.intents, intent)

    def _come(self, intent: Intent) -> None:
        self.tally[f"at the door: {self._doors.scan(intent.code)}"] += 1

    def _cancel(self, intent: Intent) -> None:
        self.tally["cancelled"] += self._doors.cancel(intent.token)

    def _move(self, intent: Intent) -> None:
        starts = self._doors.starts(intent.service)
        moved = self._doors.move(intent.token, self._prefer(starts)) if starts else None
        if moved is not None:
            self.tally["moved"] += 1
            self._decide(intent.at, moved)
        elif intent.start is not None:  # no better place: then the one there is
            self._intend(Intent(intent.start, "come", intent.code, intent.token, intent.service, intent.start))

    def _walk_in(self, _intent: Intent) -> None:
        served = self._doors.walk_in(self._service()["slug"])
        self.tally["walked in" if served else "sent home"] += 1

    # -- what they like ----------------------------------------------------------------------------------

    def _service(self) -> dict[str, Any]:
        """What somebody needs: mostly what cannot be done online."""
        services = self._doors.services()
        return self._chance.choices(services, [3 if s["visit"] == "required" else 1 for s in services])[0]

    def _prefer(self, starts: list[str]) -> str:
        """Mostly one of the next days, seldom the very last."""
        return starts[min(int(self._chance.expovariate(1 / 25)), len(starts) - 1)]

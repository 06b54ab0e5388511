"""The invented people of a simulated year: every assumption about them stands here (pure).

Who asks, when and for what is drawn day by day from a seed alone, whatever the policy does: two policies meet the same
people. Nothing of it is known to the policy, which learns what it can from who comes.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scheduler.offices import Service

SERVICES = {"A": 0.55, "B": 0.33, "C": 0.12}     # what people ask for, by queue group
CHANNELS = {"web": 0.5, "sms": 0.38, "ussd": 0.12}
ASKS_FROM, ASKS_TO = 6 * 60, 21 * 60             # people ask between these, most of them in the morning
CAN_TODAY = 0.3                                  # of those who ask would come the same day, unless said otherwise
PATIENCE_DAYS = (2, 21)                          # as late as this many days ahead suits, evenly spread
JOINS_LINE = 0.6                                 # of those who find nothing wait in line, the others are refused
SAYS_YES = 0.4                                   # of those reminded answer YA
YES_STAYS_AWAY = 0.5                             # of the no-show of all is that of those who answered YA
CANCELS = 0.05                                   # of bookings are cancelled, at any time before the start
SEES_OFFER, ACCEPTS = 0.85, 0.65                 # of offers are answered at all; of the answers are yes
ANSWER_MINUTES = 15.0                            # until an offer or a reminder is answered, on average
LATE_MEAN, LATE_SPREAD, LATE_SPAN = -8.0, 12.0, (-30.0, 60.0)  # minutes after the start at which people come
WALK_INS_FROM, WALK_INS_FOR = 7 * 60 + 30, 270   # unbooked people come in these minutes, fewer as the morning goes
SERVICE_SPREAD = 0.5                             # standard deviation of a service time by its mean


@dataclass(frozen=True, slots=True)
class Course:
    """How many of 100 stay away as a year goes by: `start`, then a drift by the year's end, or a jump over one week.

    Days of the year are counted from 0. `weather` is the standard deviation of a whole day's share, in points.
    """

    start: float
    drift: float = 0.0
    jump_to: float | None = None
    jump_day: int = 0
    weather: float = 0.0

    def on(self, day: int, year: int = 365) -> float:
        """The share that stays away on the year's `day`, 0 to 1, before any weather."""
        if self.jump_to is not None:
            part = min(max((day - self.jump_day) / 7, 0.0), 1.0)
            return (self.start + (self.jump_to - self.start) * part) / 100
        return min(max(self.start + self.drift * max(day, 0) / year, 0.0), 95.0) / 100


@dataclass(slots=True)
class Person:
    """Somebody who asks for a place, or comes unbooked: all that they will do, drawn beforehand."""

    minute: int                  # of the local day, at which they ask or stand at the door
    service: Service
    channel: str
    today: bool                  # would come the same day
    patience: int                # days
    joins: bool                  # waits in line when nothing is found
    picks: tuple[float, float]   # which of the free starts, 0 to 1; the earlier of two
    says_yes: bool               # if reminded
    comes: float                 # 0 to 1: stays away when below the chance of it
    cancels: float | None        # after this part of the time until the start, 0 to 1
    late: float                  # minutes
    sees_offer: bool
    accepts: bool
    answers_after: float         # minutes
    minutes: float               # at the counter

    def stays_away(self, share: float, asked: bool) -> bool:
        """Whether they stay away on a day on which this share does; `asked`: they were reminded and could say yes."""
        if asked:
            share *= YES_STAYS_AWAY if self.says_yes else (1 - SAYS_YES * YES_STAYS_AWAY) / (1 - SAYS_YES)
        return self.comes < share


class Town:
    """Who asks and who comes unbooked on each date, for one seed."""

    def __init__(self, services: Sequence[Service], demand: float, walk_ins: float, course: Course, seed: str,
                 can_today: float = CAN_TODAY) -> None:
        self._services: dict[str, list[Service]] = {}
        for service in services:
            self._services.setdefault(service.letter, []).append(service)
        self._demand, self._walk_ins, self._course, self._seed = demand, walk_ins, course, seed
        self._can_today = can_today
        known = [letter for letter in SERVICES if letter in self._services] or sorted(self._services)
        self._letters = known
        self._weights = [SERVICES.get(letter, 1.0) for letter in known]

    def asking(self, on: date) -> list[Person]:
        """Who asks for a place on that date, in order of time."""
        chance = self._chance(on, "asks")
        return sorted((self._person(chance, _asks(chance)) for _ in range(_poisson(chance, self._demand))),
                      key=lambda person: person.minute)

    def unbooked(self, on: date) -> list[Person]:
        """Who comes without a booking on that date, in order of time."""
        chance = self._chance(on, "comes")
        return sorted((self._person(chance, _comes(chance)) for _ in range(_poisson(chance, self._walk_ins))),
                      key=lambda person: person.minute)

    def away(self, on: date, day: int) -> float:
        """The share of booked people who stay away on that date, the `day` of the year."""
        share = self._course.on(day)
        if self._course.weather:
            share += self._chance(on, "weather").gauss(0, self._course.weather / 100)
        return min(max(share, 0.0), 0.95)

    def _chance(self, on: date, what: str) -> random.Random:
        return random.Random(f"{self._seed} {on} {what}")  # noqa: S311 - invented people, no secret

    def _person(self, chance: random.Random, minute: int) -> Person:
        draw = chance.random
        service = chance.choice(self._services[chance.choices(self._letters, self._weights)[0]])
        return Person(
            minute=minute, service=service, channel=chance.choices([*CHANNELS], [*CHANNELS.values()])[0],
            today=draw() < self._can_today, patience=chance.randint(*PATIENCE_DAYS), joins=draw() < JOINS_LINE,
            picks=(draw(), draw()), says_yes=draw() < SAYS_YES, comes=draw(),
            cancels=draw() if draw() < CANCELS else None,
            late=min(max(chance.gauss(LATE_MEAN, LATE_SPREAD), LATE_SPAN[0]), LATE_SPAN[1]),
            sees_offer=draw() < SEES_OFFER, accepts=draw() < ACCEPTS,
            answers_after=chance.expovariate(1 / ANSWER_MINUTES), minutes=service.minutes * _stretch(chance))


def _asks(chance: random.Random) -> int:
    return int(chance.triangular(ASKS_FROM, ASKS_TO, ASKS_FROM + 3 * 60))


def _comes(chance: random.Random) -> int:
    return int(chance.triangular(WALK_INS_FROM, WALK_INS_FROM + WALK_INS_FOR, WALK_INS_FROM))


def _stretch(chance: random.Random) -> float:
    variance = math.log(1 + SERVICE_SPREAD**2)
    return math.exp(chance.gauss(-variance / 2, math.sqrt(variance)))


def _poisson(chance: random.Random, mean: float) -> int:
    """Drawn by counting exponential gaps; fine for some hundred people."""
    count, passed = 0, chance.expovariate(1.0)
    while passed < mean:
        count += 1
        passed += chance.expovariate(1.0)
    return count

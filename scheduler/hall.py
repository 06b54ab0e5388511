"""The model of the hall: how long people wait, who is next being decided as in the hall itself (pure).

Moments are minutes from any beginning. A wait is the time from when somebody was there and due until the call; who is
called before the booked time did not wait (Cayirli and Veral, "Outpatient scheduling in health care", Production and
Operations Management 12, 2003).
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from heapq import heappop, heappush
from itertools import accumulate, chain, pairwise
from statistics import NormalDist
from typing import NamedTuple

from scheduler import calendar
from scheduler.calendar import MINUTE
from scheduler.offices import Counter, Office
from scheduler.shows import LATE_EDGES

REPLAYS = 60  # days played for one expected wait
SPREAD = 0.5  # of service times, standard deviation by mean; clinics find 0.35 to 0.85 (Cayirli and Veral 2003)

_VARIANCE = math.log(1 + SPREAD**2)  # of the logarithm of a service time
_SIGMA = math.sqrt(_VARIANCE)
_Turn = tuple[bool, float, float, int]
Spans = Sequence[tuple[float, float]]  # of minutes, from and to, in order


class Arrival(NamedTuple):
    """Somebody who comes `at` a minute, is `due` at one (who has no booking: at once) and is served for `minutes`."""

    at: float
    due: float
    letter: str
    minutes: float
    priority: bool = False


class Visit(NamedTuple):
    """A booking of a day ahead: its people come together, with `chance`, and take `minutes` each on average."""

    start: datetime
    letter: str
    minutes: float
    people: int = 1
    chance: float = 1.0
    priority: bool = False


def replay(
    arrivals: Iterable[Arrival], counters: Sequence[Sequence[str]], late_minutes: float = 30,
    shut: Sequence[Spans] = (), in_a_row: float = math.inf,
) -> list[float]:
    """How long each of the arrivals waits, in minutes, in their order; `counters` serve letters, their own first.

    Next is who has priority, at most so many `in_a_row` while others of the letter wait, then whose moment counts
    first: the start, or the arrival of who is later than `late_minutes`; the same as `ticketing.order`. A counter calls
    its own group, and helps others when that is empty.
    Nobody is called during breaks if nobody arrives in them. `shut`: when each counter is closed while others go on;
    it calls nobody then, and ends what it has begun. Raises ValueError when nobody serves a letter.
    """
    people = list(arrivals)
    hall = _Hall(counters, shut, in_a_row)
    turns = [_turn(person, n, late_minutes) for n, person in enumerate(people)]
    turns.sort(key=lambda turn: (turn[2], turn))  # as they come; who comes in the same moment by turn
    called = [0.0] * len(people)
    for turn in turns:
        person = people[turn[3]]
        hall.until(person.at, people, called)
        hall.enter(turn, person, called)
    hall.until(math.inf, people, called)
    return [max(0.0, moment - max(person.at, person.due)) for moment, person in zip(called, people, strict=True)]


def _turn(person: Arrival, n: int, late_minutes: float) -> _Turn:
    counts = person.at if person.at > person.due + late_minutes else person.due
    return not person.priority, counts, person.at, n


class _Queue:
    """Who waits of one letter: with priority, and the others."""

    __slots__ = ("_first", "_most", "_others", "_row")

    def __init__(self, most: float) -> None:
        self._first: list[_Turn] = []
        self._others: list[_Turn] = []
        self._most, self._row = most, 0.0

    def enter(self, turn: _Turn) -> None:
        """Somebody waits."""
        heappush(self._others if turn[0] else self._first, turn)

    def head(self) -> _Turn | None:
        """Who is next."""
        if self._first and (self._row < self._most or not self._others):
            return self._first[0]
        return self._others[0] if self._others else None

    def call(self) -> int:
        """Call who is next; answers which of the people it is."""
        turn = heappop(self._first if self._first and (self._row < self._most or not self._others) else self._others)
        self.count(turn)
        return turn[3]

    def count(self, turn: _Turn) -> None:
        """Somebody was called."""
        self._row = 0.0 if turn[0] else self._row + 1


class _Hall:
    """Who waits and which counter is free when. A counter is idle only while nobody waits whom it serves.

    One that is shut counts as busy until it opens, from when somebody comes whom it would have called.
    """

    def __init__(self, counters: Sequence[Sequence[str]], shut: Sequence[Spans], in_a_row: float) -> None:
        letters = sorted(set(chain.from_iterable(counters)))
        self._waiting = {letter: _Queue(in_a_row) for letter in letters}
        self._serving = {letter: sorted((n for n, serves in enumerate(counters) if letter in serves),
                                        key=lambda n: counters[n][0] != letter) for letter in letters}
        self._queues = [[self._waiting[letter] for letter in serves] for serves in counters]
        self._idle = [True] * len(counters)
        self._shut = shut or [()] * len(counters)
        self._busy: list[tuple[float, int]] = []

    def enter(self, turn: _Turn, person: Arrival, called: list[float]) -> None:
        """Somebody comes in: to a counter that is idle, or to the end of the wait."""
        try:
            serving = self._serving[person.letter]
        except KeyError:
            raise ValueError(f"nobody serves {person.letter}") from None
        for counter in serving:
            if self._idle[counter]:
                self._idle[counter] = False
                if self._is_shut(counter, person.at):
                    continue
                called[turn[3]] = person.at
                self._waiting[person.letter].count(turn)
                heappush(self._busy, (person.at + person.minutes, counter))
                return
        self._waiting[person.letter].enter(turn)

    def until(self, moment: float, people: Sequence[Arrival], called: list[float]) -> None:
        """Every counter that is done by then calls who is next."""
        busy = self._busy
        while busy and busy[0][0] <= moment:
            at, counter = heappop(busy)
            if self._is_shut(counter, at):
                continue
            queue = self._next(counter)
            if queue is None:
                self._idle[counter] = True
                continue
            n = queue.call()
            called[n] = at
            heappush(busy, (at + people[n].minutes, counter))

    def _is_shut(self, counter: int, at: float) -> bool:
        """Whether the counter is shut at that minute; it is then busy until it opens."""
        for since, opens in self._shut[counter]:
            if since <= at < opens:
                heappush(self._busy, (opens, counter))
                return True
        return False

    def _next(self, counter: int) -> _Queue | None:
        own, *others = self._queues[counter]
        if own.head() is not None:
            return own
        heads = [(head, n) for n, queue in enumerate(others) if (head := queue.head()) is not None]
        return others[min(heads)[1]] if heads else None


# -- a day ahead -------------------------------------------------------------------------------------------------


def expected_wait(
    office: Office, day: date, booked: Sequence[Visit], *, walk_ins: Sequence[float] = (), late: Sequence[float] = (),
    counters: Sequence[Sequence[str]] | None = None, replays: int = REPLAYS,
) -> float:
    """How many minutes people are expected to wait on the office's date `day`, on average: days played and counted.

    `walk_ins`: people without booking expected in each of the 24 local hours; they ask for what the booked ask for.
    `late` weighs the spans of `shows.LATE_EDGES`; without it, or with nothing in it, people come as to clinics.
    `counters` as in `replay`, if not those of the office on that date: a counter closed for all of it is out, and one
    closed for a part calls nobody meanwhile. Who waits for it alone when the doors close is called then: sooner than in
    truth if it stays closed, as nobody is sent home in the model. Service times are log-normal with the spread
    `SPREAD`. Doors are closed outside of hours: who comes then waits outside until they open. The same day, booked
    alike, always gives the same answer.
    """
    if counters is None:
        office = calendar.manned(office, day)
    play = _Play(office, day, booked, walk_ins, late)
    served, shut = (serving(office), play.shut()) if counters is None else (counters, ())
    waits = [wait for _ in range(replays) for wait in replay(
        play.people(), served, office.rules.late_minutes, shut, office.rules.priority_in_a_row)]
    return math.fsum(waits) / len(waits) if waits else 0.0


def serving(office: Office) -> list[list[str]]:
    """The letters each counter of the office serves, its own first; counters that serve none are left out."""
    return [list(dict.fromkeys(office.by_slug[slug].letter for slug in counter.serves if slug in office.by_slug))
            for counter in _counters(office)]


def _counters(office: Office) -> list[Counter]:
    return [counter for counter in office.counters if any(slug in office.by_slug for slug in counter.serves)]


def _typical() -> list[float]:
    clinics = NormalDist(-15, 25)
    edges = [0.0, *(clinics.cdf(edge) for edge in LATE_EDGES), 1.0]
    return [upper - lower for lower, upper in pairwise(edges)]


# Minutes late, normal with mean -15 and standard deviation 25, as in clinics (Cayirli, Veral and Rosen, "Designing
# appointment scheduling systems for ambulatory care services", Health Care Management Science 9, 2006).
TYPICAL_LATE = _typical()


class _Play:
    """One day played over and over: who comes when, drawn anew each time."""

    def __init__(
        self, office: Office, day: date, booked: Sequence[Visit], walk_ins: Sequence[float], late: Sequence[float]
    ) -> None:
        self._chance = random.Random(f"{office.id} {day}")  # noqa: S311 - a model, not a secret
        self._early = -float(office.rules.early_minutes)
        self._midnight = datetime.combine(day, time(), office.zone).astimezone(UTC)
        self._office, self._day = office, day
        self._opened = [(self._minute(opens), self._minute(closes))
                        for opens, closes in calendar.intervals(office, day)]
        self._booked = [(self._minute(visit.start), visit.letter, visit.minutes * visit.people, visit.chance,
                         visit.priority) for visit in booked]
        self._asked = [(visit.letter, visit.minutes) for visit in booked] or [
            (service.letter, service.minutes) for service in office.by_slug.values()
            if service.letter in calendar.places_by_letter(office)]
        self._hours = [(self._minute(datetime.combine(day, time(hour), office.zone)), people)
                       for hour, people in enumerate(walk_ins) if people > 0]
        self._late = list(accumulate(late if any(late) else TYPICAL_LATE))
        self._spans = list(pairwise((self._early, *LATE_EDGES, LATE_EDGES[-1] + LATE_EDGES[-1] / 2)))

    def people(self) -> list[Arrival]:
        """Who comes on one such day."""
        draw = self._chance.random
        came = [Arrival(self._inside(start + self._lateness()), start, letter, minutes * self._stretch(), priority)
                for start, letter, minutes, chance, priority in self._booked if draw() < chance]
        return came + [walk_in for hour, people in self._hours for walk_in in self._walk_ins(hour, people)]

    def shut(self) -> list[Spans]:
        """When each counter that serves somebody is closed, at most until the doors close."""
        last = self._opened[-1][1] if self._opened else math.inf
        return [[(self._minute(since), min(self._minute(until), last))
                 for since, until in calendar.counter_gaps(self._office, self._day, counter.slug)]
                for counter in _counters(self._office)]

    def _walk_ins(self, hour: float, people: float) -> Iterator[Arrival]:
        """Those who come in an hour: as many as a Poisson process brings, one after the other."""
        at = self._chance.expovariate(people) * 60
        while at < 60 and self._asked:
            letter, minutes = self._chance.choice(self._asked)
            inside = self._inside(hour + at)
            yield Arrival(inside, inside, letter, minutes * self._stretch())
            at += self._chance.expovariate(people) * 60

    def _lateness(self) -> float:
        """Minutes late, negative if early; nobody is let in earlier than the office admits."""
        span = bisect_right(self._late, self._chance.random() * self._late[-1])
        least, most = self._spans[min(span, len(self._spans) - 1)]
        return max(least + (most - least) * self._chance.random(), self._early)

    def _stretch(self) -> float:
        """How many times its mean a service takes: log-normal with mean 1."""
        return math.exp(self._chance.gauss(-_VARIANCE / 2, _SIGMA))

    def _inside(self, at: float) -> float:
        """When somebody who comes then is in: at once while the office is open, else when it opens next."""
        for opens, closes in self._opened:
            if at < closes:
                return max(at, opens)
        return at

    def _minute(self, moment: datetime) -> float:
        return (moment - self._midnight) / MINUTE

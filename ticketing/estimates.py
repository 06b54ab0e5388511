"""When each one's turn is expected, and how sure that is (pure).

The line is played on with mean service times: each counter that becomes free calls who is next by the rule of
`order.py`. Nobody else is assumed to come. The range holds the true turn four times in five.
"""

from __future__ import annotations

import math
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import heapify, heapreplace
from statistics import NormalDist
from typing import NamedTuple

from scheduler.hall import SPREAD
from ticketing.order import Line, Station, Waiting

SURE = 0.8            # how often the true turn lies in the range
LEAST_LEFT = 0.25     # of a mean service: what is left of one that lasts longer than most
EVIDENCE = 10         # the office's own minutes for a service weigh as much as so many visits of it
LONGEST = 4           # times the office's minutes: a stay that lasted longer was not ended when it was over

_Z = NormalDist().inv_cdf((1 + SURE) / 2)
_MINUTE = timedelta(minutes=1)


class Turn(NamedTuple):
    """One visit's turn: in so many minutes of work, when so many others were `served` at the `counters` that call its
    queue; and how many of its queue are called before it."""

    visit: int
    minutes: float
    served: int
    counters: int
    before: int


def play(line: Line, stations: Sequence[Station], free: Mapping[int, float], minutes: Callable[[Waiting], float]
         ) -> list[Turn]:
    """Everybody's turn, in the order of the calls; who waits for none of the `stations` is left out.

    `free`: in how many minutes each counter, by id, is done with who is there; one that is not named is free.
    `minutes`: how long a visit is expected to keep a counter. The line is used up.
    """
    turns: list[Turn] = []
    queue_of = [sorted(station.queues | station.helps.keys()) for station in stations]
    counters = Tally(queue for queues in queue_of for queue in queues)
    served: Tally[str] = Tally()  # by queue: visits that ended at a counter which calls it
    called: Tally[str] = Tally()
    busy = [(free.get(station.counter, 0.0), n, station.counter in free) for n, station in enumerate(stations)]
    heapify(busy)
    while busy:
        at, n, had_somebody = busy[0]
        if had_somebody:
            served.update(queue_of[n])
        visit = line.next_at(stations[n])
        if visit is None:
            busy[0] = busy[-1]
            busy.pop()
            heapify(busy)
            continue
        line.call(stations[n], visit)
        turns.append(Turn(visit.id, at, served[visit.queue], counters[visit.queue], called[visit.queue]))
        called[visit.queue] += 1
        heapreplace(busy, (at + minutes(visit), n, True))
    return turns


def span(minutes: float, served: int, counters: int) -> tuple[int, int]:
    """From when to when, in whole minutes of work, a turn is expected that is `minutes` away on average.

    The time until then is that of `served` services, shared by the `counters`. Each has the coefficient of variation
    `SPREAD`; those that are under way count twice, as nobody knows how much of them is left. So the coefficient of the
    time is SPREAD * sqrt(served + min(served, counters)) / served, and the range is the middle `SURE` of a log-normal
    with this mean m and coefficient c: m * exp(-s^2 / 2 -+ z s) with s^2 = ln(1 + c^2).
    """
    if minutes <= 0:
        return 0, 0
    ended = max(served, 1)
    variance = math.log(1 + SPREAD**2 * (ended + min(ended, counters)) / ended**2)
    middle, width = minutes * math.exp(-variance / 2), math.exp(_Z * math.sqrt(variance))
    return math.floor(middle / width), math.ceil(middle * width)


def left(mean: float, lasted: float) -> float:
    """Minutes that a service of that mean is expected to last still, after it has `lasted` some."""
    return max(mean - lasted, mean * LEAST_LEFT)


def shrunk(assumed: float, stays: Iterable[float]) -> float:
    """The mean minutes of a service for one person: the office's assumption, moved by the `stays` that were counted.

    Each stay is cut at `LONGEST` times what is assumed. With none it is the assumption; with `EVIDENCE` stays half way.
    """
    counted = [min(stay, LONGEST * assumed) for stay in stays]
    return (EVIDENCE * assumed + math.fsum(counted)) / (EVIDENCE + len(counted))


def on_the_clock(now: datetime, minutes: float, hours: Sequence[tuple[datetime, datetime]]) -> datetime:
    """The moment after so many minutes of work: nobody is called during a break, nor before the office opens.

    `hours`: the open intervals of the day, in order. After the last one who is inside is still served.
    """
    moment = now
    for n, (opens, closes) in enumerate(hours):
        moment = max(moment, opens)
        is_last = n == len(hours) - 1
        if is_last or moment + minutes * _MINUTE < closes:
            break
        if moment < closes:
            minutes -= (closes - moment) / _MINUTE
            moment = closes
    return moment + max(minutes, 0.0) * _MINUTE

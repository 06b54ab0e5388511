"""Who is next (pure). In words, with the reasons: `docs/queue.md`.

Each visit has one moment that counts, and it never changes while the visitor waits: the booked start for those who
came in time, the arrival for those later than the grace and for walk-ins, and for who was sent to the end of another
line the moment of that. The smaller goes first. So nobody gains by coming hours early, a walk-in is served in the gap
before the next start, and only those few whose moment is smaller can be called before one, however many still come.

People with priority (UU 25/2009 Art. 29) go before the others of their queue, but at most so many in a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import NamedTuple

_Key = tuple[datetime, bool, datetime, int]
_Heap = list[tuple[_Key, "Waiting"]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One waiting visit, as its row stands; moments are aware. `service` by id; `queue` is that service's letter.

    `rests`: so many others are called before it, as it did not answer; `only`: the counter that alone may call it, by
    id; `rejoined_at`: when it was sent to the end of a line.
    """

    id: int
    due: datetime
    arrived_at: datetime
    priority: str | None = None
    service: int = 0
    queue: str = "A"
    rests: int = 0
    only: int | None = None
    rejoined_at: datetime | None = None
    party: int = 1


class Call(NamedTuple):
    """A call that was made: of whom in which queue, and by which counter."""

    queue: str
    counter: int
    priority: bool


@dataclass(frozen=True, slots=True)
class Station:
    """A counter, by id, and what it calls: the services of its `own` line, and those it `helps` with, by letter."""

    counter: int
    own: frozenset[int]
    helps: Mapping[str, frozenset[int]] = field(default_factory=dict)
    queues: frozenset[str] = frozenset()  # the letters of its own line

    def is_of_own(self, visit: Waiting) -> bool:
        """Whether the visit stands in this counter's own line."""
        return visit.only == self.counter if visit.only is not None else visit.service in self.own

    def may_call(self, visit: Waiting) -> bool:
        """Whether the counter calls the visit at all: from its own line, or to help."""
        helped = any(visit.service in services for services in self.helps.values())
        return self.is_of_own(visit) or (visit.only is None and helped)


def moment(visit: Waiting, late_minutes: int) -> datetime:
    """The moment that counts; `late_minutes` is the office's grace."""
    if visit.rejoined_at is not None:
        return visit.rejoined_at
    late = visit.arrived_at > visit.due + timedelta(minutes=late_minutes)
    return visit.arrived_at if late else visit.due


def turn(visit: Waiting, late_minutes: int) -> _Key:
    """Sorts those of one kind: by the moment that counts, then who was sent to this very counter, then by arrival."""
    return moment(visit, late_minutes), visit.only is None, visit.arrived_at, visit.id


class Line:
    """Everybody who waits in a hall, so that one after the other can be called.

    `calls`: those made before, in their order. They matter only while people with and without priority wait.
    """

    def __init__(self, waiting: Iterable[Waiting], calls: Sequence[Call], *, late_minutes: int, in_a_row: int) -> None:
        self._late, self._in_a_row = late_minutes, in_a_row
        self._calls = list(calls)
        self._pools: dict[tuple[int | None, int], tuple[_Heap, _Heap]] = {}  # with priority, without
        self._resting: dict[int, Waiting] = {}
        self._rests: dict[int, int] = {}
        for visit in waiting:
            if visit.rests:
                self._resting[visit.id], self._rests[visit.id] = visit, visit.rests
            else:
                self._enter(visit)

    def next_at(self, station: Station) -> Waiting | None:
        """Whom the counter calls next, None when nobody waits for it: somebody of its own line, else the first of those
        it helps with, else one who rests."""
        own = self._woven([(station.counter, 0), *((None, service) for service in station.own)], station.queues,
                          station.counter)
        if own is not None:
            return own
        helped = (self._woven([(None, service) for service in services], (letter,))
                  for letter, services in station.helps.items())
        return min((visit for visit in helped if visit), key=self._before_others, default=None) or self._rested(station)

    def call(self, station: Station, visit: Waiting) -> list[int]:
        """The counter calls that visit, which leaves the line. Answers the ids of those who rested one call less now:
        whoever did not answer and was passed over, by its own queue or by a counter whose own line it stands in."""
        if self._resting.pop(visit.id, None) is None:
            heap = self._pools[self._pool(visit)][visit.priority is None]
            if heap[0][1].id == visit.id:
                heappop(heap)
            else:  # out of turn
                heap[:] = sorted(entry for entry in heap if entry[1].id != visit.id)
        self._calls.append(Call(visit.queue, station.counter, visit.priority is not None))
        passed = [one for one in self._resting.values() if one.queue == visit.queue or station.is_of_own(one)]
        for one in passed:
            self._rests[one.id] -= 1
            if not self._rests[one.id]:
                self._enter(self._resting.pop(one.id))
        return [one.id for one in passed]

    def _enter(self, visit: Waiting) -> None:
        pool = self._pools.get(self._pool(visit)) or self._pools.setdefault(self._pool(visit), ([], []))
        heappush(pool[visit.priority is None], (turn(visit, self._late), visit))

    @staticmethod
    def _pool(visit: Waiting) -> tuple[int | None, int]:
        return (None, visit.service) if visit.only is None else (visit.only, 0)

    def _woven(self, keys: Iterable[tuple[int | None, int]], queues: Iterable[str],
               counter: int | None = None) -> Waiting | None:
        """The first of one line: with priority, unless so many were called in a row and somebody else waits."""
        pools = [pool for key in keys if (pool := self._pools.get(key))]
        first = min((heap[0] for heap, _ in pools if heap), default=None)
        other = min((heap[0] for _, heap in pools if heap), default=None)
        if first is None or other is None:
            chosen = first or other
        else:
            chosen = other if self._is_full(queues, counter) else first
        return None if chosen is None else chosen[1]

    def _is_full(self, queues: Iterable[str], counter: int | None) -> bool:
        """Whether the last calls of the line were so many in a row of people with priority."""
        row = 0
        for call in reversed(self._calls):
            if call.queue in queues or call.counter == counter:
                if not call.priority:
                    return False
                row += 1
                if row >= self._in_a_row:
                    return True
        return False

    def _before_others(self, visit: Waiting) -> tuple[bool, _Key]:
        return visit.priority is None, turn(visit, self._late)

    def _rested(self, station: Station) -> Waiting | None:
        """Who did not answer is called again sooner when nobody else is left."""
        mine = [visit for visit in self._resting.values() if station.may_call(visit)]
        return min(mine, key=lambda visit: (not station.is_of_own(visit), turn(visit, self._late)), default=None)

"""One process's watch of the halls that somebody looks at, for Server-Sent Events.

One small look, some four times a second, tells for all halls with listeners together whether anything changed there:
the hall's version, who waits, what the office tells. Only then the hall is read, shaped and encoded: once, however
many screens listen. Other processes' acts are seen by the same look, so nothing passes between processes but the
database itself; an act of this one nudges the watch. See decision 17.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from api import faults
from api.errors import DoorError
from scheduler.foundation.clock import Clock
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Offices
from ticketing import board, hall, notices
from ticketing.board import Board
from ticketing.hall_tables import halls
from ticketing.hall_tables import notices as notice_rows
from ticketing.tables import visits

PACE_S = 0.25
LEAST_S = 0.05     # however often the hub is nudged: a rush of bookings must not become a rush of looks
REST = 3           # so many times as long as it took a look is waited before the next: a hall of thousands takes long
BEAT_S = 10.0      # the page takes a stream for dead that misses three (board.js)
ESTIMATE = timedelta(seconds=15)  # estimates change with time alone
MOST = 500         # streams in one process
MOST_A_CLIENT = 300  # a whole hall may share one address
RETRY_S = 20

_encode = msgspec.json.Encoder().encode
_among: sa.BindParameter[int] = bindparam("offices", expanding=True)
_on: sa.BindParameter[date] = bindparam("dates", expanding=True)
_MARKS = sa.union_all(
    sa.select(halls.c.office_id, halls.c.date, sa.literal("acts").label("what"), halls.c.version, halls.c.calls)
    .where(halls.c.office_id.in_(_among), halls.c.date.in_(_on)),
    sa.select(visits.c.office_id, visits.c.date, sa.literal("line"), sa.func.count(), sa.func.max(visits.c.id))
    .where(visits.c.office_id.in_(_among), visits.c.date.in_(_on), visits.c.state == "waiting")
    .group_by(visits.c.office_id, visits.c.date),
    sa.select(notice_rows.c.office_id, sa.null(), sa.literal("told"), sa.func.count(), sa.func.max(notice_rows.c.id))
    .where(notice_rows.c.office_id.in_(_among), notice_rows.c.ended_at.is_(None)).group_by(notice_rows.c.office_id),
)

Marks = frozenset[tuple[object, ...]]  # what a look found of one hall: other marks, another board


@dataclass(frozen=True, slots=True)
class Shown:
    """A board, the marks it was read under, and when; `event` is it as a stream's event. `looked` is the beginning
    of the last look that found it true (monotonic seconds)."""

    board: Board
    marks: Marks
    at: datetime
    event: bytes
    looked: float


class Hub:
    """Used on the event loop only; `nudge` and `close` too. There are at most `pace_s` between two looks while somebody
    listens, and a stream says every `beat_s` that it is alive."""

    def __init__(self, database: Database, offices: Offices, clock: Clock, *, pace_s: float = PACE_S,
                 beat_s: float = BEAT_S) -> None:
        self._pace_s, self._beat_s = pace_s, beat_s
        self._database = database
        self._offices = offices
        self._clock = clock
        self._shown: dict[int, Shown] = {}
        self._listening: Counter[int] = Counter()   # streams by office
        self._clients: Counter[str] = Counter()     # and by client
        self._turns: dict[int, asyncio.Event] = {}  # set, and replaced, when an office has another board
        self._nudged = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None
        self._looked = float("-inf")
        self._closed = False

    async def board(self, office: Office) -> Board:
        """The office's board as it is now."""
        return self._as_of_now(office, await self._look_at(office))

    def admit(self, client: str) -> None:
        """Raises when no further stream is taken: Refusal too_many_requests for the client, DoorError unavailable."""
        if self._clients[client] >= MOST_A_CLIENT:
            raise Refusal("too_many_requests", retry_after=RETRY_S)
        if self._closed or self._clients.total() >= MOST:
            raise DoorError("unavailable", retry_after=RETRY_S)

    async def events(self, office: Office, client: str) -> AsyncIterator[bytes]:
        """A stream's events: the board at once and whenever it changes, and a beat while it does not.

        Ends when the hub is closed. While the database does not answer there is no beat, so that nobody takes an old
        board for the present one.
        """
        self._listening[office.id] += 1
        self._clients[client] += 1
        try:
            turn = self._turn(office.id)  # before the look: what changes meanwhile is not missed
            shown = await self._look_at(office)
            yield _event(self._as_of_now(office, shown))
            self._watch()
            while not self._closed:
                if await _set_within(turn, self._beat_s):
                    before, turn, shown = shown, self._turn(office.id), self._shown[office.id]
                    if shown.event is not before.event:
                        yield shown.event
                elif time.monotonic() - self._looked < self._beat_s:
                    yield f"event: beat\ndata: {office.local(self._clock.now()).isoformat()}\n\n".encode()
        finally:
            self._listening[office.id] -= 1
            self._clients[client] -= 1
            self._clients += Counter()  # forget who has none left

    def nudge(self) -> None:
        """Somebody acted in this process: look now."""
        self._nudged.set()

    def close(self) -> None:
        """End every stream at once; no new ones are taken."""
        self._closed = True
        self._nudged.set()
        for turn in self._turns.values():
            turn.set()

    # -- inside ------------------------------------------------------------------------------------------------

    async def _look_at(self, office: Office) -> Shown:
        return (await self._look([office.id]))[office.id]

    def _as_of_now(self, office: Office, shown: Shown) -> Board:
        return msgspec.structs.replace(shown.board, now=office.local(self._clock.now()))

    def _turn(self, office_id: int) -> asyncio.Event:
        turn = self._turns.get(office_id)
        if turn is None or (turn.is_set() and not self._closed):
            turn = self._turns[office_id] = asyncio.Event()
        return turn

    def _watch(self) -> None:
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch_on())

    async def _watch_on(self) -> None:
        while not self._closed and (listened := [number for number, count in self._listening.items() if count]):
            started = time.monotonic()
            try:
                await self._look(listened)
            except Exception as problem:  # the database is away for a while: screens notice that no beat comes
                faults.report(problem, "hub")
            rest = max(LEAST_S, min(REST * (time.monotonic() - started), self._beat_s / 2))
            await asyncio.sleep(rest)
            await _set_within(self._nudged, self._pace_s - rest)
            self._nudged.clear()

    async def _look(self, ids: list[int]) -> Mapping[int, Shown]:
        """The boards of these offices as they are now; who listens is told of those that changed."""
        started, now, known = time.monotonic(), self._clock.now(), self._shown.copy()
        found = await self._database.fetch(lambda connection: self._read(connection, ids, known, now))
        for number, shown in found.items():
            before = self._shown.get(number)
            if before is not None and before.looked > started:
                continue  # a look that began later was quicker
            self._shown[number] = replace(shown, looked=started)
            if number in self._turns and (before is None or before.event is not shown.event):
                self._turns[number].set()
        self._looked = max(self._looked, started)
        return found

    def _read(self, connection: Connection, ids: list[int], known: Mapping[int, Shown],
              now: datetime) -> dict[int, Shown]:
        found = [self._offices.by_id(connection, number) for number in ids]
        marks = _marks(connection, found, now)
        return {office.id: _renewed(connection, office, known.get(office.id), marks[office.id], now)
                for office in found}


def _renewed(connection: Connection, office: Office, known: Shown | None, marks: Marks, now: datetime) -> Shown:
    """The known board while its marks hold and its estimates are young, else one that is read and shaped anew."""
    if known is not None and known.marks == marks and abs(now - known.at) < ESTIMATE:
        return known
    fresh = board.shape(office, hall.look(connection, office, now), notices.standing(connection, office, now), now)
    if known is not None and msgspec.structs.replace(fresh, now=known.board.now) == known.board:
        return replace(known, marks=marks, at=now)
    return Shown(fresh, marks, now, _event(fresh), 0.0)


def _marks(connection: Connection, found: Iterable[Office], now: datetime) -> dict[int, Marks]:
    """What tells one state of each hall from another, in one query for all of them."""
    today: dict[int, date] = {office.id: office.today(now) for office in found}
    rows = connection.execute(_MARKS, {"offices": list(today), "dates": sorted(set(today.values()))}).all()
    kept = {office.id: {("office", office.revision, today[office.id])} for office in found}
    for row in rows:
        if row[1] is None or row[1] == today[row[0]]:
            kept[row[0]].add(tuple(row[2:]))
    return {number: frozenset(marks) for number, marks in kept.items()}


def _event(shown: Board) -> bytes:
    return b"id: %d\ndata: %b\n\n" % (shown.version, _encode(shown))


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True

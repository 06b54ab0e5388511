"""What can be booked, ready to send: encoded answers that are never older than a second.

An answer is good for 0.9 s, counted from before its read began, and as long again each time the journal vouches that
nothing of the office has changed meanwhile. One read at a time for each question, whoever asks meanwhile gets
its answer; a change that this process made is seen at once, unless an office changes so often (a rush) that the
second's grace serves everyone better.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from litestar.response.base import ASGIResponse

from api.watch import GIVEN_UP_S, Watch

MAX_AGE_S = 0.9
MAX_AGE = timedelta(seconds=MAX_AGE_S)
MOST_BYTES = 48 * 2**20  # of questions and answers: two weeks of some 2,000 offices
WEIGHT = 1000            # bytes that an answer takes beside its body
RUSH = 30  # changes of one office within a second from which on only the age counts

Question = tuple[str, bytes]  # the office's short name, the query as it came


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a read gives: the body, and the moment from which on it is wrong even if nobody books."""

    office_id: int
    body: bytes
    until: datetime


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer to send: read at `read_at` (monotonic seconds), when the office's clock said `now`."""

    response: ASGIResponse
    office_id: int
    read_at: float
    now: datetime
    until: datetime


class Shelf:
    """This process's ready answers; used on the event loop only. The oldest go when they pass `most_bytes`."""

    def __init__(self, watch: Watch, most_bytes: int = MOST_BYTES) -> None:
        self._watch = watch
        self._most_bytes = most_bytes
        self._answers: OrderedDict[Question, Ready] = OrderedDict()
        self._bytes = 0
        self._reads: dict[Question, asyncio.Future[Ready]] = {}
        self._changed: dict[int, tuple[float, int]] = {}

    def find(self, question: Question, now: datetime) -> ASGIResponse | None:
        """The answer, if it still holds at `now`."""
        ready = self._answers.get(question)
        if ready is None or not self._holds(ready, now):
            return None
        if self._watch.is_due():
            self._watch.looking(now).add_done_callback(_looked_at)
        return ready.response

    async def read(self, question: Question, now: datetime, read: Callable[[], Awaitable[Fresh]]) -> ASGIResponse:
        """Let the journal vouch for the answer, or `read` it anew, once for all who ask the same at the same time."""
        known = self._answers.get(question)
        if known is not None and self._may_hold(known, now):
            await self._watch.look(now)
            if self._holds(known, now):
                return known.response
        under_way = self._reads.get(question)
        if under_way is not None:
            ready = await asyncio.shield(under_way)
            if self._holds(ready, now):
                return ready.response
        return (await self._read(question, now, read)).response

    async def _read(self, question: Question, now: datetime, read: Callable[[], Awaitable[Fresh]]) -> Ready:
        future = self._reads[question] = asyncio.get_running_loop().create_future()
        future.add_done_callback(_looked_at)
        started = time.monotonic()
        try:
            fresh = await read()
        except BaseException as problem:
            future.set_exception(problem if isinstance(problem, Exception) else asyncio.CancelledError())
            raise
        finally:
            if self._reads.get(question) is future:
                del self._reads[question]
        response = ASGIResponse(body=fresh.body, media_type="application/json")
        ready = Ready(response, fresh.office_id, started, now, fresh.until)
        self._put(question, ready)
        future.set_result(ready)
        return ready

    def changed(self, office_id: int) -> None:
        """A booking of the office was made, moved or cancelled by this process."""
        now = time.monotonic()
        at, count = self._changed.get(office_id, (now, 0))
        count = count + 1 if now - at < 1.0 else 1
        self._changed[office_id] = (at if count > RUSH else now, count)

    def _holds(self, ready: Ready, now: datetime) -> bool:
        if not self._may_hold(ready, now):
            return False
        young = time.monotonic() - ready.read_at < MAX_AGE_S and abs(now - ready.now) < MAX_AGE
        return young or self._watch.unchanged_since(ready.office_id, ready.read_at, now)

    def _may_hold(self, ready: Ready, now: datetime) -> bool:
        changed, count = self._changed.get(ready.office_id, (0.0, 0))
        return (
            ready.now <= now < ready.until
            and time.monotonic() - ready.read_at < GIVEN_UP_S
            and (ready.read_at > changed or count > RUSH)
        )

    def _put(self, question: Question, ready: Ready) -> None:
        before = self._answers.pop(question, None)
        if before is not None:
            self._bytes -= _weight(question, before)
        self._answers[question] = ready
        self._bytes += _weight(question, ready)
        while self._bytes > self._most_bytes:
            self._bytes -= _weight(*self._answers.popitem(last=False))


def _weight(question: Question, ready: Ready) -> int:
    return WEIGHT + len(question[0]) + len(question[1]) + len(ready.response.body)


def _looked_at(future: asyncio.Future[Ready] | asyncio.Task[None]) -> None:
    """Nobody else may have waited: one that failed is then no loose end."""
    if not future.cancelled():
        future.exception()

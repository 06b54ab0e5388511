"""What can be booked, ready to send: encoded answers that are never older than a second.

An answer's age counts from before its read began. One read at a time for each question, whoever asks meanwhile gets
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

MAX_AGE_S = 0.9
MAX_AGE = timedelta(seconds=MAX_AGE_S)
MOST_ANSWERS = 8192
RUSH = 30  # changes of one office within a second from which on only the age counts

Question = tuple[str, bytes]  # the office's short name, the query as it came


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer to send: read at `read_at` (monotonic seconds), when the office's clock said `now`."""

    response: ASGIResponse
    office_id: int
    read_at: float
    now: datetime


class Shelf:
    """This process's ready answers; used on the event loop only."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Question, Ready] = OrderedDict()
        self._reads: dict[Question, asyncio.Future[Ready]] = {}
        self._changed: dict[int, tuple[float, int]] = {}

    def find(self, question: Question, now: datetime) -> ASGIResponse | None:
        """The answer, if it still holds at `now`."""
        ready = self._answers.get(question)
        if ready is None or not self._holds(ready, now):
            return None
        return ready.response

    async def read(self, question: Question, now: datetime,
                   read: Callable[[], Awaitable[tuple[int, bytes]]]) -> ASGIResponse:
        """Ask `read` for office id and body, once for all who ask the same at the same time."""
        under_way = self._reads.get(question)
        if under_way is not None:
            ready = await asyncio.shield(under_way)
            if self._holds(ready, now):
                return ready.response
        future = self._reads[question] = asyncio.get_running_loop().create_future()
        future.add_done_callback(_looked_at)
        started = time.monotonic()
        try:
            office_id, body = await read()
        except BaseException as problem:
            future.set_exception(problem if isinstance(problem, Exception) else asyncio.CancelledError())
            raise
        else:
            ready = Ready(ASGIResponse(body=body, media_type="application/json"), office_id, started, now)
            self._put(question, ready)
            future.set_result(ready)
            return ready.response
        finally:
            if self._reads.get(question) is future:
                del self._reads[question]

    def changed(self, office_id: int) -> None:
        """A booking of the office was made, moved or cancelled by this process."""
        now = time.monotonic()
        at, count = self._changed.get(office_id, (now, 0))
        count = count + 1 if now - at < 1.0 else 1
        self._changed[office_id] = (at if count > RUSH else now, count)

    def _holds(self, ready: Ready, now: datetime) -> bool:
        changed, count = self._changed.get(ready.office_id, (0.0, 0))
        return (
            time.monotonic() - ready.read_at < MAX_AGE_S
            and abs(now - ready.now) < MAX_AGE
            and (ready.read_at > changed or count > RUSH)
        )

    def _put(self, question: Question, ready: Ready) -> None:
        self._answers[question] = ready
        self._answers.move_to_end(question)
        if len(self._answers) > MOST_ANSWERS:
            self._answers.popitem(last=False)


def _looked_at(future: asyncio.Future[Ready]) -> None:
    """Nobody else may have waited: a read that failed is then no loose end."""
    if not future.cancelled():
        future.exception()

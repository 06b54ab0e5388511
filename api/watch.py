"""Which offices changed since when, read from the journal: what did not change need not be read again.

Every change of an office's days and slots writes a journal entry in its own transaction, so one small look at the
newest entries vouches for the ready answers of all other offices at once. Ids are drawn before they are committed:
on PostgreSQL a higher one may show first, so ids that were skipped are looked for again until they show or are
given up (rolled back).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal

GOOD_FOR_S = 0.9     # a look vouches so long, counted from before it began
GIVEN_UP_S = 30.0    # skipped ids; no ready answer is kept longer, so none outlives a slower commit by more
LOOKED_BACK = 1_000  # ids before the first look among which some may be skipped
MOST_SKIPPED = 2_000

_NEWEST = sa.select(sa.func.coalesce(sa.func.max(journal.c.id), 0))
_SINCE = sa.select(journal.c.id, journal.c.office_id).where(journal.c.id > bindparam("after"))
_AMONG = sa.select(journal.c.id, journal.c.office_id).where(journal.c.id.in_(bindparam("ids", expanding=True)))

Entry = tuple[int, int | None]


class Watch:
    """One process's look at the journal; used on the event loop only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looking: asyncio.Task[None] | None = None
        self._looked_at = float("-inf")
        self._looked_now: datetime | None = None
        self._newest: int | None = None
        self._since = float("inf")  # nothing is known of what happened before
        self._skipped: dict[int, float] = {}
        self._changed: dict[int, float] = {}

    def unchanged_since(self, office_id: int, moment: float, now: datetime) -> bool:
        """Whether the last look is good still and saw no change of the office since `moment` (monotonic seconds).

        `now` is the office clock's: a look from before it was put forward vouches for nothing.
        """
        if time.monotonic() - self._looked_at >= GOOD_FOR_S or self._looked_now is None:
            return False
        if abs(now - self._looked_now) >= timedelta(seconds=GOOD_FOR_S):
            return False
        return moment > max(self._since, self._changed.get(office_id, float("-inf")))

    def is_due(self) -> bool:
        """Whether it is time for a look before the last one expires."""
        return time.monotonic() - self._looked_at > GOOD_FOR_S / 2

    async def look(self, now: datetime) -> None:
        """Look at what is new; whoever asks meanwhile waits for the same look."""
        await asyncio.shield(self.looking(now))

    def looking(self, now: datetime) -> asyncio.Task[None]:
        """The look under way, begun if there is none."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(now))
        return self._looking

    async def _look(self, now: datetime) -> None:
        started = time.monotonic()
        try:
            entries, newest = await self._database.fetch(self._read)
        finally:
            self._looking = None
        self._note(entries, newest)
        self._looked_at, self._looked_now = started, now

    def _read(self, connection: Connection) -> tuple[list[Entry], int]:
        if self._newest is None:
            newest = int(connection.execute(_NEWEST).scalar_one())
            return _entries(connection, _SINCE, {"after": newest - LOOKED_BACK}), newest
        entries = _entries(connection, _SINCE, {"after": self._newest})
        newest = max((number for number, _ in entries), default=self._newest)
        if self._skipped:
            entries += _entries(connection, _AMONG, {"ids": list(self._skipped)})
        return entries, newest

    def _note(self, entries: Iterable[Entry], newest: int) -> None:
        seen = {number for number, _ in entries}
        done = time.monotonic()
        if self._newest is None:
            self._since = done
            self._newest = max(newest - LOOKED_BACK, 0)
        for _, office_id in entries:
            if office_id is not None:
                self._changed[office_id] = done
        missing = (number for number in range(self._newest + 1, newest + 1) if number not in seen)
        known = {number: at for number, at in self._skipped.items() if number not in seen and done - at < GIVEN_UP_S}
        known |= dict.fromkeys(missing, done)
        self._skipped = dict(sorted(known.items())[-MOST_SKIPPED:])
        self._newest = newest


def _entries(connection: Connection, statement: sa.Select[Any], asked: dict[str, object]) -> list[Entry]:
    return [(row[0], row[1]) for row in connection.execute(statement, asked)]

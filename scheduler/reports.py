"""What a manager reads about days: how many are expected, what was decided and why, and what will be decided next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import capacity, grounds, portions
from scheduler.capacity import Because, Outlook
from scheduler.days import Day, DayPlaces, between, chunks
from scheduler.foundation.journal import journal
from scheduler.grounds import Grounds
from scheduler.offices import Office
from scheduler.override_rows import Override
from scheduler.standings import standings

DECISIONS = ("day_released", "day_closed")
PORTION, FREED = "portion", "freed"


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision of the capacity job; `because` is a code with numbers, see `capacity.words`."""

    at: datetime
    released: int
    because: Because


@dataclass(frozen=True, slots=True)
class Next:
    """What the job will do at a moment (UTC) if nothing happens before: open the next `portion` of the day, so that
    `share` of it is open, or give what was `freed` to the public. It is to stay unforeseen: for the manager only."""

    at: datetime
    what: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class DayReport:
    """A day as the manager sees it.

    `outlook` is how many visitors it ends with, nothing more being booked; of a day that is over, who came. `override`
    is the manager's own number if one is in force. `next` is what will open by itself, soonest first. `decisions` are
    the newest first.
    """

    day: Day
    outlook: Outlook
    decisions: list[Decided]
    override: Override | None = None
    next: tuple[Next, ...] = ()

    @property
    def expected(self) -> int:
        """Visitors the day ends with, on average."""
        return round(self.outlook.expected)


_DECISIONS = sa.select(journal.c.day_id, journal.c.at, journal.c.data).where(
    journal.c.day_id.in_(bindparam("ids", expanding=True)), journal.c.kind.in_(DECISIONS)
).order_by(journal.c.day_id, journal.c.at.desc(), journal.c.id.desc())


def decisions(connection: Connection, day_id: int) -> list[Decided]:
    """What was decided about the day and why, newest first."""
    return _decisions_of(connection, [day_id]).get(day_id, [])


def report(
    connection: Connection, office: Office, on: date, now: datetime, key: bytes | None = None
) -> DayReport | None:
    """One day for the manager, or None when the office has no such day. `key`: see `reports`."""
    return next(iter(reports(connection, office, on, 1, now, key)), None)


def reports(connection: Connection, office: Office, first: date, count: int, now: datetime,
            key: bytes | None = None) -> list[DayReport]:
    """The `count` days from `first` that exist, by date, in some eight queries.

    With the `key` of `portions.py` each says what will open next.
    """
    found = between(connection, office.id, first, first + timedelta(days=count - 1))
    decided = _decisions_of(connection, [day.id for day in found])
    today = office.today(now)
    ahead = {one.day.id: one for one in grounds.of(
        connection, [(office, day) for day in found if day.date >= today], now, key or b"")}
    stand = standings(connection, list(ahead.values()), now, DayPlaces()) if ahead else {}
    made = []
    for day in found:
        one = ahead.get(day.id)
        seen = _came(day) if one is None else capacity.outlook(stand[day.id])
        made.append(DayReport(day, seen, decided.get(day.id, []), one.override if one else None,
                              _next(one, now, key) if one and key is not None else ()))
    return made


def _came(day: Day) -> Outlook:
    """A day that is over holds no surprise any more."""
    came = day.arrived + day.walk_ins
    return Outlook(came, came, came, float(came > day.high), float(came < day.low))


def _next(one: Grounds, now: datetime, key: bytes) -> tuple[Next, ...]:
    if one.day.closed:
        return ()
    part = None if one.override else portions.next_part(key, one.office, one.day.date, now)
    waits = [Next(one.back_at, FREED)] if one.back_at else []
    return tuple(sorted([*waits, *([Next(part[0], PORTION, part[1])] if part else [])], key=lambda step: step.at))


def _decisions_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[Decided]]:
    found: dict[int, list[Decided]] = {}
    for chunk in chunks(ids):
        for row in connection.execute(_DECISIONS, {"ids": chunk}):
            found.setdefault(row.day_id, []).append(Decided(row.at, row.data["released"], row.data["because"]))
    return found

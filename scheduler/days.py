"""The days of the book: their rows, and guarded changes. `reports.py` is what a manager reads about them.

People and places are counted alike, one place a person. Dates are the office's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.offices import Office
from scheduler.tables import days, slots

IDS_AT_ONCE = 1_000
UNFINISHED = "~"  # begins the plan of a day with more people on a start than are offered places there


@dataclass(frozen=True, slots=True)
class Day:
    """One day as its row stands: see the table `days` for what each number counts."""

    id: int
    office_id: int
    date: date
    low: int
    high: int
    released: int
    booked: int
    walk_in_room: int
    walk_ins: int
    arrived: int
    absent: int
    held: int
    turned_away: int
    wanted: int
    freed_at: datetime | None
    closed: bool
    plan: str


_COLUMNS = [days.c[name] for name in Day.__slots__]
_DAY = sa.select(*_COLUMNS).where(days.c.office_id == bindparam("office"), days.c.date == bindparam("date"))
_BY_ID = sa.select(*_COLUMNS).where(days.c.id == bindparam("day"))
_RANGE = sa.select(*_COLUMNS).where(
    days.c.office_id == bindparam("office"), days.c.date.between(bindparam("first"), bindparam("last"))
).order_by(days.c.date)
_TAKE_WALK_IN = sa.update(days).where(
    days.c.id == bindparam("day"), days.c.walk_ins + bindparam("party") <= days.c.walk_in_room
).values(walk_ins=days.c.walk_ins + bindparam("party"))
_TURN_AWAY = sa.update(days).where(days.c.id == bindparam("day")).values(
    turned_away=days.c.turned_away + bindparam("party"))

_PLACES = sa.select(slots.c.day_id, sa.func.sum(slots.c.places).label("people")).where(
    slots.c.day_id.in_(bindparam("ids", expanding=True))
).group_by(slots.c.day_id)
_BOOKABLE = sa.select(slots.c.day_id, sa.func.sum(slots.c.places - slots.c.taken).label("people")).where(
    slots.c.day_id.in_(bindparam("ids", expanding=True)), slots.c.start >= bindparam("since")
).group_by(slots.c.day_id)


# -- reading and taking ------------------------------------------------------------------------------------


def day_of(connection: Connection, office_id: int, on: date) -> Day | None:
    """The office's day, or None when it lies before the first or beyond the horizon."""
    row = connection.execute(_DAY, {"office": office_id, "date": on}).one_or_none()
    return None if row is None else Day(*row)


def by_id(connection: Connection, day_id: int) -> Day | None:
    """The day of that id, or None."""
    row = connection.execute(_BY_ID, {"day": day_id}).one_or_none()
    return None if row is None else Day(*row)


def between(connection: Connection, office_id: int, first: date, last: date) -> list[Day]:
    """The office's days from `first` to `last`, both included, by date."""
    return [Day(*row) for row in connection.execute(_RANGE, {"office": office_id, "first": first, "last": last})]


def upcoming(connection: Connection, offices: Sequence[Office], now: datetime) -> list[tuple[Office, Day]]:
    """Every day of these offices from their own today on, in one query."""
    by_id = {office.id: office for office in offices}
    today = {office.id: office.today(now) for office in offices}
    if not by_id:
        return []
    asked = sa.select(*_COLUMNS).where(days.c.date >= min(today.values())).order_by(days.c.id)
    if len(by_id) < IDS_AT_ONCE // 2:
        asked = asked.where(days.c.office_id.in_(list(by_id)))
    found = (Day(*row) for row in connection.execute(asked))
    return [(by_id[day.office_id], day) for day in found
            if day.office_id in by_id and day.date >= today[day.office_id]]


def take_walk_in(connection: Connection, day_id: int, party: int) -> bool:
    """Give `party` people without booking a place of the day, or answer False when it has no room for them.

    Call it late in the transaction: it holds the day's row.
    """
    return connection.execute(_TAKE_WALK_IN, {"day": day_id, "party": party}).rowcount == 1


def count_turned_away(connection: Connection, day_id: int, party: int) -> None:
    """Count `party` people without booking who were sent home. Call it late: it holds the day's row."""
    connection.execute(_TURN_AWAY, {"day": day_id, "party": party})


# -- sums by day --------------------------------------------------------------------------------------------


def bookable(connection: Connection, day_ids: Sequence[int], since: datetime) -> dict[int, int]:
    """Free places in starts from `since` on, by day; a day without any is left out."""
    return _sums(connection, _BOOKABLE, day_ids, {"since": since})


class DayPlaces:
    """What the counters can serve on each day: the sum of its slots' places, asked once for each plan.

    A day's plan is a fingerprint of its starts, so an answer holds until the plan is another. Kept by the job that
    looks at every day each minute; a thread at a time.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Day, int]] = {}

    def of(self, connection: Connection, standing: Sequence[Day]) -> dict[int, int]:
        """Places by day, for all of `standing`."""
        unknown = [day for day in standing if not self._knows(day)]
        found = _sums(connection, _PLACES, [day.id for day in unknown], {})
        self._known |= {day.id: (day, found.get(day.id, 0)) for day in unknown}
        return {day.id: self._known[day.id][1] for day in standing}

    def forget_before(self, on: date) -> None:
        """Forget the days that have passed."""
        self._known = {day_id: known for day_id, known in self._known.items() if known[0].date >= on}

    def _knows(self, day: Day) -> bool:
        known = self._known.get(day.id)
        return known is not None and known[0].plan == day.plan and not day.plan.startswith(UNFINISHED)


def _sums(
    connection: Connection, statement: sa.Select[Any], ids: Sequence[int], asked: Mapping[str, Any]
) -> dict[int, int]:
    return {row.day_id: int(row.people) for chunk in chunks(ids)
            for row in connection.execute(statement, {**asked, "ids": chunk})}


def chunks(ids: Sequence[int], size: int = IDS_AT_ONCE) -> Iterator[Sequence[int]]:
    """The ids in portions a statement can name."""
    return (ids[n:n + size] for n in range(0, len(ids), size))

"""Keeping capacity: each day's released places and walk-in room as `capacity.decide` wants them.

The decision rests on a look that takes no lock; the update that follows is guarded by what the look saw, so a
booking, a scan or a walk-in in between makes it look again instead of overruling them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import capacity
from scheduler.capacity import Decision, Standing
from scheduler.days import Day, DayPlaces, bookable, chunks, missing, upcoming
from scheduler.foundation.journal import record_many
from scheduler.offices import Office
from scheduler.tables import days

LOOKS = 3  # a day on which something happens between every look and its update waits for the next run


@dataclass(frozen=True, slots=True)
class Change:
    """A day that stands otherwise than it should."""

    office: Office
    day: Day
    decision: Decision


# Bookings may have come in since the look as long as the decision still holds them; whatever else it rests on
# must be as it was seen.
_RELEASE = sa.update(days).where(
    days.c.id == bindparam("of"), days.c.closed == bindparam("seen_closed"), days.c.high == bindparam("seen_high"),
    days.c.arrived == bindparam("seen_arrived"), days.c.absent == bindparam("seen_absent"),
    days.c.booked <= bindparam("to_released"), days.c.walk_ins <= bindparam("to_room"),
).values(released=bindparam("to_released"), walk_in_room=bindparam("to_room"))
_STANDS = sa.select(days.c.id, days.c.released, days.c.walk_in_room).where(
    days.c.id.in_(bindparam("ids", expanding=True))
)


def release(connection: Connection, offices: Sequence[Office], now: datetime, places: DayPlaces) -> int:
    """Decide these offices' days and write what changes, each with a journal entry `day_released`.

    Answers how many days changed.
    """
    changed = 0
    for _ in range(LOOKS):
        due = changes(connection, offices, now, places)
        if not due:
            break
        changed += _write(connection, due, now)
    return changed


def changes(connection: Connection, offices: Sequence[Office], now: datetime, places: DayPlaces) -> list[Change]:
    """The days of these offices that should stand otherwise; a look without locks, in some five queries."""
    looked = upcoming(connection, offices, now)
    standings = _standings(connection, looked, now, places)
    decided = ((office, day, capacity.decide(standings[day.id])) for office, day in looked)
    return [Change(office, day, decision) for office, day, decision in decided
            if (decision.released, decision.walk_in_room) != (day.released, day.walk_in_room)]


def _write(connection: Connection, due: Sequence[Change], now: datetime) -> int:
    connection.execute(_RELEASE, [
        {"of": c.day.id, "seen_closed": c.day.closed, "seen_high": c.day.high, "seen_arrived": c.day.arrived,
         "seen_absent": c.day.absent, "to_released": c.decision.released, "to_room": c.decision.walk_in_room}
        for c in due])
    stands = {row.id: (row.released, row.walk_in_room)
              for ids in chunks([c.day.id for c in due]) for row in connection.execute(_STANDS, {"ids": ids})}
    written = [c for c in due if stands.get(c.day.id) == (c.decision.released, c.decision.walk_in_room)]
    record_many(connection, "day_released", at=now, entries=[
        {"office_id": c.office.id, "day_id": c.day.id,
         "data": {"released": c.decision.released, "walk_in_room": c.decision.walk_in_room,
                  "because": c.decision.because}} for c in written])
    return len(written)


# -- what is known of each day --------------------------------------------------------------------------------


def _standings(
    connection: Connection, looked: Sequence[tuple[Office, Day]], now: datetime, places: DayPlaces
) -> dict[int, Standing]:
    served = places.of(connection, [day for _, day in looked])
    near = [(office, day) for office, day in looked if day.date <= office.today(now + _notice(office))]
    left = _by_moment(connection, bookable, near, lambda office: now + _notice(office))
    today = [(office, day) for office, day in near if day.date <= office.today(now)]
    late = _by_moment(connection, missing, today, lambda office: now - timedelta(minutes=office.rules.late_minutes))
    is_near = {day.id for _, day in near}
    return {day.id: _standing(office, day, now, served[day.id], late.get(day.id, 0),
                              left.get(day.id, 0) if day.id in is_near else served[day.id])
            for office, day in looked}


def _standing(office: Office, day: Day, now: datetime, places: int, late: int, left: int) -> Standing:
    special = office.special.get(day.date)
    kept = capacity.kept(office.rules, day.date, office.zone, now)
    return Standing(
        low=day.low, high=day.high, places=places, booked=day.booked, came=day.arrived,
        awaited=((1.0, day.booked - day.arrived - day.absent - late),), walk_ins=day.walk_ins, bookable=left,
        kept=max(kept - day.walk_ins, 0), risk=office.rules.risk_percent / 100, held=day.held,
        turned_away=day.turned_away, today=day.date == office.today(now), closed=day.closed,
        reason=special.reason if special else None,
    )


def _notice(office: Office) -> timedelta:
    return timedelta(minutes=office.rules.notice_minutes)


def _by_moment(
    connection: Connection, count: Callable[[Connection, Sequence[int], datetime], dict[int, int]],
    looked: Iterable[tuple[Office, Day]], moment: Callable[[Office], datetime],
) -> dict[int, int]:
    """`count` over these days, one query for all offices whose rules give the same moment."""
    groups: defaultdict[datetime, list[int]] = defaultdict(list)
    for office, day in looked:
        groups[moment(office)].append(day.id)
    found: dict[Any, int] = {}
    for at, ids in groups.items():
        found |= count(connection, ids, at)
    return found

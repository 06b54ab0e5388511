"""Keeping capacity: each day's released places and walk-in room as `capacity.decide` wants them.

The decision rests on a look that takes no lock; the update that follows is guarded by what the look saw, so a
booking, a scan or a walk-in in between makes it look again instead of overruling them.

Places that are to open may have to wait: those given up are the public's only at a varied later moment, and while
somebody is in line for a place whatever is new is offered to the line first, for one run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import capacity, grounds
from scheduler.capacity import Decision
from scheduler.days import Day, chunks, upcoming
from scheduler.foundation.journal import record_many
from scheduler.grounds import Grounds
from scheduler.keeper import Keeper
from scheduler.offer_times import is_waking
from scheduler.offices import Office
from scheduler.reasons import FREED, LINE
from scheduler.standings import standings
from scheduler.tables import days

LOOKS = 3  # a day on which something happens between every look and its update waits for the next run


@dataclass(frozen=True, slots=True)
class Change:
    """A day that stands otherwise than it should."""

    grounds: Grounds
    decision: Decision

    @property
    def office(self) -> Office:
        """Whose day it is."""
        return self.grounds.office

    @property
    def day(self) -> Day:
        """The day as it was seen."""
        return self.grounds.day

    @property
    def is_told(self) -> bool:
        """Whether it changes what people can book or how many may walk in, which is journalled."""
        return (self.decision.released, self.decision.walk_in_room) != (self.day.released, self.day.walk_in_room)


# Bookings may have come in since the look as long as the decision still holds them; whatever else it rests on
# must be as it was seen. A place that was given up has lowered `released`, one that was taken by the line raised it.
_RELEASE = sa.update(days).where(
    days.c.id == bindparam("of"), days.c.closed == bindparam("seen_closed"), days.c.high == bindparam("seen_high"),
    days.c.arrived == bindparam("seen_arrived"), days.c.absent == bindparam("seen_absent"),
    days.c.released == bindparam("seen_released"), days.c.held == bindparam("seen_held"),
    days.c.booked <= bindparam("to_released"), days.c.walk_ins <= bindparam("to_room"),
).values(released=bindparam("to_released"), walk_in_room=bindparam("to_room"), wanted=bindparam("to_wanted"))
_STANDS = sa.select(days.c.id, days.c.released, days.c.walk_in_room, days.c.wanted).where(
    days.c.id.in_(bindparam("ids", expanding=True))
)


def release(connection: Connection, offices: Sequence[Office], now: datetime, keeper: Keeper) -> int:
    """Decide these offices' days and write what changes, each with a journal entry `day_released`.

    Answers how many days changed.
    """
    changed = 0
    for _ in range(LOOKS):
        due = changes(connection, offices, now, keeper)
        if not due:
            break
        changed += write(connection, due, now, keeper)
    return changed


def release_day(connection: Connection, office: Office, day: Day, now: datetime, keeper: Keeper) -> int:
    """As `release`, for one day; answers whether it changed as 0 or 1."""
    (one,) = grounds.of(connection, [(office, day)], now, keeper.key, keeper.learnt) or (None,)
    return 0 if one is None else write(connection, decide(connection, [one], now, keeper), now, keeper)


def changes(connection: Connection, offices: Sequence[Office], now: datetime, keeper: Keeper) -> list[Change]:
    """The days of these offices that should stand otherwise; a look without locks, in some eight queries."""
    return decide(connection, look(connection, offices, now, keeper), now, keeper)


def look(connection: Connection, offices: Sequence[Office], now: datetime, keeper: Keeper) -> list[Grounds]:
    """The grounds of every day of these offices that is not over."""
    return grounds.of(connection, upcoming(connection, offices, now), now, keeper.key, keeper.learnt)


def decide(connection: Connection, seen: Sequence[Grounds], now: datetime, keeper: Keeper) -> list[Change]:
    """Those of these days that should stand otherwise; the keeper remembers the others."""
    stand, due = standings(connection, seen, now, keeper.places), []
    for one in seen:
        decision = _held_back(one, capacity.decide(stand[one.day.id]), now)
        if _stands(one.day) == _wants(decision):
            keeper.note(one, now)
        else:
            due.append(Change(one, decision))
    return due


def write(connection: Connection, due: Sequence[Change], now: datetime, keeper: Keeper) -> int:
    """Write these decisions, lower day first, where nothing has happened since the look; answers how many it wrote."""
    if not due:
        return 0
    due = sorted(due, key=lambda change: change.day.id)
    connection.execute(_RELEASE, [_values(change) for change in due])
    stands = {row.id: (row.released, row.walk_in_room, row.wanted)
              for ids in chunks([c.day.id for c in due]) for row in connection.execute(_STANDS, {"ids": ids})}
    written = [change for change in due if stands.get(change.day.id) == _wants(change.decision)]
    _journal(connection, [change for change in written if change.is_told], now)
    for change in written:
        keeper.note(replace(change.grounds, day=_written(change)), now)
    return len(written)


def _values(change: Change) -> dict[str, object]:
    day, decision = change.day, change.decision
    return {"of": day.id, "seen_closed": day.closed, "seen_high": day.high, "seen_arrived": day.arrived,
            "seen_absent": day.absent, "seen_released": day.released, "seen_held": day.held,
            "to_released": decision.released, "to_room": decision.walk_in_room, "to_wanted": decision.wanted}


def _written(change: Change) -> Day:
    decision = change.decision
    return replace(change.day, released=decision.released, walk_in_room=decision.walk_in_room, wanted=decision.wanted)


def _journal(connection: Connection, told: Iterable[Change], now: datetime) -> None:
    record_many(connection, "day_released", at=now, entries=[
        {"office_id": change.office.id, "day_id": change.day.id,
         "data": {"released": change.decision.released, "walk_in_room": change.decision.walk_in_room,
                  "because": change.decision.because}} for change in told])


def _held_back(one: Grounds, decision: Decision, now: datetime) -> Decision:
    """The decision with what has to wait: places given up until they are the public's, new ones until the line was
    asked, which it is not at night. Room for walk-ins does not wait."""
    most, why = decision.released, ""
    if one.in_line and one.day.released < most and not is_waking(one.office, now):
        most, why = one.day.released, LINE
    elif one.in_line and one.day.wanted - one.day.held < most:
        most, why = max(one.day.wanted - one.day.held, one.day.released), LINE
    if (open_now := max(decision.released - one.freed, one.day.released)) < most:
        most, why = open_now, FREED
    released = max(most, one.day.booked)
    if not why or one.day.closed or released >= decision.released:
        return decision
    return replace(decision, released=released, because=capacity.waits(decision.because, released, why))


def _stands(day: Day) -> tuple[int, int, int]:
    return day.released, day.walk_in_room, day.wanted


def _wants(decision: Decision) -> tuple[int, int, int]:
    return decision.released, decision.walk_in_room, decision.wanted

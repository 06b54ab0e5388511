"""Who must leave because their start is closed, in fair order, and what is free for them.

Fair is: who has a right to be served first (UU 25/2009, article 29), then who booked first. Where a counter is lost and
a start keeps some of its places, those who booked last must leave it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import calendar, places
from scheduler.keeping_tables import CLOSED_NOW, OPEN, TO_PLACE, closure_people, closures, offers
from scheduler.offices import Gap, Office
from scheduler.placing import Free, Leaving, Room
from scheduler.tables import bookings, days, slots


@dataclass(frozen=True, slots=True)
class Touched:
    """A booking that must go elsewhere; moments in UTC, `sealed` None once erased."""

    booking_id: int
    code: str | None
    service_id: int
    day_id: int
    letter: str
    start: datetime
    party: int
    priority: str | None
    created_at: datetime
    sealed: bytes | None

    @property
    def leaving(self) -> Leaving:
        """The same as the plan sees it."""
        return Leaving(self.letter, self.start, self.day_id, self.party)


_OF_DATE = (days.c.office_id == bindparam("office"), days.c.date == bindparam("date"))
_STANDING = (
    sa.select(bookings.c.id.label("booking_id"), bookings.c.code, bookings.c.service_id, bookings.c.day_id,
              slots.c.letter, slots.c.start, bookings.c.party, bookings.c.priority, bookings.c.created_at,
              bookings.c.sealed, bookings.c.status)
    .select_from(days.join(bookings, bookings.c.day_id == days.c.id).join(slots, slots.c.id == bookings.c.slot_id))
    .where(*_OF_DATE, bookings.c.status != "cancelled")
    .order_by(slots.c.letter, slots.c.start)
)
_IN_HAND = (
    sa.select(closure_people.c.booking_id)
    .join_from(closures, closure_people, closure_people.c.closure_id == closures.c.id)
    .where(closures.c.office_id == bindparam("office"), closures.c.date == bindparam("date"), CLOSED_NOW, TO_PLACE)
)
_OFFERED = (
    sa.select(slots.c.id, slots.c.letter, slots.c.start, slots.c.taken).distinct()
    .select_from(days.join(offers, offers.c.day_id == days.c.id).join(slots, slots.c.id == offers.c.slot_id))
    .where(*_OF_DATE, OPEN)
)
_FREE = (
    sa.select(days.c.date, slots.c.letter, slots.c.start, slots.c.day_id, slots.c.places, slots.c.taken,
              (days.c.released - days.c.booked).label("day_left"))
    .join_from(slots, days, days.c.id == slots.c.day_id)
    .where(slots.c.office_id == bindparam("office"), slots.c.letter.in_(bindparam("letters", expanding=True)),
           slots.c.start >= bindparam("since"), slots.c.start < bindparam("until"),
           slots.c.taken < slots.c.places, days.c.closed.is_(False))
)


def find(connection: Connection, office: Office, on: date, gap: Gap, now: datetime) -> list[Touched]:
    """Whom the closure makes leave, in fair order; it is one of the office's. Whoever another closure in force moves
    already is left out, and so is whoever missed the start by more than the office's grace."""
    asked = {"office": office.id, "date": on}
    in_hand = set(connection.scalars(_IN_HAND, asked))
    offered = _offered(office, on)
    still = now - timedelta(minutes=office.rules.late_minutes)
    found: list[Touched] = []
    for (letter, start), rows in groupby(connection.execute(_STANDING, asked), key=lambda row: (row.letter, row.start)):
        if start >= still and calendar.reaches(office, on, gap, letter, start):
            found += _surplus(list(rows), _room_at(office, on, offered, letter, start), in_hand)
    return sorted(found, key=lambda one: (one.priority is None, one.created_at, one.booking_id))


def _offered(office: Office, on: date) -> dict[tuple[str, datetime], int]:
    return {(start.letter, start.start): start.places for start in calendar.starts(office, on)}


def _room_at(office: Office, on: date, offered: dict[tuple[str, datetime], int], letter: str, start: datetime) -> int:
    """How many may stay there. A start that the hours left out before the closure came has what its counters can do."""
    if (letter, start) in offered:
        return offered[letter, start]
    counters = calendar.places_by_letter(office).get(letter, 0)
    return calendar.left(office, on, calendar.Start(letter, start, counters))


def _surplus(rows: Sequence[Any], room: int, in_hand: Collection[int]) -> Iterable[Touched]:
    """Those of one start who booked last, as many as it has too many; whoever is in hand leaves anyway."""
    people = sum(row.party for row in rows if row.booking_id not in in_hand)
    may_leave = [row for row in rows if row.status == "booked" and row.booking_id not in in_hand]
    for row in sorted(may_leave, key=lambda row: (row.created_at, row.booking_id), reverse=True):
        if people <= room:
            return
        people -= row.party
        yield Touched(**{name: getattr(row, name) for name in Touched.__slots__})


def overfull(connection: Connection, office: Office, on: date, gap: Gap) -> list[int]:
    """The starts, by slot, at which places are offered to the waiting list that the closure takes."""
    offered = _offered(office, on)
    return [row.id for row in connection.execute(_OFFERED, {"office": office.id, "date": on})
            if calendar.reaches(office, on, gap, row.letter, row.start)
            and row.taken > _room_at(office, on, offered, row.letter, row.start)]


def room(connection: Connection, office: Office, letters: Iterable[str], now: datetime) -> Room:
    """What is free in these groups from the office's notice to its horizon, also on a date whose closure is only tried:
    its slots have not been laid out anew."""
    rows = connection.execute(_FREE, {
        "office": office.id, "letters": sorted(set(letters)), "since": places.earliest(office, now),
        "until": places.end_of_horizon(office, now)}).all()
    offered = {on: _offered(office, on) for on in office.closures}
    free = (Free(row.letter, row.start, row.day_id, _left(office, offered, row)) for row in rows)
    return Room([one for one in free if one.places > 0], {row.day_id: row.day_left for row in rows})


def _left(office: Office, offered: dict[date, dict[tuple[str, datetime], int]], row: Any) -> int:
    most = row.places
    if row.date in offered:
        most = min(most, _room_at(office, row.date, offered[row.date], row.letter, row.start))
    return int(most - row.taken)

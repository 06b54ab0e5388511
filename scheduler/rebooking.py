"""Moving people whose start was closed, one by one, each in a transaction of its own.

What is left to do is read from rows each time, so a worker that dies half-way has done whole people and nobody by
halves; the next one goes on. A closure is in one worker's hands at a time, so that the fair order holds, and a person
is moved only where listed as not yet placed, the booking locked and still where the closure found it: nobody is moved
twice, and nobody without the entry `moved` of the same transaction, from which the message comes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import bookings, calendar, closures, leaving, placing
from scheduler.bookings import Mint
from scheduler.closures import Closure
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record
from scheduler.keeping_tables import CLOSED_NOW, TO_PLACE, closure_people
from scheduler.keeping_tables import closures as rows
from scheduler.offices import Office, Offices
from scheduler.placing import Free, Leaving
from scheduler.tables import bookings as booked

AGAIN = timedelta(seconds=10)  # so soon, by the office clock, it is looked again whether places have appeared
LOOKS = 5  # how often a plan is made anew in one run because somebody took a place in between

MOVED, UNPLACED, GONE, DONE, ELSEWHERE = "moved", "unplaced", "gone", "done", "elsewhere"


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody who is to be placed; `stands`: the booking is still where the closure found it."""

    id: int
    booking_id: int
    state: str
    stands: bool
    leaving: Leaving


Step = tuple[Pending, Free | None]

# Locked to the end of each person's transaction; whoever finds it locked leaves the rest to the other worker.
_CLAIM = sa.select(rows.c.id).where(rows.c.id == bindparam("id"), CLOSED_NOW).with_for_update(
    skip_locked=True, key_share=True)
_PENDING = sa.select(closure_people.c.closure_id).where(
    closure_people.c.closure_id.in_(bindparam("ids", expanding=True)), TO_PLACE, closure_people.c.state == "pending",
).distinct()
_PERSON = sa.select(closure_people.c.state, closure_people.c.was).where(
    closure_people.c.id == bindparam("id"), TO_PLACE).with_for_update()
_LOCK_BOOKING = sa.select(booked.c.id).where(booked.c.id == bindparam("id")).with_for_update()
_SETTLE = sa.update(closure_people).where(closure_people.c.id == bindparam("of")).values(
    state=bindparam("to_state"), start=bindparam("to_start"), at=bindparam("now"))
_ALL_TRIED = sa.update(rows).where(
    rows.c.id == bindparam("of"), rows.c.placed_at.is_(None),
    ~sa.exists().where(closure_people.c.closure_id == rows.c.id, closure_people.c.state == "pending"),
).values(placed_at=bindparam("now"))
_LISTED = (
    sa.select(closure_people.c.id, closure_people.c.booking_id, closure_people.c.state, closure_people.c.was,
              booked.c.service_id, booked.c.day_id, booked.c.start, booked.c.status, booked.c.party)
    .join_from(closure_people, booked, booked.c.id == closure_people.c.booking_id)
    .where(closure_people.c.closure_id == bindparam("closure"), TO_PLACE)
    .order_by(closure_people.c.position)
)


class Tried:
    """When each closure was last looked at, so that not every booking anywhere has all of them looked at again."""

    def __init__(self) -> None:
        self._at: dict[int, datetime] = {}

    def due(self, closures: Sequence[Closure], pending: Collection[int], now: datetime) -> list[Closure]:
        """Those with somebody who was not tried yet, and those not looked at for a while; they count as looked at."""
        due = [one for one in closures if one.id in pending or not timedelta(0) <= now - self._last(one, now) < AGAIN]
        self._at = {one.id: now if one in due else self._at[one.id] for one in closures}
        return due

    def _last(self, closure: Closure, now: datetime) -> datetime:
        return self._at.get(closure.id, now - AGAIN)


def place_all(database: Database, offices: Offices, mint: Mint, now: datetime, tried: Tried | None = None) -> int:
    """Place whoever closures in force have left without a place, as far as there are places; answers how many moved."""
    tried = tried or Tried()
    with database.read() as connection:
        standing = closures.with_people(connection, (now - timedelta(days=2)).date())
        pending = set(connection.scalars(_PENDING, {"ids": [one.id for one in standing]})) if standing else ()
        due = [(closure, _office(connection, offices, closure)) for closure in tried.due(standing, pending, now)]
    return sum(place(database, office, closure, mint, now) for closure, office in due)


def _office(connection: Connection, offices: Offices, closure: Closure) -> Office:
    office = offices.by_id(connection, closure.office_id)
    if closure.gap not in office.closures.get(closure.date, ()):  # the picture may be a second old
        offices.forget()
        office = offices.by_id(connection, closure.office_id)
    return office


def place(database: Database, office: Office, closure: Closure, mint: Mint, now: datetime) -> int:
    """Place the people of one closure; answers how many were moved."""
    _list_late_comers(database, office, closure, now)
    moved = 0
    for _ in range(LOOKS):
        with database.read() as connection:
            todo = steps(connection, office, closure, now)
        outcomes = _carry_out(database, office, closure, todo, mint, now)
        moved += outcomes.count(MOVED)
        if len(outcomes) == len(todo) or outcomes[-1:] == [ELSEWHERE]:
            break
    if closure.placed_at is None:
        database.write(lambda connection: connection.execute(_ALL_TRIED, {"of": closure.id, "now": now}).rowcount)
    _give_up(database, office, closure, now)
    return moved


def _list_late_comers(database: Database, office: Office, closure: Closure, now: datetime) -> None:
    """Who was put on a closed start after it was closed, say by a change of the office's file, is listed as well."""
    with database.read() as connection:
        missing = closures.unlisted(connection, office, closure, now)
    if missing:
        database.write(lambda connection: len(closures.list_touched(connection, office, closure, now)))


# -- the plan --------------------------------------------------------------------------------------------------


def steps(connection: Connection, office: Office, closure: Closure, now: datetime) -> list[Step]:
    """What is to be done, in fair order: whom to move where, whom to note as unplaced or gone."""
    listed = connection.execute(_LISTED, {"closure": closure.id}).all()
    people = [_pending(office, row) for row in listed if _is_due(office, row, now)]
    standing = [one for one in people if one.stands]
    if not people:
        return []
    room = leaving.room(connection, office, (one.leaving.letter for one in standing), now)
    where = dict(zip((one.id for one in standing), placing.plan([one.leaving for one in standing], room), strict=True))
    planned = [(one, where.get(one.id)) for one in people]
    return [(one, to) for one, to in planned if to is not None or one.state == "pending" or not one.stands]


def _pending(office: Office, row: Any) -> Pending:
    stands = row.status == "booked" and row.start == row.was
    letter = office.by_id[row.service_id].letter
    return Pending(row.id, row.booking_id, row.state, stands, Leaving(letter, row.was, row.day_id, row.party))


def _is_due(office: Office, row: Any, now: datetime) -> bool:
    """Everybody is tried once; after that as long as the old start is not past."""
    return bool(row.state == "pending" or now < row.was + timedelta(minutes=office.rules.late_minutes))


# -- one person ------------------------------------------------------------------------------------------------


def _carry_out(database: Database, office: Office, closure: Closure, todo: Sequence[Step],
               mint: Mint, now: datetime) -> list[str]:
    """Do the steps until all are done, another worker has the closure, or a place is gone and a new plan is needed."""
    outcomes: list[str] = []
    for one, where in todo:
        try:
            outcomes.append(database.write(partial(
                place_one, office=office, closure=closure, one=one, where=where, mint=mint, now=now)))
        except Refusal:  # somebody took it in between
            break
        if outcomes[-1] == ELSEWHERE:
            break
    return outcomes


def place_one(connection: Connection, office: Office, closure: Closure, one: Pending, where: Free | None, mint: Mint,
              now: datetime) -> str:
    """Move one person there, or note that there is no place; answers what became of it. Raises Refusal when the place
    is gone: then nothing has changed."""
    if connection.execute(_CLAIM, {"id": closure.id}).one_or_none() is None:
        return ELSEWHERE
    person = connection.execute(_PERSON, {"id": one.id}).one_or_none()
    if person is None:
        return DONE
    connection.execute(_LOCK_BOOKING, {"id": one.booking_id})
    booking = bookings.by_id(connection, one.booking_id)
    if booking.status != "booked" or booking.start != person.was:
        return _settle(connection, one, GONE, None, now)
    if where is not None:
        bookings.move(connection, office, office.by_id[booking.service_id], booking, where.start, mint=mint, now=now,
                      staff_id=closure.staff_id, closure=closure.id)
        return _settle(connection, one, MOVED, where.start, now)
    if person.state == "pending":
        record(connection, "unplaced", at=now, office_id=office.id, booking_id=booking.id, day_id=booking.day_id,
               data={"closure": closure.id})
    return _settle(connection, one, UNPLACED, None, now)


# -- the day is over -------------------------------------------------------------------------------------------


def _give_up(database: Database, office: Office, closure: Closure, now: datetime) -> None:
    """End the bookings of people for whom no place was found, once the office has shut on their date: they did not stay
    away, so they are not to be found absent, and can book anew."""
    hours = calendar.intervals(office, closure.date)
    if office.today(now) < closure.date or (hours and now < hours[-1][1]):
        return
    with database.read() as connection:
        left = [row for row in connection.execute(_LISTED, {"closure": closure.id})
                if row.status == "booked" and row.start == row.was and not _is_due(office, row, now)]
    for row in left:
        database.write(partial(_cancel, closure=closure, row=row, now=now))


def _cancel(connection: Connection, closure: Closure, row: Any, now: datetime) -> None:
    if connection.execute(_CLAIM, {"id": closure.id}).one_or_none() is None:
        return
    connection.execute(_LOCK_BOOKING, {"id": row.booking_id})
    booking = bookings.by_id(connection, row.booking_id)
    if booking.status == "booked" and booking.start == row.was:
        bookings.cancel(connection, booking, now=now, staff_id=closure.staff_id)


def _settle(connection: Connection, one: Pending, state: str, start: datetime | None, now: datetime) -> str:
    connection.execute(_SETTLE, {"of": one.id, "to_state": state, "to_start": start, "now": now})
    return state

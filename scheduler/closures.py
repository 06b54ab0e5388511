"""Closures: a date, a part of it or one counter closed by a manager; tried first, made, taken back.

Making one lays its day out anew in the same transaction, so that nobody books in any more, and lists in fair order who
must go elsewhere; `rebooking.py` then moves them. The file's hours and holidays stay untouched, so that taking a
closure back brings the old hours back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import calendar, days, holding, leaving, offers, opening, placing
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record, record_many
from scheduler.keeping_tables import CLOSED_NOW, TO_PLACE, closure_people
from scheduler.keeping_tables import closures as rows
from scheduler.leaving import Touched
from scheduler.offices import Gap, Office, read_offices
from scheduler.placing import Free
from scheduler.tables import bookings, offices
from scheduler.tables import days as day_rows

REASON_LENGTHS = range(3, 121)
LISTED = 100  # of an office's closures, the newest
LAST_YEAR = 2199  # what lies beyond is a typing mistake, and the day after must be in the calendar
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")


@dataclass(frozen=True, slots=True)
class Closing:
    """What is to be closed: a `date` of the office, from `since` to `until` (local `HH:MM`; None: from the beginning,
    to the end), one `counter` of it by its slug or the whole office, and why, as residents read it."""

    date: date
    since: str | None
    until: str | None
    counter: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Closure:
    """A closure as its row stands; moments in UTC. `placed_at`: since when everybody has been tried once."""

    id: int
    office_id: int
    date: date
    since: str | None
    until: str | None
    counter: str | None
    reason: str
    staff_id: int
    at: datetime
    placed_at: datetime | None
    ended_at: datetime | None
    ended_by: int | None

    @property
    def gap(self) -> Gap:
        """The same as the office carries it while it is in force."""
        return Gap(self.id, self.since, self.until, self.counter, self.reason)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a closure would do: whom it touches, in the order they are placed, and where each would go, if anywhere."""

    people: list[tuple[Touched, Free | None]]

    @property
    def placed(self) -> int:
        """How many would have another place at once."""
        return sum(where is not None for _, where in self.people)

    @property
    def unplaced(self) -> int:
        """How many would have none, and must be called."""
        return len(self.people) - self.placed


_NAMES = {"since": "opens", "until": "closes"}
_COLUMNS = [rows.c[_NAMES.get(name, name)] for name in Closure.__slots__]
_BY_ID = sa.select(*_COLUMNS).where(rows.c.id == bindparam("id"), rows.c.office_id == bindparam("office"))
_OF_OFFICE = sa.select(*_COLUMNS).where(rows.c.office_id == bindparam("office")).order_by(
    rows.c.date.desc(), rows.c.id.desc()).limit(LISTED)
_IN_FORCE = sa.select(*_COLUMNS).where(CLOSED_NOW, rows.c.date >= bindparam("first")).order_by(rows.c.date, rows.c.id)
# Somebody is listed and not placed, or the list is not through, or somebody stands on the date who is not listed: a
# late comer, or with a lost counter who may stay.
_LISTED_HERE = sa.exists().where(closure_people.c.closure_id == rows.c.id, closure_people.c.booking_id == bookings.c.id)
_WITH_PEOPLE = _IN_FORCE.where(sa.or_(
    rows.c.placed_at.is_(None),
    sa.exists().where(closure_people.c.closure_id == rows.c.id, TO_PLACE),
    sa.exists().where(day_rows.c.office_id == rows.c.office_id, day_rows.c.date == rows.c.date,
                      bookings.c.day_id == day_rows.c.id, bookings.c.status == "booked", ~_LISTED_HERE)))
_ON_DATE = sa.select(*_COLUMNS).where(
    CLOSED_NOW, rows.c.office_id == bindparam("office"), rows.c.date == bindparam("date")).order_by(rows.c.id)
_INSERT = rows.insert().returning(rows.c.id)
_END = sa.update(rows).where(rows.c.id == bindparam("of"), CLOSED_NOW).values(
    ended_at=bindparam("now"), ended_by=bindparam("by"))
# Every process reads the office anew, and two that change it at once follow each other.
_RENEW = sa.update(offices).where(offices.c.id == bindparam("of")).values(revision=offices.c.revision + 1)

_LAST = sa.select(sa.func.coalesce(sa.func.max(closure_people.c.position), 0)).where(
    closure_people.c.closure_id == bindparam("closure"))
_LISTED = sa.select(closure_people.c.booking_id).where(closure_people.c.closure_id == bindparam("closure"))
_STAYING = sa.select(bookings.c.id, bookings.c.day_id, bookings.c.start).join_from(
    closure_people, bookings, bookings.c.id == closure_people.c.booking_id
).where(closure_people.c.closure_id == bindparam("closure"), closure_people.c.state == "unplaced",
        closure_people.c.was > bindparam("now"), bookings.c.status == "booked",
        bookings.c.start == closure_people.c.was).order_by(bookings.c.id)
_TELL_AGAIN = sa.update(bookings).where(bookings.c.id == bindparam("of"), bookings.c.status == "booked").values(
    sequence=bookings.c.sequence + 1)
_LET_STAY = sa.update(closure_people).where(
    closure_people.c.closure_id == bindparam("closure"), closure_people.c.state.in_(("pending", "unplaced")),
).values(state="gone", at=bindparam("now"))


# -- trying and making -----------------------------------------------------------------------------------------


def preview(connection: Connection, office: Office, closing: Closing, now: datetime) -> Tried:
    """What the closure would do, by the plan that carries it out; nothing is written. Raises as `close`."""
    _check(office, closing, now)
    gap = Gap(0, closing.since, closing.until, closing.counter, closing.reason)
    closed = _with(office, closing.date, gap)
    touched = leaving.find(connection, closed, closing.date, gap, now)
    room = leaving.room(connection, closed, (one.letter for one in touched), now)
    where = placing.plan([one.leaving for one in touched], room)
    return Tried(list(zip(touched, where, strict=True)))


def close(connection: Connection, office: Office, closing: Closing, staff_id: int, now: datetime) -> Closure:
    """Close it, take the free places away and list who must leave. Whose offer it takes stands in line again.

    Rows are taken as `holding` says, offers first: who accepts one meanwhile has it locked, and waits for the day.
    Raises Refusal invalid_request with `field` and `why`: date (past; date, of a year that is meant by nobody; nothing,
    as it is closed then anyway), from, to, counter, reason.
    """
    office = _renewed(connection, office.id)
    _check(office, closing, now)
    closure_id = connection.execute(_INSERT, {
        "office_id": office.id, "date": closing.date, "opens": closing.since, "closes": closing.until,
        "counter": closing.counter, "reason": closing.reason, "staff_id": staff_id, "at": now}).scalar_one()
    closure = Closure(closure_id, office.id, closing.date, closing.since, closing.until, closing.counter,
                      closing.reason, staff_id, now, None, None, None)
    office = _with(office, closure.date, closure.gap)
    back = offers.end_at(connection, now, _offered(connection, office, closure), closure=closure.id)
    opening.lay_out(connection, office, now)
    holding.give_back(connection, back, now)
    # What was offered between that look and the slots being ours, before it is counted who has too little room.
    offers.withdraw(connection, now, _offered(connection, office, closure), closure=closure.id)
    touched = list_touched(connection, office, closure, now)
    _journal(connection, "closure_made", closure, staff_id, now, touched=len(touched))
    return closure


def list_touched(connection: Connection, office: Office, closure: Closure, now: datetime) -> list[Touched]:
    """List whoever must leave and is not listed yet; answers them. Again at any time: who came meanwhile is added."""
    touched = unlisted(connection, office, closure, now)
    last = connection.execute(_LAST, {"closure": closure.id}).scalar_one()
    if touched:
        connection.execute(closure_people.insert(), [
            {"closure_id": closure.id, "booking_id": one.booking_id, "position": last + n, "state": "pending",
             "was": one.start} for n, one in enumerate(touched, 1)])
    return touched


def unlisted(connection: Connection, office: Office, closure: Closure, now: datetime) -> list[Touched]:
    """Who must leave and is not listed yet, in fair order."""
    touched = leaving.find(connection, office, closure.date, closure.gap, now)
    listed = set(connection.scalars(_LISTED, {"closure": closure.id})) if touched else ()
    return [one for one in touched if one.booking_id not in listed]


def _offered(connection: Connection, office: Office, closure: Closure) -> list[int]:
    """The starts at which places are offered to the waiting list that the closure takes."""
    return leaving.overfull(connection, office, closure.date, closure.gap)


# -- taking back -----------------------------------------------------------------------------------------------


def end(connection: Connection, office: Office, closure: Closure, staff_id: int, now: datetime) -> bool:
    """Take it back: the old hours hold again. Who was moved stays moved, who was not keeps the old time, and is told so
    if told otherwise before, unless another closure of the date takes that time too. False when it was taken back
    already."""
    office = _renewed(connection, office.id)
    if not connection.execute(_END, {"of": closure.id, "now": now, "by": staff_id}).rowcount:
        return False
    staying = connection.execute(_STAYING, {"closure": closure.id, "now": now}).all()
    connection.execute(_LET_STAY, {"closure": closure.id, "now": now})
    _journal(connection, "closure_ended", closure, staff_id, now)
    office = _without(office, closure.gap)
    leaving_still = {  # who was in this one's hands may be touched by another
        one.booking_id for other in on_date(connection, office, closure.date)
        for one in list_touched(connection, office, other, now)}
    # Bookings before slots and days, as whoever moves takes them.
    _tell_again(connection, closure, [row for row in staying if row.id not in leaving_still], staff_id, now)
    opening.lay_out(connection, office, now)
    return True


def _tell_again(connection: Connection, closure: Closure, staying: Sequence[Any], staff_id: int, now: datetime) -> None:
    if staying:
        connection.execute(_TELL_AGAIN, [{"of": row.id} for row in staying])
    record_many(connection, "moved", at=now, entries=[
        {"office_id": closure.office_id, "booking_id": row.id, "day_id": row.day_id, "staff_id": staff_id,
         "data": {"from": row.start.isoformat(), "reopened": closure.id}} for row in staying])


# -- reading ---------------------------------------------------------------------------------------------------


def find(connection: Connection, office: Office, closure_id: int) -> Closure | None:
    """The office's closure of that id, also one that was taken back."""
    row = connection.execute(_BY_ID, {"id": closure_id, "office": office.id}).one_or_none()
    return None if row is None else Closure(*row)


def of_office(connection: Connection, office: Office) -> list[Closure]:
    """The office's closures, those of the latest dates first; at most `LISTED`."""
    return [Closure(*row) for row in connection.execute(_OF_OFFICE, {"office": office.id})]


def in_force(connection: Connection, first: date) -> list[Closure]:
    """Every office's closures of dates from `first` on that were not taken back, by date and in the order made."""
    return [Closure(*row) for row in connection.execute(_IN_FORCE, {"first": first})]


def with_people(connection: Connection, first: date) -> list[Closure]:
    """Those `in_force` of which somebody may have to be placed, in one query; the others touch nobody."""
    return [Closure(*row) for row in connection.execute(_WITH_PEOPLE, {"first": first})]


def on_date(connection: Connection, office: Office, on: date) -> list[Closure]:
    """The office's closures of that date that were not taken back, in the order they were made."""
    return [Closure(*row) for row in connection.execute(_ON_DATE, {"office": office.id, "date": on})]


# -- checking --------------------------------------------------------------------------------------------------


def _check(office: Office, closing: Closing, now: datetime) -> None:
    for field, why in _faults(office, closing, now):
        raise Refusal("invalid_request", field=field, why=why)


def _faults(office: Office, closing: Closing, now: datetime) -> Iterable[tuple[str, str]]:
    if closing.date < office.today(now):
        yield "date", "past"
    if closing.date.year > LAST_YEAR:
        yield "date", "date"
    for field, clock in (("from", closing.since), ("to", closing.until)):
        if clock is not None and not _CLOCK.fullmatch(clock):
            yield field, "time"
    if (closing.since or "00:00") >= (closing.until or "24:00"):
        yield "to", "order"
    if closing.counter is not None and all(counter.slug != closing.counter for counter in office.counters):
        yield "counter", "counter"
    if len(closing.reason.strip()) not in REASON_LENGTHS or not closing.reason.isprintable():
        yield "reason", "reason"
    if _changes_nothing(office, closing):
        yield "date", "nothing"


def _changes_nothing(office: Office, closing: Closing) -> bool:
    gap = Gap(0, closing.since, closing.until, closing.counter, closing.reason)
    closed = _with(office, closing.date, gap)
    return calendar.starts(closed, closing.date) == calendar.starts(office, closing.date)


# -- the office with and without -------------------------------------------------------------------------------


def _renewed(connection: Connection, office_id: int) -> Office:
    connection.execute(_RENEW, {"of": office_id})
    return read_offices(connection, [office_id])[0]


def _with(office: Office, on: date, gap: Gap) -> Office:
    return replace(office, closures=office.closures | {on: (*office.closures.get(on, ()), gap)})


def _without(office: Office, gap: Gap) -> Office:
    kept = ((on, tuple(one for one in those if one.id != gap.id)) for on, those in office.closures.items())
    return replace(office, closures={on: those for on, those in kept if those})


def _journal(connection: Connection, kind: str, closure: Closure, staff_id: int, now: datetime, **more: Any) -> None:
    day = days.day_of(connection, closure.office_id, closure.date)
    record(connection, kind, at=now, office_id=closure.office_id, day_id=day.id if day else None, staff_id=staff_id,
           data={"closure": closure.id, "date": closure.date.isoformat(), "from": closure.since, "to": closure.until,
                 "counter": closure.counter, "reason": closure.reason, **more})

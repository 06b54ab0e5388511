"""Opening days: an office's days and slots as its hours, counters and holidays want them, up to the horizon.

Laying out again changes only what differs. Nobody loses a place: a start the office no longer offers keeps the
people it has, takes no others and goes once it is empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BigInteger, Connection, Integer, String, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from scheduler import calendar, holding, offers
from scheduler.calendar import Start
from scheduler.days import UNFINISHED, Day, between, chunks
from scheduler.foundation.database import UtcDateTime
from scheduler.foundation.journal import record, record_many
from scheduler.keeping_tables import OPEN
from scheduler.keeping_tables import offers as offer_rows
from scheduler.offices import Office
from scheduler.tables import bookings, days, offices, slots

CLOSED_PLAN = calendar.plan(())


@dataclass(frozen=True, slots=True)
class Opened:
    """What laying out did: how many days were added and changed, and whether to look again soon.

    `unfinished`: a start still has more people on it than the office offers places there now.
    """

    added: int
    changed: int
    unfinished: bool


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A day as it should be."""

    date: date
    starts: list[Start]
    plan: str

    @property
    def closed(self) -> bool:
        return not self.starts


@dataclass(slots=True)
class _Slots:
    """What to change among the slots of days that are laid out anew; `reopened`: days on which one offers more."""

    new: list[dict[str, Any]] = field(default_factory=list)
    resized: dict[int, int] = field(default_factory=dict)
    vanished: list[int] = field(default_factory=list)
    reopened: set[int] = field(default_factory=set)


_DAY = ("office_id", "date", "low", "high", "released", "walk_in_room", "closed", "plan")
_SLOT = ("day_id", "office_id", "letter", "start", "places")


def _insert(table: str, columns: tuple[str, ...], rows: str) -> str:
    names, values = ", ".join(columns), ", ".join(f":{column}" for column in columns)
    return f"INSERT INTO {table} ({names}) {rows.format(values)} ON CONFLICT DO NOTHING"


_ADD_DAY = sa.text(_insert("days", _DAY, "VALUES ({})")).bindparams(
    bindparam("date", type_=sa.Date), bindparam("closed", type_=sa.Boolean))
# A day that is closed keeps what is booked and offers nothing more; one that opens waits for the capacity job.
_CHANGE_DAY = sa.update(days).where(days.c.id == bindparam("of")).values(
    low=bindparam("to_low"), high=bindparam("to_high"), closed=bindparam("to_closed"), plan=bindparam("to_plan"),
    released=sa.case((bindparam("to_closed", type_=sa.Boolean), days.c.booked), else_=days.c.released),
    walk_in_room=sa.case((bindparam("to_closed", type_=sa.Boolean), days.c.walk_ins), else_=days.c.walk_in_room),
)

# Held to the end, so that a closure or an import that begins meanwhile lays its days out after this, not before.
_REVISION = sa.select(offices.c.revision).where(offices.c.id == bindparam("office")).with_for_update(read=True)
_ADD_SLOTS = sa.text(_insert("slots", _SLOT, "VALUES ({})")).bindparams(bindparam("start", type_=UtcDateTime))
# Thousands of rows in one statement: one by one takes PostgreSQL ten times as long.
_ADD_SLOTS_AT_ONCE = sa.text(_insert("slots", _SLOT, "SELECT * FROM unnest({})")).bindparams(
    *(bindparam(name, type_=ARRAY(kind)) for name, kind in
      zip(_SLOT, (BigInteger, Integer, String, UtcDateTime, Integer), strict=True)))
# Locked in the order of the ids, as moves take them; whole, because a start may have to go. All of the day's, because a
# place given up is withheld by what the day says before (`places.give_back`): it must stand when they are compared.
_SLOTS_OF = sa.select(slots.c.id, slots.c.day_id, slots.c.letter, slots.c.start, slots.c.places).where(
    slots.c.day_id.in_(bindparam("ids", expanding=True))
).order_by(slots.c.id).with_for_update()
_RESIZE = sa.update(slots).where(slots.c.id == bindparam("of")).values(
    places=sa.case((slots.c.taken > bindparam("to_places"), slots.c.taken), else_=bindparam("to_places")),
)
_AMONG = slots.c.id.in_(bindparam("ids", expanding=True))
_SIZES = sa.select(slots.c.id, slots.c.day_id, slots.c.places).where(_AMONG)
_STOP = sa.update(slots).where(_AMONG).values(places=slots.c.taken)
_REMOVE = sa.delete(slots).where(
    _AMONG, slots.c.taken == 0, ~sa.exists().where(bookings.c.slot_id == slots.c.id),
    ~sa.exists().where(offer_rows.c.slot_id == slots.c.id),
)
_OFFERED = sa.select(offer_rows.c.slot_id).distinct().where(
    OPEN, offer_rows.c.day_id.in_(bindparam("ids", expanding=True)))
_STILL_TAKEN = sa.select(slots.c.day_id).where(_AMONG, slots.c.taken > 0).distinct()


def lay_out(connection: Connection, office: Office, now: datetime) -> Opened:
    """Make the office's days and slots from its today to its horizon what its hours want, in a few statements.

    Journals `days_opened` for what is added, `day_closed` with the reason for each closed day, and `day_changed`
    for what is laid out anew. How many places an open day releases is the capacity job's to say.

    A picture of the office that is not the newest any more changes nothing: it would open again what was just closed.
    """
    if connection.execute(_REVISION, {"office": office.id}).scalar_one() > office.revision:
        return Opened(0, 0, unfinished=True)
    first = office.today(now)
    last = first + timedelta(days=office.rules.horizon_days)
    standing = {day.date: day for day in between(connection, office.id, first, last)}
    wanted = [_wanted(office, first + timedelta(days=n)) for n in range((last - first).days + 1)]
    added = [day for day in wanted if day.date not in standing]
    changed = [(standing[day.date], day) for day in wanted
               if day.date in standing and _differs(office, standing[day.date], day)]
    if added:
        _add(connection, office, added, now)
    unfinished = _change(connection, office, changed, now) if changed else set()
    return Opened(len(added), len(changed), bool(unfinished))


def _wanted(office: Office, on: date) -> _Wanted:
    starts = calendar.starts(office, on)
    return _Wanted(on, starts, calendar.plan(starts) if starts else CLOSED_PLAN)


def _differs(office: Office, stands: Day, wanted: _Wanted) -> bool:
    return (stands.plan, stands.closed, stands.low, stands.high) != (
        wanted.plan, wanted.closed, office.rules.low, office.rules.high)


# -- days that are new ---------------------------------------------------------------------------------------


def _add(connection: Connection, office: Office, added: Sequence[_Wanted], now: datetime) -> None:
    connection.execute(_ADD_DAY, [
        {"office_id": office.id, "date": day.date, "low": office.rules.low, "high": office.rules.high, "released": 0,
         "walk_in_room": 0, "closed": day.closed, "plan": day.plan} for day in added])
    ids = {day.date: day.id for day in between(connection, office.id, added[0].date, added[-1].date)}
    _add_slots(connection, [_slot(office, ids[day.date], start) for day in added for start in day.starts])
    record(connection, "days_opened", at=now, office_id=office.id, data={
        "first": added[0].date.isoformat(), "last": added[-1].date.isoformat(),
        "open": sum(not day.closed for day in added), "closed": sum(day.closed for day in added)})
    _journal_closed(connection, office, [(ids[day.date], day.date, 0) for day in added if day.closed], now)


def _slot(office: Office, day_id: int, start: Start) -> dict[str, Any]:
    return {"day_id": day_id, "office_id": office.id, "letter": start.letter, "start": start.start,
            "places": start.places}


def _add_slots(connection: Connection, new: Sequence[Mapping[str, Any]]) -> None:
    if new and connection.dialect.name == "postgresql":
        connection.execute(_ADD_SLOTS_AT_ONCE, {name: [slot[name] for slot in new] for name in _SLOT})
    elif new:
        connection.execute(_ADD_SLOTS, new)


def _journal_closed(
    connection: Connection, office: Office, closed: Sequence[tuple[int, date, int]], now: datetime
) -> None:
    """`closed`: each day's id, date, and how many people are booked on it."""
    record_many(connection, "day_closed", at=now, entries=[
        {"office_id": office.id, "day_id": day_id,
         "data": {"released": booked, "because": {"code": "closed", "released": booked, "reason": office.because(on)}}}
        for day_id, on, booked in closed])


# -- days that change ----------------------------------------------------------------------------------------


def _change(
    connection: Connection, office: Office, changed: Sequence[tuple[Day, _Wanted]], now: datetime
) -> set[int]:
    """Lay these days out anew: offers end first, then slots before days as bookings do. Answers the days that are
    unfinished."""
    shut = [stands.id for stands, wanted in changed if wanted.closed and not stands.closed]
    back = offers.end_at(connection, now, _offered(connection, shut))
    todo = _compare(connection, office, changed)
    _add_slots(connection, todo.new)
    unfinished = _resize(connection, todo.resized) | _clear(connection, todo.vanished)
    connection.execute(_CHANGE_DAY, [
        {"of": stands.id, "to_low": office.rules.low, "to_high": office.rules.high, "to_closed": wanted.closed,
         "to_plan": UNFINISHED + wanted.plan[1:] if stands.id in unfinished else wanted.plan}
        for stands, wanted in changed])
    holding.give_back(connection, back, now)
    offers.withdraw(connection, now, _offered(connection, shut))  # what was offered before the slots were ours
    _journal_changes(connection, office, [(stands, wanted) for stands, wanted in changed
                                          if stands.id in todo.reopened or not _is_same_again(office, stands, wanted)],
                     now)
    return unfinished


def _offered(connection: Connection, day_ids: Sequence[int]) -> list[int]:
    """The starts of these days at which a place is offered to the waiting list."""
    return list(connection.scalars(_OFFERED, {"ids": list(day_ids)})) if day_ids else []


def _compare(connection: Connection, office: Office, changed: Sequence[tuple[Day, _Wanted]]) -> _Slots:
    todo = _Slots()
    wanted = {(stands.id, start.letter, start.start): start for stands, day in changed for start in day.starts}
    for row in connection.execute(_SLOTS_OF, {"ids": [stands.id for stands, _ in changed]}):
        start = wanted.pop((row.day_id, row.letter, row.start), None)
        if start is None:
            todo.vanished.append(row.id)
        elif start.places != row.places:
            todo.resized[row.id] = start.places
            if start.places > row.places:
                todo.reopened.add(row.day_id)
    todo.new = [_slot(office, day_id, start) for (day_id, _, _), start in wanted.items()]
    return todo


def _resize(connection: Connection, resized: Mapping[int, int]) -> set[int]:
    """Set the places of slots, never below what is taken. Answers the days on which more is taken."""
    if resized:
        connection.execute(_RESIZE, [{"of": slot_id, "to_places": places} for slot_id, places in resized.items()])
    return {row.day_id for ids in chunks(list(resized)) for row in connection.execute(_SIZES, {"ids": ids})
            if row.places > resized[row.id]}


def _clear(connection: Connection, vanished: Sequence[int]) -> set[int]:
    """Starts that are no longer offered take nobody any more; those nobody ever booked go.

    They are locked, so that nobody is booking there any more and the delete sees the truth.
    """
    unfinished: set[int] = set()
    for ids in chunks(vanished):
        connection.execute(_STOP, {"ids": ids})
        connection.execute(_REMOVE, {"ids": ids})
        unfinished |= set(connection.scalars(_STILL_TAKEN, {"ids": ids}))
    return unfinished


def _is_same_again(office: Office, stands: Day, wanted: _Wanted) -> bool:
    """Whether an unfinished day was only looked at again."""
    return stands.plan[1:] == wanted.plan[1:] and not _differs(
        office, stands, _Wanted(wanted.date, wanted.starts, stands.plan))


def _journal_changes(
    connection: Connection, office: Office, changed: Sequence[tuple[Day, _Wanted]], now: datetime
) -> None:
    record_many(connection, "day_changed", at=now, entries=[
        {"office_id": office.id, "day_id": stands.id,
         "data": {"open": not wanted.closed, "starts": len(wanted.starts), "booked": stands.booked,
                  "reason": office.because(wanted.date)}} for stands, wanted in changed])
    closed = [(stands.id, stands.date, stands.booked) for stands, wanted in changed
              if wanted.closed and not stands.closed]
    _journal_closed(connection, office, closed, now)

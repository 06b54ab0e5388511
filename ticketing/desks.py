"""Who works at which counter, and what becomes of the person at one that falls silent."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam, text

from scheduler.foundation.database import Database, UtcDateTime
from scheduler.offices import Counter, Office, Offices
from ticketing import acts
from ticketing.acts import Act
from ticketing.called import WITH_STAY, office_counter, row_at
from ticketing.hall_tables import desks, servings
from ticketing.tables import AT_COUNTER, visits

FORGOTTEN = timedelta(minutes=30)  # a call nobody came to, at a counter that never says that it is there

_SIT = sa.text("""
    INSERT INTO desks (counter_id, office_id, staff_id, since, seen_at) VALUES (:counter, :office, :staff, :now, :now)
    ON CONFLICT (counter_id) DO UPDATE SET staff_id = excluded.staff_id, seen_at = excluded.seen_at,
        since = CASE WHEN desks.staff_id = excluded.staff_id THEN desks.since ELSE excluded.since END,
        last = CASE WHEN desks.staff_id = excluded.staff_id THEN desks.last END
""").bindparams(*(bindparam(name, type_=sa.Integer) for name in ("counter", "office", "staff")),
                bindparam("now", type_=UtcDateTime))
_SEEN = sa.update(desks).where(
    desks.c.counter_id == bindparam("counter"), desks.c.staff_id == bindparam("staff")).values(seen_at=bindparam("now"))
_DESK = sa.select(desks.c.staff_id, desks.c.seen_at).where(desks.c.counter_id == bindparam("counter"))
_LEAVE = sa.delete(desks).where(desks.c.counter_id == bindparam("counter"))
_RELEASE = sa.update(visits).where(
    visits.c.office_id == bindparam("office"), visits.c.date == bindparam("on"),
    visits.c.state.in_(("waiting", "held")), visits.c.for_counter_id == bindparam("counter"),
).values(for_counter_id=None, version=visits.c.version + 1)
_SILENT = sa.select(desks.c.office_id, desks.c.counter_id, desks.c.seen_at).where(desks.c.seen_at < bindparam("before"))
_AT_COUNTERS = sa.select(
    visits.c.office_id, visits.c.counter_id, visits.c.date, visits.c.state, servings.c.last_called_at, desks.c.seen_at,
).select_from(WITH_STAY.outerjoin(desks, desks.c.counter_id == visits.c.counter_id)).where(text(f"visits.{AT_COUNTER}"))


def sit(connection: Connection, office: Office, counter: str, *, now: datetime, staff_id: int) -> None:
    """A clerk works at the counter from now on, by a page that says again and again that it is there (`seen`).

    Whoever sat there gives way, and their last step can no longer be taken back. Raises Refusal unknown_counter.
    """
    at = office_counter(office, counter)
    acts.begin(connection, office, now, staff_id)
    connection.execute(_SIT, {"counter": at.id, "office": office.id, "staff": staff_id, "now": now})


def seen(connection: Connection, office: Office, counter: str, *, now: datetime, staff_id: int) -> bool:
    """The counter's page is still there; False when the desk is no longer this clerk's. Takes no lock of the hall."""
    at = office_counter(office, counter)
    return connection.execute(_SEEN, {"counter": at.id, "staff": staff_id, "now": now}).rowcount == 1


def leave(connection: Connection, office: Office, counter: str, *, now: datetime, staff_id: int) -> None:
    """The clerk leaves: who is served there is finished, who was called waits again, who was sent there waits for any.

    Nothing happens at a desk that is not this clerk's. Raises Refusal unknown_counter.
    """
    at = office_counter(office, counter)
    act = acts.begin(connection, office, now, staff_id)
    desk = connection.execute(_DESK, {"counter": at.id}).one_or_none()
    if desk is None or desk.staff_id != staff_id:
        return
    row = row_at(connection, at)
    if row is not None and row.state == "serving":
        act.finish(row, at)
    elif row is not None:
        _free(act, at, row)
    _close(act, at)


def free_silent(database: Database, offices: Offices, now: datetime) -> None:
    """Give back to the line whom a counter left there: its page fell silent, or a call was forgotten.

    A transaction each, which looks once more under the hall's lock: two workers do it once.
    """
    with database.read() as connection:
        by_id = {office.id: office for office in offices.all(connection)}
        silent = connection.execute(_SILENT, {"before": now - timedelta(minutes=1)}).all()
        there = connection.execute(_AT_COUNTERS).all()
    found = {(row.office_id, row.counter_id) for row in silent if _is_silent(by_id[row.office_id], row.seen_at, now)}
    found |= {(row.office_id, row.counter_id) for row in there if _is_left(by_id[row.office_id], row, now)}
    for office_id, counter_id in sorted(found):
        database.write(partial(_free_counter, office=by_id[office_id], counter_id=counter_id, now=now))


def _free_counter(connection: Connection, office: Office, counter_id: int, now: datetime) -> None:
    at = office.counters_by_id.get(counter_id) or Counter(counter_id, str(counter_id), "", ())
    act = acts.begin(connection, office, now, None)
    desk = connection.execute(_DESK, {"counter": at.id}).one_or_none()
    seen_at = None if desk is None else desk.seen_at
    row = row_at(connection, at)
    if row is not None and (_is_silent(office, seen_at, now) or _is_forgotten(office, row, seen_at, now)):
        _free(act, at, row)
    if _is_silent(office, seen_at, now):
        _close(act, at)


def _is_left(office: Office, row: Any, now: datetime) -> bool:
    return _is_silent(office, row.seen_at, now) or _is_forgotten(office, row, row.seen_at, now)


def _is_silent(office: Office, seen_at: datetime | None, now: datetime) -> bool:
    return seen_at is not None and seen_at < now - timedelta(minutes=office.rules.silent_minutes)


def _is_forgotten(office: Office, row: Any, seen_at: datetime | None, now: datetime) -> bool:
    """Whether the person was left at the counter: overnight, at one that is no more, or called by a program that then
    said no more."""
    if row.date != office.today(now) or row.counter_id not in office.counters_by_id:
        return True
    return bool(row.state == "called" and seen_at is None and row.last_called_at < now - FORGOTTEN)


def _free(act: Act, at: Counter, row: Any) -> None:
    """The person waits again with the moment that counted; whose day is over is done, or gone if nobody served them."""
    act.end_stay(row, "freed")
    over = "done" if row.state == "serving" else "gone"
    act.change(row, state="waiting" if row.date == act.today else over, counter_id=None, for_counter_id=None, rests=0)
    act.note("freed", row, counter=at.slug)


def _close(act: Act, at: Counter) -> None:
    act.connection.execute(_RELEASE, {"office": act.office.id, "on": act.today, "counter": at.id})
    act.connection.execute(_LEAVE, {"counter": at.id})

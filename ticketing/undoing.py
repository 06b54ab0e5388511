"""Taking back a counter's last step: every row stands as it stood before, or nothing happens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record_many
from scheduler.offices import Office
from ticketing import acts
from ticketing.acts import Act, Before
from ticketing.called import Called, office_counter, row_at, shown
from ticketing.hall_tables import desks, servings
from ticketing.tables import visits

_FORGET = sa.update(desks).where(desks.c.counter_id == bindparam("counter")).values(last=None)
_RESTORE = sa.update(visits).where(
    visits.c.id == bindparam("visit"), visits.c.version == bindparam("as_left"),
    visits.c.state == bindparam("as_left_state"),
).values(version=visits.c.version + 1, **{name: bindparam(f"old_{name}") for name in acts.CHANGED}).returning(
    visits.c.booking_id, visits.c.day_id)
_DROP_STAY = sa.delete(servings).where(servings.c.id == bindparam("serving"))
_RESTORE_STAY = sa.update(servings).where(servings.c.id == bindparam("serving")).values(
    ended_at=None, outcome=None, **{name: bindparam(f"old_{name}") for name in (
        "call", "calls", "last_called_at", "started_at")})
_REST_AGAIN = sa.update(visits).where(
    visits.c.id.in_(bindparam("ids", expanding=True)), visits.c.state == "waiting").values(rests=visits.c.rests + 1)


def undo(connection: Connection, office: Office, counter: str, *, now: datetime, staff_id: int | None) -> Called | None:
    """Take back the counter's last step of today; answers who is at the counter then.

    A call that ended the visit before brings that one back. Raises Refusal unknown_counter, or nothing_to_undo: there
    is no step, or something happened to one of its visits since.
    """
    at = office_counter(office, counter)
    act = acts.begin(connection, office, now, staff_id)
    last = acts.last_step(connection, at, act.today)
    if last is None:
        raise Refusal("nothing_to_undo")
    entries = [_restore(act, before) for before in reversed(last.rows)]
    if last.rested:
        connection.execute(_REST_AGAIN, {"ids": last.rested})
    connection.execute(_FORGET, {"counter": at.id})
    record_many(connection, "undone", at=now, entries=[
        {**entry, "data": {"counter": at.slug, "act": last.act}} for entry in entries])
    row = row_at(connection, at)
    return None if row is None else shown(office, row)


def _restore(act: Act, before: Before) -> dict[str, Any]:
    """Put one visit and its stay back; answers what the journal says about it."""
    row = act.connection.execute(_RESTORE, {
        "visit": before.visit, "as_left": before.version, "as_left_state": before.state_after,
        **{f"old_{name}": getattr(before, name) for name in acts.CHANGED}}).one_or_none()
    if row is None:
        raise Refusal("nothing_to_undo")
    if before.begun is not None:
        act.connection.execute(_DROP_STAY, {"serving": before.begun})
    elif before.stay is not None:
        stay = before.stay
        act.connection.execute(_RESTORE_STAY, {
            "serving": stay.id, "old_call": stay.call, "old_calls": stay.calls,
            "old_last_called_at": stay.last_called_at, "old_started_at": stay.started_at})
    return {"office_id": act.office.id, "booking_id": row.booking_id, "day_id": row.day_id, "visit_id": before.visit,
            "staff_id": act.staff_id}

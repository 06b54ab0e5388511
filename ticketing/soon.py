"""Whose turn comes soon: noted once for each visit, so that a message can call them back in time.

Noted is who booked, has waited or will wait longer than the office's `soon_minutes`, and whose turn is now expected
within them: who is called in a moment, or was never far from it, is told nothing. Whether a phone takes messages is
`notifications`' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal, record_many
from scheduler.offices import Office, Offices
from ticketing import hall
from ticketing.hall import InLine
from ticketing.tables import visits

LEAST = timedelta(minutes=2)  # a message needs as long

_WITH_PEOPLE = sa.select(visits.c.office_id).distinct().where(
    visits.c.office_id.in_(bindparam("offices", expanding=True)), visits.c.date.in_(bindparam("dates", expanding=True)),
    visits.c.state == "waiting", visits.c.booking_id.is_not(None))
_UNTOLD = sa.select(visits.c.id, visits.c.booking_id, visits.c.day_id).where(
    visits.c.id.in_(bindparam("visits", expanding=True)), visits.c.state == "waiting",
    ~sa.exists().where(journal.c.booking_id == visits.c.booking_id, journal.c.kind == "soon"))


def note_all(database: Database, offices: Offices, now: datetime) -> int:
    """Note whose turn comes soon at every office that wants it told; how many there are."""
    with database.read() as connection:
        wanting = [office for office in offices.all(connection) if office.rules.soon_minutes]
        found = [(office, soon) for office in _with_people(connection, wanting, now)
                 if (soon := _soon(connection, office, now))]
    return sum(database.write(partial(_note, office=office, soon=soon, now=now)) for office, soon in found)


def _with_people(connection: Connection, offices: Sequence[Office], now: datetime) -> list[Office]:
    if not offices:
        return []
    ids = set(connection.scalars(_WITH_PEOPLE, {
        "offices": [office.id for office in offices], "dates": sorted({office.today(now) for office in offices})}))
    return [office for office in offices if office.id in ids]


def _soon(connection: Connection, office: Office, now: datetime) -> list[InLine]:
    within = timedelta(minutes=office.rules.soon_minutes)
    return [one for one in hall.glance(connection, office, now).waiting if _is_soon(one, within, now)]


def _is_soon(one: InLine, within: timedelta, now: datetime) -> bool:
    if one.booking_id is None or one.from_ is None or one.to is None:
        return False
    return one.to - now >= LEAST and one.from_ - now <= within < one.from_ - one.since


def _note(connection: Connection, office: Office, soon: Sequence[InLine], now: datetime) -> int:
    by_id = {one.visit_id: one for one in soon}
    untold = connection.execute(_UNTOLD, {"visits": list(by_id)}).all()
    record_many(connection, "soon", at=now, entries=[_entry(office, row, by_id[row.id]) for row in untold])
    return len(untold)


def _entry(office: Office, row: Any, one: InLine) -> dict[str, Any]:
    assert one.from_ is not None
    assert one.to is not None
    return {"office_id": office.id, "booking_id": row.booking_id, "day_id": row.day_id, "visit_id": row.id,
            "data": {"number": one.number, "from": one.from_.isoformat(), "to": one.to.isoformat()}}

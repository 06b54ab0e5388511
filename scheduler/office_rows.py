"""Writing an office's rows so that they say what its file says, touching only what differs.

Each `put_...` answers what it changed in plain JSON for the journal, empty when nothing did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, Table

from scheduler import tables as t
from scheduler.office_sections import FileDay
from scheduler.office_services import FileCounter, FileService
from scheduler.offices import Interval
from scheduler.public_holidays import Holiday

REASON_LENGTH = 120  # of special_days.reason
Row = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """The office's row after `put_office`; `changed` is False when it had this fingerprint already."""

    id: int
    revision: int
    changed: bool


def put_office(connection: Connection, office: Row) -> Written:
    """Insert or update the office of that slug and count its revision up; the row stays locked afterwards.

    The lock makes two imports of one office at the same time follow each other.
    """
    o = t.offices.c
    there = connection.execute(
        sa.select(o.id, o.fingerprint, o.revision).where(o.slug == office["slug"]).with_for_update()
    ).first()
    if there is None:
        new = connection.execute(t.offices.insert().values(**office, revision=1).returning(o.id)).scalar_one()
        return Written(new, 1, changed=True)
    if there.fingerprint == office["fingerprint"]:
        return Written(there.id, there.revision, changed=False)
    revision = there.revision + 1
    connection.execute(t.offices.update().where(o.id == there.id).values(**office, revision=revision))
    return Written(there.id, revision, changed=True)


def put_services(connection: Connection, office_id: int, services: Sequence[FileService]) -> dict[str, list[str]]:
    """The services in the file's order; those that are not in it any more become inactive."""
    return _put_by_slug(connection, t.services, office_id, services)


def put_counters(connection: Connection, office_id: int, counters: Sequence[FileCounter]) -> dict[str, list[str]]:
    """The counters in the file's order; those that are not in it any more become inactive."""
    return _put_by_slug(connection, t.counters, office_id, counters)


def _put_by_slug(
    connection: Connection, table: Table, office_id: int, wanted: Sequence[FileService | FileCounter]
) -> dict[str, list[str]]:
    rows = {item.slug: {**_as_json(item), "position": n, "active": True} for n, item in enumerate(wanted)}
    there = {row["slug"]: row for row in _rows(connection, table, office_id)}
    added = [slug for slug in rows if slug not in there]
    changed = [slug for slug in rows if slug in there and _differs(there[slug], rows[slug])]
    retired = [slug for slug, row in there.items() if slug not in rows and row["active"]]
    for slug in added:
        connection.execute(table.insert().values(office_id=office_id, **rows[slug]))
    for slug in changed:
        _update(connection, table, there[slug], rows[slug])
    for slug in retired:
        _update(connection, table, there[slug], {"active": False})
    return _told(added=added, changed=changed, retired=retired)


def _as_json(item: FileService | FileCounter) -> Row:
    """The values as a JSON column gives them back, lists for tuples, so that they can be compared."""
    return msgspec.json.decode(msgspec.json.encode(item), type=dict[str, Any])


def put_hours(
    connection: Connection, office_id: int, hours: Mapping[int, Sequence[Interval]]
) -> dict[str, list[str]]:
    """The weekly hours, replaced whole when they differ: nothing refers to these rows."""
    wanted = {(day, opens, closes) for day, intervals in hours.items() for opens, closes in intervals}
    there = {(row["weekday"], row["opens"], row["closes"]) for row in _rows(connection, t.opening_hours, office_id)}
    if wanted == there:
        return {}
    connection.execute(t.opening_hours.delete().where(t.opening_hours.c.office_id == office_id))
    connection.execute(
        t.opening_hours.insert(),
        [{"office_id": office_id, "weekday": day, "opens": opens, "closes": closes}
         for day, opens, closes in sorted(wanted)],
    )
    return _told(weekdays=sorted({str(day) for day, _, _ in wanted ^ there}))


def put_days(
    connection: Connection, office_id: int, days: Iterable[FileDay], holidays: Iterable[Holiday], since: date
) -> dict[str, list[str]]:
    """The special days of file and holidays, the file's first; a manager's row is left as it is.

    Rows of file and holidays that are wanted no more go, but those before `since` stay as the record of what was.
    """
    wanted = {holiday.date: _holiday_row(holiday) for holiday in holidays} | {day.date: _file_row(day) for day in days}
    there = {row["date"]: row for row in _rows(connection, t.special_days, office_id)}
    ours = {day: row for day, row in there.items() if row["source"] != "manager"}
    added = [day for day in sorted(wanted) if day not in there]
    changed = [day for day in sorted(wanted) if day in ours and _differs(ours[day], wanted[day])]
    removed = [day for day in sorted(ours) if day not in wanted and day >= since]
    for day in removed:
        connection.execute(t.special_days.delete().where(t.special_days.c.id == ours[day]["id"]))
    for day in changed:
        _update(connection, t.special_days, ours[day], wanted[day])
    if added:
        connection.execute(
            t.special_days.insert(), [{"office_id": office_id, "date": day, **wanted[day]} for day in added]
        )
    return _told(**{what: [day.isoformat() for day in which]
                    for what, which in (("added", added), ("changed", changed), ("removed", removed))})


def _holiday_row(holiday: Holiday) -> Row:
    return {"intervals": [], "reason": holiday.name[:REASON_LENGTH], "source": "holidays",
            "estimated": holiday.estimated}


def _file_row(day: FileDay) -> Row:
    return {"intervals": [list(interval) for interval in day.intervals], "reason": day.reason, "source": "file",
            "estimated": False}


def _rows(connection: Connection, table: Table, office_id: int) -> list[Row]:
    query = sa.select(table).where(table.c.office_id == office_id).order_by(table.c.id)
    return [dict(row._mapping) for row in connection.execute(query)]


def _differs(there: Row, wanted: Row) -> bool:
    return any(there[name] != value for name, value in wanted.items())


def _update(connection: Connection, table: Table, there: Row, values: Row) -> None:
    connection.execute(table.update().where(table.c.id == there["id"]).values(**values))


def _told(**changes: list[str]) -> dict[str, list[str]]:
    return {what: which for what, which in changes.items() if which}

"""Absences: booked people who had not come when their day was over.

Someone later than the grace already counts as gone when the day's walk-in room is decided, but may still come and be
served; only once the hall has emptied is the booking marked, which ends it and lets the person book anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import calendar
from scheduler.foundation.journal import record_many
from scheduler.offices import Office
from scheduler.tables import STILL_BOOKED, bookings, days

HALL_EMPTIES = timedelta(hours=1)  # after closing: whoever waits is still being served and scanned


@dataclass(frozen=True, slots=True)
class OverdueDay:
    """A day some of whose booked people have not come although their time has passed."""

    id: int
    office_id: int
    date: date


_OVERDUE = sa.select(days.c.id, days.c.office_id, days.c.date).where(
    days.c.id.in_(sa.select(bookings.c.day_id).where(
        STILL_BOOKED, bookings.c.start < bindparam("now")))
).order_by(days.c.id)
_MARK = sa.update(bookings).where(
    bookings.c.day_id == bindparam("day"), bookings.c.status == "booked", bookings.c.start < bindparam("before")
).values(status="absent", ended_at=bindparam("at")).returning(bookings.c.id, bookings.c.party)
_COUNT = sa.update(days).where(days.c.id == bindparam("day")).values(absent=days.c.absent + bindparam("people"))


def overdue_days(connection: Connection, now: datetime) -> list[OverdueDay]:
    """Days with booked people whose start has passed, over or not."""
    return [OverdueDay(*row) for row in connection.execute(_OVERDUE, {"now": now})]


def is_over(office: Office, on: date, now: datetime) -> bool:
    """Whether nobody will be admitted any more on that date: an hour after closing, or once a closed day is past."""
    opened = calendar.intervals(office, on)
    if opened:
        return now >= opened[-1][1] + HALL_EMPTIES
    return now >= datetime.combine(on + timedelta(days=1), time(), office.zone)


def mark_day(connection: Connection, day: OverdueDay, now: datetime) -> int:
    """Mark the bookings that are still open on a day that is over as absent, one journal entry `absent` each.

    A start that the office's hours no longer reach still gets its hour. A scan at the same moment wins or loses
    the booking's row, never both. Answers how many bookings were marked.
    """
    marked = connection.execute(_MARK, {"day": day.id, "at": now, "before": now - HALL_EMPTIES}).all()
    if marked:
        record_many(connection, "absent", at=now, entries=[
            {"office_id": day.office_id, "booking_id": row.id, "day_id": day.id} for row in marked])
        connection.execute(_COUNT, {"day": day.id, "people": sum(row.party for row in marked)})
    return len(marked)

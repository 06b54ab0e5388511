"""How long people are expected to wait on a day, by the model of the hall: for the manager."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import calendar, hall, learning, shows
from scheduler.calendar import MINUTE
from scheduler.hall import Visit
from scheduler.offices import Office
from scheduler.reports import DayReport
from scheduler.shown import Learnt
from scheduler.tables import bookings

HOURS = 24

_BOOKED = sa.select(
    bookings.c.start, bookings.c.service_id, bookings.c.party, bookings.c.priority, bookings.c.status,
).where(bookings.c.day_id == bindparam("day"), bookings.c.status.in_(("booked", "arrived"))).order_by(
    bookings.c.start, bookings.c.id)


def minutes(connection: Connection, office: Office, report: DayReport) -> float | None:
    """The mean wait of the day's visitors in minutes, were the day played from its beginning with who came and who is
    awaited; None while nobody is booked."""
    day, learnt = report.day, learning.read(connection, [office.id])[office.id]
    rows = connection.execute(_BOOKED, {"day": day.id}).all()
    played = visits(office, report, rows)
    if not played:
        return None
    return hall.expected_wait(office, day.date, played, walk_ins=walk_ins_by_hour(office, report, learnt),
                              late=shows.lateness(learnt))


def visits(office: Office, report: DayReport, rows: Sequence[Any]) -> list[Visit]:
    """The day's bookings as the model plays them: who came, and who is awaited with the mean of their chances. Those
    whom no counter serves on that date are left out: the model cannot call them."""
    awaited = sum(row.party for row in rows if row.status == "booked")
    chance = min(report.outlook.awaited / awaited, 1.0) if awaited else 0.0
    served = {letter for letters in hall.serving(calendar.manned(office, report.day.date)) for letter in letters}
    return [Visit(row.start, service.letter, service.minutes, row.party,
                  1.0 if row.status == "arrived" else chance, row.priority is not None)
            for row in rows if (service := office.by_id[row.service_id]).letter in served]


def walk_ins_by_hour(office: Office, report: DayReport, learnt: Learnt) -> list[float]:
    """People without booking in each of the 24 local hours: as learnt, else those places are kept for, evenly over the
    hours in which the office is open."""
    weekday = report.day.date.weekday()
    if learnt.walk_ins:
        return [learnt.walk_ins[weekday] * (a - b) for a, b in pairwise(learnt.walk_ins_left)]
    open_minutes = [0.0] * HOURS
    for opens, closes in calendar.intervals(office, report.day.date):
        for n in range((closes - opens) // MINUTE):
            open_minutes[office.local(opens + n * MINUTE).hour] += 1
    people = max(office.rules.walk_in_keep, report.day.walk_ins)
    return [people * share / max(sum(open_minutes), 1.0) for share in open_minutes]

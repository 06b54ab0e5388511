"""What a day that is over showed, read from its rows: who came of those alike, how late, and who came unbooked when."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import shows
from scheduler.days import Day
from scheduler.foundation.journal import journal
from scheduler.offices import Office
from scheduler.shown import SILENT, YES, DayShown, Tally
from scheduler.tables import bookings

_ENDED = sa.select(
    bookings.c.service_id, bookings.c.channel, bookings.c.party, bookings.c.created_at, bookings.c.start,
    bookings.c.ended_at, bookings.c.confirmed_at, bookings.c.status,
).where(bookings.c.day_id == bindparam("day"), bookings.c.status.in_(("arrived", "absent")))
_ENTRIES = sa.select(journal.c.at, journal.c.data).where(
    journal.c.day_id == bindparam("day"), journal.c.kind.in_(bindparam("kinds", expanding=True)))


def shown(connection: Connection, office: Office, day: Day) -> DayShown:
    """What the day showed; nobody is still awaited on it. Hours and days ahead are the office's own."""
    rows = connection.execute(_ENDED, {"day": day.id}).all()
    people, came, late = Counter[Any](), Counter[Any](), [0] * (len(shows.LATE_EDGES) + 1)
    for row in rows:
        alike = (row.service_id, shows.lead_of((day.date - office.today(row.created_at)).days), row.channel,
                 YES if row.confirmed_at else SILENT)
        people[alike] += row.party
        if row.status == "arrived":
            came[alike] += row.party
            late[bisect_right(shows.LATE_EDGES, (row.ended_at - row.start).total_seconds() / 60)] += row.party
    tallies = tuple(Tally(service, lead, channel, answer, number, came[service, lead, channel, answer])
                    for (service, lead, channel, answer), number in sorted(people.items()))
    return DayShown(day.date, tallies, tuple(late), _walk_ins(connection, office, day))


def most_opened(connection: Connection, day_id: int) -> int:
    """The most places that were open on the day at once, as its decisions say; 0 when there are none."""
    entries = connection.execute(_ENTRIES, {"day": day_id, "kinds": ["day_released"]})
    return max((int(row.data["released"]) for row in entries), default=0)


def _walk_ins(connection: Connection, office: Office, day: Day) -> tuple[int, ...]:
    """People who came without booking, let in or not, by the local hour.

    Older entries do not say how many came together: who is missing from the day's sum is put to the fullest hour.
    """
    hours = [0] * 24
    for row in connection.execute(_ENTRIES, {"day": day.id, "kinds": ["walk_in", "turned_away"]}):
        hours[_hour(office, row.at)] += (row.data or {}).get("people", 1)
    hours[hours.index(max(hours))] += max(day.walk_ins + day.turned_away - sum(hours), 0)
    return tuple(hours)


def _hour(office: Office, moment: datetime) -> int:
    return office.local(moment).hour

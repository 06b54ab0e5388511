"""How many people without booking can be taken now, and why: for the clerk at the door and for the manager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from scheduler import capacity, reports
from scheduler.offices import Office
from scheduler.reports import DayReport
from ticketing import checkin


@dataclass(frozen=True)
class Room:
    """`more` people can be taken now; `visitors` have come, `awaited` with a booking still will, on average; `left`
    places can still be booked; more than `high` should not come. `closed`: nobody is taken any more today."""

    more: int
    visitors: int
    awaited: float
    left: int
    high: int
    closed: bool

    def sentence(self, lang: str) -> str:
        """All of it in one sentence, in that language."""
        return capacity.door_words(self.more, self.visitors, self.awaited, self.high, lang, left=self.left,
                                   closed=self.closed)


def now_at(connection: Connection, office: Office, now: datetime) -> Room:
    """The room of the office's today."""
    report = reports.report(connection, office, office.today(now), now)
    return of(office, report, now) if report else Room(0, 0, 0.0, 0, office.rules.high, closed=True)


def of(office: Office, report: DayReport, now: datetime) -> Room:
    """The room of that day, which is today."""
    day = report.day
    closed = day.closed or not checkin.is_open_still(office, now)
    left = max(day.released - day.booked, 0)
    return Room(max(day.walk_in_room - day.walk_ins, 0), day.arrived + day.walk_ins, report.outlook.awaited, left,
                day.high, closed)

"""A day as it runs, for the manager: who came when, who is expected when until closing, and how long they may wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy import Connection, bindparam

from api.web.pictures import course
from api.web.pictures.course import Course, Point
from api.web.pictures.weeks import Spread
from scheduler import absences, calendar
from scheduler.offices import Office
from scheduler.reports import DayReport
from scheduler.tables import bookings
from ticketing.tables import visits

HOUR = timedelta(hours=1)
STEP = timedelta(minutes=15)  # between two points of what is expected

_CAME = sa.select(visits.c.arrived_at, visits.c.party, visits.c.booking_id).where(
    visits.c.day_id == bindparam("day")).order_by(visits.c.arrived_at)
_AWAITED = sa.select(bookings.c.start, sa.func.sum(bookings.c.party).label("people")).where(
    bookings.c.day_id == bindparam("day"), bookings.c.status == "booked").group_by(bookings.c.start)


@dataclass(frozen=True)
class Hour:
    """One hour of the day: `starts` is its beginning, `booked` and `walk_ins` came in it, `ahead` are still expected
    in it on average."""

    starts: datetime
    booked: int
    walk_ins: int
    ahead: float


@dataclass(frozen=True)
class Running:
    """What the section shows: the day hour by hour, and its drawing's numbers."""

    hours: list[Hour]
    course: Course

    def picture(self, office: Office, words: Mapping[str, Any]) -> Markup:
        """The drawing."""
        return course.draw(self.course, office.rules.low, office.rules.high, words)


@dataclass(frozen=True)
class _Came:
    at: datetime
    people: int
    booked: bool


def read(connection: Connection, office: Office, report: DayReport, now: datetime) -> Running | None:
    """The day of the report from its rows; None for one that has not begun, or had no hours."""
    opened = calendar.intervals(office, report.day.date)
    if not opened or report.day.date > office.today(now):
        return None
    came = [_Came(office.local(row.arrived_at), row.party, row.booking_id is not None)
            for row in connection.execute(_CAME, {"day": report.day.id})]
    over = absences.is_over(office, report.day.date, now)
    awaited = [] if over else [(row.start, int(row.people))
                               for row in connection.execute(_AWAITED, {"day": report.day.id})]
    ahead = [] if over else expected_course(report, awaited, opened[-1][1], now)
    return _running(office, report, opened, came, ahead, None if over else now)


def expected_course(report: DayReport, awaited: Iterable[tuple[datetime, int]], closes: datetime,
                    now: datetime) -> list[tuple[datetime, float]]:
    """When those who are still expected will come: moments in order, and people, adding up to what the day expects.

    Those who are awaited at their starts, or now if they are late; those without booking evenly until closing.
    """
    starts = [(max(start, now), people) for start, people in awaited]
    booked = report.outlook.awaited if starts else 0.0
    chance = booked / sum(people for _, people in starts) if starts else 0.0
    unbooked = max(report.outlook.expected - report.day.arrived - report.day.walk_ins - booked, 0.0)
    moments = [now + n * STEP for n in range(1, max(int((closes - now) / STEP), 1) + 1)]
    return sorted([*((start, people * chance) for start, people in starts),
                   *((moment, unbooked / len(moments)) for moment in moments)])


def _running(office: Office, report: DayReport, opened: Sequence[tuple[datetime, datetime]], came: Sequence[_Came],
             ahead: Sequence[tuple[datetime, float]], now: datetime | None) -> Running:
    opens, closes = office.local(opened[0][0]), office.local(opened[-1][1])
    stair = _rise(0, [(_minute(one.at), one.people) for one in came])
    drawn = Course(_minute(opens), _minute(closes), stair)
    if now is not None:
        outlook, minute = report.outlook, _minute(office.local(now))
        people = stair[-1].people if stair else 0
        fan = _rise(people, [(minute, 0), *((_minute(office.local(at)), more) for at, more in ahead)])
        drawn = replace(drawn, ahead=fan, spread=Spread(outlook.expected, outlook.least, outlook.most), now=minute)
    return Running(_hours(opens, closes, came, [(office.local(at), people) for at, people in ahead]), drawn)


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute


def _rise(people: float, more: Iterable[tuple[int, float]]) -> list[Point]:
    """How many there are by each minute, in the order of the minutes."""
    points: list[Point] = []
    for minute, added in more:
        people += added
        if points and points[-1].minute == minute:
            points.pop()
        points.append(Point(minute, people))
    return points


def _hours(opens: datetime, closes: datetime, came: Sequence[_Came],
           ahead: Sequence[tuple[datetime, float]]) -> list[Hour]:
    """Every hour from the first that somebody came in, or the opening, to the last."""
    booked, walk_ins, expected = (defaultdict[datetime, float](float) for _ in range(3))
    for one in came:
        (booked if one.booked else walk_ins)[_hour(one.at)] += one.people
    for moment, people in ahead:
        expected[_hour(moment)] += people
    found = [*booked, *walk_ins, *expected]
    first, last = min([_hour(opens), *found]), max([_hour(closes - timedelta(minutes=1)), *found])
    return [Hour(at, round(booked[at]), round(walk_ins[at]), expected[at])
            for at in (first + n * HOUR for n in range(int((last - first) / HOUR) + 1))]


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)

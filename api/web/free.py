"""When one can come: a week of days with what is free, and the times of one day. Used to book and to move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from scheduler.offices import Office, Service
from scheduler.places import FreeDay, FreeSlot, Own, free_slots

WEEK = 7


@dataclass(frozen=True)
class Week:
    """Seven days from `first`; `earlier` and `later` begin the pages beside it, None where the horizon ends.

    `nearest` is the first day with a place when these seven have none; `last` is the end of the horizon.
    """

    days: list[FreeDay]
    earlier: date | None
    later: date | None
    nearest: date | None
    last: date
    today: date

    @property
    def tomorrow(self) -> date:
        """The day after the office's today."""
        return self.today + timedelta(days=1)

    @property
    def has_places(self) -> bool:
        """Whether any of the days can be booked."""
        return any(day.places for day in self.days)


def week(connection: Connection, office: Office, service: Service, first: date | None, party: int,
         now: datetime, besides: Own | None = None) -> Week:
    """The days from `first` (the office's today when None, or when it lies outside the horizon).

    `besides` is the booking that is to move, if one is.
    """
    today = office.today(now)
    last = today + timedelta(days=office.rules.horizon_days)
    first = first if first is not None and today <= first <= last else today
    count = min(WEEK, (last - first).days + 1)
    days = free_slots(connection, office, service, first, count, now, party, besides)
    nearest = None if any(day.places for day in days) else _nearest(connection, office, service, party, now, besides)
    later = first + timedelta(days=WEEK)
    return Week(days, max(today, first - timedelta(days=WEEK)) if first > today else None,
                later if later <= last else None, nearest, last, today)


def _nearest(connection: Connection, office: Office, service: Service, party: int, now: datetime,
             besides: Own | None) -> date | None:
    count = office.rules.horizon_days + 1
    every = free_slots(connection, office, service, office.today(now), count, now, party, besides)
    return next((day.date for day in every if day.places), None)


def times(connection: Connection, office: Office, service: Service, on: date, party: int,
          now: datetime, besides: Own | None = None) -> list[tuple[str, list[FreeSlot]]]:
    """The free starts of the day in parts: morning before 11, noon before 15, afternoon; empty parts are left out."""
    found = free_slots(connection, office, service, on, 1, now, party, besides)[0].slots
    parts: dict[str, list[FreeSlot]] = {}
    for slot in found:
        parts.setdefault(_part(office.local(slot.start).hour), []).append(slot)
    return list(parts.items())


def _part(hour: int) -> str:
    if hour < 11:
        return "morning"
    return "noon" if hour < 15 else "afternoon"

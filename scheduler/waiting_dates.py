"""Which dates one can wait for: open ones that are not over, within the horizon (pure)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from scheduler import calendar
from scheduler.offices import Office


def is_over(office: Office, last: date, now: datetime) -> bool:
    """Whether nobody can be given a place on that date of the office's any more: it has closed for the day."""
    opened = calendar.intervals(office, last)
    return now >= (opened[-1][1] if opened else datetime.combine(last + timedelta(days=1), time(), office.zone))


def is_too_far(office: Office, last: date, now: datetime) -> bool:
    """Whether the date lies beyond the office's horizon."""
    return last > office.today(now) + timedelta(days=office.rules.horizon_days)


def has_open(office: Office, first: date, last: date, now: datetime) -> bool:
    """Whether any date from `first` to `last`, both included, is open and not over."""
    first = max(first, office.today(now))
    return any(calendar.intervals(office, on) and not is_over(office, on, now)
               for on in (first + timedelta(days=n) for n in range((last - first).days + 1)))


def takes(office: Office, on: date, now: datetime) -> bool:
    """Whether one can wait for that date alone."""
    return not is_too_far(office, on, now) and has_open(office, on, on, now)

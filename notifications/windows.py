"""When a reminder may go out (pure).

    evening   from `evening_reminder` local on the day before, until quiet hours or midnight
    late      from `late_reminder_minutes` before the start, until `LAST_CALL` before it

In quiet hours nothing is due. A late reminder whose moment lies in them waits for their end if that leaves
`LAST_CALL`, and is not sent otherwise; an evening one is not sent. A booking made or moved after a reminder's own
moment does not get it: its confirmation has just said the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.offices import Office
from scheduler.rules import Rules

LAST_CALL = timedelta(minutes=30)  # a later reminder helps nobody to come
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Habit:
    """What offices that remind alike have in common: one set of queries serves them all."""

    zone: ZoneInfo
    evening: time
    late: timedelta
    quiet_from: time
    quiet_to: time

    @staticmethod
    def of(office: Office) -> Habit:
        """The office's habit, from its rules."""
        rules: Rules = office.rules
        return Habit(
            office.zone, time.fromisoformat(rules.evening_reminder), timedelta(minutes=rules.late_reminder_minutes),
            time.fromisoformat(rules.quiet_from), time.fromisoformat(rules.quiet_to),
        )

    def at(self, day: date, clock: time) -> datetime:
        """That local time as a moment in UTC. Where a change of clocks skips it, the moment after by as much; where
        it comes twice, the first (PEP 495)."""
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def quiet(self, moment: datetime) -> tuple[datetime, datetime]:
        """The quiet hours around the moment, or else the next ones: from, to. Equal when the office has none."""
        day = moment.astimezone(self.zone).date()
        over_night = DAY if self.quiet_from > self.quiet_to else timedelta(0)
        hours = (
            (self.at(first, self.quiet_from), self.at(first + over_night, self.quiet_to))
            for first in (day - DAY, day, day + DAY)
        )
        return next((begin, end) for begin, end in hours if moment < end)

    def is_quiet(self, moment: datetime) -> bool:
        """Whether the moment lies in quiet hours."""
        begin, end = self.quiet(moment)
        return begin <= moment < end


@dataclass(frozen=True, slots=True)
class Window:
    """A reminder's time: sent from `opens` to `closes`, to bookings made by `moment`."""

    moment: datetime
    opens: datetime
    closes: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether the reminder may go out."""
        return self.opens <= now < self.closes


def window(habit: Habit, moment: datetime, latest: datetime) -> Window:
    """From its moment, or the end of the quiet hours the moment lies in, until `latest` or the next quiet hours."""
    opens = habit.quiet(moment)[1] if habit.is_quiet(moment) else moment
    begin, end = habit.quiet(opens)
    return Window(moment, opens, min(latest, begin) if begin < end else latest)


def evening(habit: Habit, visit: date) -> Window:
    """The window of the reminder on the day before the visit."""
    return window(habit, habit.at(visit - DAY, habit.evening), habit.at(visit, time.min))


def late(habit: Habit, start: datetime) -> Window:
    """The window of the reminder shortly before the start."""
    return window(habit, start - habit.late, start - LAST_CALL)

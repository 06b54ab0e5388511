"""Reminders: the afternoon before, and some time before the start.

What is due is derived from the bookings each time: a reminder is due from its moment until it would be pointless, so
a worker that slept, a clock that jumped and two workers at once all come to the same messages, each under its key.

    evening   from `evening_reminder` local on the day before, until quiet hours or midnight
    late      from `late_reminder_minutes` before the start, until `LAST_CALL` before it

In quiet hours nothing is due. A late reminder whose moment lies in them waits for their end if that leaves
`LAST_CALL`, and is not sent otherwise; an evening one is not sent. A booking made or moved after a reminder's own
moment does not get it: its confirmation has just said the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications import outbox
from notifications.compose import COLUMNS, compose_or_report
from notifications.tables import outbox as messages
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices, Rules
from scheduler.tables import bookings

LIMIT = 100      # put in one transaction
AT_ONCE = 5_000  # held in memory
LAST_CALL = timedelta(minutes=30)  # a later reminder helps nobody to come
DAY = timedelta(days=1)

EVE, LATE = "reminder_eve", "reminder_late"

_MOVED_AT = (
    sa.select(sa.func.max(journal.c.at))
    .where(journal.c.booking_id == bookings.c.id, journal.c.kind == "moved")
    .scalar_subquery()
)
_REMINDED = sa.exists().where(
    messages.c.booking_id == bookings.c.id,
    messages.c.kind == bindparam("kind"),
    messages.c.sequence == bookings.c.sequence,
)
# The last move is looked up only where there was one.
_DUE = (
    sa.select(*COLUMNS, sa.case((bookings.c.moves > 0, _MOVED_AT)).label("moved_at"))
    .where(
        bookings.c.status == "booked",
        bookings.c.start >= bindparam("first"),
        bookings.c.start < bindparam("beyond"),
        bookings.c.office_id.in_(bindparam("offices", expanding=True)),
        bookings.c.created_at <= bindparam("made_by"),
        bookings.c.sealed.is_not(None),
        ~_REMINDED,
    )
    .order_by(bookings.c.start, bookings.c.id)
)


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
        )  # fmt: skip

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


Due = tuple[str, Any, Window]  # kind, the booking's row, and when it may go


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


def prepare_all(database: Database, offices: Offices, vault: Vault, now: datetime) -> int:
    """Put every reminder that is due; how many.

    They are found on a reading connection and put some at a time, so that nobody waits for long behind them. What
    changes in between is no matter: delivery looks again whether the booking stands.
    """
    total = 0
    while True:
        with database.read() as connection:
            found = list(islice(_due(connection, offices, now), AT_ONCE))
        for first in range(0, len(found), LIMIT):
            database.write(partial(_put, offices=offices, vault=vault, due=found[first : first + LIMIT], now=now))
        total += len(found)
        if len(found) < AT_ONCE:
            return total


def prepare(connection: Connection, offices: Offices, vault: Vault, now: datetime, limit: int = LIMIT) -> int:
    """Put up to `limit` reminders that are due at `now`; how many."""
    found = list(islice(_due(connection, offices, now), limit))
    _put(connection, offices, vault, found, now)
    return len(found)


def _put(connection: Connection, offices: Offices, vault: Vault, due: Sequence[Due], now: datetime) -> None:
    outbox.put(connection, [
        compose_or_report(connection, offices, vault, row, kind, due_at=now, expires_at=window.closes)
        for kind, row, window in due
    ], now)  # fmt: skip


def _due(connection: Connection, offices: Offices, now: datetime) -> Iterator[Due]:
    alike: dict[Habit, list[int]] = defaultdict(list)
    for office in offices.all(connection):
        alike[Habit.of(office)].append(office.id)
    for habit, ids in alike.items():
        yield from _due_in_the_evening(connection, habit, ids, now)
        yield from _due_late(connection, habit, ids, now)


def _due_in_the_evening(
    connection: Connection, habit: Habit, ids: Sequence[int], now: datetime
) -> Iterator[Due]:
    tomorrow = now.astimezone(habit.zone).date() + DAY
    window = evening(habit, tomorrow)
    if window.is_open(now):
        first, beyond = habit.at(tomorrow, time.min), habit.at(tomorrow + DAY, time.min)
        for row in _rows(connection, EVE, ids, first, beyond, window.moment):
            if row.moved_at is None or row.moved_at <= window.moment:
                yield EVE, row, window


def _due_late(
    connection: Connection, habit: Habit, ids: Sequence[int], now: datetime
) -> Iterator[Due]:
    for row in _rows(connection, LATE, ids, now + LAST_CALL, now + habit.late + timedelta.resolution, now):
        window = late(habit, row.start)
        if window.is_open(now) and (row.moved_at or row.created_at) <= window.moment:
            yield LATE, row, window


def _rows(
    connection: Connection, kind: str, ids: Sequence[int], first: datetime, beyond: datetime, made_by: datetime
) -> Iterator[Any]:
    return iter(connection.execute(_DUE, {
        "kind": kind, "offices": ids, "first": first, "beyond": beyond, "made_by": made_by,
    }))  # fmt: skip


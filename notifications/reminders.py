"""Reminders: the afternoon before, and some time before the start.

What is due is derived from the bookings each time: a reminder is due from its moment until it would be pointless, so
a worker that slept, a clock that jumped and two workers at once all come to the same messages, each under its key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications import by_email, outbox
from notifications.compose import COLUMNS, compose
from notifications.tables import outbox as messages
from notifications.windows import DAY, LAST_CALL, Habit, Window, evening, late
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from scheduler.keeping_tables import CLOSED_NOW, TO_PLACE, closure_people, closures
from scheduler.offices import Offices
from scheduler.tables import STILL_BOOKED, bookings

LIMIT = 100      # put in one transaction
AT_ONCE = 5_000  # held in memory
EVE, LATE = "reminder_eve", "reminder_late"

# The kind is not a condition: SQLite would then read every move there ever was, by the index of kinds.
_MOVED_AT = (
    sa.select(sa.func.max(sa.case((journal.c.kind == "moved", journal.c.at))))
    .where(journal.c.booking_id == bookings.c.id)
    .scalar_subquery()
)
_REMINDED = sa.exists().where(
    messages.c.booking_id == bookings.c.id,
    messages.c.kind == bindparam("kind"),
    messages.c.sequence == bookings.c.sequence,
)
# Whose place was closed and who has no other yet is not reminded of a time at which nobody is there.
_HAS_NO_PLACE = sa.exists().where(
    closure_people.c.booking_id == bookings.c.id, TO_PLACE, closures.c.id == closure_people.c.closure_id, CLOSED_NOW)
# The last move is looked up only where there was one; a closure's does not count as one of the resident's.
_DUE = (
    sa.select(*COLUMNS, sa.case((bookings.c.sequence > 0, _MOVED_AT)).label("moved_at"))
    .where(
        STILL_BOOKED,
        bookings.c.start >= bindparam("first"),
        bookings.c.start < bindparam("beyond"),
        bookings.c.office_id.in_(bindparam("offices", expanding=True)),
        bookings.c.created_at <= bindparam("made_by"),
        ~_REMINDED,
        ~_HAS_NO_PLACE,
    )
    .order_by(bookings.c.start, bookings.c.id)
)


Due = tuple[str, Any, Window]  # kind, the booking's row, and when it may go


def prepare_all(database: Database, offices: Offices, vault: Vault, now: datetime, *, mails: bool = False) -> int:
    """Put every reminder that is due, with `mails` the evening one by e-mail as well; how many bookings it was.

    They are found on a reading connection and put some at a time, so that nobody waits for long behind them. What
    changes in between is no matter: delivery looks again whether the booking stands.
    """
    total = 0
    while True:
        with database.read() as connection:
            found = list(islice(_due(connection, offices, now), AT_ONCE))
        for first in range(0, len(found), LIMIT):
            database.write(partial(_put, offices=offices, vault=vault, due=found[first : first + LIMIT], now=now,
                                   mails=mails))
        total += len(found)
        if len(found) < AT_ONCE:
            return total


def prepare(connection: Connection, offices: Offices, vault: Vault, now: datetime, limit: int = LIMIT, *,
            mails: bool = False) -> int:
    """Put up to `limit` reminders that are due at `now`, as `prepare_all`; how many."""
    found = list(islice(_due(connection, offices, now), limit))
    _put(connection, offices, vault, found, now, mails)
    return len(found)


def _put(connection: Connection, offices: Offices, vault: Vault, due: Sequence[Due], now: datetime,
         mails: bool) -> None:
    told = [(compose(connection, offices, vault, row, kind, due_at=now, expires_at=window.closes,
                     rank=outbox.REMINDER), row) for kind, row, window in due]
    # Nobody looks for mail in the last two hours before a visit: the late reminder goes to the phone alone.
    evening = [(message, row) for message, row in told if message.kind == EVE]
    outbox.put(connection, [message for message, _ in told] + (by_email.beside(vault, evening) if mails else []), now)


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
    }))


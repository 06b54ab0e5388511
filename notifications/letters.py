"""The one list of which fact becomes which message to whom.

Unread journal entries are taken by their mark, never by a last id: ids can commit out of order. An entry is marked
in the transaction that puts its message, and the message's key names the fact, so nothing is told twice or lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications import by_email, of_bookings, of_visits, of_waiting, outbox
from notifications.compose import COLUMNS
from notifications.of_visits import Invite
from notifications.outbox import Message
from notifications.tables import UNREAD
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from scheduler.offices import Offices
from scheduler.tables import bookings

LIMIT = 25  # in one transaction: on SQLite whoever stands at a door waits for all of them


@dataclass(frozen=True, slots=True)
class Writers:
    """Who writes, about what the facts at hand speak of."""

    booking: of_bookings.Writer
    waiting: of_waiting.Writer
    visit: of_visits.Writer


@dataclass(frozen=True, slots=True)
class Letter:
    """The kinds of message a fact can become, and how: from the rows as they stand when it is read. `write` answers
    None where nothing needs to be told any more."""

    kinds: tuple[str, ...]
    write: Callable[[Writers, Any], Message | None]


LETTERS: dict[str, Letter] = {
    "booked": Letter(("confirmation",), lambda by, fact: by.booking.booked(fact)),
    "moved": Letter(("move", "closure_move", "reopened"), lambda by, fact: by.booking.moved(fact)),
    "cancelled": Letter(("cancellation",), lambda by, fact: by.booking.cancelled(fact)),
    "soon": Letter(("soon",), lambda by, fact: by.booking.soon(fact)),
    "unplaced": Letter(("unplaced",), lambda by, fact: by.booking.unplaced(fact)),
    "served": Letter(("survey",), lambda by, fact: by.visit.served(fact)),
    "waiting_joined": Letter(("waiting",), lambda by, fact: by.waiting.joined(fact)),
    "waiting_ended": Letter(("waiting_passed",), lambda by, fact: by.waiting.ended(fact)),
    "offered": Letter(("offer",), lambda by, fact: by.waiting.offered(fact)),
    "offer_ended": Letter(("offer_lapsed", "waiting_kept"), lambda by, fact: by.waiting.offer_ended(fact)),
}

_UNREAD = (
    sa.select(journal.c.id.label("entry_id"), journal.c.kind, journal.c.data, journal.c.waiting_id, journal.c.visit_id,
              *COLUMNS)
    .join_from(journal, bookings, bookings.c.id == journal.c.booking_id, isouter=True)
    .where(UNREAD)
    .order_by(journal.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=journal, skip_locked=True)
)
_ANY_UNREAD = sa.select(journal.c.id).where(UNREAD).limit(1)
_READ = sa.update(journal).where(journal.c.id.in_(bindparam("ids", expanding=True))).values(unread=False)


def write_all(database: Database, offices: Offices, vault: Vault, now: datetime, *, mails: bool = False,
              invite: Invite | None = None) -> int:
    """Write letters until no entry is unread, some at a time so that doors get their turn; how many were read."""
    with database.read() as connection:
        if connection.execute(_ANY_UNREAD).first() is None:
            return 0
    total = 0
    while handled := database.write(lambda connection: write(
            connection, offices, vault, now, mails=mails, invite=invite)):
        total += handled
        if handled < LIMIT:
            break
    return total


def write(connection: Connection, offices: Offices, vault: Vault, now: datetime, limit: int = LIMIT, *,
          mails: bool = False, invite: Invite | None = None) -> int:
    """Turn up to `limit` unread entries into messages, with `mails` also by e-mail; how many entries were handled.
    `invite` makes invitations to the survey.

    An entry that cannot be told (a broken seal, a damaged row) is handled as well: it is marked and journalled as
    `message_failed`, and the others go on.
    """
    entries = connection.execute(_UNREAD, {"limit": limit}).all()
    if not entries:
        return 0
    line = of_waiting.Line.of(connection, entries)
    writers = Writers(
        of_bookings.Writer(connection, offices, vault, now, of_bookings.Closings.of(connection, entries)),
        of_waiting.Writer(connection, offices, vault, now, line),
        of_visits.Writer(connection, offices, vault, now, invite))
    told = [(message, line.entries[message.waiting_id] if message.waiting_id is not None else entry)
            for entry in entries if (message := _letter(writers, entry)) is not None]
    outbox.put(connection, [message for message, _ in told] + (by_email.beside(vault, told) if mails else []), now)
    connection.execute(_READ, {"ids": [entry.entry_id for entry in entries]})
    return len(entries)


def _letter(writers: Writers, entry: Any) -> Message | None:
    letter = LETTERS.get(entry.kind)
    if letter is None or (entry.waiting_id is None and entry.sealed is None):
        return None
    return letter.write(writers, entry)

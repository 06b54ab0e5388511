"""The one list of which fact becomes which message to whom.

Unread journal entries are taken by their mark, never by a last id: ids can commit out of order. An entry is marked
in the transaction that puts its message, and the message's key names the fact, so nothing is told twice or lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications import by_email, outbox
from notifications.compose import COLUMNS, compose_or_report
from notifications.tables import UNREAD
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from scheduler.offices import Offices
from scheduler.tables import PHONE_CHANNELS, bookings

LIMIT = 25  # in one transaction: on SQLite whoever stands at a door waits for all of them
WORTH_KNOWING = timedelta(hours=1)  # a cancellation is still told for so long, even if the visit had begun


@dataclass(frozen=True, slots=True)
class Letter:
    """A kind of message, and whether the booking as it stands now still calls for it."""

    kind: str
    is_true: Callable[[Any], bool]


LETTERS: dict[str, Letter] = {
    "booked": Letter("confirmation", lambda row: row.status == "booked" and row.moves == 0),
    "moved": Letter("move", lambda row: row.status == "booked"),
    "cancelled": Letter("cancellation", lambda row: row.status == "cancelled"),
}

_UNREAD = (
    sa.select(journal.c.id.label("entry_id"), journal.c.kind, journal.c.data, *COLUMNS)
    .join_from(journal, bookings, bookings.c.id == journal.c.booking_id, isouter=True)
    .where(UNREAD)
    .order_by(journal.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=journal, skip_locked=True)
)
_ANY_UNREAD = sa.select(journal.c.id).where(UNREAD).limit(1)
_READ = sa.update(journal).where(journal.c.id.in_(bindparam("ids", expanding=True))).values(unread=False)


def write_all(database: Database, offices: Offices, vault: Vault, now: datetime, *, mails: bool = False) -> int:
    """Write letters until no entry is unread, some at a time so that doors get their turn; how many were read."""
    with database.read() as connection:
        if connection.execute(_ANY_UNREAD).first() is None:
            return 0
    total = 0
    while handled := database.write(lambda connection: write(connection, offices, vault, now, mails=mails)):
        total += handled
        if handled < LIMIT:
            break
    return total


def write(connection: Connection, offices: Offices, vault: Vault, now: datetime, limit: int = LIMIT, *,
          mails: bool = False) -> int:
    """Turn up to `limit` unread entries into messages, with `mails` also by e-mail; how many entries were handled.

    An entry that cannot be told (a broken seal, a damaged row) is handled as well: it is marked and journalled as
    `message_failed`, and the others go on.
    """
    entries = connection.execute(_UNREAD, {"limit": limit}).all()
    if not entries:
        return 0
    letters = [_letter(connection, offices, vault, entry, now) for entry in entries]
    told = [(letter, entry) for letter, entry in zip(letters, entries, strict=True) if letter is not None]
    outbox.put(connection, [letter for letter, _ in told] + (by_email.beside(vault, told) if mails else []), now)
    connection.execute(_READ, {"ids": [entry.entry_id for entry in entries]})
    return len(entries)


def _letter(connection: Connection, offices: Offices, vault: Vault, entry: Any, now: datetime) -> outbox.Message | None:
    letter = LETTERS.get(entry.kind)
    if letter is None or entry.sealed is None or not letter.is_true(entry):
        return None
    expires = entry.start if letter.kind != "cancellation" else max(entry.start, now + WORTH_KNOWING)
    return compose_or_report(connection, offices, vault, entry, letter.kind, due_at=now, expires_at=expires,
                             rank=outbox.ASKED if _was_asked_by_phone(entry) else outbox.FACT)


def _was_asked_by_phone(entry: Any) -> bool:
    """Whether the resident did it with the phone itself, and so waits for the answer in hand."""
    via = entry.channel if entry.kind == "booked" else (entry.data or {}).get("via")
    return via in PHONE_CHANNELS

"""The journal: every change writes one entry in its own transaction.

It is the audit trail and the only way facts travel upwards: `notifications.letters` reads the entries
that concern someone (`told` kinds, by their `unread` mark) and nothing else couples the rooms. Entries name
rows by id and hold no personal data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Index, Integer, String, Table, bindparam, text

from scheduler.foundation.database import UtcDateTime, identity, metadata


@dataclass(frozen=True)
class Kind:
    """What an entry of this kind means; `told`: somebody gets a letter about it."""

    meaning: str
    told: bool = False


KINDS: dict[str, Kind] = {
    "office_imported": Kind("An office file changed the office."),
    "days_opened": Kind("Days were added to the horizon, with their slots."),
    "day_released": Kind("The number of bookable places of a day was set, with the reason."),
    "day_changed": Kind("A day's hours, counters or band changed: its starts were laid out anew."),
    "learnt": Kind("A day that is over was counted: how many of those who booked came."),
    "day_left_out": Kind("A manager left a day out of what is learnt, with a reason."),
    "day_counted": Kind("A manager let a day that was left out count again."),
    "day_overridden": Kind("A manager set how many places a day opens, with a reason."),
    "override_ended": Kind("A manager gave a day back to the rule."),
    "turned_away": Kind("Visitors without booking were sent home because the day had no room."),
    "waiting_joined": Kind("A resident joined the waiting list.", told=True),
    "waiting_ended": Kind("A resident left the waiting list, or its days passed.", told=True),
    "offered": Kind("A place was offered to the first in line, for a limited time.", told=True),
    "offer_ended": Kind("An offer was taken, declined, lapsed or withdrawn.", told=True),
    "closure_made": Kind("A day, a part of it or a counter was closed, with a reason."),
    "closure_ended": Kind("A closure was taken back."),
    "unplaced": Kind("Somebody whose place was closed could not be given another yet.", told=True),
    "closure_called": Kind("A member of staff called somebody who could not be given another place."),
    "day_closed": Kind("A day was closed and emptied of free places, with the reason."),
    "booked": Kind("A resident took a place.", told=True),
    "moved": Kind("A booking went to another start.", told=True),
    "cancelled": Kind("A booking was cancelled and its place freed.", told=True),
    "confirmed": Kind("A resident said that they will come."),
    "admitted": Kind("A visitor was scanned and got a queue number."),
    "walk_in": Kind("A visitor without booking got a queue number."),
    "kiosk_resumed": Kind("A clerk let kiosks go on that had stopped because numbers went too fast."),
    "called": Kind("A counter called a visitor."),
    "recalled": Kind("A counter called the same visitor again."),
    "started": Kind("A visitor came to the counter and is served."),
    "served": Kind("A visit was finished at a counter.", told=True),
    "missed": Kind("A visitor did not answer a call: is called again later, or counts as gone."),
    "held": Kind("A visitor was set aside until they are back."),
    "returned": Kind("A visitor who was set aside or had not answered waits again."),
    "transferred": Kind("A visitor was sent to another counter or service."),
    "freed": Kind("A counter fell silent: the person at it waits again."),
    "undone": Kind("A counter took its last step back."),
    "left": Kind("A visitor was taken off the list: they left."),
    "noted": Kind("A clerk left a note for the next counter, or took it away."),
    "soon": Kind("A visitor's turn comes soon.", told=True),
    "handed_in": Kind("A door handed in whom it had let in without network."),
    "conflict": Kind("What a door did without network does not agree with the book."),
    "conflict_settled": Kind("A member of staff decided on such a visit."),
    "notice_set": Kind("The hall's screen got a message."),
    "notice_ended": Kind("A message was taken off the hall's screen."),
    "signed_out": Kind("A member of staff signed out, or was signed out."),
    "password_changed": Kind("A member of staff changed their own password."),
    "password_reset": Kind("A member of staff got a new password from another."),
    "device_added": Kind("A door, a screen or a kiosk was added."),
    "device_paired": Kind("A device took its key."),
    "device_revoked": Kind("A device's key was taken away."),
    "absent": Kind("A booked visitor did not come."),
    "erased": Kind("Personal data past its keeping time was erased."),
    "signed_in": Kind("A member of staff signed in."),
    "locked_out": Kind("Too many wrong passwords: an account is locked for a while."),
    "staff_added": Kind("A staff account was made or changed."),
    "staff_removed": Kind("A staff account was closed."),
    "message_failed": Kind("A message to a resident failed for good."),
    "phone_shown": Kind(
        "A member of staff looked at a number to call it: a message did not arrive, or a closure left no place."),
    "message_handled": Kind("A member of staff told a person otherwise what a message could not."),
    "messages_held": Kind("Messages wait because the day's spending limit is reached."),
    "answers_paused": Kind("Too many answers by SMS within an hour: no more until it is over."),
    "carrier_down": Kind("A carrier of messages failed again and again: it is left alone for a while."),
    "carrier_up": Kind("A carrier that was left alone takes messages again."),
    "opted_out": Kind("A phone wants no more messages."),
    "opted_in": Kind("A phone wants messages again."),
    "rekeyed": Kind("Personal data was sealed anew under the key in use."),
}

# How the ways of messages fare: asked for by kind.
_TELLING = "kind IN ('carrier_down', 'carrier_up', 'messages_held', 'answers_paused')"

journal = Table(
    "journal",
    metadata,
    identity(),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("office_id", Integer),
    Column("booking_id", Integer),
    Column("day_id", Integer),
    Column("visit_id", Integer),
    Column("waiting_id", Integer),
    Column("staff_id", Integer),
    Column("data", JSON(none_as_null=True)),
    Column("unread", Boolean, nullable=False),
    Index("ix_journal_unread", "id", postgresql_where=text("unread"), sqlite_where=text("unread")),
    Index("ix_journal_day", "day_id", "at"),
    Index("ix_journal_booking", "booking_id"),
    Index("ix_journal_waiting", "waiting_id",
          postgresql_where=text("waiting_id IS NOT NULL"), sqlite_where=text("waiting_id IS NOT NULL")),
    Index("ix_journal_telling", "kind", "at",  # few, and looked for by kind
          postgresql_where=text(_TELLING), sqlite_where=text(_TELLING)),
)

# A partial index serves a query only when its condition stands in it literally, not as a bound value.
TELLING = text(f"journal.{_TELLING}")

_INSERT = journal.insert().values(
    {name: bindparam(name) for name in
     ("at", "kind", "office_id", "booking_id", "day_id", "visit_id", "waiting_id", "staff_id", "data",
      "unread")}
)


def record(
    connection: Connection,
    kind: str,
    *,
    at: datetime,
    office_id: int | None = None,
    booking_id: int | None = None,
    day_id: int | None = None,
    visit_id: int | None = None,
    waiting_id: int | None = None,
    staff_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Write one entry; `kind` is one of `KINDS`, `at` aware, `data` plain JSON without personal data."""
    connection.execute(
        _INSERT,
        {"at": at, "kind": kind, "office_id": office_id, "booking_id": booking_id, "day_id": day_id,
         "visit_id": visit_id, "waiting_id": waiting_id, "staff_id": staff_id, "data": data,
         "unread": KINDS[kind].told},
    )


_NOTHING = dict.fromkeys(("office_id", "booking_id", "day_id", "visit_id", "waiting_id", "staff_id", "data"))


def record_many(connection: Connection, kind: str, *, at: datetime, entries: Sequence[Mapping[str, Any]]) -> None:
    """As `record`, for many entries of one kind in one round trip; each names what it concerns."""
    if entries:
        common = {**_NOTHING, "at": at, "kind": kind, "unread": KINDS[kind].told}
        connection.execute(_INSERT, [{**common, **entry} for entry in entries])

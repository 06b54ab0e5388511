"""Whose a message is: taking, marking, giving back. Only statements; `delivery.py` says when.

A message is `sending` from the commit of its claim until its outcome is marked. Each claiming transaction has a word
of its own, so that a worker that cannot know whether its commit held can give back what it never handed on, and mark
what it did hand on even after somebody else declared it `unknown`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications.tables import QUEUED, SENDING, outbox
from scheduler.foundation.journal import record
from scheduler.tables import bookings

LEASE = timedelta(seconds=60)  # several times the longest a gateway may take

# A cancellation is about a cancelled booking, everything else about one that stands.
STATUS_TOLD = {"cancellation": "cancelled"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to hand over. `attempt` counts this one."""

    id: int
    word: str
    kind: str
    office_id: int
    booking_id: int | None
    text: str
    address: bytes
    attempt: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a claimed message. `state` queued means another try at `due_at`."""

    claim: Claim
    state: str
    at: datetime
    due_at: datetime
    vendor_id: str | None = None
    cost: Any = None
    currency: str | None = None
    error: str | None = None


_WAITING = (
    sa.select(
        outbox.c.id, outbox.c.kind, outbox.c.office_id, outbox.c.booking_id, outbox.c.text, outbox.c.address,
        outbox.c.attempts, outbox.c.expires_at, outbox.c.sequence,
        bookings.c.status.label("booking_status"), bookings.c.sequence.label("booking_sequence"),
    )
    .join_from(outbox, bookings, bookings.c.id == outbox.c.booking_id, isouter=True)
    .where(QUEUED, outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.rank, outbox.c.due_at, outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=outbox, skip_locked=True)
)
_TAKE = (
    sa.update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state == "queued")
    .values(
        state="sending", claim=bindparam("word"), claimed_until=bindparam("until"), sent_at=bindparam("now"),
        gateway=bindparam("carrier"), attempts=outbox.c.attempts + 1,
    )
)
_DROP = (
    sa.update(outbox)
    .where(outbox.c.id == bindparam("message"), outbox.c.state == "queued")
    .values(state="dropped", settled_at=bindparam("now"), error=bindparam("why"))
)
_MARK = (
    sa.update(outbox)
    .where(
        outbox.c.id == bindparam("message"),
        outbox.c.claim == bindparam("word"),
        sa.or_(outbox.c.state == "sending", outbox.c.state == "unknown"),
    )
    .values(
        state=bindparam("became"), due_at=bindparam("due"), settled_at=bindparam("settled"), claimed_until=None,
        vendor_id=bindparam("their_id"), cost=bindparam("price"), currency=bindparam("unit"), error=bindparam("why"),
    )
)
_GIVE_BACK = (
    sa.update(outbox)
    .where(outbox.c.claim.in_(bindparam("words", expanding=True)), outbox.c.state.in_(("sending", "unknown")))
    .values(state="queued", claim=None, claimed_until=None, settled_at=None, error=None, attempts=outbox.c.attempts - 1)
)
_LAPSE = (
    sa.update(outbox)
    .where(SENDING, outbox.c.claimed_until <= bindparam("now"))
    .values(state="unknown", settled_at=bindparam("now"), claimed_until=None, error="the worker that sent it stopped")
)
_ANYTHING = sa.select(
    sa.exists().where(QUEUED, outbox.c.due_at <= bindparam("now"))
    | sa.exists().where(SENDING, outbox.c.claimed_until <= bindparam("now"))
)


def anything(connection: Connection, now: datetime) -> bool:
    """Whether a message is due, or a worker left one behind."""
    return bool(connection.execute(_ANYTHING, {"now": now}).scalar_one())


def claim(connection: Connection, word: str, carrier: str, limit: int, now: datetime) -> tuple[list[Claim], int]:
    """Take up to `limit` messages that are due, by rank, then the oldest first; drop those that are no longer true.

    Answers what was taken and how many were looked at: none means that nothing is due. The rows are locked
    (SKIP LOCKED) on PostgreSQL; on SQLite the transaction that writes is alone.
    """
    taken, dropped = [], []
    due = connection.execute(_WAITING, {"now": now, "limit": limit}).all()
    for row in due:
        why = _pointless(row, now)
        if why is None:
            taken.append(Claim(row.id, word, row.kind, row.office_id, row.booking_id, row.text, row.address,
                               row.attempts + 1, row.expires_at))
        else:
            dropped.append({"message": row.id, "why": why, "now": now})
    if dropped:
        connection.execute(_DROP, dropped)
    if taken:
        connection.execute(_TAKE, {
            "ids": [one.id for one in taken], "word": word, "until": now + LEASE, "now": now, "carrier": carrier,
        })
    return taken, len(due)


def _pointless(row: Any, now: datetime) -> str | None:
    """Why the message must not go out any more."""
    if row.address is None:
        return "no number"
    if row.expires_at is not None and row.expires_at <= now:
        return "too late"
    told = STATUS_TOLD.get(row.kind, "booked")
    if row.booking_id is not None and (row.booking_status, row.booking_sequence) != (told, row.sequence):
        return "the booking changed"
    return None


def mark(connection: Connection, marks: Sequence[Mark]) -> None:
    """Write outcomes; each touches its message only under its own claim, so writing twice does nothing more."""
    others = [_values(one) for one in marks if one.state != "failed"]
    if others:
        connection.execute(_MARK, others)
    for one in marks:
        if one.state == "failed" and connection.execute(_MARK, _values(one)).rowcount:
            report_failure(connection, one.claim, one.error, one.at)


def _values(one: Mark) -> dict[str, Any]:
    return {
        "message": one.claim.id, "word": one.claim.word, "became": one.state, "due": one.due_at,
        "settled": None if one.state == "queued" else one.at, "their_id": one.vendor_id, "price": one.cost,
        "unit": one.currency, "why": one.error,
    }


def report_failure(connection: Connection, message: Any, error: str | None, at: datetime) -> None:
    """Journal that a message failed for good. `message` has id, kind, office_id and booking_id."""
    record(connection, "message_failed", at=at, office_id=message.office_id, booking_id=message.booking_id,
           data={"message": message.id, "kind": message.kind, "error": error})


def give_back(connection: Connection, words: Sequence[str]) -> None:
    """Queue again what was claimed under these words and never handed on."""
    if words:
        connection.execute(_GIVE_BACK, {"words": list(words)})


def lapse(connection: Connection, now: datetime) -> int:
    """Messages whose worker died: they may have gone out, so they become `unknown`. How many."""
    return connection.execute(_LAPSE, {"now": now}).rowcount

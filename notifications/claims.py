"""Whose a message is: taking, marking, giving back. Only statements; `delivery.py` says when.

A message is `sending` from the commit of its claim until its outcome is marked. Each claiming transaction has a word
of its own, so that a worker that cannot know whether its commit held can give back what it never handed on, and mark
what it did hand on even after somebody else declared it `unknown`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications import spending
from notifications.judging import Ends, Goes, Judge, Verdict, Waits
from notifications.rounds import Fate, Tried
from notifications.tables import QUEUED, SENDING, opt_outs, outbox
from scheduler.foundation.journal import record
from scheduler.keeping_tables import offers, waiting
from scheduler.tables import bookings

LEASE = timedelta(seconds=60)  # several times the longest a gateway may take


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to hand to `carrier`. `rounds` counts those that ended in vain before, `tried` names the
    carriers that refused it; `address` is sealed."""

    id: int
    word: str
    carrier: str
    medium: str
    kind: str
    office_id: int
    booking_id: int | None
    waiting_id: int | None
    sequence: int | None
    text: str
    address: bytes
    rounds: int
    tried: Tried
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a claimed message, and what the carrier told when it took it."""

    claim: Claim
    fate: Fate
    at: datetime
    vendor_id: str | None = None
    cost: Decimal | None = None
    currency: str | None = None


# An offer does not overtake the answer that one is in line, which is on its way to the same phone.
_before = outbox.alias("before")
_FOLLOWS = sa.exists().where(
    _before.c.phone_hash == outbox.c.phone_hash, _before.c.id < outbox.c.id, _before.c.rank <= outbox.c.rank,
    sa.or_(_before.c.state == "sending", sa.and_(_before.c.state == "queued", _before.c.due_at <= bindparam("now"))))
_WAITING = (
    sa.select(
        *(outbox.c[name] for name in (
            "id", "kind", "office_id", "booking_id", "waiting_id", "text", "address", "attempts", "expires_at",
            "sequence", "medium", "rank", "tried", "held", "error", "created_at")),
        bookings.c.status.label("booking_status"), bookings.c.sequence.label("booking_sequence"),
        waiting.c.state.label("waiting_state"), offers.c.state.label("offer_state"),
        opt_outs.c.id.is_not(None).label("is_out"),
    )
    .select_from(
        outbox.join(bookings, bookings.c.id == outbox.c.booking_id, isouter=True)
        .join(waiting, waiting.c.id == outbox.c.waiting_id, isouter=True)
        .join(offers, sa.and_(offers.c.id == outbox.c.sequence, offers.c.waiting_id == outbox.c.waiting_id),
              isouter=True)
        .join(opt_outs, opt_outs.c.phone_hash == outbox.c.phone_hash, isouter=True))
    .where(QUEUED, outbox.c.due_at <= bindparam("now"), outbox.c.medium.in_(bindparam("media", expanding=True)),
           sa.or_(outbox.c.kind != "offer", ~_FOLLOWS))
    .order_by(outbox.c.rank, outbox.c.due_at, outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=outbox, skip_locked=True)
)
_EXPIRED = _WAITING.where(outbox.c.expires_at <= bindparam("now"))
_TAKE = (
    sa.update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state == "queued")
    .values(state="sending", claim=bindparam("word"), claimed_until=bindparam("until"), sent_at=bindparam("now"),
            gateway=bindparam("carrier"), held=None)
)
_END = (
    sa.update(outbox)
    .where(outbox.c.id == bindparam("message"), outbox.c.state == "queued")
    .values(state=bindparam("became"), settled_at=bindparam("now"), error=bindparam("why"), held=None)
)
_WAIT = (
    sa.update(outbox)
    .where(outbox.c.id == bindparam("message"), outbox.c.state == "queued")
    .values(due_at=bindparam("until"), held=bindparam("why"))
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
        attempts=bindparam("rounds"), tried=bindparam("refused"),
    )
)
_GIVE_BACK = (
    sa.update(outbox)
    .where(outbox.c.claim.in_(bindparam("words", expanding=True)), outbox.c.state.in_(("sending", "unknown")))
    .values(state="queued", claim=None, claimed_until=None, settled_at=None, error=None,
            attempts=outbox.c.attempts - sa.case((outbox.c.state == "unknown", 1), else_=0))  # as `_LAPSE` counted it
)
_LAPSE = (
    sa.update(outbox)
    .where(SENDING, outbox.c.claimed_until <= bindparam("now"))
    .values(state="unknown", settled_at=bindparam("now"), claimed_until=None, attempts=outbox.c.attempts + 1,
            error="the worker that sent it stopped")
)
_ANYTHING = sa.select(
    sa.exists().where(QUEUED, outbox.c.due_at <= bindparam("now"),
                      outbox.c.medium.in_(bindparam("media", expanding=True)))
    | sa.exists().where(SENDING, outbox.c.claimed_until <= bindparam("now"))
)
_ANY_EXPIRED = sa.select(
    sa.exists().where(QUEUED, outbox.c.expires_at <= bindparam("now"), outbox.c.due_at <= bindparam("now"),
                      outbox.c.medium.in_(bindparam("media", expanding=True))))


def anything(connection: Connection, media: Sequence[str], now: datetime) -> bool:
    """Whether a message of these media is due, or a worker left one behind."""
    return bool(connection.execute(_ANYTHING, {"now": now, "media": list(media)}).scalar_one())


def any_expired(connection: Connection, media: Sequence[str], now: datetime) -> bool:
    """Whether a message of these media waited in vain until it was pointless."""
    return bool(connection.execute(_ANY_EXPIRED, {"now": now, "media": list(media)}).scalar_one())


def claim(
    connection: Connection, judge: Judge, word: str, media: Sequence[str], limit: int, now: datetime, *,
    expired: bool = False,
) -> tuple[list[Claim], int]:
    """Look at up to `limit` messages that are due, by rank, then the oldest first, and do with each as it is judged.

    Answers what was taken and how many were looked at: none means that nothing is due. `expired` looks only at those
    that are pointless by now. The rows are locked (SKIP LOCKED) on PostgreSQL; on SQLite the transaction that writes
    is alone.
    """
    asked = {"now": now, "limit": limit, "media": list(media)}
    due = connection.execute(_EXPIRED if expired else _WAITING, asked).all()
    judged = [(row, judge.judge(row)) for row in due]
    for office in judge.over_limit.values():
        spending.tell_once(connection, office, now)
    _wait(connection, judged)
    _end(connection, judged, now)
    return _take(connection, judged, word, now), len(due)


Judged = Sequence[tuple[Any, Verdict]]


def _take(connection: Connection, judged: Judged, word: str, now: datetime) -> list[Claim]:
    taken = [
        Claim(row.id, word, verdict.carrier, row.medium, row.kind, row.office_id, row.booking_id, row.waiting_id,
              row.sequence, row.text, row.address, row.attempts, verdict.tried, row.expires_at)
        for row, verdict in judged if isinstance(verdict, Goes)
    ]
    for carrier in dict.fromkeys(one.carrier for one in taken):
        connection.execute(_TAKE, {
            "ids": [one.id for one in taken if one.carrier == carrier], "word": word, "until": now + LEASE, "now": now,
            "carrier": carrier,
        })
    return taken


def _wait(connection: Connection, judged: Judged) -> None:
    waiting = [{"message": row.id, "until": verdict.until, "why": verdict.held}
               for row, verdict in judged if isinstance(verdict, Waits)]
    if waiting:
        connection.execute(_WAIT, waiting)


def _end(connection: Connection, judged: Judged, now: datetime) -> None:
    ended = [(row, verdict) for row, verdict in judged if isinstance(verdict, Ends)]
    if not ended:
        return
    connection.execute(_END, [{"message": row.id, "became": verdict.state, "now": now, "why": verdict.why}
                              for row, verdict in ended])
    for row, verdict in ended:
        if verdict.state == "failed":
            report_failure(connection, row, verdict.why, now)


def mark(connection: Connection, marks: Sequence[Mark]) -> None:
    """Write outcomes; each touches its message only under its own claim, so writing twice does nothing more."""
    others = [_values(one) for one in marks if one.fate.state != "failed"]
    if others:
        connection.execute(_MARK, others)
    for one in marks:
        if one.fate.state == "failed" and connection.execute(_MARK, _values(one)).rowcount:
            report_failure(connection, one.claim, one.fate.error, one.at)


def _values(one: Mark) -> dict[str, Any]:
    fate = one.fate
    return {
        "message": one.claim.id, "word": one.claim.word, "became": fate.state, "due": fate.due_at,
        "settled": None if fate.state == "queued" else one.at, "their_id": one.vendor_id, "price": one.cost,
        "unit": one.currency, "why": fate.error, "rounds": fate.rounds, "refused": fate.tried,
    }


def report_failure(connection: Connection, message: Any, error: str | None, at: datetime) -> None:
    """Journal that a message failed for good. `message` has id, kind, office_id, booking_id and waiting_id."""
    record(connection, "message_failed", at=at, office_id=message.office_id, booking_id=message.booking_id,
           waiting_id=message.waiting_id, data={"message": message.id, "kind": message.kind, "error": error})


def give_back(connection: Connection, words: Sequence[str]) -> None:
    """Queue again what was claimed under these words and never handed on."""
    if words:
        connection.execute(_GIVE_BACK, {"words": list(words)})


def lapse(connection: Connection, now: datetime) -> int:
    """Messages whose worker died: they may have gone out, so they become `unknown`. How many."""
    return connection.execute(_LAPSE, {"now": now}).rowcount

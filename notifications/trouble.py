"""Messages that did not arrive, or of which nobody knows, and about which someone should call.

A person is to be called as long as it matters and nothing says that they know:

    a booking that stands and has not begun       its newest message failed, and nobody has answered YA
    a move or a cancellation of the last week     also once the visit has begun, unless they came; moves by a closure
                                                  as well

What settles it: the message arrives after all, a later one about the same booking as it stands arrives, an e-mail of
the same kind went out, or a member of staff told them. What was an answer by the phone door is not in it (it has no
`sequence`): who still needs it asks again. E-mail is not in it either: everybody has given a number as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications.tables import TROUBLED, outbox
from scheduler.foundation.journal import record
from scheduler.offices import Office
from scheduler.tables import bookings

CHANGED = timedelta(days=7)  # so long a move or cancellation is worth a call although the visit has begun
SLACK = timedelta(days=2)    # a message may be written some time after its booking
MOST = 500                   # read at once

_other = outbox.alias("other")
_SETTLED_OTHERWISE = sa.exists().where(
    _other.c.booking_id == outbox.c.booking_id,
    _other.c.sequence == outbox.c.sequence,
    sa.or_(
        sa.and_(_other.c.state == "delivered", _other.c.id > outbox.c.id),
        sa.and_(_other.c.medium == "email", _other.c.state.in_(("sent", "delivered")), _other.c.kind == outbox.c.kind),
        _other.c.handled_at.is_not(None),
    ),
)
_LATELY = outbox.c.created_at >= bindparam("changed")
_MATTERS = sa.or_(
    sa.and_(outbox.c.kind != "cancellation", bookings.c.status == "booked", bookings.c.start > bindparam("now"),
            bookings.c.confirmed_at.is_(None)),
    sa.and_(outbox.c.kind.in_(("move", "closure_move")), bookings.c.status.in_(("booked", "absent")), _LATELY),
    sa.and_(outbox.c.kind == "cancellation", bookings.c.status == "cancelled", _LATELY),
)
_WHERE = (
    outbox.c.office_id == bindparam("office"), TROUBLED, outbox.c.created_at >= bindparam("since"),
    outbox.c.medium == "sms", outbox.c.sequence == bookings.c.sequence, _MATTERS, ~_SETTLED_OTHERWISE,
)
_AFTER_THE_FACTS = sa.case((outbox.c.kind.like("reminder%"), 1), else_=0)
_COLUMNS = (
    outbox.c.id, outbox.c.booking_id, outbox.c.kind, outbox.c.state, outbox.c.error, outbox.c.address,
    sa.func.coalesce(outbox.c.settled_at, outbox.c.created_at).label("at"), _AFTER_THE_FACTS.label("rank"),
    bookings.c.code, bookings.c.service_id, bookings.c.start, bookings.c.language, bookings.c.sealed,
)
_LIST = (
    sa.select(*_COLUMNS).join_from(outbox, bookings, bookings.c.id == outbox.c.booking_id).where(*_WHERE)
    .order_by(_AFTER_THE_FACTS, bookings.c.start, outbox.c.booking_id, outbox.c.id.desc()).limit(MOST)
)
_BOOKINGS = (
    sa.select(outbox.c.booking_id)
    .join_from(outbox, bookings, bookings.c.id == outbox.c.booking_id).where(*_WHERE).limit(MOST)
)
_ABOUT = sa.select(outbox.c.id, outbox.c.booking_id, outbox.c.sequence, outbox.c.handled_at, outbox.c.handled_by).where(
    outbox.c.id == bindparam("message"), outbox.c.office_id == bindparam("office"), outbox.c.sequence.is_not(None),
    outbox.c.booking_id.is_not(None))
_OF_BOOKING = (outbox.c.booking_id == bindparam("of"), outbox.c.sequence == bindparam("as_told"))
_HANDLE = sa.update(outbox).where(*_OF_BOOKING, TROUBLED).values(handled_at=bindparam("at"), handled_by=bindparam("by"))
_REOPEN = sa.update(outbox).where(*_OF_BOOKING, outbox.c.handled_by == bindparam("by")).values(
    handled_at=None, handled_by=None)


@dataclass(frozen=True, slots=True)
class Trouble:
    """The newest such message of a booking. `at` is when that was known (UTC), `error` the carrier's words; `address`
    the sealed number, `sealed` the person, both None once erased."""

    id: int
    booking_id: int
    kind: str
    state: str
    error: str | None
    address: bytes | None
    at: datetime
    code: str | None
    service_id: int
    start: datetime
    language: str
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class Told:
    """What a message was about, and who of the staff told the person when, if somebody did."""

    message: int
    booking_id: int
    sequence: int
    handled_at: datetime | None
    handled_by: int | None


def people(connection: Connection, office: Office, now: datetime) -> list[Trouble]:
    """Whom to call, one entry a booking: who was never told of a booking, move or cancellation first, then whom only
    a reminder did not reach; those with the earliest visit first."""
    found: dict[int, Trouble] = {}
    for row in connection.execute(_LIST, _values(office, now)):
        if row.booking_id not in found:
            found[row.booking_id] = Trouble(**{name: getattr(row, name) for name in Trouble.__slots__})
    return list(found.values())


def count(connection: Connection, office: Office, now: datetime) -> int:
    """How many are to be called: as many as `people` names, without sorting them or opening a seal."""
    return len(set(connection.execute(_BOOKINGS, _values(office, now)).scalars()))


def _values(office: Office, now: datetime) -> dict[str, Any]:
    since = now - max(timedelta(days=office.rules.horizon_days), CHANGED) - SLACK
    return {"office": office.id, "now": now, "changed": now - CHANGED, "since": since}


def about(connection: Connection, office: Office, message: int) -> Told | None:
    """What the office's message was about; None for one of another office, or none at all."""
    row = connection.execute(_ABOUT, {"message": message, "office": office.id}).one_or_none()
    return None if row is None else Told(*row)


def note_shown(connection: Connection, office: Office, one: Trouble, staff_id: int, now: datetime) -> None:
    """Journal that somebody looks at the number."""
    record(connection, "phone_shown", at=now, office_id=office.id, booking_id=one.booking_id, staff_id=staff_id,
           data={"message": one.id})


def handle(connection: Connection, office: Office, message: int, staff_id: int, now: datetime) -> bool:
    """Note that a member of staff told the person: of everything that did not arrive about the booking as it stands.

    False, and nothing is written, when there is nothing (any more) to be told.
    """
    told = about(connection, office, message)
    if told is None or not connection.execute(_HANDLE, {
            "of": told.booking_id, "as_told": told.sequence, "at": now, "by": staff_id}).rowcount:
        return False
    record(connection, "message_handled", at=now, office_id=office.id, booking_id=told.booking_id, staff_id=staff_id,
           data={"message": message})
    return True


def reopen(connection: Connection, office: Office, message: int, staff_id: int, now: datetime) -> bool:
    """Take back what that member of staff noted by `handle`. False when there is nothing to take back."""
    told = about(connection, office, message)
    if told is None or not connection.execute(_REOPEN, {
            "of": told.booking_id, "as_told": told.sequence, "by": staff_id}).rowcount:
        return False
    record(connection, "message_handled", at=now, office_id=office.id, booking_id=told.booking_id, staff_id=staff_id,
           data={"message": message, "undone": True})
    return True

"""The short way to book on PostgreSQL: everything in one all-or-nothing statement, committed by itself.

Guarded update of the slot and then the day, booking, journal entry and kept answer travel in one round trip
instead of seven, and the contended day row is held only while the statement ends. It only ever says yes: where it
cannot, it answers None having changed nothing, and `bookings.book` decides, so that each refusal is reasoned once.
`docs/decisions/` has the measurement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, LargeBinary, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from scheduler import places
from scheduler.bookings import Booking, Draft, booking_of
from scheduler.foundation.database import UtcDateTime
from scheduler.seats import GIVEN_UP_A_DAY, lately
from scheduler.tables import BOOKED


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a repeated request with the same key gets: see the table `answers`."""

    key: bytes
    fingerprint: bytes
    status: int
    body: str


# Should the day fill up between the look and the update, `day` is empty, the booking's day_id null, and the
# NOT NULL rule undoes the whole statement.
_TEXT = f"""
WITH seat AS (
    SELECT min(n) AS n FROM generate_series(1, :per_phone) AS n
    WHERE NOT EXISTS (SELECT FROM bookings b
                      WHERE b.{BOOKED} AND b.phone_hash = ANY(:phones) AND b.phone_seat = n)
      AND (SELECT count(*) FROM bookings b
           WHERE b.status = 'cancelled' AND b.phone_hash = ANY(:phones) AND b.ended_at > :lately
             AND b.channel NOT IN ('sms', 'ussd')) < :given_up
), slot AS (
    UPDATE slots SET taken = taken + :party
    WHERE office_id = :office_id AND letter = :letter AND start = :start AND taken + :party <= places
      AND (SELECT n FROM seat) IS NOT NULL
      AND NOT EXISTS (SELECT FROM bookings b WHERE b.{BOOKED} AND b.nik_hash = ANY(:niks))
      AND EXISTS (SELECT FROM days d WHERE d.id = slots.day_id AND NOT d.closed AND d.booked + :party <= d.released)
    RETURNING id, day_id
), day AS (
    UPDATE days SET booked = booked + :party
    WHERE id = (SELECT day_id FROM slot) AND NOT closed AND booked + :party <= released
    RETURNING id
), booking AS (
    INSERT INTO bookings (office_id, service_id, day_id, slot_id, code, token, sequence, status, start, party, moves,
                          priority, reason, channel, language, created_at, nik_hash, phone_hash, phone_seat, sealed)
    SELECT :office_id, :service_id, (SELECT id FROM day), slot.id, :code, :token, 0, 'booked', :start, :party, 0,
           :priority, :reason, :channel, :language, :now, :nik_hash, :phone_hash, (SELECT n FROM seat), :sealed
    FROM slot
    RETURNING id, slot_id, day_id
), entry AS (
    INSERT INTO journal (at, kind, office_id, booking_id, day_id, unread)
    SELECT :now, 'booked', :office_id, booking.id, booking.day_id, true FROM booking
)"""  # noqa: S608 - BOOKED is a constant of ours
_KEEP = """, kept AS (
    INSERT INTO answers (key, fingerprint, status, body, at)
    SELECT :key, :fingerprint, :answer_status, :body, :now FROM booking
)"""
_ANSWER = " SELECT id, slot_id, day_id FROM booking"

_TYPES: list[sa.BindParameter[Any]] = [
    *(bindparam(name, type_=UtcDateTime) for name in ("start", "now", "lately")),
    bindparam("sealed", type_=LargeBinary),
    bindparam("niks", type_=ARRAY(LargeBinary)), bindparam("phones", type_=ARRAY(LargeBinary)),
    bindparam("nik_hash", type_=LargeBinary), bindparam("phone_hash", type_=LargeBinary),
    *(bindparam(name, type_=sa.Integer) for name in ("per_phone", "given_up", "party", "office_id", "service_id")),
    *(bindparam(name, type_=sa.String)
      for name in ("letter", "code", "token", "priority", "reason", "channel", "language")),
]
_BOOK = sa.text(_TEXT + _ANSWER).bindparams(*_TYPES)
_BOOK_AND_KEEP = sa.text(_TEXT + _KEEP + _ANSWER).bindparams(
    *_TYPES, bindparam("key", type_=LargeBinary), bindparam("fingerprint", type_=LargeBinary),
    bindparam("answer_status", type_=sa.Integer), bindparam("body", type_=sa.String),
)


def book_at_once(
    connection: Connection, made: Draft, now: datetime, answer: KeptAnswer | None = None
) -> Booking | None:
    """Book in one statement on an autocommitting connection, or answer None with nothing changed.

    With `answer`, that is kept for repeated requests in the same statement.
    """
    office, start = made.request.office, made.request.start
    if not places.in_reach(office, start, now):
        return None
    values = made.values | {
        "letter": made.request.service.letter, "per_phone": office.rules.per_phone, "now": now,
        "niks": list(made.nik_hashes), "phones": list(made.phone_hashes), "lately": lately(now),
        "given_up": GIVEN_UP_A_DAY,
    }
    for unused in ("sequence", "status", "moves", "created_at"):
        del values[unused]
    if answer is None:
        row = connection.execute(_BOOK, values).one_or_none()
    else:
        values |= {"key": answer.key, "fingerprint": answer.fingerprint, "answer_status": answer.status,
                   "body": answer.body}
        row = connection.execute(_BOOK_AND_KEEP, values).one_or_none()
    return None if row is None else booking_of(made, *row)

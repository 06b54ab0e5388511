"""Erasure: personal data goes some days after the visit, the anonymous booking stays for the statistics.

UU PDP 27/2022: data is kept no longer than its purpose needs. The office's rules say how many days.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.foundation.journal import record
from scheduler.offices import Office
from scheduler.tables import answers, bookings

BATCH = 500
ANSWERS_KEPT = timedelta(hours=24)

# Erases what another room keeps about these bookings, in the same transaction.
Eraser = Callable[[Connection, Sequence[int]], object]

_KEPT_BEFORE = sa.and_(bookings.c.sealed.is_not(None), bookings.c.start < bindparam("before"))
_OFFICES = sa.select(bookings.c.office_id).where(_KEPT_BEFORE).distinct()
_ERASE = sa.update(bookings).where(
    bookings.c.id.in_(sa.select(bookings.c.id).where(_KEPT_BEFORE, bookings.c.office_id == bindparam("office"))
                      .order_by(bookings.c.start).limit(bindparam("most")))
).values(sealed=None, nik_hash=None, phone_hash=None, phone_seat=None, code=None).returning(bookings.c.id)
_FORGET_ANSWERS = sa.delete(answers).where(
    answers.c.key.in_(sa.select(answers.c.key).where(answers.c.at < bindparam("before")).limit(bindparam("most")))
)


def erasable_before(office: Office, now: datetime) -> datetime:
    """Bookings that start before this moment are erased: their date lies `erase_after_days` or more back."""
    newest = office.today(now) - timedelta(days=office.rules.erase_after_days)
    return datetime.combine(newest + timedelta(days=1), time(), office.zone)


def offices_to_erase(connection: Connection, before: datetime) -> set[int]:
    """Ids of offices that hold personal data of visits before that moment."""
    return set(connection.scalars(_OFFICES, {"before": before}))


def erase_batch(connection: Connection, office: Office, erasers: Sequence[Eraser], now: datetime) -> int:
    """Erase up to `BATCH` bookings of the office with whatever `erasers` keep about them; journalled `erased`.

    NIK, name, phone and their hashes go, and the code, so that it can be drawn again. Answers how many there were.
    """
    ids = connection.scalars(
        _ERASE, {"office": office.id, "before": erasable_before(office, now), "most": BATCH}).all()
    if ids:
        for erase in erasers:
            erase(connection, ids)
        record(connection, "erased", at=now, office_id=office.id, data={"bookings": len(ids)})
    return len(ids)


def forget_answers(connection: Connection, now: datetime) -> int:
    """Delete up to `BATCH` answers kept for repeated requests that are older than a day; answers how many."""
    return connection.execute(_FORGET_ANSWERS, {"before": now - ANSWERS_KEPT, "most": BATCH}).rowcount

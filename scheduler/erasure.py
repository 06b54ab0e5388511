"""Erasure: personal data goes some days after the visit, the anonymous booking stays for the statistics.

UU PDP 27/2022: data is kept no longer than its purpose needs. The office's rules say how many days.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.foundation.journal import record
from scheduler.keeping_tables import waiting
from scheduler.offices import Office
from scheduler.tables import answers, bookings

BATCH = 500
ANSWERS_KEPT = timedelta(hours=24)

# Erases what another room keeps about these bookings, or entries of the waiting list, in the same transaction.
Eraser = Callable[[Connection, Sequence[int]], object]

_KEPT_BEFORE = sa.and_(bookings.c.sealed.is_not(None), bookings.c.start < bindparam("before"))
_OFFICES = sa.select(bookings.c.office_id).where(_KEPT_BEFORE).distinct()
_ERASE = sa.update(bookings).where(
    bookings.c.id.in_(sa.select(bookings.c.id).where(_KEPT_BEFORE, bookings.c.office_id == bindparam("office"))
                      .order_by(bookings.c.start).limit(bindparam("most")))
).values(sealed=None, nik_hash=None, phone_hash=None, phone_seat=None, code=None).returning(bookings.c.id)
_WAITED_BEFORE = sa.and_(waiting.c.sealed.is_not(None), waiting.c.last <= bindparam("newest"))
_WAITING_OFFICES = sa.select(waiting.c.office_id).where(_WAITED_BEFORE).distinct()
_ERASE_WAITING = sa.update(waiting).where(
    waiting.c.id.in_(sa.select(waiting.c.id).where(_WAITED_BEFORE, waiting.c.office_id == bindparam("office"))
                     .order_by(waiting.c.last).limit(bindparam("most")))
).values(sealed=None, nik_hash=None, phone_hash=None, phone_seat=None).returning(waiting.c.id)
_FORGET_ANSWERS = sa.delete(answers).where(
    answers.c.key.in_(sa.select(answers.c.key).where(answers.c.at < bindparam("before")).limit(bindparam("most")))
)


def erasable_before(office: Office, now: datetime) -> datetime:
    """Bookings that start before this moment are erased: their date lies `erase_after_days` or more back."""
    return datetime.combine(_newest(office, now) + timedelta(days=1), time(), office.zone)


def _newest(office: Office, now: datetime) -> date:
    """The last date of the office's whose personal data is erased."""
    return office.today(now) - timedelta(days=office.rules.erase_after_days)


def offices_to_erase(connection: Connection, before: datetime) -> set[int]:
    """Ids of offices that hold personal data of visits before that moment, or of people who waited until then."""
    return {*connection.scalars(_OFFICES, {"before": before}),
            *connection.scalars(_WAITING_OFFICES, {"newest": before.date()})}


def erase_batch(connection: Connection, office: Office, erasers: Sequence[Eraser], now: datetime,
                waiting_erasers: Sequence[Eraser] = ()) -> int:
    """Erase up to `BATCH` bookings of the office, and as many entries of its waiting list whose last date lies as far
    back, with whatever the erasers keep about them; journalled `erased`.

    NIK, name, phone and their hashes go, and the code, so that it can be drawn again. Answers how many there were.
    """
    ids = connection.scalars(
        _ERASE, {"office": office.id, "before": erasable_before(office, now), "most": BATCH}).all()
    entries = connection.scalars(
        _ERASE_WAITING, {"office": office.id, "newest": _newest(office, now), "most": BATCH}).all()
    _erase_elsewhere(connection, ids, erasers)
    _erase_elsewhere(connection, entries, waiting_erasers)
    if ids or entries:
        record(connection, "erased", at=now, office_id=office.id,
               data={"bookings": len(ids)} | ({"waiting": len(entries)} if entries else {}))
    return len(ids) + len(entries)


def _erase_elsewhere(connection: Connection, ids: Sequence[int], erasers: Sequence[Eraser]) -> None:
    if ids:
        for erase in erasers:
            erase(connection, ids)


def forget_answers(connection: Connection, now: datetime) -> int:
    """Delete up to `BATCH` answers kept for repeated requests that are older than a day; answers how many."""
    return connection.execute(_FORGET_ANSWERS, {"before": now - ANSWERS_KEPT, "most": BATCH}).rowcount

"""Bookings as a phone holds them, and as a code names them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.bookings import Booking
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office
from scheduler.tables import STILL_BOOKED, bookings, days

_COLUMNS = [bookings.c[name] for name in Booking.__slots__]
_OF_PHONE = (
    sa.select(*_COLUMNS)
    .where(STILL_BOOKED, bookings.c.phone_hash.in_(bindparam("phones", expanding=True)))
    .order_by(bookings.c.start, bookings.c.id)
)
# By the day's index: some seventy rows, and no index of its own for what is asked while one waits in the hall.
_ARRIVED = (
    sa.select(*_COLUMNS)
    .join(days, days.c.id == bookings.c.day_id)
    .where(days.c.office_id == bindparam("office"), days.c.date == bindparam("date"), bookings.c.status == "arrived",
           bookings.c.phone_hash.in_(bindparam("phones", expanding=True)))
    .order_by(bookings.c.start, bookings.c.id)
)
_BY_CODE = sa.select(*_COLUMNS, bookings.c.phone_hash).where(bookings.c.code == bindparam("code"))


def of_phone(connection: Connection, vault: Vault, phone: str) -> list[Booking]:
    """The phone's bookings that are still ahead or whose people are still expected, the soonest first, of all offices.

    `phone` in E.164.
    """
    rows = connection.execute(_OF_PHONE, {"phones": vault.hashes_of_phone(phone)})
    return [Booking(*row) for row in rows]


def arrived(connection: Connection, vault: Vault, phone: str, office: Office, day: date) -> list[Booking]:
    """The phone's bookings of that day at the office whose people have come, by start. `day` is the office's date."""
    rows = connection.execute(_ARRIVED, {
        "phones": vault.hashes_of_phone(phone), "office": office.id, "date": day})
    return [Booking(*row) for row in rows]


def by_code(connection: Connection, code: str) -> tuple[Booking, bytes | None] | None:
    """The booking of a code of nine digits, in any state, with the hash of its phone; None when there is none."""
    row = connection.execute(_BY_CODE, {"code": code}).one_or_none()
    return None if row is None else (Booking(*row[:-1]), row.phone_hash)


def is_of(phone_hash: bytes | None, hashes: Sequence[bytes]) -> bool:
    """Whether a booking's phone is the one with these hashes (`Vault.hashes_of_phone`)."""
    return phone_hash is not None and bytes(phone_hash) in hashes


def with_code(connection: Connection, vault: Vault, phone: str, code: str) -> tuple[Booking | None, bool]:
    """The booking of a code, and whether it was made for this phone; None when no booking has the code."""
    found = by_code(connection, code)
    if found is None:
        return None, False
    booking, phone_hash = found
    return booking, is_of(phone_hash, vault.hashes_of_phone(phone))


def is_ahead(booking: Booking, now: datetime) -> bool:
    """Whether the visit has not begun."""
    return booking.start > now

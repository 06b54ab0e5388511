"""What a door must know of a day to judge tickets while it has no network, without knowing anybody.

A ticket is listed under its mark, a hash of its token under the day's key, and so is its code: whoever reads the list
can recognise a ticket that is shown, and cannot make one of it. No name, no NIK, no phone is in it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.offices import Office
from scheduler.tables import bookings, days, old_tokens
from ticketing import numbers
from ticketing.codes import TOKEN_LENGTH, head
from ticketing.tables import visits

MARK_BYTES = 9  # twelve letters; among a thousand tickets two share one with a chance of 1 in 10^16

_COLUMNS = (bookings.c.id, bookings.c.token, bookings.c.code, bookings.c.start, bookings.c.service_id,
            bookings.c.party, bookings.c.priority, bookings.c.status)
_OF_DAY = (
    sa.select(*_COLUMNS, visits.c.letter, visits.c.number, visits.c.arrived_at)
    .join_from(bookings, days, days.c.id == bookings.c.day_id)
    .outerjoin(visits, visits.c.booking_id == bookings.c.id)
    .where(days.c.office_id == bindparam("office"), days.c.date == bindparam("date"))
    .order_by(bookings.c.start, bookings.c.id)
)
# All tokens of one office and day begin alike, so those a move retired lie together in the index of the table's key.
_MOVED_AWAY = (
    sa.select(old_tokens.c.token.label("old"), *_COLUMNS)
    .join_from(old_tokens, bookings, bookings.c.id == old_tokens.c.booking_id)
    .where(old_tokens.c.token.between(bindparam("first"), bindparam("last")))
    .order_by(old_tokens.c.token)
)


class Listed(msgspec.Struct, frozen=True, omit_defaults=True):
    """One ticket as the list has it. `status` is that of the booking; `moved` if a move retired this ticket.

    `ticket` and `code` are marks; `code` is there once for each booking of the day. `number` and `since` are those of
    who is in already. Moments are in UTC, `date` is the office's date of the start.
    """

    ticket: str
    start: datetime
    date: date
    service: str
    status: str
    code: str | None = None
    moved: bool = False
    party: int = 1
    priority: str | None = None
    number: str | None = None
    since: datetime | None = None


def mark(key: bytes, kind: str, text: str) -> str:
    """The mark of a token (`kind` is `ticket`, upper case) or of a code's nine digits (`code`): HMAC-SHA256 of
    `kind|text` under the day's key, cut to 72 bits, in base64url. No token holds the stroke, so no mark is a seal."""
    cut = hmac.digest(key, f"{kind}|{text}".encode(), hashlib.sha256)[:MARK_BYTES]
    return base64.urlsafe_b64encode(cut).decode()


def of_day(connection: Connection, office: Office, on: date, key: bytes) -> list[Listed]:
    """Every ticket for the office's date `on`, also what was cancelled or moved away; marks are made with `key`."""
    here = [_listed(office, row, mark(key, "ticket", row.token), key) for row in _rows(connection, office, on)]
    return here + [_moved(office, row, on, key) for row in _moved_rows(connection, office, on)]


def booking_ids(connection: Connection, office: Office, on: date, keys: Sequence[bytes]) -> dict[str, int]:
    """The booking behind each mark of that day, under any of the keys."""
    found: dict[str, int] = {}
    for row in _moved_rows(connection, office, on):
        found |= {mark(key, "ticket", row.old): row.id for key in keys}
    for row in _rows(connection, office, on):
        found |= dict.fromkeys(_marks(row, keys), row.id)
    return found


def _marks(row: Any, keys: Sequence[bytes]) -> Iterator[str]:
    for key in keys:
        yield mark(key, "ticket", row.token)
        if row.code is not None:
            yield mark(key, "code", row.code)


def _rows(connection: Connection, office: Office, on: date) -> list[Any]:
    return list(connection.execute(_OF_DAY, {"office": office.id, "date": on}))


def _moved_rows(connection: Connection, office: Office, on: date) -> list[Any]:
    begins = head(office.id, on)
    rest = TOKEN_LENGTH - len(begins)
    return list(connection.execute(_MOVED_AWAY, {"first": begins + "0" * rest, "last": begins + "Z" * rest}))


def _listed(office: Office, row: Any, ticket: str, key: bytes) -> Listed:
    number = None if row.number is None else numbers.show(row.letter, row.number)
    code = None if row.code is None else mark(key, "code", row.code)
    return Listed(ticket, row.start, office.today(row.start), office.by_id[row.service_id].slug, row.status, code=code,
                  party=row.party, priority=row.priority, number=number, since=row.arrived_at)


def _moved(office: Office, row: Any, on: date, key: bytes) -> Listed:
    """A retired ticket; the code goes with it unless the booking came back to this day and is listed itself."""
    day = office.today(row.start)
    code = mark(key, "code", row.code) if row.code is not None and day != on else None
    return Listed(mark(key, "ticket", row.old), row.start, day, office.by_id[row.service_id].slug, row.status,
                  code=code, moved=True, party=row.party, priority=row.priority)

"""Devices of an office: doors, screens and kiosks, each with a key of its own that can be taken away.

A device is an account without a password, in a role that may do its one thing. Its key is a session with a long life,
which it takes once by a pairing code that a manager shows: ten digits, good for ten minutes, kept hashed. Somebody who
guesses has some free ones from one network and then the lock of `api.guesses`: 14 within ten minutes, so a chance of
14 in 10^10 for each code that is open; with ten thousand networks at once 1 in 71,000.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from api import guesses, printing
from api import sessions as signed_in
from api.errors import DoorError
from api.sessions import KEY_LASTS, Session
from api.staff import SignedIn
from api.tables import DEVICES, pairings, sessions, staff
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record

PAIRING_LASTS = timedelta(minutes=10)
DIGITS = 10
GUESSES_FREE = 10
LONGEST_NAME = 60


_KEY_ENDS = (
    sa.select(sa.func.max(sessions.c.expires_at))
    .where(sessions.c.staff_id == staff.c.id, sessions.c.expires_at > bindparam("now")).scalar_subquery()
)
_OF_OFFICE = (
    sa.select(staff.c.id, staff.c.name, staff.c.role, staff.c.printer, _KEY_ENDS.label("key_ends"))
    .where(staff.c.office_id == bindparam("office"), staff.c.role.in_(DEVICES), staff.c.active)
    .order_by(staff.c.role, staff.c.name, staff.c.id)
)
_ONE = _OF_OFFICE.where(staff.c.id == bindparam("of"))
# Whoever makes, uses or takes away a code locks the device first: of two at once the second sees what the first did.
_LOCK = sa.select(staff.c.id, staff.c.office_id, staff.c.username, staff.c.role, staff.c.name).where(
    staff.c.id == bindparam("of"), staff.c.role.in_(DEVICES), staff.c.active).with_for_update()
_OF_CODE = sa.select(pairings.c.staff_id).where(
    pairings.c.code_hash == bindparam("hash"), pairings.c.expires_at > bindparam("now"))
_USE = sa.delete(pairings).where(pairings.c.code_hash == bindparam("hash"))
_FORGET = sa.delete(pairings).where(pairings.c.staff_id == bindparam("of"))


@dataclass(frozen=True, slots=True)
class Device:
    """A device: `printer` is host and port; `seen_at` about when its key was last used (UTC), None without a key."""

    id: int
    name: str
    role: str
    printer: str | None
    seen_at: datetime | None


def of_office(connection: Connection, office_id: int, now: datetime) -> list[Device]:
    """The office's devices."""
    return [_device(row) for row in connection.execute(_OF_OFFICE, {"office": office_id, "now": now})]


def find(connection: Connection, office_id: int, device: int, now: datetime) -> Device:
    """The office's device of that number. Raises DoorError unknown_address."""
    row = connection.execute(_ONE, {"office": office_id, "of": device, "now": now}).one_or_none()
    if row is None:
        raise DoorError("unknown_address")
    return _device(row)


def _device(row: Any) -> Device:
    ends: datetime | None = row.key_ends
    return Device(row.id, row.name, row.role, row.printer, None if ends is None else ends - KEY_LASTS)


def add(connection: Connection, by: Session, role: str, name: str, printer: str, now: datetime) -> int:
    """A new device without a key; answers its number.

    Raises Refusal invalid_request: `field` role, name or printer.
    """
    name = " ".join(name.split())
    if role not in DEVICES:
        raise Refusal("invalid_request", why="missing", field="role")
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise Refusal("invalid_request", why="form", field="name")
    reached = _reached(printer) if role != "board" else None
    username = f"{role}:{secrets.token_hex(8)}"  # no name a person may have
    made = int(connection.execute(staff.insert().values(
        office_id=by.office_id, username=username, password="", role=role, active=True, created_at=now, name=name,
        printer=reached).returning(staff.c.id)).scalar_one())
    _note(connection, "device_added", by, made, now, role=role)
    return made


def _reached(text: str) -> str | None:
    """A printer's address as it is kept; None for an empty text."""
    try:
        return printing.as_kept(text) if text.strip() else None
    except ValueError:
        raise Refusal("invalid_request", why="form", field="printer") from None


# -- keys ------------------------------------------------------------------------------------------------


def invite(connection: Connection, device: Device, key: bytes, now: datetime) -> str:
    """A pairing code for the device, instead of one it had; it is told once. `key` hashes it. A key the device has
    holds until the code is used."""
    connection.execute(_LOCK, {"of": device.id})
    connection.execute(_FORGET, {"of": device.id})
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    connection.execute(pairings.insert().values(
        code_hash=_hash(key, code), staff_id=device.id, expires_at=now + PAIRING_LASTS))
    return code


def pair(connection: Connection, code: str, asker: bytes, key: bytes, now: datetime,
         place: str | None = None) -> SignedIn | None:
    """The device's key for its code, which is used up; None for a wrong, used or old one. The key it had before ends.

    `asker` is what guesses are counted under. The count must be committed also when the answer is None.
    Raises Refusal too_many_requests.
    """
    guesses.count(connection, asker, GUESSES_FREE, now)
    hashed = _hash(key, "".join(filter(str.isdecimal, code)))
    of = connection.execute(_OF_CODE, {"hash": hashed, "now": now}).scalar_one_or_none()
    device = None if of is None else connection.execute(_LOCK, {"of": of}).one_or_none()
    if device is None or not connection.execute(_USE, {"hash": hashed}).rowcount:
        return None
    guesses.forgive_one(connection, asker)
    signed_in.end_all(connection, device.id)
    who = Session(device.id, device.office_id, device.username, device.role, now, b"", device.name)
    record(connection, "device_paired", at=now, office_id=device.office_id, staff_id=device.id)
    return SignedIn(*signed_in.begin(connection, who, now, place))


def revoke(connection: Connection, by: Session, device: Device, now: datetime) -> None:
    """Take the device's key away, and a code that waits to be used."""
    connection.execute(_LOCK, {"of": device.id})
    connection.execute(_FORGET, {"of": device.id})
    if signed_in.end_all(connection, device.id):
        _note(connection, "device_revoked", by, device.id, now)


def remove(connection: Connection, by: Session, device: Device, now: datetime) -> None:
    """Take the device off the list, and its key away. What it did stays in the journal, so the row stays."""
    revoke(connection, by, device, now)
    connection.execute(sa.update(staff).where(staff.c.id == device.id).values(active=False))


def sweep(connection: Connection, now: datetime) -> None:
    """Delete codes nobody used."""
    connection.execute(sa.delete(pairings).where(pairings.c.expires_at <= now))


def _hash(key: bytes, code: str) -> bytes:
    """Under a key of the installation: ten digits alone are soon tried from a stolen copy of the table."""
    return hmac.digest(key, f"pairing:{code}".encode(), hashlib.sha256)


def _note(connection: Connection, kind: str, by: Session, device: int, now: datetime, **data: str) -> None:
    record(connection, kind, at=now, office_id=by.office_id, staff_id=device, data={**data, "by": by.staff_id})

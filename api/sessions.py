"""Sessions of staff: a random token, of which only the hash is kept, good for one working day.

`Sessions` remembers for a moment what it read, so that a scan costs no second look-up; signing out in this process
ends it at once, in another one within `MEMORY_S`.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from api.tables import DEVICES, sessions, staff
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal

# What an account of each role may do: people what those before them may, a device only its own.
RIGHTS = {
    "counter": frozenset({"counter", "door", "kiosk"}),
    "manager": frozenset({"counter", "door", "kiosk", "manager"}),
    "admin": frozenset({"counter", "door", "kiosk", "manager", "admin"}),
    **{device: frozenset({device}) for device in DEVICES},
}
LASTS = timedelta(hours=12)
MEMORY_S = 2.0
MOST_REMEMBERED = 4096
_TOKEN_BYTES = 32
_LONGEST_TOKEN = 64

_FIND = (
    sa.select(staff.c.id, staff.c.office_id, staff.c.username, staff.c.role, sessions.c.expires_at)
    .join(staff, staff.c.id == sessions.c.staff_id)
    .where(sessions.c.token_hash == bindparam("hash"), staff.c.active)
)
_BEGIN = sessions.insert()
_END = sa.delete(sessions).where(sessions.c.token_hash == bindparam("hash"))
_END_ALL = sa.delete(sessions).where(sessions.c.staff_id == bindparam("of"))


@dataclass(frozen=True, slots=True)
class Session:
    """Who acts: a member of staff at one office. `hash` names the session, `expires_at` is its end (UTC)."""

    staff_id: int
    office_id: int
    username: str
    role: str
    expires_at: datetime
    hash: bytes

    def may(self, right: str) -> bool:
        """Whether this account has that right: see `RIGHTS`."""
        return right in RIGHTS[self.role]


def begin(connection: Connection, staff_id: int, office_id: int, username: str, role: str,
          now: datetime) -> tuple[str, Session]:
    """A new session and its token."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session = Session(staff_id, office_id, username, role, now + LASTS, hash_of(token))
    connection.execute(_BEGIN, {
        "token_hash": session.hash, "staff_id": staff_id, "created_at": now, "expires_at": session.expires_at,
    })
    return token, session


def end_all(connection: Connection, staff_id: int) -> None:
    """End every session of the account: it has a new password or role."""
    connection.execute(_END_ALL, {"of": staff_id})


def hash_of(token: str) -> bytes:
    """SHA-256 of the token: it is random, so no salt and no slow hash is needed."""
    return hashlib.sha256(token.encode()).digest()


def sweep(connection: Connection, now: datetime) -> None:
    """Delete sessions that are over."""
    connection.execute(sa.delete(sessions).where(sessions.c.expires_at <= now))


class Sessions:
    """This process's memory of sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered: dict[bytes, tuple[float, Session]] = {}
        self._ended: dict[bytes, float] = {}  # a look-up under way when it ended must not bring it back

    async def find(self, token: str, now: datetime) -> Session:
        """The session of that token. Raises Refusal not_authenticated: unknown, ended or expired."""
        if not token or len(token) > _LONGEST_TOKEN or not token.isascii():
            raise Refusal("not_authenticated")
        key = hash_of(token)
        session = self._recall(key)
        if session is None:
            session = await self._read(key)
        if session.expires_at <= now or key in self._ended:
            raise Refusal("not_authenticated")
        return session

    async def end(self, session: Session) -> None:
        """Sign out: the token is worth nothing once this returns."""
        await self._database.run(lambda connection: connection.execute(_END, {"hash": session.hash}).rowcount)
        long_ago = time.monotonic() - 60
        self._ended = {key: at for key, at in self._ended.items() if at > long_ago} | {session.hash: time.monotonic()}
        self._remembered.pop(session.hash, None)

    def _recall(self, key: bytes) -> Session | None:
        read_at, session = self._remembered.get(key, (float("-inf"), None))
        return session if time.monotonic() - read_at < MEMORY_S else None

    async def _read(self, key: bytes) -> Session:
        asked = time.monotonic()
        row = await self._database.fetch(lambda connection: connection.execute(_FIND, {"hash": key}).one_or_none())
        if row is None:
            raise Refusal("not_authenticated")
        session = Session(row.id, row.office_id, row.username, row.role, row.expires_at, key)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[key] = (asked, session)
        return session

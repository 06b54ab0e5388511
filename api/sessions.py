"""Sessions of staff: a random token, of which only the hash is kept. A person's is good for one working day; a device's
is its key, good until it is taken away or the device was away for long.

`Sessions` remembers for a moment what it read, so that a scan costs no second look-up; what ends in this process
ends at once, what ends in another one within `MEMORY_S`.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from api.tables import DEVICES, PEOPLE, sessions, staff
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal

# What an account of each role may do: people what those before them may, a device only its own. `session`: be somebody;
# `own`: see to one's own account.
_OF_PEOPLE = {"counter": {"session", "own", "counter", "door", "kiosk"}, "manager": {"manager"}, "admin": {"admin"}}
RIGHTS: dict[str, frozenset[str]] = {
    **{role: frozenset().union(*(_OF_PEOPLE[before] for before in PEOPLE[:n])) for n, role in enumerate(PEOPLE, 1)},
    **{device: frozenset({"session", device}) for device in DEVICES},
}
LASTS = timedelta(hours=12)
KEY_LASTS = timedelta(days=400)      # a device's; what browsers keep a cookie for at most
SEEN_EVERY = timedelta(minutes=10)   # how exactly one knows when a device was last seen
MEMORY_S = 2.0
MOST_REMEMBERED = 4096
_TOKEN_BYTES = 32
_LONGEST_TOKEN = 64

_FIND = (
    sa.select(staff.c.id, staff.c.office_id, staff.c.username, staff.c.role, sessions.c.expires_at, staff.c.name,
              staff.c.must_change)
    .join(staff, staff.c.id == sessions.c.staff_id)
    .where(sessions.c.token_hash == bindparam("hash"), staff.c.active)
)
_OF_ACCOUNT = (
    sa.select(sessions.c.token_hash, sessions.c.client, sessions.c.created_at)
    .where(sessions.c.staff_id == bindparam("of"), sessions.c.expires_at > bindparam("now"))
    .order_by(sessions.c.created_at.desc())
)
_BEGIN = sessions.insert()
_END = sa.delete(sessions).where(sessions.c.token_hash == bindparam("hash"))
_END_ALL = sa.delete(sessions).where(sessions.c.staff_id == bindparam("of"))
_PROLONG = sa.update(sessions).where(
    sessions.c.token_hash == bindparam("hash"), sessions.c.expires_at < bindparam("until")
).values(expires_at=bindparam("until"))


@dataclass(frozen=True, slots=True)
class Session:
    """Who acts: a member of staff, or a device, at one office. `hash` names the session, `expires_at` is its end
    (UTC). `must_change`: the password was given by somebody else and must be changed before anything else."""

    staff_id: int
    office_id: int
    username: str
    role: str
    expires_at: datetime
    hash: bytes
    name: str | None = None
    must_change: bool = False

    def may(self, right: str) -> bool:
        """Whether this account has that right: see `RIGHTS`."""
        return right in RIGHTS[self.role]

    @property
    def is_device(self) -> bool:
        """Whether a door, a screen or a kiosk acts and no person."""
        return self.role in DEVICES


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account is signed in: the browser in short, since when (UTC); `here`: by the session that asks."""

    client: str | None
    since: datetime
    here: bool


def begin(connection: Connection, account: Session, now: datetime, client: str | None = None) -> tuple[str, Session]:
    """A new session like `account`, whose own end and hash do not matter, and its token; `client` as in `api.clients`.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    until = now + (KEY_LASTS if account.is_device else LASTS)
    session = replace(account, expires_at=until, hash=hash_of(token))
    connection.execute(_BEGIN, {
        "token_hash": session.hash, "staff_id": session.staff_id, "created_at": now, "expires_at": until,
        "client": client,
    })
    return token, session


def end(connection: Connection, session: Session) -> bool:
    """End one session; answers whether it was still there."""
    return connection.execute(_END, {"hash": session.hash}).rowcount == 1


def end_all(connection: Connection, staff_id: int) -> int:
    """End every session of the account; answers how many there were."""
    return connection.execute(_END_ALL, {"of": staff_id}).rowcount


def places(connection: Connection, staff_id: int, now: datetime, here: bytes | None = None) -> list[Place]:
    """Where the account is signed in, the latest first; `here` is the hash of the session that asks."""
    rows = connection.execute(_OF_ACCOUNT, {"of": staff_id, "now": now})
    return [Place(row.client, row.created_at, bytes(row.token_hash) == here) for row in rows]


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
        self._forgotten: dict[int, float] = {}  # when: a look-up under way then may have read what had not ended yet

    async def find(self, token: str, now: datetime) -> Session:
        """The session of that token. Raises Refusal not_authenticated: unknown, ended or expired."""
        if not token or len(token) > _LONGEST_TOKEN or not token.isascii():
            raise Refusal("not_authenticated")
        key = hash_of(token)
        session = self._recall(key)
        if session is None:
            session = await self._read(key, now)
        if session.expires_at <= now:
            raise Refusal("not_authenticated")
        return session

    def forget(self, staff_ids: Iterable[int]) -> None:
        """After a commit that ended sessions of these accounts, or changed what they may: read them anew."""
        gone, at = set(staff_ids), time.monotonic()
        lately = {one: when for one, when in self._forgotten.items() if when > at - 60}
        self._forgotten = lately | dict.fromkeys(gone, at)
        self._remembered = {key: kept for key, kept in self._remembered.items() if kept[1].staff_id not in gone}

    def _recall(self, key: bytes) -> Session | None:
        read_at, session = self._remembered.get(key, (float("-inf"), None))
        return session if time.monotonic() - read_at < MEMORY_S else None

    async def _read(self, key: bytes, now: datetime) -> Session:
        asked = time.monotonic()
        row = await self._database.fetch(lambda connection: connection.execute(_FIND, {"hash": key}).one_or_none())
        if row is None:
            raise Refusal("not_authenticated")
        session = await self._seen(
            Session(row.id, row.office_id, row.username, row.role, row.expires_at, key, row.name, row.must_change), now)
        if self._forgotten.get(row.id, float("-inf")) >= asked:
            return await self._read(key, now)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[key] = (asked, session)
        return session

    async def _seen(self, session: Session, now: datetime) -> Session:
        """A device that is used keeps its key, and one sees when it was used; the write is a seldom one."""
        until = now + KEY_LASTS
        if not session.is_device or not now < session.expires_at < until - SEEN_EVERY:
            return session
        await self._database.run(
            lambda connection: connection.execute(_PROLONG, {"hash": session.hash, "until": until}).rowcount)
        return replace(session, expires_at=until)

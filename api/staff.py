"""Staff: accounts, signing in, and the lock against guessing.

An attempt is counted before the password is looked at and forgiven when it was right, so that a hundred guesses
at the same moment count as a hundred. Two counts stand against each attempt: the account's and the client's. A browser
the account signed in from before has a count of its own, so that nobody elsewhere can lock a clerk out by guessing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy import Connection, Integer, LargeBinary, bindparam

from api import passwords, sessions
from api.addresses import network_of
from api.passwords import Passwords
from api.sessions import Session
from api.tables import PEOPLE, sign_in_failures, staff
from scheduler.foundation.database import Database, UtcDateTime
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record

# Free attempts, then a lock that doubles with each further one. Clerks of one office often share an address.
ACCOUNT_FREE = 5
CLIENT_FREE = 30
FIRST_LOCK = timedelta(seconds=30)
LONGEST_LOCK = timedelta(minutes=15)
FORGET_AFTER = timedelta(minutes=30)  # without a further attempt

_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?")

_BY_NAME = sa.select(staff.c.id, staff.c.office_id, staff.c.username, staff.c.password, staff.c.role).where(
    staff.c.username == bindparam("username"), staff.c.active
)
_ANY_BY_NAME = sa.select(staff.c.id, staff.c.office_id).where(staff.c.username == bindparam("username"))

# The row is locked from here to the commit, so attempts at the same moment are counted one after the other.
_COUNT = sa.text("""
    INSERT INTO sign_in_failures (key, failures, locked_until, last_at) VALUES (:key, 1, NULL, :now)
    ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at,
        failures = CASE WHEN sign_in_failures.last_at < :stale THEN 1 ELSE sign_in_failures.failures + 1 END
    RETURNING failures, locked_until
""").bindparams(
    bindparam("key", type_=LargeBinary), bindparam("now", type_=UtcDateTime), bindparam("stale", type_=UtcDateTime),
).columns(failures=Integer, locked_until=UtcDateTime)
_LOCK = sa.update(sign_in_failures).where(sign_in_failures.c.key == bindparam("of")).values(
    locked_until=bindparam("until")
)
_FORGIVE_ACCOUNT = sa.delete(sign_in_failures).where(sign_in_failures.c.key == bindparam("of"))
_FORGIVE_CLIENT = sa.update(sign_in_failures).where(
    sign_in_failures.c.key == bindparam("of"), sign_in_failures.c.failures > 0
).values(failures=sign_in_failures.c.failures - 1, locked_until=None)


class StaffError(ValueError):
    """An account cannot be made so; the text is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session and the token to it, which is told once and kept nowhere."""

    token: str
    session: Session


def add(connection: Connection, office_id: int, username: str, password: str, role: str, now: datetime,
        hasher: PasswordHasher = passwords.HASHER) -> int:
    """Make an account at the office, or give the one of that name there a new password and role; answers its id.

    Raises StaffError: the name's form, a name that another office uses, the role, the password.
    """
    username = username.strip().lower()
    _check(username, password, role)
    found = connection.execute(_ANY_BY_NAME, {"username": username}).one_or_none()
    values = {"office_id": office_id, "username": username, "password": hasher.hash(password), "role": role,
              "active": True}
    if found is None:
        query = staff.insert().values(**values, created_at=now).returning(staff.c.id)
        staff_id = int(connection.execute(query).scalar_one())
    elif found.office_id != office_id:
        raise StaffError(f"The name {username} is in use at another office; choose another.")
    else:
        staff_id = int(found.id)
        connection.execute(sa.update(staff).where(staff.c.id == staff_id).values(**values))
        sessions.end_all(connection, staff_id)
    record(connection, "staff_added", at=now, office_id=office_id, staff_id=staff_id, data={"role": role})
    return staff_id


def remove(connection: Connection, username: str, now: datetime) -> None:
    """Close the account and forget its password; whoever is signed in with it is not any more. What it did stays in
    the journal, so the row stays, and `add` opens it again. Raises StaffError when nobody is called so."""
    username = username.strip().lower()
    found = _account(connection, username)
    if found is None:
        raise StaffError(f"There is no account {username!r}.")
    connection.execute(sa.update(staff).where(staff.c.id == found.id).values(active=False, password=""))
    sessions.end_all(connection, found.id)
    record(connection, "staff_removed", at=now, office_id=found.office_id, staff_id=found.id)


def _check(username: str, password: str, role: str) -> None:
    if not _USERNAME.fullmatch(username):
        raise StaffError("A user name has 1 to 60 letters a-z, digits, full stops, - or _, such as siti.loket1.")
    if role not in PEOPLE:
        raise StaffError(f"A role is one of {', '.join(PEOPLE)}.")
    try:
        passwords.check(password, username)
    except passwords.PasswordError as problem:
        raise StaffError(str(problem)) from None


def as_kept(username: str) -> str:
    """The name as accounts have it."""
    return username.strip().lower()[:60]


async def sign_in(database: Database, hasher: Passwords, username: str, password: str, client: str, now: datetime, *,
                  key: bytes, browser: str | None = None) -> SignedIn:
    """A session for the right name and password. `client` is the network address of the asker, `browser` names the one
    it comes from if the account signed in there before; `key` hashes what is counted.

    Raises Refusal not_authenticated; too_many_requests with `retry_after` while the account or client is locked.
    """
    username = as_kept(username)
    account = _key(key, "account", username) if browser is None else _key(key, "browser", f"{username} {browser}")
    network = _key(key, "client", network_of(client))
    with hasher.turn():  # before it is counted: who is sent away because others wait has not guessed
        found = await database.run(lambda connection: _attempt(connection, username, account, network, now))
        if not await hasher.verify(found.password if found else None, password) or found is None:
            raise Refusal("not_authenticated", why="password", field="password")
    return await database.run(lambda connection: _admit(connection, found, account, network, now))


@dataclass(frozen=True, slots=True)
class _Account:
    id: int
    office_id: int
    username: str
    password: str
    role: str


def _attempt(connection: Connection, username: str, account: bytes, network: bytes, now: datetime) -> _Account | None:
    """Count the attempt against account and client, and read the account. Raises Refusal while either is locked."""
    lock = _count(connection, account, ACCOUNT_FREE, now)
    _count(connection, network, CLIENT_FREE, now)
    found = _account(connection, username)
    if found is not None and lock is not None:
        record(connection, "locked_out", at=now, office_id=found.office_id, staff_id=found.id,
               data={"seconds": int(lock.total_seconds())})
    return found


def _account(connection: Connection, username: str) -> _Account | None:
    """The open account of that name. One that nobody can have is not looked up: PostgreSQL takes no NUL."""
    if not _USERNAME.fullmatch(username):
        return None
    row = connection.execute(_BY_NAME, {"username": username}).one_or_none()
    return None if row is None else _Account(*row)


def _count(connection: Connection, key: bytes, free: int, now: datetime) -> timedelta | None:
    """One more attempt; answers the lock it sets on those that follow."""
    seen = connection.execute(_COUNT, {"key": key, "now": now, "stale": now - FORGET_AFTER}).one()
    if seen.locked_until is not None and seen.locked_until > now:
        left = (seen.locked_until - now).total_seconds()
        raise Refusal("too_many_requests", why="locked", retry_after=int(left) + 1)
    lock = lock_after(seen.failures, free)
    if lock is not None:
        connection.execute(_LOCK, {"of": key, "until": now + lock})
    return lock


def lock_after(failures: int, free: int) -> timedelta | None:
    """How long the lock is after so many failures in a row: none up to `free`, then 30 s, doubling to 15 min."""
    if failures < free:
        return None
    doublings = min(failures - free, 10)
    return min(FIRST_LOCK * int(2**doublings), LONGEST_LOCK)


def _admit(connection: Connection, account: _Account, own: bytes, network: bytes, now: datetime) -> SignedIn:
    connection.execute(_FORGIVE_ACCOUNT, {"of": own})
    connection.execute(_FORGIVE_CLIENT, {"of": network})
    token, session = sessions.begin(connection, account.id, account.office_id, account.username, account.role, now)
    record(connection, "signed_in", at=now, office_id=account.office_id, staff_id=account.id)
    return SignedIn(token, session)


def _key(key: bytes, kind: str, value: str) -> bytes:
    return hmac.digest(key, f"{kind}:{value}".encode(), hashlib.sha256)[:16]


def sweep(connection: Connection, now: datetime) -> None:
    """Delete counts that no longer matter."""
    connection.execute(sa.delete(sign_in_failures).where(sign_in_failures.c.last_at < now - 2 * FORGET_AFTER))

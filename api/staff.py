"""Staff: accounts, signing in, and a password of one's own.

Two counts stand against each attempt at a password: the account's and the client's (`api.guesses`). A browser the
account signed in from before has a count of its own, so that nobody elsewhere can lock a clerk out by guessing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy import Connection, bindparam

from api import guesses, passwords, sessions
from api.addresses import network_of
from api.passwords import Passwords
from api.sessions import Session
from api.tables import PEOPLE, staff
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record

# Free attempts, then a lock. Clerks of one office often share an address.
ACCOUNT_FREE = 5
CLIENT_FREE = 30

_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?")

_COLUMNS = (staff.c.id, staff.c.office_id, staff.c.username, staff.c.password, staff.c.role, staff.c.name,
            staff.c.must_change)
_BY_NAME = sa.select(*_COLUMNS).where(
    staff.c.username == bindparam("username"), staff.c.active, staff.c.role.in_(PEOPLE))
_ANY_BY_NAME = sa.select(staff.c.id, staff.c.office_id).where(staff.c.username == bindparam("username"))
# Until the commit nobody gives the account another password or closes it.
_STILL = sa.select(staff.c.id).where(
    staff.c.id == bindparam("of"), staff.c.password == bindparam("encoded"), staff.c.active
).with_for_update()
_CHANGE = sa.update(staff).where(staff.c.id == bindparam("of")).values(
    password=bindparam("encoded"), must_change=False)


class StaffError(ValueError):
    """An account cannot be made so; the text is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session and the token to it, which is told once and kept nowhere."""

    token: str
    session: Session


@dataclass(frozen=True, slots=True)
class Asker:
    """Who offers a password: the network address; `place`, what signs in, in short; `browser`, the name of the one
    it comes from if the account signed in there before; `key` hashes what is counted."""

    address: str
    key: bytes
    place: str | None = None
    browser: str | None = None

    def counts(self, username: str) -> tuple[bytes, bytes]:
        """What an attempt is counted under: the account or its browser, and the client."""
        own = ("account", username) if self.browser is None else ("browser", f"{username} {self.browser}")
        return guesses.key_of(self.key, *own), guesses.key_of(self.key, "client", network_of(self.address))


# -- accounts by command ---------------------------------------------------------------------------------


def add(connection: Connection, office_id: int, username: str, password: str, role: str, now: datetime,
        hasher: PasswordHasher = passwords.HASHER) -> int:
    """Make an account at the office, or give the one of that name there a new password and role; answers its id.

    Raises StaffError: the name's form, a name that another office uses, the role, the password.
    """
    username = username.strip().lower()
    _check(username, password, role)
    found = connection.execute(_ANY_BY_NAME, {"username": username}).one_or_none()
    values = {"office_id": office_id, "username": username, "password": hasher.hash(password), "role": role,
              "active": True, "must_change": False}
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
    """Close the account of that name, as `close`. Raises StaffError when nobody is called so."""
    username = username.strip().lower()
    found = _account(connection, username)
    if found is None:
        raise StaffError(f"There is no account {username!r}.")
    close(connection, found.id, found.office_id, now)


def close(connection: Connection, staff_id: int, office_id: int, now: datetime, *, by: int | None = None) -> None:
    """Close the account and forget its password; whoever is signed in with it is not any more. What it did stays in
    the journal, so the row stays, and a new password opens it again. `by`: the account that closes it."""
    connection.execute(sa.update(staff).where(staff.c.id == staff_id).values(active=False, password=""))
    sessions.end_all(connection, staff_id)
    record(connection, "staff_removed", at=now, office_id=office_id, staff_id=staff_id,
           data=None if by is None else {"by": by})


def may_be_called(username: str) -> bool:
    """Whether an account may have that name: 1 to 60 letters a-z, digits, full stops, - or _."""
    return _USERNAME.fullmatch(username) is not None


def as_kept(username: str) -> str:
    """The name as accounts have it."""
    return username.strip().lower()[:60]


def _check(username: str, password: str, role: str) -> None:
    if not may_be_called(username):
        raise StaffError("A user name has 1 to 60 letters a-z, digits, full stops, - or _, such as siti.loket1.")
    if role not in PEOPLE:
        raise StaffError(f"A role is one of {', '.join(PEOPLE)}.")
    try:
        passwords.check(password, username)
    except passwords.PasswordError as problem:
        raise StaffError(str(problem)) from None


# -- signing in and out ----------------------------------------------------------------------------------


async def sign_in(database: Database, hasher: Passwords, username: str, password: str, asker: Asker,
                  now: datetime) -> SignedIn:
    """A session for the right name and password.

    Raises Refusal not_authenticated; too_many_requests with `retry_after` while the account or client is locked.
    """
    username = as_kept(username)
    with hasher.turn():  # before it is counted: who is sent away because others wait has not guessed
        found = await database.run(lambda connection: _attempt(connection, username, asker, now))
        if not await hasher.verify(found.password if found else None, password) or found is None:
            raise Refusal("not_authenticated", why="password", field="password")
    return await database.run(lambda connection: _admit(connection, found, asker, now))


def sign_out(connection: Connection, session: Session, now: datetime, *, everywhere: bool = False) -> None:
    """End the session, or all of its account."""
    ended = sessions.end_all(connection, session.staff_id) if everywhere else sessions.end(connection, session)
    if ended:
        record(connection, "signed_out", at=now, office_id=session.office_id, staff_id=session.staff_id,
               data={"everywhere": everywhere, "by": session.staff_id})


async def change_password(database: Database, hasher: Passwords, session: Session, present: str, new: str,
                          asker: Asker, now: datetime) -> SignedIn:
    """Change one's own password. Every session of the account ends, also the one that asks: the answer is a new one.

    Raises Refusal invalid_request: `field` new (`why` password_short, _long, _username, _plain or _same) or present
    (`why` present: it is wrong, which counts as a guess); too_many_requests as for signing in; not_authenticated when
    the account was closed or given another password meanwhile.
    """
    _must_do(new, present, session.username)
    with hasher.turn():
        found = await database.run(lambda connection: _attempt(connection, session.username, asker, now))
        if found is None or not await hasher.verify(found.password, present):
            raise Refusal("invalid_request", why="present", field="present")
        encoded = await hasher.hash(new)
    return await database.run(lambda connection: _change(connection, found, encoded, asker, now))


def _must_do(new: str, present: str, username: str) -> None:
    try:
        passwords.check(new, username)
    except passwords.PasswordError as problem:
        raise Refusal("invalid_request", why=f"password_{problem.why}", field="new", low=passwords.MIN_LENGTH,
                      high=passwords.MAX_LENGTH) from None
    if new == present:
        raise Refusal("invalid_request", why="password_same", field="new")


# -- inside ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Account:
    id: int
    office_id: int
    username: str
    password: str
    role: str
    name: str | None
    must_change: bool


def _attempt(connection: Connection, username: str, asker: Asker, now: datetime) -> _Account | None:
    """Count the attempt against account and client, and read the account. Raises Refusal while either is locked."""
    own, network = asker.counts(username)
    lock = guesses.count(connection, own, ACCOUNT_FREE, now)
    guesses.count(connection, network, CLIENT_FREE, now)
    found = _account(connection, username)
    if found is not None and lock is not None:
        record(connection, "locked_out", at=now, office_id=found.office_id, staff_id=found.id,
               data={"seconds": int(lock.total_seconds())})
    return found


def _account(connection: Connection, username: str) -> _Account | None:
    """The open account of that name. One that nobody can have is not looked up: PostgreSQL takes no NUL."""
    if not may_be_called(username):
        return None
    row = connection.execute(_BY_NAME, {"username": username}).one_or_none()
    return None if row is None else _Account(*row)


def _admit(connection: Connection, account: _Account, asker: Asker, now: datetime) -> SignedIn:
    _must_still_fit(connection, account)
    signed_in = _begin(connection, account, asker, now, must_change=account.must_change)
    record(connection, "signed_in", at=now, office_id=account.office_id, staff_id=account.id)
    return signed_in


def _change(connection: Connection, account: _Account, encoded: str, asker: Asker, now: datetime) -> SignedIn:
    _must_still_fit(connection, account)
    connection.execute(_CHANGE, {"of": account.id, "encoded": encoded})
    sessions.end_all(connection, account.id)
    record(connection, "password_changed", at=now, office_id=account.office_id, staff_id=account.id)
    return _begin(connection, account, asker, now, must_change=False)


def _must_still_fit(connection: Connection, account: _Account) -> None:
    """The password was looked at before this transaction: it may be another now, or the account closed."""
    if connection.execute(_STILL, {"of": account.id, "encoded": account.password}).one_or_none() is None:
        raise Refusal("not_authenticated", why="password", field="password")


def _begin(connection: Connection, account: _Account, asker: Asker, now: datetime, *, must_change: bool) -> SignedIn:
    own, network = asker.counts(account.username)
    guesses.forgive_all(connection, own)
    guesses.forgive_one(connection, network)
    who = Session(account.id, account.office_id, account.username, account.role, now, b"", account.name, must_change)
    return SignedIn(*sessions.begin(connection, who, now, asker.place))

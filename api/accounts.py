"""Accounts of one office, as its managers see to them: made, given a new password, signed out, closed and opened.

A manager sees to the accounts of counters, an admin to every one; nobody to their own, which `api.staff` changes, nor
to another office's. Each act locks the rows of who acts and whom it is about, in one order, and looks at them again: so
whoever acts is an open account when the act is done, and an office never loses its last admin, not by two who close
each other at the same moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from api import sessions as signed_in
from api import staff as members
from api.errors import DoorError
from api.sessions import Session
from api.tables import PEOPLE, sessions, staff
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record

LONGEST_NAME = 60
MANAGED = {"counter": (), "manager": PEOPLE[:1], "admin": PEOPLE}

_HERE = (
    sa.select(sa.func.count()).select_from(sessions)
    .where(sessions.c.staff_id == staff.c.id, sessions.c.expires_at > bindparam("now")).scalar_subquery()
)
_OF_OFFICE = (
    sa.select(staff.c.id, staff.c.username, staff.c.name, staff.c.role, staff.c.active, staff.c.must_change,
              _HERE.label("places"))
    .where(staff.c.office_id == bindparam("office"), staff.c.role.in_(PEOPLE))
    .order_by(staff.c.active.desc(), staff.c.username)
)
_ONE = _OF_OFFICE.where(staff.c.id == bindparam("of"))
_TAKEN = sa.select(staff.c.id).where(staff.c.username == bindparam("username"))
_BOTH = (
    sa.select(staff.c.id, staff.c.office_id, staff.c.role, staff.c.active)
    .where(staff.c.id.in_([bindparam("by"), bindparam("of")])).order_by(staff.c.id).with_for_update()
)


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account: `places`, in how many browsers it is signed in; `must_change`, the password is another's."""

    id: int
    username: str
    name: str | None
    role: str
    active: bool
    must_change: bool
    places: int


def may_manage(by: Session, account: Account) -> bool:
    """Whether who acts may see to the account, which is of the same office."""
    return by.staff_id != account.id and account.role in MANAGED.get(by.role, ())


def of_office(connection: Connection, office_id: int, now: datetime) -> list[Account]:
    """Every account of a person, the open ones first."""
    return [Account(*row) for row in connection.execute(_OF_OFFICE, {"office": office_id, "now": now})]


def find(connection: Connection, office_id: int, account: int, now: datetime) -> Account:
    """The office's account of that number. Raises DoorError unknown_address."""
    row = connection.execute(_ONE, {"office": office_id, "of": account, "now": now}).one_or_none()
    if row is None:
        raise DoorError("unknown_address")
    return Account(*row)


def make(connection: Connection, by: Session, username: str, name: str, role: str, encoded: str,
         now: datetime) -> int:
    """A new account with a password (hashed) that must be changed; answers its number.

    Raises Refusal not_allowed; invalid_request: `field` username (`why` form or taken), name or role.
    """
    username, name = username.strip().lower(), " ".join(name.split())
    _locked(connection, by, by.staff_id)
    if role not in MANAGED[by.role]:
        raise Refusal("not_allowed")
    if not members.may_be_called(username):
        raise Refusal("invalid_request", why="form", field="username")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Refusal("invalid_request", why="form", field="name")
    if connection.execute(_TAKEN, {"username": username}).first() is not None:
        raise Refusal("invalid_request", why="taken", field="username")
    made = int(connection.execute(staff.insert().values(
        office_id=by.office_id, username=username, password=encoded, role=role, active=True, created_at=now,
        name=name or None, must_change=True).returning(staff.c.id)).scalar_one())
    _note(connection, "staff_added", by, made, now, role=role)
    return made


def give_password(connection: Connection, by: Session, account: int, encoded: str, now: datetime) -> None:
    """A new password (hashed) that must be changed. It signs the account out everywhere, and opens a closed one.

    Raises Refusal not_allowed, DoorError unknown_address, as all below.
    """
    found = _managed(connection, by, account)
    _set(connection, account, password=encoded, must_change=True, active=True)
    signed_in.end_all(connection, account)
    if not found.active:
        _note(connection, "staff_added", by, account, now, role=found.role)
    _note(connection, "password_reset", by, account, now)


def sign_out(connection: Connection, by: Session, account: int, now: datetime) -> None:
    """Sign the account out everywhere."""
    _managed(connection, by, account)
    if signed_in.end_all(connection, account):
        _note(connection, "signed_out", by, account, now, everywhere=True)


def set_role(connection: Connection, by: Session, account: int, role: str, now: datetime) -> None:
    """Give the account another role, which holds from the next request on. Raises also invalid_request."""
    found = _managed(connection, by, account)
    if role not in PEOPLE:
        raise Refusal("invalid_request", field="role")
    if role not in MANAGED[by.role]:
        raise Refusal("not_allowed")
    if role != found.role:
        _set(connection, account, role=role)
        _note(connection, "staff_added", by, account, now, role=role)


def close(connection: Connection, by: Session, account: int, now: datetime) -> None:
    """Close the account, which ends what it is signed in with."""
    found = _managed(connection, by, account)
    if found.active:
        members.close(connection, account, by.office_id, now, by=by.staff_id)


def _managed(connection: Connection, by: Session, account: int) -> Any:
    """The account's row, locked, if who acts may still see to it."""
    found = _locked(connection, by, account)
    if account == by.staff_id or found.role not in MANAGED[by.role]:
        raise Refusal("not_allowed")
    return found


def _locked(connection: Connection, by: Session, account: int) -> Any:
    """Lock both rows; answers the account's. What somebody may is what they may now, not when they signed in."""
    rows = {row.id: row for row in connection.execute(_BOTH, {"by": by.staff_id, "of": account})}
    actor, found = rows.get(by.staff_id), rows.get(account)
    if actor is None or not actor.active or actor.role != by.role:
        raise Refusal("not_allowed")
    if found is None or found.office_id != by.office_id or found.role not in PEOPLE:
        raise DoorError("unknown_address")
    return found


def _set(connection: Connection, account: int, **values: Any) -> None:
    connection.execute(sa.update(staff).where(staff.c.id == account).values(**values))


def _note(connection: Connection, kind: str, by: Session, account: int, now: datetime, **data: Any) -> None:
    record(connection, kind, at=now, office_id=by.office_id, staff_id=account, data={**data, "by": by.staff_id})

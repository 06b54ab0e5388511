"""A device of an office, signed in as its browser would be: a row without a password, and a key."""

from __future__ import annotations

from sqlalchemy import Connection

from api import sessions
from api.assembly import Antre
from api.guards import COOKIE
from api.sessions import Session
from api.tables import staff
from scheduler.offices import Office
from tests.web.reading import Visitor


def key_of(antre: Antre, office: Office, role: str, printer: str | None = None, name: str | None = None) -> str:
    """The key of a new device of that role, or of a member of staff."""
    now, named = antre.clock.now(), name or role

    def work(connection: Connection) -> str:
        made = connection.execute(staff.insert().values(
            office_id=office.id, username=named, password="", role=role, active=True, created_at=now, name=named,
            printer=printer).returning(staff.c.id)).scalar_one()
        return sessions.begin(connection, Session(made, office.id, named, role, now, b"", named), now)[0]

    return antre.database.write(work)


def sign_in(visitor: Visitor, key: str) -> None:
    """Let the visitor's browser be that device."""
    visitor.client.cookies.clear()
    visitor.client.cookies.set(COOKIE, key, domain=visitor.client.base_url.host)

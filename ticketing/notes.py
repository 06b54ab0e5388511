"""A clerk's note for the next counter: sealed, as it may speak of a person, and gone when its day is over.

The journal says that there was one, never what it said.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.foundation.journal import record
from scheduler.foundation.privacy import SealBroken, Vault
from scheduler.offices import Office
from scheduler.tables import offices
from ticketing.tables import visits

LONGEST = 200  # letters
OVER = timedelta(days=2)     # after its date in UTC a day is over in every time zone
MISSED = timedelta(days=30)  # so far back a sweep looks that did not run for a while

_WRITE = sa.update(visits).where(visits.c.id == bindparam("of")).values(note=bindparam("sealed"))
_FORGET = sa.update(visits).where(
    visits.c.office_id.in_(sa.select(offices.c.id)), visits.c.date.between(bindparam("first"), bindparam("last")),
    visits.c.note.is_not(None),
).values(note=None)


def tidy(text: str) -> str:
    """The note as it is kept: one line of printable letters, at most `LONGEST`."""
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    return " ".join(words)[:LONGEST].rstrip()


def write(connection: Connection, office: Office, visit_id: int, text: str, *, vault: Vault, now: datetime,
          staff_id: int) -> None:
    """Leave the note with the visit, instead of the one before; no text takes that away."""
    kept = tidy(text)
    connection.execute(_WRITE, {"of": visit_id, "sealed": vault.seal_bytes(kept.encode()) if kept else None})
    record(connection, "noted", at=now, office_id=office.id, visit_id=visit_id, staff_id=staff_id,
           data={"left": bool(kept)})


def read(sealed: bytes | None, vault: Vault) -> str:
    """What the note says; nothing if there is none, or if no secret in the settings opens it."""
    if sealed is None:
        return ""
    try:
        return vault.open_bytes(sealed).decode()
    except SealBroken:
        return ""


def forget(connection: Connection, now: datetime) -> None:
    """Take away the notes of days that are over."""
    last = now.date() - OVER
    connection.execute(_FORGET, {"first": last - MISSED, "last": last})

"""Presses on a kiosk: which were counted lately, whether the next may pass, and a clerk who lets it go on.

What counts is the journal: a number given and somebody sent home. The kiosk's own row is the lock, so presses follow
each other however many come at once and whichever process takes them.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from api.assembly import Antre
from api.tables import staff
from scheduler import days
from scheduler.days import Day
from scheduler.foundation.journal import journal, record
from scheduler.offices import Office
from ticketing import pace

# Keys that name the row elsewhere, such as a session's, need not wait.
_LOCK = sa.select(staff.c.id).where(staff.c.id == bindparam("of")).with_for_update(key_share=True)
_LATELY = sa.select(journal.c.kind, journal.c.at, journal.c.staff_id).where(
    journal.c.day_id == bindparam("day"), journal.c.at > bindparam("since"),
    journal.c.kind.in_(("walk_in", "turned_away", "kiosk_resumed"))).order_by(journal.c.at)
_KIOSKS = sa.select(staff.c.id).where(staff.c.office_id == bindparam("office"), staff.c.role == "kiosk",
                                      staff.c.active)


class NotYet(Exception):
    """The kiosk gives no number for this press; `pace` says what is missing (see `ticketing.pace`)."""

    def __init__(self, needs: str) -> None:
        super().__init__(needs)
        self.pace = needs


@dataclass(frozen=True, slots=True)
class Presses:
    """One press on the kiosk `staff_id` at `now`; `digit` if it named the digit that its page asked for."""

    office: Office
    staff_id: int
    now: datetime
    digit: bool

    def lock(self, connection: Connection) -> None:
        """Wait for presses on the same kiosk that came before."""
        connection.execute(_LOCK, {"of": self.staff_id})

    def judge(self, connection: Connection) -> None:
        """Raise NotYet unless the press may pass."""
        needs = pace_of(connection, self.office, self.staff_id, self.now)
        if needs in (pace.COOLING, pace.STOPPED) or (needs == pace.DIGIT and not self.digit):
            raise NotYet(needs)


def pace_of(connection: Connection, office: Office, staff_id: int, now: datetime) -> str:
    """What the next press on that kiosk needs."""
    day = days.day_of(connection, office.id, office.today(now))
    return pace.FREE if day is None else _pace(_lately(connection, day, now), day, staff_id, now)


def has_stopped(connection: Connection, office: Office, now: datetime) -> bool:
    """Whether a kiosk of the office waits for a clerk."""
    kiosks = connection.execute(_KIOSKS, {"office": office.id}).scalars().all()
    day = days.day_of(connection, office.id, office.today(now)) if kiosks else None
    if day is None:
        return False
    lately = _lately(connection, day, now)
    return any(_pace(lately, day, kiosk, now + pace.COOLDOWN) == pace.STOPPED for kiosk in kiosks)


def resume(connection: Connection, office: Office, now: datetime, staff_id: int) -> None:
    """Let the office's kiosks go on: a clerk has looked who presses."""
    day = days.day_of(connection, office.id, office.today(now))
    if day is not None:
        record(connection, "kiosk_resumed", at=now, office_id=office.id, day_id=day.id, staff_id=staff_id)


def _lately(connection: Connection, day: Day, now: datetime) -> list[tuple[str, datetime, int | None]]:
    rows = connection.execute(_LATELY, {"day": day.id, "since": now - pace.SPAN})
    return [(row.kind, row.at, row.staff_id) for row in rows]


def _pace(lately: list[tuple[str, datetime, int | None]], day: Day, kiosk: int, now: datetime) -> str:
    resumed = max((at for kind, at, _ in lately if kind == "kiosk_resumed"), default=None)
    taken = [at for kind, at, by in lately if kind != "kiosk_resumed" and by == kiosk]
    return pace.pace(taken, resumed, day.walk_in_room, now)


def digit_of(antre: Antre, nonce: str) -> str:
    """The digit from 1 to 9 that the page with that nonce asks for: another on each page, and nowhere kept."""
    drawn = hmac.digest(antre.vault.derive("pages")[0], f"digit {nonce}".encode(), hashlib.sha256)
    return str(int.from_bytes(drawn[:8], "big") % 9 + 1)

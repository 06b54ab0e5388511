"""Residents in the waiting list and what becomes of them, one transaction each, for tests of what they are told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from scheduler import holding, offers, waiting
from scheduler.foundation.journal import journal, record
from scheduler.keeping_tables import closure_people, closures
from scheduler.keeping_tables import offers as offers_table
from scheduler.offers import Offer
from scheduler.tables import bookings as bookings_table
from scheduler.waiting import Waiting, Wish
from tests import people
from tests.conftest import NOW
from tests.notifications.desk import Desk

TODAY = date(2026, 11, 24)


def join(desk: Desk, n: int, now: datetime = NOW, *, days: int = 7, with_email: bool = False, **more: Any) -> Waiting:
    """The n-th person waits for so many days."""
    wish = Wish(desk.office, desk.service, TODAY, TODAY + timedelta(days=days),
                people.person(n, with_email=with_email), **more)
    return desk.database.write(lambda c: waiting.join(c, wish, vault=desk.vault, now=now))


def offer(desk: Desk, now: datetime = NOW) -> list[Offer]:
    """What is offered to the line now."""
    desk.database.write(lambda c: offers.make(c, desk.office, now))
    with desk.database.read() as c:
        rows = c.execute(sa.select(*holding.COLUMNS).where(offers_table.c.made_at == now).order_by(offers_table.c.id))
        return [Offer(*row) for row in rows]


def close(desk: Desk, booking: Any, state: str, start: datetime | None = None, **closing: Any) -> int:
    """A closure that touched the booking, and what became of the person; its number."""
    def work(c: sa.Connection) -> int:
        values = {"office_id": desk.office.id, "date": desk.office.local(booking.start).date(), "staff_id": 1,
                  "at": NOW, "reason": "Gangguan jaringan", **closing}
        number = int(c.execute(closures.insert().values(values).returning(closures.c.id)).scalar_one())
        c.execute(closure_people.insert().values(
            closure_id=number, booking_id=booking.id, position=1, state=state, was=booking.start, start=start, at=NOW))
        if state == "unplaced":
            record(c, "unplaced", at=NOW, office_id=desk.office.id, booking_id=booking.id, data={"closure": number})
        return number

    return desk.database.write(work)


def moved_by(desk: Desk, booking: Any, start: datetime, closure: int) -> None:
    """The entry of the booking's last move names the closure that made it; it is no move of the resident's own."""
    def work(c: sa.Connection) -> None:
        newest = sa.select(sa.func.max(journal.c.id)).where(journal.c.kind == "moved").scalar_subquery()
        c.execute(sa.update(journal).where(journal.c.id == newest).values(
            data={"from": booking.start.isoformat(), "closure": closure}))
        c.execute(sa.update(bookings_table).where(bookings_table.c.id == booking.id).values(moves=0))

    desk.database.write(work)

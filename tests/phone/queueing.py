"""An office without free places, a place that is given up, offers and their lapse, for tests of the waiting list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from notifications import letters
from notifications.tables import outbox
from scheduler import offers
from scheduler.keeping_tables import offers as offers_table
from scheduler.keeping_tables import waiting as entries
from scheduler.tables import days, slots
from tests.phone.resident import Phone, line

TODAY = date(2026, 11, 24)


def wait(antre: Any, **time: float) -> None:
    antre.clock.advance(timedelta(**time))


def fill(antre: Any, *, but: date | None = None) -> None:
    """No place is left, but on that date."""
    full = sa.update(slots).values(taken=slots.c.places)
    if but is not None:
        full = full.where(slots.c.day_id.not_in(sa.select(days.c.id).where(days.c.date == but)))
    antre.database.write(lambda c: c.execute(full))


def free_one(antre: Any, places: int = 1, on: date = TODAY) -> None:
    """So many starts of that date have a place for the letter of ID cards, the last of the day."""
    def work(c: sa.Connection) -> None:
        found = list(c.scalars(sa.select(slots.c.id).join(days, days.c.id == slots.c.day_id).where(
            days.c.date == on, slots.c.letter == "A").order_by(slots.c.start.desc()).limit(places)))
        assert len(found) == places
        c.execute(sa.update(slots).where(slots.c.id.in_(found)).values(taken=slots.c.places - 1))

    antre.database.write(work)


def offer(antre: Any) -> int:
    """Offer to the line what is free, and write the letters; how many offers."""
    with antre.database.read() as c:
        (office,) = antre.offices.all(c)
    made = antre.database.write(lambda c: offers.make(c, office, antre.clock.now()))
    letters.write_all(antre.database, antre.offices, antre.vault, antre.clock.now())
    return int(made)


def lapse(antre: Any) -> None:
    """Let what is open lapse now, and write the letters."""
    with antre.database.read() as c:
        over = max(c.scalars(sa.select(offers_table.c.lapses_at).where(offers_table.c.state == "open")))
    antre.clock.advance(over - antre.clock.now())
    offers.lapse_all(antre.database, antre.clock.now())
    letters.write_all(antre.database, antre.offices, antre.vault, antre.clock.now())


def states(antre: Any) -> list[str]:
    """What has become of the entries, in the order of joining."""
    with antre.database.read() as c:
        return list(c.scalars(sa.select(entries.c.state).order_by(entries.c.id)))


def told(antre: Any, kind: str) -> list[str]:
    with antre.database.read() as c:
        return list(c.scalars(sa.select(outbox.c.text).where(outbox.c.kind == kind).order_by(outbox.c.id)))


def joined(antre: Any, phone: Phone, n: int = 0) -> None:
    """The n-th person stands in line."""
    fill(antre)
    assert "daftar tunggu" in phone.told(line(n).replace("DAFTAR", "TUNGGU"))

"""What the slots and days count is what the bookings take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from api.assembly import Antre
from scheduler.tables import bookings as rows
from scheduler.tables import days, slots


def booked(antre: Antre) -> list[Any]:
    """Every booking, the oldest first."""
    with antre.database.read() as c:
        return list(c.execute(sa.select(rows).order_by(rows.c.id)))


def sums_agree(antre: Antre) -> None:
    """Nothing is oversold, lost or counted twice."""
    active = [row for row in booked(antre) if row.status != "cancelled"]
    with antre.database.read() as c:
        taken = list(c.execute(sa.select(slots.c.id, slots.c.taken, slots.c.places).where(slots.c.taken > 0)))
        full = list(c.execute(sa.select(days.c.id, days.c.booked, days.c.released).where(days.c.booked > 0)))
    assert all(row.taken <= row.places for row in taken)
    assert all(row.booked <= row.released for row in full)
    assert {row.id: row.taken for row in taken} == _counted((row.slot_id, row.party) for row in active)
    assert {row.id: row.booked for row in full} == _counted((row.day_id, row.party) for row in active)


def _counted(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    total: Counter[int] = Counter()
    for key, party in pairs:
        total[key] += party
    return dict(total)

"""A manager's own number of places for a day, as its row stands; `overrides.py` sets and ends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.days import chunks
from scheduler.keeping_tables import IN_FORCE, overrides


@dataclass(frozen=True, slots=True)
class Override:
    """`released` places in all, set `at` (UTC) by the account `staff_id` for `reason`, and in force."""

    id: int
    day_id: int
    released: int
    reason: str
    staff_id: int
    at: datetime


COLUMNS = [overrides.c[name] for name in Override.__slots__]
_OF = sa.select(*COLUMNS).where(IN_FORCE, overrides.c.day_id.in_(bindparam("ids", expanding=True)))
_ALL = sa.select(*COLUMNS).where(IN_FORCE)


def of(connection: Connection, day_ids: Sequence[int]) -> dict[int, Override]:
    """What is in force on these days, by day."""
    return {row.day_id: Override(*row) for ids in chunks(day_ids) for row in connection.execute(_OF, {"ids": ids})}


def in_force(connection: Connection) -> dict[int, Override]:
    """Everything in force, by day: a few rows, however many days there are."""
    return {row.day_id: Override(*row) for row in connection.execute(_ALL)}

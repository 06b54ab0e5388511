"""Blocks of queue numbers that doors give out while they have no network.

A block is one door's own on one date: its row is there before the door knows of it, and no two blocks of a letter
share a number. The series of the network leaves all of them out: see `numbers.KEPT`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from ticketing.hall_tables import ranges
from ticketing.numbers import KEPT

SIZE = 25  # numbers in a block: some hours of one group at one door

_LAST = sa.select(sa.func.max(ranges.c.last)).where(
    ranges.c.office_id == bindparam("office"), ranges.c.date == bindparam("date"),
    ranges.c.letter == bindparam("letter"),
)
_TAKE = sa.text(
    "INSERT INTO ranges (office_id, date, letter, first, last, staff_id)"
    " VALUES (:office, :date, :letter, :first, :last, :staff) ON CONFLICT (office_id, date, letter, first) DO NOTHING"
).bindparams(bindparam("office", type_=sa.Integer), bindparam("date", type_=sa.Date),
             bindparam("letter", type_=sa.String), bindparam("staff", type_=sa.Integer))
_HOLDER = sa.select(ranges.c.staff_id).where(
    ranges.c.office_id == bindparam("office"), ranges.c.date == bindparam("date"),
    ranges.c.letter == bindparam("letter"), ranges.c.first <= bindparam("number"),
    ranges.c.last >= bindparam("number"),
)


@dataclass(frozen=True, slots=True)
class Block:
    """The numbers from `first` to `last`, both included."""

    first: int
    last: int


def hand_out(connection: Connection, office_id: int, on: date, letter: str, staff_id: int) -> Block | None:
    """The next block of the letter on the office's date `on`, for a door of that account; None when all are taken.

    Two doors that look at the same moment want the same block: the second waits for the first to commit, finds it
    taken and goes on to the next.
    """
    key = {"office": office_id, "date": on, "letter": letter}
    last = connection.execute(_LAST, key).scalar_one()
    for first in range(KEPT.start if last is None else last + 1, KEPT.stop, SIZE):
        block = Block(first, min(first + SIZE, KEPT.stop) - 1)
        taken = connection.execute(_TAKE, {**key, "first": block.first, "last": block.last, "staff": staff_id})
        if taken.rowcount == 1:
            return block
    return None


def holder(connection: Connection, office_id: int, on: date, letter: str, number: int) -> int | None:
    """The account whose door was given the number to hand out, or None: nobody may give it."""
    found: int | None = connection.execute(
        _HOLDER, {"office": office_id, "date": on, "letter": letter, "number": number}).scalar_one_or_none()
    return found

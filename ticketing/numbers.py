"""Queue numbers: `A-001` from each morning, one series for each service group of an office.

The series leaves out `KEPT`, which doors give out while they have no network: see `ranges` in `hall_tables.py`.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

KEPT = range(700, 1000)

# The number after `last`, as SQL: both databases and every statement that takes one know it.
AFTER_LAST = f"CASE WHEN numberings.last + 1 = {KEPT.start} THEN {KEPT.stop} ELSE numberings.last + 1 END"

# One statement both takes and answers the number: nobody can read the same last one, and a transaction that fails
# leaves no gap. The row is held to the end of the transaction, so take it late. SQLite and PostgreSQL both know this.
_TAKE = sa.text(f"""
    INSERT INTO numberings (office_id, date, letter, last) VALUES (:office, :date, :letter, 1)
    ON CONFLICT (office_id, date, letter) DO UPDATE SET last = {AFTER_LAST} RETURNING last
""").bindparams(bindparam("office", type_=sa.Integer), bindparam("date", type_=sa.Date),  # noqa: S608 - a text of ours
                bindparam("letter", type_=sa.String))


def take(connection: Connection, office_id: int, on: date, letter: str) -> int:
    """The next number of the group on the office's date `on`, from 1."""
    number: int = connection.execute(_TAKE, {"office": office_id, "date": on, "letter": letter}).scalar_one()
    return number


def show(letter: str, number: int) -> str:
    """`A-001`; a fourth digit appears when it is needed."""
    return f"{letter}-{number:03}"

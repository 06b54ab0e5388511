"""Queue numbers: `A-001` from each morning, one series for each service group of an office."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

# One statement both takes and answers the number: nobody can read the same last one, and a transaction that fails
# leaves no gap. The row is held to the end of the transaction, so take it late. SQLite and PostgreSQL both know this.
_TAKE = sa.text(
    "INSERT INTO numberings (office_id, date, letter, last) VALUES (:office, :date, :letter, 1)"
    " ON CONFLICT (office_id, date, letter) DO UPDATE SET last = numberings.last + 1 RETURNING last"
).bindparams(bindparam("office", type_=sa.Integer), bindparam("date", type_=sa.Date),
             bindparam("letter", type_=sa.String))


def take(connection: Connection, office_id: int, on: date, letter: str) -> int:
    """The next number of the group on the office's date `on`, from 1."""
    number: int = connection.execute(_TAKE, {"office": office_id, "date": on, "letter": letter}).scalar_one()
    return number


def show(letter: str, number: int) -> str:
    """`A-001`; a fourth digit appears when it is needed."""
    return f"{letter}-{number:03}"

"""How many questions something asks the database."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from scheduler.foundation.database import Database

_STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


def questions(database: Database, work: Callable[[], object]) -> int:
    """The statements sent while `work` is done, reading and writing, without those that begin and end transactions."""
    asked: list[str] = []

    def note(*heard: object) -> None:
        asked.append(str(heard[2]).lstrip().upper())

    with database.read() as connection:
        engines = {database.engine, connection.engine}
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)
    return len([statement for statement in asked if statement.startswith(_STATEMENTS)])

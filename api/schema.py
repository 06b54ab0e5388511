"""The schema of all rooms, and its versions in `api/migrations`.

`metadata` holds every table once this module is imported. A process asks `current` and `head` whether the database
fits it; only `antre migrate` (and the demo at its start) calls `upgrade`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import api.phone.tables
import api.tables
import notifications.tables
import scheduler.foundation.journal
import scheduler.keeping_tables
import scheduler.tables
import ticketing.tables
from scheduler.foundation.database import Database, metadata

SCRIPTS = Path(__file__).parent / "migrations"
ROOMS = (scheduler.foundation.journal, scheduler.tables, scheduler.keeping_tables, ticketing.tables,
         notifications.tables, api.tables, api.phone.tables)
__all__ = ["NEWER", "ROOMS", "SCRIPTS", "SchemaError", "current", "head", "is_known", "metadata", "migrating",
           "upgrade"]

_LOCK = 0x616E747265  # "antre": whoever migrates holds this PostgreSQL advisory lock


NEWER = ("The database is at schema {version}, which this version does not know: "
         "install the newer version it was used with.")


class SchemaError(Exception):
    """The database cannot be brought to this program's schema; the text is one sentence."""


@cache
def head(scripts: Path = SCRIPTS) -> str:
    """The version this program works with."""
    newest = ScriptDirectory(str(scripts)).get_current_head()
    assert newest is not None
    return newest


def current(connection: Connection) -> str | None:
    """The version the database is at, None if it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, scripts: Path = SCRIPTS) -> bool:
    """Bring the database to `head`, in one transaction: all of it or nothing. Answers whether there was anything to do.

    Two processes may do so at once: the second waits, then finds nothing left. Raises SchemaError when the database
    is newer than this program.
    """
    with migrating(database) as connection:
        before = current(connection)
        if before is None:
            _must_be_empty(connection)
        elif not is_known(before, scripts):
            raise SchemaError(NEWER.format(version=before))
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        command.upgrade(config, "head")
        return before != head(scripts)


def is_known(version: str, scripts: Path = SCRIPTS) -> bool:
    """Whether this program can bring a database from that version to its own; it cannot from a newer program's."""
    return version in {script.revision for script in ScriptDirectory(str(scripts)).walk_revisions()}


def _must_be_empty(connection: Connection) -> None:
    strange = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}  # stays after a way down to nothing
    if strange:
        raise SchemaError(f"The database holds tables of another program ({', '.join(sorted(strange)[:3])}): "
                          "ANTRE_DATABASE_URL must name one of Antre's own, or an empty one.")


@contextmanager
def migrating(database: Database) -> Iterator[Connection]:
    """A connection in a transaction nobody else migrates beside, committed when the block ends well.

    SQLite alters a table by making it anew under another name, so foreign keys rest meanwhile and are checked whole
    before the commit (https://www.sqlite.org/lang_altertable.html, section 7).
    """
    with database.engine.connect() as connection:
        if database.embedded:
            _keep_foreign_keys(connection, False)
        try:
            with connection.begin():  # on SQLite BEGIN IMMEDIATE: one at a time
                if not database.embedded:
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
                yield connection
                if database.embedded:
                    _check_foreign_keys(connection)
        finally:
            if database.embedded:
                _keep_foreign_keys(connection, True)


def _keep_foreign_keys(connection: Connection, kept: bool) -> None:
    """Outside a transaction, as SQLite ignores this inside one: hence on the driver's own connection."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={'ON' if kept else 'OFF'}")


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise SchemaError(f"The migration would leave a row of {broken[0]} without the row of {broken[2]} it needs.")

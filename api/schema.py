"""The schema of all rooms, and its versions in `api/migrations`.

`metadata` holds every table once this module is imported. A process asks by `current` and `HEAD` whether the database
fits it; only `antre migrate` (and the demo at its start) calls `upgrade`. Alembic is imported where it is used: it
takes as long to load as all the rest of a command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

import api.phone.tables
import api.tables
import notifications.tables
import scheduler.foundation.journal
import scheduler.keeping_tables
import scheduler.tables
import ticketing.hall_tables
import ticketing.survey_tables
import ticketing.tables
from scheduler.foundation.database import Database, metadata

SCRIPTS = Path(__file__).parent / "migrations"
ROOMS = (scheduler.foundation.journal, scheduler.tables, scheduler.keeping_tables, ticketing.tables,
         ticketing.hall_tables, ticketing.survey_tables, notifications.tables, api.tables, api.phone.tables)
__all__ = ["HEAD", "NEWER", "ROOMS", "SCRIPTS", "SchemaError", "current", "is_known", "metadata", "migrating",
           "upgrade"]

HEAD = "0005"  # the version this program works with: the newest in `SCRIPTS`

_LOCK = 0x616E747265  # "antre": whoever migrates holds this PostgreSQL advisory lock


NEWER = ("The database is at schema {version}, which this version does not know: "
         "install the newer version it was used with.")


class SchemaError(Exception):
    """The database cannot be brought to this program's schema; the text is one sentence."""


def current(connection: Connection) -> str | None:
    """The version the database is at, None if it is empty."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return version


def upgrade(database: Database, scripts: Path = SCRIPTS) -> bool:
    """Bring the database to the newest version, in one transaction: all of it or nothing.

    Answers whether there was anything to do.
    Two processes may do so at once: the second waits, then finds nothing left. Raises SchemaError when the database
    is newer than this program.
    """
    from alembic import command
    from alembic.config import Config

    with migrating(database) as connection:
        before = current(connection)
        if before is None:
            _must_be_empty(connection)
        elif not is_known(before, scripts):
            raise SchemaError(NEWER.format(version=before))
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        command.upgrade(config, "head")
        return before != current(connection)


def is_known(version: str, scripts: Path = SCRIPTS) -> bool:
    """Whether this program can bring a database from that version to its own; it cannot from a newer program's."""
    from alembic.script import ScriptDirectory

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

"""The schema: versions lead to what the rooms expect, whole and once, and the rules hold without any of our code."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import api.schema
from scheduler.foundation.database import Database
from tests.postgres import Server
from tests.threads import all_at_once

ROOT = Path(__file__).parent.parent


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    yield server.create("nothing")
    server.drop("nothing")


def shape(database: Database) -> dict[str, Any]:
    """Everything about the tables that both databases can tell."""
    with database.read() as connection:
        look = sa.inspect(connection)
        return {
            table: {
                "columns": {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns(table)},
                "primary key": look.get_pk_constraint(table),
                "foreign keys": sorted(map(str, look.get_foreign_keys(table))),
                "unique": sorted(map(str, look.get_unique_constraints(table))),
                "checks": sorted(map(str, look.get_check_constraints(table))),
                "indexes": sorted(str({**i, "dialect_options": {k: str(v) for k, v in i["dialect_options"].items()}})
                                  for i in look.get_indexes(table)),
            }
            for table in look.get_table_names() if table != "alembic_version"
        }


def test_the_versions_lead_to_the_tables_of_the_rooms(empty: str) -> None:
    with closing(Database(empty, connections=1)) as database:
        assert api.schema.upgrade(database)
        with database.read() as connection:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            assert compare_metadata(context, api.schema.metadata) == []
            assert api.schema.current(connection) == api.schema.HEAD
        migrated = shape(database)
        with database.engine.begin() as connection:
            drop_all(connection)
            api.schema.metadata.create_all(connection)
        assert migrated == shape(database)
        assert len(migrated) == len(api.schema.metadata.tables)


def drop_all(connection: sa.Connection) -> None:
    connection.execute(sa.text("DROP TABLE alembic_version"))
    api.schema.metadata.drop_all(connection)


def test_every_version_goes_up_and_down(empty: str) -> None:
    with closing(Database(empty, connections=1)) as database:
        for _ in range(2):
            assert api.schema.upgrade(database)
            assert not api.schema.upgrade(database)
            with api.schema.migrating(database) as connection:
                command.downgrade(config(connection, api.schema.SCRIPTS), "base")
            assert shape(database) == {}


def config(connection: sa.Connection, scripts: Path) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(scripts))
    return config


# -- between versions ------------------------------------------------------------------------------------

NEXT = '''
"""A version as the next may be: a column, a rule and an index on a table others refer to."""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "next", "{head}"


def upgrade():
    with op.batch_alter_table("services") as services:
        services.add_column(sa.Column("colour", sa.String(8), nullable=False, server_default="blue"))
        services.alter_column("short", type_=sa.String(40), existing_nullable=False)
        services.create_check_constraint(op.f("ck_services_colour"), "colour <> 'grey'")
        services.create_index("ix_services_colour", ["colour"])
    {more}


def downgrade():
    with op.batch_alter_table("services") as services:
        services.drop_index("ix_services_colour")
        services.drop_constraint(op.f("ck_services_colour"), type_="check")
        services.alter_column("short", type_=sa.String(24), existing_nullable=False)
        services.drop_column("colour")
'''


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migrations of a later version of the program."""
    return scripts_with(tmp_path / "later", more="pass")


def scripts_with(folder: Path, more: str) -> Path:
    shutil.copytree(api.schema.SCRIPTS, folder)
    (folder / "versions" / "next.py").write_text(NEXT.format(head=api.schema.HEAD, more=more))
    return folder


def rows(database: Database) -> dict[str, list[Any]]:
    with database.read() as connection:
        return {name: sorted(map(tuple, connection.execute(sa.select(table))), key=str)
                for name, table in api.schema.metadata.tables.items()}


def test_data_survives_the_way_to_the_next_version_and_back(
    database: Database, balikpapan: object, later: Path
) -> None:
    before, shape_before = rows(database), shape(database)
    stamp(database)
    assert before["services"]
    assert before["slots"]
    assert api.schema.upgrade(database, later)
    assert rows(database) == before
    with pytest.raises(sa.exc.IntegrityError):
        database.write(lambda connection: connection.execute(sa.text("UPDATE services SET colour = 'grey'")))
    with api.schema.migrating(database) as connection:
        command.downgrade(config(connection, later), "-1")
    assert rows(database) == before
    assert shape(database) == shape_before


def test_data_survives_the_way_to_the_first_version_and_back(database: Database, balikpapan: object) -> None:
    before, shape_before = rows(database), shape(database)
    with api.schema.migrating(database) as connection:
        command.downgrade(config(connection, api.schema.SCRIPTS), "0001")
    assert shape(database) != shape_before
    assert api.schema.upgrade(database)
    assert rows(database) == before
    assert shape(database) == shape_before


def test_the_version_the_program_works_with_is_the_newest() -> None:
    assert ScriptDirectory(str(api.schema.SCRIPTS)).get_current_head() == api.schema.HEAD


def stamp(database: Database) -> None:
    with database.read() as connection:
        assert api.schema.current(connection) == api.schema.HEAD


def test_a_version_that_fails_half_way_leaves_nothing_behind(database: Database, tmp_path: Path) -> None:
    before = shape(database)
    scripts = scripts_with(tmp_path / "broken", more='op.execute("SELECT nothing FROM nowhere")')
    with pytest.raises(sa.exc.DBAPIError):
        api.schema.upgrade(database, scripts)
    assert shape(database) == before
    stamp(database)
    database.write(lambda connection: connection.execute(sa.text("SELECT 1")))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_version_that_would_orphan_rows_is_undone(database: Database, balikpapan: object, tmp_path: Path) -> None:
    before = rows(database)
    scripts = scripts_with(tmp_path / "orphaning", more='op.execute("DELETE FROM days")')
    with pytest.raises(api.schema.SchemaError, match="a row of slots without the row of days"):
        api.schema.upgrade(database, scripts)
    assert rows(database) == before
    kept = database.write(lambda connection: connection.execute(sa.text("PRAGMA foreign_keys")).scalar())
    assert kept == 1


def test_an_older_program_refuses_a_newer_database(database: Database, later: Path) -> None:
    api.schema.upgrade(database, later)
    with pytest.raises(api.schema.SchemaError, match="schema next, which this version does not know"):
        api.schema.upgrade(database)
    with database.read() as connection:
        assert api.schema.current(connection) != api.schema.HEAD


def test_the_tables_of_another_program_are_left_alone(empty: str) -> None:
    with closing(Database(empty, connections=1)) as database:
        database.write(lambda connection: connection.execute(sa.text("CREATE TABLE recipes (name TEXT)")))
        with pytest.raises(api.schema.SchemaError, match="another program \\(recipes\\)"):
            api.schema.upgrade(database)
        assert list(shape(database)) == ["recipes"]


def test_processes_that_migrate_at_once_do_it_once(empty: str) -> None:
    program = (
        "import sys, api.schema; from scheduler.foundation.database import Database; "
        "database = Database(sys.argv[1], connections=1); sys.stdin.read(); "
        "print(api.schema.upgrade(database)); database.close()"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program, empty], cwd=ROOT, text=True,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    told = all_at_once(*[lambda process=process: process.communicate(timeout=60) for process in processes])
    assert sorted(out.strip() for out, _ in told) == ["False", "False", "True"], [error for _, error in told]


def test_sqlite_can_be_read_by_an_installation_that_only_knows_sqlite(empty: str) -> None:
    """A database is one file: what `antre backup` copies opens with the driver alone."""
    if not empty.startswith("sqlite"):
        return
    with closing(Database(empty, connections=1)) as database:
        api.schema.upgrade(database)
    with closing(sqlite3.connect(empty.removeprefix("sqlite:///"))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)

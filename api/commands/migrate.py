"""`antre migrate`: the database brought to this version's schema."""

from __future__ import annotations

import argparse

import api.schema
from api.commands.ground import announce, make_private, sqlite_file
from api.commands.problems import Failure
from scheduler.foundation import config
from scheduler.foundation.database import Database


def configure(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.epilog = ("Makes the tables in an empty database; afterwards it changes only what a new version needs,\n"
                     "all of it or nothing. Running it again changes nothing.\n\nexample:\n  antre migrate")
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Migrate, and say from where to where."""
    settings = config.load()
    file = sqlite_file(settings)
    if file is not None and not file.parent.is_dir():
        raise Failure(f"There is no directory {file.parent} to keep the database in: make it first.")
    if file is not None:
        make_private(file)
    database = Database(settings.database_url, connections=1)
    try:
        changed = api.schema.upgrade(database)
    except api.schema.SchemaError as problem:
        raise Failure(str(problem)) from None
    finally:
        database.close()
    announce(f"The schema is at {api.schema.HEAD}{'' if changed else ' already'}.")
    return 0

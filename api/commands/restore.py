"""`antre restore FILE`: the database back from a copy."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.commands import copy_postgresql, copy_sqlite
from api.commands.ground import announce, sqlite_file
from api.commands.problems import Failure
from scheduler.foundation import config

BEGINNINGS = {"SQLite": b"SQLite format 3\0", "PostgreSQL": b"PGDMP"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a copy made by `antre backup`")
    parser.add_argument("--yes", action="store_true", help="give up what the database holds now")
    parser.epilog = ("Stop `antre serve` and `antre worker` first. A damaged copy is refused and changes nothing.\n"
                     "A copy of an older version is brought up to date by `antre migrate` afterwards.\n\n"
                     "example:\n  antre restore /var/backups/antre-2026-11-24 --yes")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check the copy, then replace what is there by it, whole or not at all."""
    settings = config.load()
    copy: Path = options.file
    if not copy.is_file():
        raise Failure(f"There is no file {copy}.")
    target = sqlite_file(settings)
    _refuse_other_kind(copy, "SQLite" if target is not None else "PostgreSQL")
    if target is not None:
        copy_sqlite.load(copy, target, overwrite=options.yes)
    else:
        copy_postgresql.load(copy, settings.database_url, overwrite=options.yes)
    announce(f"The database is as {copy} kept it. Run `antre migrate`, then `antre doctor`.")
    return 0


def _refuse_other_kind(copy: Path, wanted: str) -> None:
    """A copy goes back to where it came from; the programs that read it would only call it damaged."""
    with copy.open("rb") as file:
        start = file.read(16)
    kind = next((name for name, sign in BEGINNINGS.items() if start.startswith(sign)), wanted)
    if kind != wanted:
        raise Failure(f"{copy} is a copy from {kind}, and ANTRE_DATABASE_URL names a database on {wanted}.")

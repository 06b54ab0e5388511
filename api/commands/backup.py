"""`antre backup FILE`: a consistent copy of the database while it is in use."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from api.commands import copy_postgresql, copy_sqlite
from api.commands.ground import announce, connected, sqlite_file
from api.commands.problems import Failure
from scheduler.foundation import config


def configure(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("file", type=Path, metavar="FILE", help="where the copy goes; it must not be there yet")
    parser.epilog = ("The copy shows one moment; nobody waits meanwhile. Personal data in it stays sealed: keep the\n"
                     "secrets elsewhere, without them it cannot be read. PostgreSQL needs its pg_dump here.\n\n"
                     "example:\n  antre backup /var/backups/antre-$(date +%F)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Copy beside the target, then give it its name: FILE is whole or not there."""
    settings = config.load()
    target: Path = options.file
    if target.exists():
        raise Failure(f"{target} is there already: take another name.")
    if not target.parent.is_dir():
        raise Failure(f"There is no directory {target.parent}.")
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600, exist_ok=False)  # in nobody else's file, whoever may write here
        with connected(settings):
            source = sqlite_file(settings)
            if source is not None:
                copy_sqlite.save(source, unfinished)
            else:
                copy_postgresql.save(settings.database_url, unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.rename(target)
    except PermissionError:
        raise Failure(f"{target.parent} is not yours to write.") from None
    finally:
        unfinished.unlink(missing_ok=True)
    announce(f"{target}: {target.stat().st_size:,} bytes.")
    return 0

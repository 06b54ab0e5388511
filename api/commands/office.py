"""`antre office import FILE`: an office from its file."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.commands.ground import announce, opened
from api.commands.problems import Failure
from scheduler import office_file
from scheduler.foundation import config
from scheduler.foundation.clock import SystemClock

MOST_NAMED = 10  # in one line of what changed
LARGEST_BYTES = 500_000  # many times what an office with every service, counter and exception takes


def configure(parser: argparse.ArgumentParser) -> None:
    """Name the actions and their options."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    purpose = "Take an office over from its TOML file: hours, services, counters, band, exceptions."
    add = actions.add_parser("import", help="an office from a TOML file", description=purpose,
                             formatter_class=argparse.RawDescriptionHelpFormatter)
    add.add_argument("file", type=Path, metavar="FILE", help="the office file; scheduler/examples has Balikpapan's")
    add.epilog = ("A wrong file is refused whole, with line and reason. Importing the same file again changes\n"
                  "nothing.\n\n"
                  "example:\n  antre office import balikpapan.toml")
    parser.epilog = "example:\n  antre office import balikpapan.toml"
    add.set_defaults(run=import_file)


def import_file(options: argparse.Namespace) -> int:
    """Import the file and say whether anything changed."""
    settings = config.load()
    file = office_file.parse(_text(options.file), str(options.file))
    now = SystemClock().now()
    with opened(settings) as database:
        imported = database.write(lambda connection: office_file.import_office(connection, file, now))
    announce(f"{options.file}: {'imported' if imported.changed else 'nothing changed'}.")
    for section, changes in imported.changes.items():
        told = "; ".join(f"{kind} {_names(names)}" for kind, names in changes.items())
        announce(f"  {section.replace('_', ' ')}: {told}")
    return 0


def _names(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= MOST_NAMED else str(len(names))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as problem:
        raise Failure(f"{path} cannot be read: {problem.strerror}.") from None
    if len(content) > LARGEST_BYTES:
        raise Failure(f"{path} is no office file: it is larger than {LARGEST_BYTES // 1000} KB.")
    try:
        return content.decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise Failure(f"{path} is not a text file in UTF-8, see line {line}: save it anew in that encoding.") from None

"""The `antre` command: picks the subcommand, and turns what was to be expected into one sentence.

Each file in `api/commands/` is one command; only the one asked for is imported, so that `antre --help` and a
refused setting answer at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

COMMANDS = {
    "demo": "the whole system in one process, with an office, a clock to turn and phones to play with",
    "serve": "the API and the pages; with an embedded database the jobs as well",
    "worker": "the jobs alone, beside `antre serve` on PostgreSQL",
    "office": "an office from its file",
    "staff": "staff accounts",
    "migrate": "the database brought to this version's schema",
    "doctor": "a check of settings, database, gateway, clock and keys",
    "backup": "a consistent copy of the database while it is in use",
    "restore": "the database back from a copy",
    "rekey": "personal data sealed anew under the secret in use",
    "simulate": "the capacity policy against invented years, as a table and a picture",
}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and where help is, instead of printing the usage over it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see `{self.prog} --help`.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Answers the exit code: 0 done, 1 refused with a sentence, 2 misused, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser(words[0] if words else "")
    options = parser.parse_args(words)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `antre doctor | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:
        from api.commands.problems import sentence

        words_for_it = sentence(problem)
        if words_for_it is None:
            raise
        print(f"antre: {words_for_it}", file=sys.stderr)
        return 1


def _parser(wanted: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="antre", description="Times, tickets and a short wait for people who must come to an office in person.",
        epilog="Settings are environment variables ANTRE_*; docs/settings.md lists them. "
               "`antre COMMAND --help` has an example.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=purpose[0].upper() + purpose[1:] + ".",
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
        if name == wanted:
            import_module(f"api.commands.{name}").configure(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())

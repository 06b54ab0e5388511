"""`antre worker`: the jobs alone."""

from __future__ import annotations

import argparse
import signal
import threading

from api.commands.ground import announce, ready_settings
from api.commands.problems import Failure


def configure(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.epilog = ("Any number may run, on any number of machines: one works, another takes over when it ends.\n\n"
                     "example:\n  antre worker")
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Run the timetable until SIGTERM or SIGINT."""
    settings = ready_settings()
    if settings.embedded:
        raise Failure("With an embedded database `antre serve` runs the jobs itself; a worker is for PostgreSQL.")
    from api import logs
    from api.installation import install

    logs.configure(settings.log_level)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    antre = install(settings)
    try:
        antre.timetable.start()
        announce("Antre's jobs run, or stand by while another worker runs them.")
        stopped.wait()
    finally:
        antre.close()
    return 0

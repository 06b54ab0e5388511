"""`antre serve`: the API and the pages."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from api.commands.ground import announce, count, port_number, ready_settings
from api.commands.problems import Failure

COUNTS = "PROMETHEUS_MULTIPROC_DIR"


def configure(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1; 0.0.0.0 is every one)")
    parser.add_argument("--port", type=port_number, default=8000, help="port to listen on (8000)")
    parser.add_argument("--processes", type=count, default=1, metavar="N",
                        help="server processes (1); more need PostgreSQL, two for each core at most")
    parser.epilog = "example:\n  antre serve --host 127.0.0.1 --port 8000 --processes 2"
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    settings = ready_settings()
    if settings.embedded and options.processes > 1:
        raise Failure("An embedded database has one process: leave out --processes, or use PostgreSQL.")
    jobs = "jobs run here as well" if settings.embedded else "jobs run in `antre worker`"
    where = f"http://{options.host}:{options.port}"
    with _shared_counts(options.processes):
        from api.serving import leave, serve

        serve(settings, options.host, options.port, options.processes,
              lambda: announce(f"Antre answers at {where} as {settings.public_url}; {jobs}."))
    leave()


@contextmanager
def _shared_counts(processes: int) -> Iterator[None]:
    """A directory where several processes count together; prometheus_client looks for it as it is imported."""
    if processes == 1 or COUNTS in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="antre-counts-") as directory:
        os.environ[COUNTS] = directory
        yield

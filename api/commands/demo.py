"""`antre demo`: the whole system in one process, to play with."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from api.commands.ground import port_number

FASTEST = 3600  # an hour a second


def configure(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("--port", type=port_number, default=8000, help="port, on this machine only (8000)")
    parser.add_argument("--data", type=Path, default=Path("var/demo"), metavar="DIR",
                        help="where the demo is kept (var/demo); an existing one goes on")
    parser.add_argument("--at", metavar="TIME", help="set the office clock: 08:30 today, or 2026-11-24T08:30, at the "
                        "office's own time; without it the clock is right, or where the demo had got to")
    parser.add_argument("--speed", type=_speed, default=1.0, metavar="X",
                        help="let the office clock run X times as fast (1); 0 lets it stand")
    parser.add_argument("--residents", type=_residents, default=0, metavar="N",
                        help="play N invented residents a day who book, come or stay away (0)")
    parser.epilog = ("Everything is invented and stays in DIR; SMS go to phones on the page /demo. DIR/access.json\n"
                     "has the addresses and passwords for other programs.\n\n"
                     "examples:\n  antre demo\n  antre demo --at 2026-11-24T07:30 --speed 60 --residents 80")
    parser.set_defaults(run=run)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 <= speed <= FASTEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {FASTEST}")
    return speed


def _residents(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 1000")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Play until SIGTERM or SIGINT."""
    from api.demo.run import play
    from api.serving import leave

    play(options.port, options.data, options.at, options.speed, options.residents)
    leave()

"""A worker of closures as a process of its own: moves people, and stands still in the middle of one.

    python -m tests.mover DATABASE_URL STILL_AT NOW SECRET

In the STILL_AT-th person's transaction it says `still` and does nothing more, so that it can be killed there.
"""

from __future__ import annotations

import sys
import time
from contextlib import closing
from datetime import date, datetime

from scheduler import rebooking
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from scheduler.offices import Offices
from ticketing.codes import Mint


class Halting:
    """Draws what tickets carry, and stops for ever at one of them."""

    def __init__(self, still_at: int, secret: str) -> None:
        self._mint = Mint(Vault([secret]).derive("ticket"))
        self._left = still_at

    def code(self) -> str:
        """A booking code."""
        return self._mint.code()

    def token(self, office_id: int, day: date) -> str:
        """A token; drawn in the middle of a move's transaction."""
        self._left -= 1
        if self._left == 0:
            sys.stdout.write("still\n")
            sys.stdout.flush()
            time.sleep(600)
        return self._mint.token(office_id, day)


def main(database_url: str, still_at: str, now: str, secret: str) -> None:
    """Move people until it is time to stand still."""
    with closing(Database(database_url, connections=2)) as database:
        rebooking.place_all(database, Offices(), Halting(int(still_at), secret), datetime.fromisoformat(now))


if __name__ == "__main__":
    main(*sys.argv[1:])

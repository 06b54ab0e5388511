"""What the doors keep for a while only: sessions, pairing codes, counts of failures and of requests.

Answers kept for repeated requests are the book's, and `scheduler.erasure` forgets them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from api import devices, guesses, limits, sessions
from scheduler.foundation.clock import SystemClock
from scheduler.foundation.database import Database

Sweeper = Callable[[Connection, datetime], None]


def sweep_all(database: Database, now: datetime, also: Sequence[Sweeper] = ()) -> None:
    """Delete what is past its time at `now`, also what `also` knows of; counts of requests go by the real clock."""
    really = SystemClock().now()

    def work(connection: Connection) -> None:
        sessions.sweep(connection, now)
        guesses.sweep(connection, now)
        devices.sweep(connection, now)
        limits.sweep(connection, really)
        for sweep in also:
            sweep(connection, now)

    database.write(work)

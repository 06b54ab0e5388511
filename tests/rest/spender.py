"""A process of its own that spends a client's allowance: `python -m tests.rest.spender URL LIMIT CLIENT TRIES AT`."""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing
from datetime import datetime

from api.limits import Limiter
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal


async def spend(limiter: Limiter, client: str, tries: int) -> int:
    """How many of so many tries were let through."""

    async def one() -> bool:
        try:
            await limiter.spend(client, "GET /x", "read")
        except Refusal:
            return False
        return True

    through = 0
    for _ in range(0, tries, 10):
        through += sum(await asyncio.gather(*[one() for _ in range(10)]))
    return through


def main(url: str, limit: str, client: str, tries: str, at: str) -> None:
    """Spend, and print how many were let through."""
    with closing(Database(url, connections=2, durable=False)) as database:
        limiter = Limiter(database, SettableClock(datetime.fromisoformat(at)), int(limit))
        _say("ready")
        sys.stdin.readline()
        _say(str(asyncio.run(spend(limiter, client, int(tries)))))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

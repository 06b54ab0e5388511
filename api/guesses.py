"""The lock against guessing: wrong passwords and pairing codes in a row, counted by whom and by what is guessed.

An attempt is counted before what was given is looked at and forgiven when it was right, so that a hundred guesses at
the same moment count as a hundred. After some free ones each further one locks for twice as long.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, Integer, LargeBinary, bindparam

from api.tables import sign_in_failures
from scheduler.foundation.database import UtcDateTime
from scheduler.foundation.errors import Refusal

FIRST_LOCK = timedelta(seconds=30)
LONGEST_LOCK = timedelta(minutes=15)
FORGET_AFTER = timedelta(minutes=30)  # without a further attempt

# The row is locked from here to the commit, so attempts at the same moment are counted one after the other.
_COUNT = sa.text("""
    INSERT INTO sign_in_failures (key, failures, locked_until, last_at) VALUES (:key, 1, NULL, :now)
    ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at,
        failures = CASE WHEN sign_in_failures.last_at < :stale THEN 1 ELSE sign_in_failures.failures + 1 END
    RETURNING failures, locked_until
""").bindparams(
    bindparam("key", type_=LargeBinary), bindparam("now", type_=UtcDateTime), bindparam("stale", type_=UtcDateTime),
).columns(failures=Integer, locked_until=UtcDateTime)
_LOCK = sa.update(sign_in_failures).where(sign_in_failures.c.key == bindparam("of")).values(
    locked_until=bindparam("until")
)
_FORGIVE_ALL = sa.delete(sign_in_failures).where(sign_in_failures.c.key == bindparam("of"))
_FORGIVE_ONE = sa.update(sign_in_failures).where(
    sign_in_failures.c.key == bindparam("of"), sign_in_failures.c.failures > 0
).values(failures=sign_in_failures.c.failures - 1, locked_until=None)


def count(connection: Connection, key: bytes, free: int, now: datetime) -> timedelta | None:
    """One more attempt; answers the lock it sets on those that follow, if more than `free` were wrong in a row.

    Raises Refusal too_many_requests with `retry_after`, in seconds, while a lock lasts.
    """
    seen = connection.execute(_COUNT, {"key": key, "now": now, "stale": now - FORGET_AFTER}).one()
    if seen.locked_until is not None and seen.locked_until > now:
        left = (seen.locked_until - now).total_seconds()
        raise Refusal("too_many_requests", why="locked", retry_after=int(left) + 1)
    lock = lock_after(seen.failures, free)
    if lock is not None:
        connection.execute(_LOCK, {"of": key, "until": now + lock})
    return lock


def lock_after(failures: int, free: int) -> timedelta | None:
    """How long the lock is after so many failures in a row: none up to `free`, then 30 s, doubling to 15 min."""
    if failures < free:
        return None
    doublings = min(failures - free, 10)
    return min(FIRST_LOCK * int(2**doublings), LONGEST_LOCK)


def forgive_all(connection: Connection, key: bytes) -> None:
    """It was right: the ones before do not matter any more."""
    connection.execute(_FORGIVE_ALL, {"of": key})


def forgive_one(connection: Connection, key: bytes) -> None:
    """It was right: this one does not count, but what others did who are counted together does."""
    connection.execute(_FORGIVE_ONE, {"of": key})


def key_of(secret: bytes, kind: str, value: str) -> bytes:
    """What is counted, hashed under the installation's key: people type their password into the wrong field."""
    return hmac.digest(secret, f"{kind}:{value}".encode(), hashlib.sha256)[:16]


def sweep(connection: Connection, now: datetime) -> None:
    """Delete counts that no longer matter."""
    connection.execute(sa.delete(sign_in_failures).where(sign_in_failures.c.last_at < now - 2 * FORGET_AFTER))

"""Idempotency-Key: a write that is repeated gives the first answer again and has one effect.

The answer, a refusal too, is kept in the transaction that caused it, under a unique key. Two copies at the same
moment both work; the second one breaks the rule, is rolled back, and finds the first one's answer on its next try.
Key and body are kept as keyed hashes: a body holds personal data.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from litestar import Request
from sqlalchemy import Connection, bindparam

from api import errors
from api.guards import account_of
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from scheduler.tables import answers

HEADER = "idempotency-key"
LONGEST_KEY = 200

_FIND = sa.select(answers.c.fingerprint, answers.c.status, answers.c.body).where(answers.c.key == bindparam("of"))
_KEEP = answers.insert()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it goes out and is kept: `body` is JSON. `again`: it is that of an earlier request. `language`: that
    of the words inside, which of an earlier answer is not known."""

    status: int
    body: bytes
    again: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Once:
    """One request's key, hashed with its route and its asker, and the fingerprint of what it asks."""

    key: bytes
    fingerprint: bytes

    def again(self, connection: Connection) -> Reply | None:
        """The kept answer, if the request came before. Raises Refusal idempotency_key_reused for another body."""
        row = connection.execute(_FIND, {"of": self.key}).one_or_none()
        if row is None:
            return None
        if bytes(row.fingerprint) != self.fingerprint:
            raise Refusal("idempotency_key_reused", field="Idempotency-Key")
        return Reply(row.status, row.body.encode(), again=True)

    def keep(self, connection: Connection, reply: Reply, now: datetime) -> None:
        """Keep the answer, in the transaction that caused it."""
        connection.execute(_KEEP, {
            "key": self.key, "fingerprint": self.fingerprint, "status": reply.status, "body": reply.body.decode(),
            "at": now,
        })


async def of_request(request: Request[Any, Any, Any], key: bytes) -> Once | None:
    """What the request's Idempotency-Key stands for; None without one. `key` is the installation's for hashing.

    The same client key is another one on another route or address, and for another account: one who signed in again
    repeats what was asked before. Raises Refusal invalid_request for an empty, overlong or unprintable key.
    """
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not 0 < len(given) <= LONGEST_KEY or not given.isascii() or not given.isprintable():
        raise Refusal("invalid_request", field="Idempotency-Key")
    path = request.scope["path"].upper()  # a ticket's token is the same in either case
    place = f"{request.method} {path} {account_of(request)} {given}"
    return Once(_hash(key, place.encode()), _hash(key, await request.body()))


@asynccontextmanager
async def judging(database: Database, once: Once | None) -> AsyncIterator[None]:
    """For the block that judges a request before its key is looked up: what it refuses may come under a key that was
    used with another body, and that is told first. Raises what the block raises, or idempotency_key_reused.
    """
    try:
        yield
    except Refusal:
        if once is not None:
            await database.fetch(once.again)
        raise


def perform(connection: Connection, once: Once | None, work: Callable[[Connection], Reply], *,
            now: datetime, language: str, office: Office | None) -> Reply:
    """Do `work` and keep its answer under the key; or give the kept one. Without a key, just do it.

    A refusal undoes what `work` did and is kept as the answer; without a key it is raised as ever.
    """
    if once is None:
        return work(connection)
    before = once.again(connection)
    if before is not None:
        return before
    try:
        with connection.begin_nested():
            reply = work(connection)
    except Refusal as refusal:
        reply = Reply(*errors.answer(refusal, language, office), language=language)
    once.keep(connection, reply, now)
    return reply


def _hash(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, hashlib.sha256)[:16]

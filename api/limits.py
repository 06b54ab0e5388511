"""Rate limits for each client and route that hold across processes.

A minute's allowance lives in one row that all processes share. A process leases a part of it with a guarded upsert
(`used + part <= limit`) and spends the lease in memory, so most requests write nothing, and what all processes hand
out together never passes the limit. Clients that come for the first time at the same moment are leased to in
one transaction. The minutes are those of the real clock: how fast someone asks has nothing to do with office time.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from litestar.types import ASGIApp, Receive, Scope, Send
from sqlalchemy import Connection, Integer, LargeBinary, bindparam

from api.addresses import counted_as, is_loopback
from api.tables import allowances
from scheduler.foundation.clock import Clock
from scheduler.foundation.database import Database, UtcDateTime
from scheduler.foundation.errors import Refusal

WINDOW = timedelta(minutes=1)
# Requests a minute for one client on one route. Whole towns share one address (carrier-grade NAT), hence the size.
# `screen`: 200 screens of one hall that lost their stream ask every few seconds, and get what is ready.
CLASSES = {"read": 600, "write": 120, "book": 60, "sign_in": 20, "screen": 6_000, "slip": 6}
PARTS = 8            # a lease is this part of the limit
MOST_LEASES = 50_000  # held in memory for one window

_TAKE = sa.text("""
    INSERT INTO allowances (key, "window", used) VALUES (:key, :window, :part)
    ON CONFLICT (key, "window") DO UPDATE SET used = allowances.used + :part WHERE allowances.used + :part <= :limit
    RETURNING used
""").bindparams(
    bindparam("key", type_=LargeBinary), bindparam("window", type_=UtcDateTime),
    bindparam("part", type_=Integer), bindparam("limit", type_=Integer),
)
_USED = sa.select(allowances.c.used).where(allowances.c.key == bindparam("of"), allowances.c.window == bindparam("at"))


@dataclass(slots=True)
class _Lease:
    left: int
    is_last: bool = False  # the window's allowance is used up: nothing more to ask the database for


@dataclass(frozen=True, slots=True)
class _Wish:
    key: bytes
    limit: int


class Limiter:
    """Counts one process's requests against the allowances all processes share.

    `override`: 0 switches limits off, a number takes the place of every class, None leaves each its own.
    """

    def __init__(self, database: Database, clock: Clock, override: int | None) -> None:
        self._database = database
        self._clock = clock
        self._override = override
        self._window = datetime.min.replace(tzinfo=UTC)
        self._leases: dict[bytes, _Lease] = {}
        self._wishes: dict[_Wish, asyncio.Future[None]] = {}
        self._leasing: asyncio.Task[None] | None = None

    @property
    def is_off(self) -> bool:
        """Whether nothing is limited."""
        return self._override == 0

    async def spend(self, client: str, route: str, kind: str) -> None:
        """Count one request of the client on the route; `kind` is one of `CLASSES`.

        Raises Refusal too_many_requests with `retry_after`, the seconds to the next window.
        """
        limit = CLASSES[kind] if self._override is None else self._override
        now = self._clock.now()
        self._turn(now)
        key = _key(client, route)
        lease = self._leases.get(key)
        while lease is None or lease.left == 0:
            if lease is not None and lease.is_last:
                left = self._window + WINDOW - now
                raise Refusal("too_many_requests", retry_after=max(1, -int(-left.total_seconds() // 1)))
            await self._ask(_Wish(key, limit))
            lease = self._leases.get(key)
        lease.left -= 1

    def _turn(self, now: datetime) -> None:
        window = now.replace(second=0, microsecond=0)
        if window != self._window or len(self._leases) >= MOST_LEASES:
            self._window = window
            self._leases = {}

    async def _ask(self, wish: _Wish) -> None:
        waiting = self._wishes.get(wish)
        if waiting is None:
            waiting = self._wishes[wish] = asyncio.get_running_loop().create_future()
        if self._leasing is None:
            self._leasing = asyncio.create_task(self._lease())
        await asyncio.shield(waiting)

    async def _lease(self) -> None:
        """Fulfil what is wished for; what is wished for meanwhile goes together in the next transaction."""
        try:
            while self._wishes:
                wishes, self._wishes = self._wishes, {}
                await self._fulfil(wishes)
        finally:
            self._leasing = None

    async def _fulfil(self, wishes: dict[_Wish, asyncio.Future[None]]) -> None:
        window, leases = self._window, self._leases
        order = sorted(wishes, key=lambda wish: wish.key)  # two processes lock rows in one order
        try:
            parts = await self._database.run(lambda connection: [_take(connection, wish, window) for wish in order])
        except Exception as problem:
            for future in wishes.values():
                future.set_exception(problem)
            return
        for wish, part in zip(order, parts, strict=True):
            lease = leases.setdefault(wish.key, _Lease(0))
            lease.left += part
            lease.is_last = part == 0
            wishes[wish].set_result(None)


def _take(connection: Connection, wish: _Wish, window: datetime) -> int:
    """Lease a part of the allowance, or what is left of it; 0 when it is used up."""
    for _ in range(3):  # another process may take some between the look and the second try
        used = connection.execute(_USED, {"of": wish.key, "at": window}).scalar_one_or_none() or 0
        part = min(max(1, wish.limit // PARTS), wish.limit - used)
        if part <= 0:
            return 0
        taken = connection.execute(_TAKE, {"key": wish.key, "window": window, "part": part, "limit": wish.limit})
        if taken.one_or_none() is not None:
            return part
    return 0


def _key(client: str, route: str) -> bytes:
    return hashlib.blake2b(f"{client} {route}".encode(), digest_size=16).digest()


def sweep(connection: Connection, now: datetime) -> None:
    """Delete the counts of windows that are over; `now` is the real clock's."""
    connection.execute(sa.delete(allowances).where(allowances.c.window < now - 5 * WINDOW))


class LimitMiddleware:
    """Limits what routes let in: inside the routing, so that it knows the route's template.

    A route names its class in `opt["limit"]`, or None for no limit; else it is `read` for GET and `write` otherwise.
    The limiter, and whom it does not count, are those of the application's doorway.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request, then pass it on."""
        doorway = scope["litestar_app"].state.doorway
        kind = None if doorway.limiter.is_off else _class_of(scope)
        if kind is not None:
            client = doorway.addresses.client(scope)
            if not (doorway.trust_loopback and is_loopback(client)):
                route = f"{scope['method']} {scope['path_template']}"  # type: ignore[typeddict-item]
                await doorway.limiter.spend(counted_as(client, doorway.counts_key), route, kind)
        await self._app(scope, receive, send)


def _class_of(scope: Any) -> str | None:
    if scope["type"] != "http":
        return None
    options = scope["route_handler"].opt
    if "limit" in options:
        kind: str | None = options["limit"]
        return kind
    return "read" if scope["method"] in ("GET", "HEAD", "OPTIONS") else "write"

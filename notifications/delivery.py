"""Claim, commit, send, mark: the only place that commits around a network call.

    1  one transaction marks what came back and claims a message for each idle thread
    2  each claimed message goes to its thread at once, so what is `sending` in the database is on the network
    3  again, until nothing is due

A worker killed at any moment leaves at most one message per thread `sending`; when its lease has lapsed the next
worker declares these `unknown`: they may have gone out. Everything else is exact. The marks of one round and the
claims of the next share a commit, so a commit covers as many messages as came back while the last one was written.
"""

from __future__ import annotations

import random
import secrets
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from notifications import claims, reports
from notifications.claims import Claim, Mark
from notifications.gateways.base import Ambiguous, Gateway, Outcome, Permanent, Sent
from scheduler.foundation.clock import Clock
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import SealBroken, Vault

log = structlog.get_logger("antre.messages")

THREADS = 16
LIMIT = 1000
LOOK_AGAIN_S = 0.5

# Twelve attempts over some six hours: a night's outage of credit or key is bridged, then the journal says so.
ATTEMPTS = 12
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


def wait_before(attempt: int, jitter: float) -> timedelta:
    """How long to wait after the `attempt`-th failed try (from 1): doubling, capped; `jitter` in [0, 1) takes off up
    to a quarter, so that what failed together does not come back together."""
    doubled = min(FIRST_WAIT * 2 ** min(attempt - 1, 20), LONGEST_WAIT)
    return timedelta(seconds=doubled.total_seconds() * (1 - jitter / 4))


class Courier:
    """Hands the outbox to the gateway; any number may run, in any number of processes. `close()` it at the end."""

    def __init__(
        self, database: Database, vault: Vault, gateway: Gateway, clock: Clock, *, threads: int = THREADS
    ) -> None:
        self._database = database
        self._vault = vault
        self._gateway = gateway
        self._clock = clock
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="send")
        self._one_at_a_time = threading.Lock()
        self._closing = threading.Event()
        self._unmarked: list[tuple[Claim, Outcome]] = []  # came back, not yet committed
        self._never_sent: list[str] = []  # claims whose commit failed: whether it held nobody knows

    def deliver(self, limit: int = LIMIT) -> int:
        """Send up to `limit` messages that are due; how many were handed over.

        Raises what the database raises. What was on the network then is marked by the next call.
        """
        with self._one_at_a_time:
            if self._closing.is_set() or not self._has_work():
                return 0
            self._database.write(self._tidy)
            return self._deliver(limit)

    def close(self) -> None:
        """Hand over nothing more, mark what is on the network, then let go of the threads and the gateway."""
        self._closing.set()
        with self._one_at_a_time:
            self._pool.shutdown()
            self._gateway.close()

    def _has_work(self) -> bool:
        if self._unmarked or self._never_sent:
            return True
        now = self._clock.now()
        with self._database.read() as connection:
            return claims.anything(connection, now) or reports.any_unlinked(connection, now)

    def _tidy(self, connection: Connection) -> None:
        """Before anything of ours is on the network: what dead workers left, and reports that came early."""
        now = self._clock.now()
        lapsed = claims.lapse(connection, now)
        if lapsed:
            log.warning("left_by_a_stopped_worker", messages=lapsed)
        reports.link(connection, now)

    def _deliver(self, limit: int) -> int:
        flying: dict[Future[Outcome], Claim] = {}
        handed = 0
        try:
            while True:
                claimed, looked_at = self._turn(min(self._threads - len(flying), limit - handed))
                handed += len(claimed)
                flying |= {self._pool.submit(self._send, one): one for one in claimed}
                if not flying and not looked_at:
                    return handed
                # Nothing flying: at once. One that hangs must not keep waiting what falls due meanwhile.
                landed, _ = wait(flying, LOOK_AGAIN_S, return_when=FIRST_COMPLETED)
                self._unmarked += [(flying.pop(future), future.result()) for future in landed]
        finally:
            self._unmarked += [(one, future.result()) for future, one in flying.items()]

    def _turn(self, room: int) -> tuple[list[Claim], int]:
        """One transaction: mark what came back, claim for the idle threads. As `claims.claim`."""
        now = self._clock.now()
        word = secrets.token_hex(8)
        marks = [self._mark(one, outcome, now) for one, outcome in self._unmarked]
        given_back = list(self._never_sent)

        def work(connection: Connection) -> tuple[list[Claim], int]:
            claims.mark(connection, marks)
            claims.give_back(connection, given_back)
            if any(one.state == "sent" for one in marks):
                reports.link(connection, now)
            if not room or self._closing.is_set():
                return [], 0
            return claims.claim(connection, word, self._gateway.name, room, now)

        self._never_sent.append(word)
        answer = self._database.write(work)
        self._never_sent.clear()
        self._unmarked.clear()
        return answer

    def _send(self, one: Claim) -> Outcome:
        try:
            phone = self._vault.open_bytes(one.address).decode()
        except SealBroken:
            return Permanent("the number's seal is broken")
        try:
            return self._gateway.send(phone, one.text)
        except Exception as problem:  # a gateway must not raise; when it does, nobody knows how far it came
            log.error("gateway_raised", kind=type(problem).__name__)
            return Ambiguous(f"the gateway raised {type(problem).__name__}")

    def _mark(self, one: Claim, outcome: Outcome, now: datetime) -> Mark:
        if isinstance(outcome, Sent):
            return Mark(one, "sent", now, now, outcome.vendor_id, outcome.cost, outcome.currency)
        if isinstance(outcome, Ambiguous):
            return Mark(one, "unknown", now, now, error=outcome.reason)
        if isinstance(outcome, Permanent):
            return Mark(one, "failed", now, now, error=outcome.reason)
        again = now + wait_before(one.attempt, random.random())  # noqa: S311 - jitter, not a secret
        if one.attempt >= ATTEMPTS or (one.expires_at is not None and again >= one.expires_at):
            return Mark(one, "failed", now, now, error=outcome.reason)
        return Mark(one, "queued", now, again, error=outcome.reason)

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
from collections.abc import Callable
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from notifications import claims, reports
from notifications.carriers import EMAIL, SMS, Carriers, Change
from notifications.claims import Claim, Mark
from notifications.gateways.base import Ambiguous, Mail, Outcome, Permanent, Sent, Temporary
from notifications.judging import Judge
from notifications.rounds import after
from scheduler.foundation.clock import Clock
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import SealBroken, Vault
from scheduler.offices import Offices

log = structlog.get_logger("antre.messages")

THREADS = 16
MAILS = 4  # of the threads at most: a mail server that is slow keeps no SMS waiting
LIMIT = 1000
LOOK_AGAIN_S = 0.5

# Writes the e-mail that a claimed row of that medium stands for.
Letters = Callable[[Connection, Claim], Mail]


@dataclass(frozen=True, slots=True)
class _Flight:
    """A message on the network, and its number with its carrier."""

    claim: Claim
    number: int


@dataclass(frozen=True, slots=True)
class _Landing:
    """What came of it; `asked` is False when it never came to the carrier."""

    outcome: Outcome
    asked: bool = True


class Courier:
    """Hands the outbox to the carriers; any number may run, in any number of processes. `close()` it at the end."""

    def __init__(
        self, database: Database, vault: Vault, carriers: Carriers, clock: Clock, offices: Offices, *,
        letters: Letters | None = None, threads: int = THREADS,
    ) -> None:
        self._database = database
        self._vault = vault
        self._carriers = carriers
        self._clock = clock
        self._offices = offices
        self._letters = letters
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="send")
        self._one_at_a_time = threading.Lock()
        self._closing = threading.Event()
        self._resumed = False
        self._flying: dict[Future[_Landing], _Flight] = {}
        self._unmarked: list[tuple[Claim, Outcome]] = []  # came back, not yet committed
        self._changes: list[Change] = []  # of the carriers, not yet committed
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
        """Hand over nothing more, mark what is on the network, then let go of the threads and the carriers."""
        self._closing.set()
        with self._one_at_a_time:
            if self._flying:
                self._wait(None)
                self._turn(0, 0)
            self._pool.shutdown()
            self._carriers.close()

    # -- before anything of ours is on the network -------------------------------------------------------------

    def _has_work(self) -> bool:
        now = self._clock.now()
        with self._database.read() as connection:
            if not self._resumed:
                self._carriers.resume(connection, now)
                self._resumed = True
            if self._flying or self._unmarked or self._never_sent or self._changes:
                return True
            shut = self._shut(now)
            open_ = [medium for medium in (SMS, EMAIL) if medium not in shut]
            return (claims.anything(connection, open_, now) or reports.any_unlinked(connection, now)
                    or (bool(shut) and claims.any_expired(connection, shut, now)))

    def _shut(self, now: datetime) -> list[str]:
        """The media of which every carrier is left alone just now: their messages stay where they are."""
        ways = (self._carriers.ways(medium, now) for medium in (SMS, EMAIL))
        return [way.medium for way in ways if way.names and not way.room]

    def _tidy(self, connection: Connection) -> None:
        """What dead workers left, reports that came early, and what an outage outlasted."""
        now = self._clock.now()
        lapsed = claims.lapse(connection, now)
        if lapsed:
            log.warning("left_by_a_stopped_worker", messages=lapsed)
        reports.link(connection, now)
        for medium in self._shut(now):
            judge = self._judge(connection, medium, now, outage=True)
            claims.claim(connection, judge, "", [medium], LIMIT, now, expired=True)

    # -- round after round -------------------------------------------------------------------------------------

    def _deliver(self, limit: int) -> int:
        handed = 0
        try:
            while True:
                claimed, looked_at = self._turn(self._room(EMAIL, limit - handed), self._room(SMS, limit - handed))
                handed += len(claimed)
                for one in claimed:
                    flight = _Flight(one, self._carriers.given(one.carrier))
                    self._flying[self._pool.submit(self._hand_over, one)] = flight
                if not self._flying and not looked_at:
                    return handed
                # Nothing flying: at once. One that hangs must not keep waiting what falls due meanwhile.
                landed = self._wait(LOOK_AGAIN_S)
                if handed >= limit and not landed:
                    return handed  # the stragglers land in the next call
        except BaseException:
            self._wait(None)
            raise

    def _room(self, medium: str, left: int) -> int:
        """How many messages of the medium may be claimed: `left` at most, and one for each idle thread."""
        room = min(self._threads - len(self._flying), left)
        mails = sum(flight.claim.medium == EMAIL for flight in self._flying.values())
        return min(room, MAILS - mails) if medium == EMAIL else room

    def _wait(self, seconds: float | None) -> int:
        """Until one has come back, for so long at most; None waits for all. How many have."""
        landed, _ = wait(self._flying, seconds, return_when=FIRST_COMPLETED if seconds else ALL_COMPLETED)
        for future in landed:
            self._land(self._flying.pop(future), future.result())
        return len(landed)

    def _turn(self, mail_room: int, room: int) -> tuple[list[Claim], int]:
        """One transaction: mark what came back, claim for the idle threads. As `claims.claim`."""
        now = self._clock.now()
        word = secrets.token_hex(8)
        marks = [self._mark(one, outcome, now) for one, outcome in self._unmarked]
        changes, given_back = list(self._changes), list(self._never_sent)

        def work(connection: Connection) -> tuple[list[Claim], int]:
            claims.mark(connection, marks)
            claims.give_back(connection, given_back)
            for change in changes:
                change.journal(connection)
            if any(one.fate.state == "sent" for one in marks):
                reports.link(connection, now)
            if self._closing.is_set():
                return [], 0
            return self._claim(connection, word, mail_room, room, now)

        self._never_sent.append(word)
        answer = self._database.write(work)
        self._never_sent.clear()
        self._unmarked.clear()
        self._changes.clear()
        return answer

    def _claim(
        self, connection: Connection, word: str, mail_room: int, room: int, now: datetime
    ) -> tuple[list[Claim], int]:
        """E-mail first, as it takes a few threads only. Without a mailer its rows come along with the SMS, to fail."""
        taken: list[Claim] = []
        looked_at = 0
        has_mailer = bool(self._carriers.names(EMAIL))
        for medium, media in ((EMAIL, [EMAIL]), (SMS, [SMS])) if has_mailer else ((SMS, [SMS, EMAIL]),):
            ways = self._carriers.ways(medium, now)
            here = mail_room if medium == EMAIL else room - len(taken)
            if (most := min(here, ways.room) if ways.names else here) > 0:
                more, seen = claims.claim(connection, self._judge(connection, medium, now), word, media, most, now)
                taken, looked_at = taken + more, looked_at + seen
        return taken, looked_at

    def _judge(self, connection: Connection, medium: str, now: datetime, *, outage: bool = False) -> Judge:
        return Judge(connection, self._vault, self._offices, self._carriers.ways(medium, now), now, outage=outage)

    def _land(self, flight: _Flight, landing: _Landing) -> None:
        self._unmarked.append((flight.claim, landing.outcome))
        carrier = flight.claim.carrier
        if not landing.asked:
            self._carriers.spared(carrier, flight.number)
            return
        change = self._carriers.landed(carrier, flight.number, landing.outcome, self._clock.now())
        if change is not None:
            log.warning(change.kind, carrier=carrier, error=change.error)
            self._changes.append(change)

    def _mark(self, one: Claim, outcome: Outcome, now: datetime) -> Mark:
        jitter = random.random()  # noqa: S311 - not a secret
        carriers = self._carriers.names(one.medium)
        fate = after(outcome, one.carrier, carriers, one.tried, one.rounds, one.expires_at, now, jitter)
        if isinstance(outcome, Sent):
            return Mark(one, fate, now, outcome.vendor_id, outcome.cost, outcome.currency)
        return Mark(one, fate, now)

    # -- in a thread -------------------------------------------------------------------------------------------

    def _hand_over(self, one: Claim) -> _Landing:
        try:
            return self._mail(one) if one.medium == EMAIL else self._send(one)
        except Exception as problem:  # a gateway must not raise; when it does, nobody knows how far it came
            log.error("gateway_raised", kind=type(problem).__name__)
            return _Landing(Ambiguous(f"the gateway raised {type(problem).__name__}"))

    def _send(self, one: Claim) -> _Landing:
        try:
            phone = self._vault.open_bytes(one.address).decode()
        except SealBroken:
            return _Landing(Permanent("the number's seal is broken"), asked=False)
        return _Landing(self._carriers.send(one.carrier, phone, one.text))

    def _mail(self, one: Claim) -> _Landing:
        if self._letters is None:
            return _Landing(Permanent("nobody writes e-mails"), asked=False)
        try:
            with self._database.read() as connection:
                mail = self._letters(connection, one)
        except SQLAlchemyError as problem:
            return _Landing(Temporary(f"not written: {type(problem).__name__}"), asked=False)
        except Exception as problem:  # its words could repeat what was under the seal
            log.error("not_written", message=one.kind, booking=one.booking_id, error=type(problem).__name__)
            return _Landing(Permanent(f"not written: {type(problem).__name__}"), asked=False)
        return _Landing(self._carriers.mail(mail))

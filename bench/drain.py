"""A backlog of messages drained through carriers that fail in every way, by workers that are killed meanwhile.

Nothing may be lost, each message must end in a known state, and no phone may get two. The carrier's own record says
what phones got; what it took although nobody could know, or would have been sent twice by a blind repeat, is counted.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bench import seed
from bench.judged import Proof
from bench.stage import Stage, family, free_port, stage, stop, wait_until_ready
from bench.vendor import Vendor
from notifications.carriers import Carriers
from notifications.delivery import THREADS, Courier
from notifications.gateways.africastalking import AfricasTalking
from notifications.outbox import REMINDER
from notifications.tables import outbox
from scheduler.foundation.clock import SystemClock
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from scheduler.offices import Offices
from tests.people import phone
from tests.phone.vendor import API_KEY, USERNAME

MESSAGES, WORKERS = 10_000, 3
AT_MOST_S = 240  # some 90 are usual; a lease and a carrier's rest are 90 of them
DEAD_S = 5
HALF = 2_000  # messages of the part with two carriers
PLAYED = ("sent", "delivered", "failed", "unknown")


def drained(kind: str) -> Proof:
    """10,000 messages; the carrier is slow, refuses, hangs, breaks, dies and comes back; workers are killed twice."""
    with stage(kind, [seed.office_text("kota-001")]) as on:
        _queue(on, MESSAGES)
        vendor = Vendor(on.folder / "phones", troubled=True)
        on.environment |= {
            "ANTRE_SMS_GATEWAY": "africastalking", "ANTRE_AFRICASTALKING_USERNAME": USERNAME,
            "ANTRE_AFRICASTALKING_API_KEY": API_KEY, "ANTRE_AFRICASTALKING_URL": vendor.url,
        }
        vendor.start()
        crew = _Crew(on)
        begun = time.monotonic()
        try:
            crew.start()
            kills = _faults(on, vendor, crew)
            _wait(on, begun, lambda states: not states["queued"] and not states["sending"])
            seconds = time.monotonic() - begun
        finally:
            crew.stop()
            vendor.die()
        found = _found(on, vendor.got())
    seen = f"{MESSAGES / seconds:.0f}/s, {seconds:.0f} s, SIGKILL {kills} workers and the carrier; {found}"
    return Proof(f"drain: {MESSAGES:,} messages, a carrier in trouble", kind, seen, found.holds)


def _faults(on: Stage, vendor: Vendor, crew: _Crew) -> int:
    """As the backlog shrinks: one worker is killed, then every worker, then the carrier. How many workers were."""
    _wait(on, time.monotonic(), lambda states: states["queued"] < MESSAGES * 0.9)
    killed = crew.kill(1)
    _wait(on, time.monotonic(), lambda states: states["queued"] < MESSAGES * 0.75)
    killed += crew.kill(WORKERS)
    _wait(on, time.monotonic(), lambda states: states["queued"] < MESSAGES * 0.5)
    vendor.die()
    time.sleep(DEAD_S)
    vendor.start()
    return killed


class _Crew:
    """What delivers: several workers on PostgreSQL, one server on SQLite, which is both."""

    def __init__(self, on: Stage) -> None:
        self._on = on
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        while len(self._running) < (1 if self._on.kind == "sqlite" else WORKERS):
            self._running.append(self._one())

    def _one(self) -> subprocess.Popen[bytes]:
        if self._on.kind == "postgresql":
            return self._on.run("worker")
        port = free_port()
        server = self._on.run("serve", "--port", str(port))
        wait_until_ready(port, server)
        return server

    def kill(self, count: int) -> int:
        """SIGKILL the oldest, of which the first does the work; others take their place."""
        dead, self._running = self._running[:count], self._running[count:]
        for process in dead:
            for pid in family(process)[::-1]:
                os.kill(pid, signal.SIGKILL)
            process.wait()
        self.start()
        return len(dead)

    def stop(self) -> None:
        for process in self._running:
            stop(process)


def failed_over(kind: str) -> Proof:
    """Two carriers, the first of which dies for good half-way: everything goes by the second."""
    with stage(kind, [seed.office_text("kota-001")]) as on:
        _queue(on, HALF)
        first, second = Vendor(on.folder / "first"), Vendor(on.folder / "second")
        first.start()
        second.start()
        database = Database(on.url, connections=4)
        gateways = [_Named("first", first.url), _Named("second", second.url)]
        courier = Courier(database, _vault(on), Carriers(gateways), SystemClock(), Offices())
        death = threading.Thread(target=_die_half_way, args=(first,))
        death.start()
        begun = time.monotonic()
        while courier.deliver():
            pass
        seconds = time.monotonic() - begun
        death.join()
        courier.close()
        database.close()
        second.die()
        by = (first.got().total(), second.got().total())
        found = _found(on, first.got() + second.got())
    seen = f"{HALF / seconds:.0f}/s; {by[0]} by the first, {by[1]} by the second; {found}"
    holds = found.holds and found.states["sent"] + found.states["unknown"] == HALF and min(by) > 0
    return Proof("fail-over: the first of two carriers dies half-way", kind, seen,
                 holds and found.states["unknown"] <= THREADS)


class _Named(AfricasTalking):
    """A carrier of another name."""

    def __init__(self, name: str, url: str) -> None:
        super().__init__(USERNAME, API_KEY, url=url)
        self.name = name


def _die_half_way(vendor: Vendor) -> None:
    while vendor.got().total() < HALF // 2:
        time.sleep(0.02)
    vendor.die()


# -- before and after ----------------------------------------------------------------------------------------


def _vault(on: Stage) -> Vault:
    return Vault([on.environment["ANTRE_SECRET_KEY"]])


def _queue(on: Stage, count: int) -> None:
    """One message to each of so many people, of the rank that no quiet hours hold back."""
    now, vault = datetime.now(UTC), _vault(on)
    rows = [{"key": f"notice:{n}", "office_id": 1, "kind": "notice", "text": f"Pesan {n}", "rank": REMINDER,
             "address": vault.seal_bytes(phone(n).encode()), "phone_hash": vault.hash_phone(phone(n)),
             "state": "queued", "created_at": now, "due_at": now, "expires_at": now + timedelta(days=1)}
            for n in range(count)]
    database = on.database()
    database.write(lambda connection: connection.execute(outbox.insert(), rows))
    database.close()


def _wait(on: Stage, begun: float, until: Callable[[Counter[str]], bool]) -> None:
    """Until the states are so, or the time is up: then the proof tells what is left."""
    database = on.database()
    try:
        while time.monotonic() - begun < AT_MOST_S:
            with database.read() as connection:
                counted = connection.execute(sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)).all()
            if until(Counter(dict(map(tuple, counted)))):
                return
            time.sleep(0.25)
    finally:
        database.close()


@dataclass(frozen=True)
class _Found:
    states: Counter[str]
    lost: int         # said to be sent, and no phone has it
    wrong: int        # said to have failed, and a phone has it
    twice: int
    twice_known: int  # of these, ones whose first try was not ambiguous
    arrived: int      # of unknown fate, and the phone has it: a blind repeat would have been a second one

    @property
    def holds(self) -> bool:
        return not (self.lost or self.wrong or self.twice_known) and set(self.states) <= set(PLAYED)

    def __str__(self) -> str:
        return (f"{dict(sorted(self.states.items()))}; lost {self.lost}, failed but there {self.wrong}, got two "
                f"{self.twice}, could have by a blind repeat {self.states['unknown']}, of which {self.arrived} had it")


def _found(on: Stage, got: Counter[str]) -> _Found:
    database = on.database()
    with database.read() as connection:
        rows: list[Any] = list(connection.execute(sa.select(outbox.c.text, outbox.c.state)))
    database.close()
    fates = {phone(int(row.text.split()[1])): row.state for row in rows}
    twice = [number for number, times in got.items() if times > 1]
    return _Found(
        Counter(fates.values()),
        sum(state in ("sent", "delivered") and not got[number] for number, state in fates.items()),
        sum(state == "failed" and got[number] > 0 for number, state in fates.items()),
        len(twice), sum(fates[number] != "unknown" for number in twice),
        sum(state == "unknown" and got[number] > 0 for number, state in fates.items()),
    )

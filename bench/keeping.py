"""The capacity job over the whole country: how long a run takes, how that grows, and whether anybody waits for it."""

from __future__ import annotations

import itertools
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bench import doors, nation, seed
from bench.judged import Proof
from bench.load import Result, drive, request
from bench.stage import Stage, free_port, stage, stop
from scheduler import jobs
from scheduler.foundation.database import Database
from scheduler.offices import Offices
from scheduler.tables import offices, slots

SIZES = (128, seed.OFFICES)
MOST_S = 20.0
CLIENTS = 10
WATCHED_S = 8.0
ROOMY = "kota-001"  # has room for all that is booked meanwhile


@dataclass(frozen=True)
class Run:
    """One run in a process of its own: seconds, processor seconds, days changed, statements, memory in MB."""

    seconds: float
    busy: float
    changed: int
    statements: int
    memory_mb: float

    def __str__(self) -> str:
        return (f"{self.seconds:.1f} s ({self.busy:.1f} s of processor), {self.changed:,} days changed, "
                f"{self.statements:,} statements, {self.memory_mb:.0f} MB")


def proofs(kind: str) -> Iterator[Proof]:
    """How long a run takes and how that grows, then whether bookings wait for it."""
    small, told = _run(kind, SIZES[0])
    with stage(kind, [*nation.texts(SIZES[1]), *doors.texts(1)]) as on:
        made = nation.fill(on, _slugs(on) - {ROOMY})
        large, warm = _measured(on)
        told += f"; {SIZES[1]} offices, {nation.open_days(on):,} days, {made:,} bookings: {large}; {_then(warm)}"
        yield _grows(kind, small, large, told)
        nation.unsettle(on)
        yield _beside(on)


def _run(kind: str, size: int) -> tuple[Run, str]:
    with stage(kind, nation.texts(size)) as on:
        made = nation.fill(on, _slugs(on))
        cold, warm = _measured(on)
        return cold, f"{size} offices, {nation.open_days(on):,} days, {made:,} bookings: {cold}; {_then(warm)}"


def _then(warm: Run) -> str:
    return f"the next run {warm.seconds:.2f} s, {warm.statements} statements"


def _grows(kind: str, small: Run, large: Run, told: str) -> Proof:
    each = [run.seconds / size for run, size in zip((small, large), SIZES, strict=True)]
    told += (f"; an office costs {1000 * each[1]:.1f} ms at {SIZES[1]} and {1000 * each[0]:.1f} ms at {SIZES[0]}: "
             f"{each[1] / each[0]:.2f} times")
    return Proof(f"the capacity job over the country takes at most {MOST_S:.0f} s and grows with the offices", kind,
                 told, large.seconds <= MOST_S and each[1] <= 1.5 * each[0])


def _slugs(on: Stage) -> set[str]:
    database = on.database()
    try:
        with database.read() as connection:
            return {office.slug for office in Offices().all(connection)}
    finally:
        database.close()


def _measured(on: Stage) -> tuple[Run, Run]:
    answer = subprocess.run([sys.executable, "-m", "bench.keeping", on.url], env=os.environ | on.environment,
                            capture_output=True, text=True, check=True)
    cold, warm = json.loads(answer.stdout)
    return Run(**cold), Run(**warm)


def _here(url: str) -> list[dict[str, Any]]:
    """The job twice in this process, as its tick would run it."""
    count: Counter[str] = Counter()

    @sa.event.listens_for(sa.Engine, "before_cursor_execute")
    def _seen(*_args: Any) -> None:
        count["statements"] += 1

    database, offices = Database(url, connections=2), Offices()
    keep = {tick.name: tick for tick in jobs.job_ticks(database, offices, key=b"k" * 32)}["keep_capacity"]
    runs = []
    for _ in range(2):
        count.clear()
        begun, busy = time.perf_counter(), time.process_time()
        changed = keep.run(datetime.now(UTC))
        runs.append({"seconds": time.perf_counter() - begun, "busy": time.process_time() - busy, "changed": changed,
                     "statements": count["statements"],
                     "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})
    database.close()
    return runs


# -- who waits for it -------------------------------------------------------------------------------------------


def _beside(on: Stage) -> Proof:
    """Bookings while the job runs over the country for the first time, and just as many without it."""
    with_it, without = _bookings_beside(on)
    seen = (f"p99 {with_it.percentile(0.99):.0f} ms and p50 {with_it.percentile(0.5):.0f} ms with the job, "
            f"{without.percentile(0.99):.0f} and {without.percentile(0.5):.0f} ms without; "
            f"the longest {1000 * max(with_it.latencies):.0f} ms; {CLIENTS} clients")
    holds = with_it.percentile(0.99) <= max(4 * without.percentile(0.99), 100) and not with_it.broken
    return Proof("nothing waits for the capacity job", on.kind, seen, holds)


def _bookings_beside(on: Stage) -> tuple[Result, Result]:
    """On PostgreSQL a worker is started beside the servers; on SQLite the server runs the jobs from its start on."""
    port = free_port()
    with on.serving(port):
        if on.kind == "sqlite":
            with_it = _watched(on, port, 10_000)
            time.sleep(MOST_S)  # by then the first run is over
            return with_it, _watched(on, port, 20_000)
        without = _watched(on, port, 10_000)
        worker = on.run("worker")
        try:
            time.sleep(1.5)
            return _watched(on, port, 20_000), without
        finally:
            stop(worker)


def _watched(on: Stage, port: int, first: int) -> Result:
    """Bookings at the one office that has room, by people who are numbered from `first` on."""
    database = on.database()
    with database.read() as connection:
        starts = list(connection.scalars(
            sa.select(slots.c.start).join(offices, offices.c.id == slots.c.office_id)
            .where(offices.c.slug == ROOMY, slots.c.start > datetime.now(UTC) + doors.SOON)))
    database.close()
    random.shuffle(starts)
    asked = ((n, request("POST", "/api/v1/bookings", seed.booking_body(n, ROOMY, starts[n % len(starts)])))
             for n in itertools.count(first))
    return drive(port, asked, clients=CLIENTS, seconds=WATCHED_S)


if __name__ == "__main__":
    print(json.dumps(_here(sys.argv[1])))

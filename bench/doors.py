"""Figures of the doors: bookings, slot reads and scans over HTTP, each beside its baseline of the same run."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from api import staff
from bench import bare, seed
from bench.judged import Proof
from bench.load import Result, drive, request
from bench.scans import baseline_of_scans
from bench.stage import Stage, free_port, memory_mb, stage, stop, wait_until_ready
from scheduler.offices import Offices

TICKETS = 1_400  # two lots fit into the eight hours in which a ticket is let in early
SOON = timedelta(minutes=5)  # longer than a measurement takes: no start passes in the middle
PASSWORD = "only for measurements, 2026"


@dataclass(frozen=True)
class Figures:
    """One line of the table: `rate` a second, p50 and p99 in milliseconds, `ratio` to the baseline's rate."""

    what: str
    kind: str
    offices: int
    clients: int
    rate: float
    baseline: float
    p50: float
    p99: float
    memory_mb: float
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.rate / self.baseline if self.baseline else 0.0


def texts(offices: int) -> list[str]:
    """Offices with room for any number of bookings in all: the fewer they are, the larger."""
    counters = 60 if offices == 1 else 8
    return [seed.office_text(f"kota-{n:03}", high=5_000, counters=counters, horizon=30 if offices == 1 else 6)
            for n in range(1, offices + 1)]


def places_of(on: Stage) -> list[tuple[str, datetime]]:
    """Every place as office and start, shuffled."""
    database = on.database()
    with database.read() as connection:
        slugs = {office.id: office.slug for office in Offices().all(connection)}
        starts = bare.starts_of(connection, datetime.now(UTC) + SOON)
    database.close()
    places = [(slugs[start.office_id], start.start) for start in starts]
    random.shuffle(places)
    return places


def bookings(on: Stage, port: int, clients: int, seconds: float, first: int = 0) -> Result:
    """Book at random places, each by another person."""
    places = places_of(on)
    return drive(port, _bookings(places, first), clients=clients, seconds=seconds)


def _bookings(places: list[tuple[str, datetime]], first: int) -> Iterator[tuple[int, bytes]]:
    for n in itertools.count(first):
        office, start = places[n % len(places)]
        yield n, request("POST", "/api/v1/bookings", seed.booking_body(n, office, start))


def slot_reads(port: int, clients: int, seconds: float, offices: int) -> Result:
    """Read the free slots of offices at random, a week at a time."""
    reads = [request("GET", f"/api/v1/offices/kota-{n:03}/slots?service=ktp-rekam&days=5")
             for n in range(1, offices + 1)]
    random.shuffle(reads)
    return drive(port, enumerate(itertools.cycle(reads)), clients=clients, seconds=seconds)


def hello(processes: int, clients: int, seconds: float) -> Result:
    """The route that does nothing, on the same server with as many processes."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.hello", str(port), str(processes)])
    try:
        wait_until_ready(port, process)
        return drive(port, enumerate(itertools.repeat(request("GET", "/livez"))), clients=clients, seconds=seconds)
    finally:
        stop(process)


def baseline_of_bookings(on: Stage, seconds: float) -> tuple[float, str]:
    """The bare driver with the same SQL; on PostgreSQL the faster of its two ways."""
    database = on.database()
    with database.read() as connection:
        starts = bare.starts_of(connection, datetime.now(UTC) + SOON)
    database.close()
    if on.kind == "sqlite":
        return bare.booking_on_sqlite(on.path, starts, seconds), "one by one"
    at_once = bare.booking_on_postgresql(on.url, starts, seconds, at_once=True)
    steps = bare.booking_on_postgresql(on.url, starts, seconds, at_once=False)
    return max(at_once, steps), f"at once {at_once:.0f}, in steps {steps:.0f}"


def booking_figures(kind: str, offices: int, clients: int, seconds: float) -> Figures:
    """Bookings a second over HTTP and by the bare driver, on the same seeded database."""
    with stage(kind, texts(offices)) as on:
        port = free_port()
        with on.serving(port) as process:
            bookings(on, port, clients, 1.5, first=5_000_000)  # warm
            result = bookings(on, port, clients, seconds)
            memory = memory_mb(process)
        baseline, note = baseline_of_bookings(on, seconds / 2)
    refused = result.answered - result.statuses[201]
    return Figures("bookings", kind, offices, clients, result.rate_of(201), baseline, result.percentile(0.5),
                   result.percentile(0.99), memory, note + (f"; {refused} refused" if refused else ""))


def slot_figures(kind: str, offices: int, clients: int, seconds: float) -> Figures:
    """Slot reads a second and the hello route's."""
    with stage(kind, texts(offices)) as on:
        port = free_port()
        with on.serving(port) as process:
            slot_reads(port, clients, 1.0 if offices == 1 else 5.0, offices)  # each office's first read costs 3 ms
            result = slot_reads(port, clients, seconds, offices)
            memory = memory_mb(process)
        baseline = hello(on.processes, clients, seconds)
    return Figures("slot reads", kind, offices, clients, result.rate_of(200), baseline.rate_of(200),
                   result.percentile(0.5), result.percentile(0.99), memory)


def scan_figures(kind: str, clients: int, seconds: float) -> Figures:
    """Scans of today's tickets a second, and the bare driver's same SQL."""

    office = seed.office_text("kota-001", high=5_000, counters=100, horizon=2, open_all_day=True)
    with stage(kind, [office]) as on:
        port = free_port()
        with on.serving(port) as process:
            tickets = book_today(on, port, TICKETS)
            key = sign_in(on, port)
            scans = ((n, request("POST", "/api/v1/scans", {"qr": token, "nonce": f"n{n}"}, key))
                     for n, token in enumerate(tickets))
            result = drive(port, scans, clients=clients, seconds=seconds, keep=lambda _status: True)
            memory = memory_mb(process)
            more = book_today(on, port, TICKETS, first=2_000_000)
        baseline, note = baseline_of_scans(on, more, seconds)
    admitted = sum(b'"admitted"' in body or b'"late"' in body for _, _, body in result.bodies)
    return Figures("scans", kind, 1, clients, admitted / result.seconds, baseline, result.percentile(0.5),
                   result.percentile(0.99), memory, note)


def book_today(on: Stage, port: int, count: int, first: int = 0) -> list[str]:
    """Tokens of `count` bookings for today."""
    database = on.database()
    with database.read() as connection:
        office = Offices().all(connection)[0]
        today = office.today(datetime.now(UTC))
        soon = datetime.now(UTC) + 2 * SOON
        starts = [(office.slug, s.start) for s in bare.starts_of(connection, soon)
                  if office.today(s.start) == today and s.start < soon + timedelta(hours=7.5)]
    database.close()
    requests = itertools.islice(_bookings(starts, first), count)
    result = drive(port, requests, clients=64, keep=lambda status: status == 201)
    return [json.loads(body)["token"] for _, _, body in result.bodies]


def sign_in(on: Stage, port: int) -> dict[str, str]:
    """The header of a signed-in member of the counter staff."""
    database, now = on.database(), datetime.now(UTC)
    with database.read() as connection:
        office = Offices().all(connection)[0]
    database.write(lambda c: staff.add(c, office.id, "bench", PASSWORD, "counter", now))
    database.close()
    body: dict[str, Any] = {"username": "bench", "password": PASSWORD}
    answer = drive(port, [(0, request("POST", "/api/v1/session", body))], clients=1, keep=lambda _status: True)
    return {"Authorization": f"Bearer {json.loads(answer.bodies[0][2])['token']}"}


def freshness(kind: str, tries: int = 20) -> Proof:
    """How long after a booking was answered a slot read may still offer the place: never more than a second."""
    path = "/api/v1/offices/kota-001/slots?service=ktp-rekam&days=5"
    with stage(kind, [seed.office_text("kota-001", counters=1, horizon=4)]) as on:
        port = free_port()
        with on.serving(port):
            worst = max(_staleness(port, path, n, *place) for n, place in enumerate(places_of(on)[:tries]))
    return Proof("slot reads are never staler than a second", kind, f"worst of {tries}: {worst:.2f} s", worst <= 1.0)


def _staleness(port: int, path: str, n: int, office: str, start: datetime) -> float:
    drive(port, [(k, request("GET", path)) for k in range(8)], clients=4)  # every process has just read
    body = seed.booking_body(n, office, start)
    answer = drive(port, [(0, request("POST", "/api/v1/bookings", body))], clients=1, keep=lambda _status: True)
    if answer.statuses[201] != 1:
        return 0.0  # the day was full
    booked, last_seen = time.perf_counter(), 0.0
    wanted = int(start.timestamp())
    while time.perf_counter() - booked < 1.5:
        read = drive(port, [(0, request("GET", path))], clients=1, keep=lambda _status: True)
        days = json.loads(read.bodies[0][2])["days"]
        if wanted in {int(datetime.fromisoformat(slot["start"]).timestamp()) for day in days for slot in day["slots"]}:
            last_seen = time.perf_counter() - booked
    return last_seen

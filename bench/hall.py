"""A morning in a hall: 2,000 people come, 40 counters call them, 200 screens show it, and a server is killed.

Every ticket is scanned and called once; a counter calls, begins, ends and calls again, without the minutes in which a
person is served. Screens whose server dies go to another one, as a proxy in front of them would have them do.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bench import seed
from bench.doors import book_today, sign_in
from bench.judged import Proof
from bench.load import Result
from bench.screens import Client, Screen, percentile
from bench.stage import Stage, family, free_port, stage, stop, wait_until_ready
from ticketing import numbers
from ticketing.hall_tables import halls, servings
from ticketing.tables import visits

PEOPLE, COUNTERS, SCREENS, DOORS = 2_000, 40, 200, 8
PACE_S = 2.0           # a counter's whole visit: some 20 calls a second in all, a hundred times what such a hall has
MOST_S = 300           # the whole morning is given so long
SLUG = "kota-001"

_STAYS = sa.select(visits.c.letter, visits.c.number).join_from(servings, visits, visits.c.id == servings.c.visit_id)
_STATES = sa.select(visits.c.state, sa.func.count()).group_by(visits.c.state)


@dataclass
class Morning:
    """What is seen while it goes on. `called` has the moment each call was answered, by its number in the hall."""

    ports: list[int]
    headers: dict[str, str]
    tickets: Iterator[str]
    admitted: int = 0
    numbers: Counter[str] = field(default_factory=Counter)
    called: dict[str, float] = field(default_factory=dict)
    scans: Result = field(default_factory=Result)
    calls: Result = field(default_factory=Result)
    killed_at: float | None = None


def morning(kind: str) -> Proof:
    """2,000 people are called once each and every screen shows it, although a server is killed in the middle."""
    office = seed.office_text(SLUG, high=5_000, counters=COUNTERS, horizon=2, open_all_day=True, minutes=8)
    with stage(kind, [office]) as on, ExitStack() as ending:
        ports = [free_port() for _ in range(1 if kind == "sqlite" else 2)]
        servers = [ending.enter_context(_serving(on, port)) for port in ports]
        tickets = book_today(on, ports[0], PEOPLE)
        day = Morning(ports, sign_in(on, ports[0]), iter(tickets))
        screens = [Screen(ports, n, f"/api/v1/offices/{SLUG}/board/events") for n in range(SCREENS)]
        asyncio.run(asyncio.wait_for(_play(on, day, screens, servers, len(tickets)), MOST_S))
        return _judge(on, kind, day, screens, len(tickets))


@contextmanager
def _serving(on: Stage, port: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """A server of one process; who kills it puts another into the list."""
    running = [_started(on, port)]
    try:
        yield running
    finally:
        for process in running:
            stop(process)


def _started(on: Stage, port: int) -> subprocess.Popen[bytes]:
    process = on.run("serve", "--port", str(port))
    wait_until_ready(port, process)
    return process


async def _play(on: Stage, day: Morning, screens: list[Screen], servers: list[list[subprocess.Popen[bytes]]],
                people: int) -> None:
    watching = [asyncio.create_task(screen.watch()) for screen in screens]
    begun = time.perf_counter()
    await asyncio.gather(*(_scan(day, n) for n in range(DOORS)))
    day.scans.seconds = time.perf_counter() - begun
    killing = asyncio.create_task(_kill(on, day, servers, people // 2))
    begun = time.perf_counter()
    await asyncio.gather(*(_serve(day, n) for n in range(COUNTERS)))
    day.calls.seconds = time.perf_counter() - begun
    await killing
    await _settled(on, screens)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)


async def _scan(day: Morning, n: int) -> None:
    """A door: one ticket after the other."""
    client = Client(day.ports, n, day.headers)
    for token in day.tickets:
        status, body, seconds = await client.ask("POST", "/api/v1/scans", {"qr": token, "nonce": token[-14:]})
        day.scans.latencies.append(seconds)
        day.scans.statuses[status] += 1
        day.admitted += body.get("verdict") in ("admitted", "late")


async def _serve(day: Morning, n: int) -> None:
    """A counter: calls, begins, ends, until nobody waits. A call without answer is asked again under its key."""
    client, path = Client(day.ports, n, day.headers), f"/api/v1/counters/loket-{n + 1}"
    for turn in range(PEOPLE):
        status, visit, seconds = await client.ask("POST", f"{path}/call-next", key=f"{n}-{turn}")
        if status == 204:
            return
        day.calls.latencies.append(seconds)
        day.calls.statuses[status] += 1
        if status == 200:
            day.numbers[visit["number"]] += 1
            day.called.setdefault(visit["number"], time.perf_counter())
            for act in ("start", "finish"):
                await asyncio.sleep(random.uniform(0.5, 1.5) * PACE_S / 2)
                await client.ask("POST", f"{path}/{act}", key=f"{n}-{turn}-{act}")


async def _kill(on: Stage, day: Morning, servers: list[list[subprocess.Popen[bytes]]], after: int) -> None:
    """End the last server by SIGKILL once so many were called, and start it anew."""
    while len(day.called) < after:
        await asyncio.sleep(0.05)
    running, port = servers[-1], day.ports[-1]
    victims = family(running[-1])[::-1]
    day.killed_at = time.perf_counter()
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    running.append(await asyncio.to_thread(_started, on, port))


async def _settled(on: Stage, screens: list[Screen]) -> None:
    """Wait until every screen shows what is."""
    version = await asyncio.to_thread(_version, on)
    deadline = time.perf_counter() + 15
    while time.perf_counter() < deadline and any(screen.version != version for screen in screens):
        await asyncio.sleep(0.1)


def _version(on: Stage) -> int:
    return int(_read(on, sa.select(sa.func.max(halls.c.version)))[0][0])


def _read(on: Stage, query: sa.Select[Any]) -> list[Any]:
    database = on.database()
    try:
        with database.read() as connection:
            return list(connection.execute(query))
    finally:
        database.close()


def _judge(on: Stage, kind: str, day: Morning, screens: list[Screen], people: int) -> Proof:
    kept = Counter(numbers.show(*row) for row in _read(on, _STAYS))
    states = dict(_read(on, _STATES))
    version = _version(on)
    twice = sum(n > 1 for n in day.numbers.values()) + sum(n > 1 for n in kept.values())
    lost = len(set(day.numbers) - set(kept)) + people - states.get("done", 0)
    wrong = sum(screen.version != version for screen in screens)
    shown = [1000 * late for screen in screens for late in screen.lateness(day.called, day.killed_at)]
    back = [screen.back_after(day.killed_at) for screen in screens if screen.broke]
    seen = (
        f"{day.admitted:,} admitted at {day.scans.rate_of(200):.0f} scans/s, p99 {day.scans.percentile(.99):.0f} ms; "
        f"{day.numbers.total():,} called at {day.calls.rate_of(200):.0f}/s, p50 {day.calls.percentile(.5):.0f}, "
        f"p99 {day.calls.percentile(.99):.0f} ms; "
        f"call to screen p50 {percentile(shown, .5):.0f}, p99 {percentile(shown, .99):.0f} ms; "
        f"called twice {twice}, lost {lost}; {len(back)} of {len(screens)} screens lost their server, back within "
        f"{max(back, default=0):.1f} s; at the end {wrong} show something else than what is")
    return Proof(f"a hall: {PEOPLE:,} people, {COUNTERS} counters, {SCREENS} screens, one SIGKILL", kind, seen,
                 twice == lost == wrong == 0 and bool(shown) and day.admitted == people)

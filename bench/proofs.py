"""Proofs under load: a rush on one day, the morning of 514 offices, and SIGKILL in the middle."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from api.demo.standin import StandIn
from bench import seed
from bench.judged import Proof
from bench.load import Result, drive, request
from bench.stage import Stage, family, free_port, stage, stop, wait_until_ready
from notifications.tables import outbox
from scheduler.foundation.clock import SystemClock
from scheduler.offices import Offices
from scheduler.tables import bookings, days, slots
from tests.phone.vendor import API_KEY, USERNAME, serving

PLACES = 70


def _days_of(on: Stage) -> dict[tuple[str, Any], list[datetime]]:
    """The starts of each office's days, as often as they have places."""
    database = on.database()
    with database.read() as connection:
        offices = {office.id: office for office in Offices().all(connection)}
        rows = connection.execute(sa.select(slots.c.office_id, days.c.date, slots.c.start, slots.c.places)
                                  .join(days, days.c.id == slots.c.day_id).order_by(slots.c.start)).all()
    database.close()
    found: dict[tuple[str, Any], list[datetime]] = {}
    for row in rows:
        found.setdefault((offices[row.office_id].slug, row.date), []).extend([row.start] * row.places)
    return found


def _sums(on: Stage) -> tuple[int, int]:
    """How many people hold a place, and how many rows of slots or days disagree with their bookings."""
    standing = sa.select(sa.func.coalesce(sa.func.sum(bookings.c.party), 0)).where(bookings.c.status != "cancelled")
    of_slot = standing.where(bookings.c.slot_id == slots.c.id).scalar_subquery()
    of_day = standing.where(bookings.c.day_id == days.c.id).scalar_subquery()
    database = on.database()
    with database.read() as connection:
        held: int = connection.execute(standing).scalar_one()
        wrong: int = connection.execute(sa.select(
            sa.select(sa.func.count()).where(slots.c.taken != of_slot).scalar_subquery()
            + sa.select(sa.func.count()).where(days.c.booked != of_day).scalar_subquery())).scalar_one()
    database.close()
    return held, wrong


def rush(kind: str, requests: int = 2_000, clients: int = 200) -> Proof:
    """2,000 requests of 200 clients for one day of 70 places: 70 sold, every other answer refuses with a way on."""
    with stage(kind, [seed.office_text("kota-001", counters=8)]) as on:
        (office, _), starts = list(_days_of(on).items())[3]
        chosen = [random.choice(starts) for _ in range(requests)]
        asked = [(n, request("POST", "/api/v1/bookings", seed.booking_body(n, office, start)))
                 for n, start in enumerate(chosen)]
        port = free_port()
        with on.serving(port):
            result = drive(port, asked, clients=clients, keep=lambda _status: True)
        held, wrong = _sums(on)
    sold = result.statuses[201]
    clear = sum(_is_clear(status, body) for _, status, body in result.bodies if status != 201)
    seen = (f"{sold} sold, {clear} refused with alternatives, {len(result.bodies) - sold - clear} other; "
            f"{result.seconds:.1f} s, p99 {result.percentile(0.99):.0f} ms; sums that disagree: {wrong}")
    return Proof("rush: 2,000 requests for 70 places", kind, seen,
                 sold == held == PLACES and sold + clear == requests and wrong == 0)


def _is_clear(status: int, body: bytes) -> bool:
    answer = json.loads(body)
    return status == 409 and answer.get("code") in ("day_full", "slot_full") and 1 <= len(answer["alternatives"]) <= 3


def national_morning(offices: int = seed.OFFICES, clients: int = 100) -> Proof:
    """Every office opens its day at one moment: all 35,980 places are to be sold within a minute (PostgreSQL)."""
    texts = [seed.office_text(f"kota-{n:03}", horizon=2) for n in range(1, offices + 1)]
    with stage("postgresql", texts) as on:
        asked = _everybody(_days_of(on))
        port = free_port()
        with on.serving(port):
            result = drive(port, asked, clients=clients)
        held, wrong = _sums(on)
    sold, wanted = result.statuses[201], offices * PLACES
    seen = (f"{sold:,} of {wanted:,} sold in {result.seconds:.1f} s ({sold / result.seconds:.0f}/s), "
            f"p50 {result.percentile(0.5):.0f} ms, p99 {result.percentile(0.99):.0f} ms; sums that disagree: {wrong}")
    return Proof("national morning: 514 offices x 70 places", "postgresql", seen,
                 sold == held == wanted and result.seconds <= 60 and wrong == 0)


def _everybody(found: dict[tuple[str, Any], list[datetime]]) -> list[tuple[int, bytes]]:
    """One request for each place of each office's second day, in the order in which strangers would ask."""
    second = {office: starts[:PLACES] for (office, _), starts in sorted(found.items(), key=lambda item: item[0][1])}
    wanted = [(office, start) for office, starts in second.items() for start in starts]
    random.shuffle(wanted)
    return [(n, request("POST", "/api/v1/bookings", seed.booking_body(n, office, start)))
            for n, (office, start) in enumerate(wanted)]


def killed(kind: str, times: int = 10, clients: int = 32) -> Proof:
    """SIGKILL in the middle of the load, ten times: no answered booking lost, none twice, one confirmation each."""
    answered: dict[int, str] = {}
    with stage(kind, [seed.office_text("kota-001", high=5_000, counters=60)]) as on, serving(SystemClock()) as vendor:
        on.environment |= {
            "ANTRE_SMS_GATEWAY": "africastalking", "ANTRE_AFRICASTALKING_USERNAME": USERNAME,
            "ANTRE_AFRICASTALKING_API_KEY": API_KEY, "ANTRE_AFRICASTALKING_URL": vendor.url,
        }
        places = [(office, start) for (office, _), starts in _days_of(on).items() for start in set(starts)]
        places = [place for place in places if place[1] > datetime.now(UTC)]
        broken = 0
        for round_ in range(times):
            result = _until_killed(on, places, 1_000_000 * round_, clients)
            broken += result.broken
            answered |= {n: json.loads(body)["code"] for n, status, body in result.bodies if status == 201}
        states = _after(on)
        return _judged(on, kind, answered, broken, states, vendor.standin)


def _until_killed(on: Stage, places: list[tuple[str, datetime]], first: int, clients: int) -> Result:
    port = free_port()
    workers = [] if on.kind == "sqlite" else [on.run("worker")]
    server = on.run("serve", "--port", str(port), "--processes", str(on.processes))
    wait_until_ready(port, server)
    victims = family(server)[::-1] + [worker.pid for worker in workers]

    def kill() -> None:
        time.sleep(random.uniform(0.5, 1.5))
        for pid in victims:
            os.kill(pid, signal.SIGKILL)

    threading.Thread(target=kill).start()
    asked = ((n, request("POST", "/api/v1/bookings", seed.booking_body(n, *places[n % len(places)])))
             for n in range(first, first + 1_000_000))
    result = drive(port, asked, clients=clients, seconds=5, keep=lambda _status: True)
    for process in (server, *workers):
        stop(process, signal.SIGKILL)
    return result


def _after(on: Stage) -> Counter[str]:
    """Serve once more until every message has ended; answers how many ended in which state."""
    port = free_port()
    workers = [] if on.kind == "sqlite" else [on.run("worker")]
    database = on.database()
    with on.serving(port):
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            with database.read() as connection:
                states = Counter(connection.execute(sa.select(outbox.c.state)).scalars())
                held = connection.execute(sa.select(sa.func.count()).select_from(bookings)).scalar_one()
            if states.total() == held and not states["queued"] and not states["sending"]:
                break
            time.sleep(0.5)
    for worker in workers:
        stop(worker)
    database.close()
    return states


def _judged(on: Stage, kind: str, answered: dict[int, str], broken: int, states: Counter[str],
            standin: StandIn) -> Proof:
    database = on.database()
    with database.read() as connection:
        codes = list(connection.execute(sa.select(bookings.c.code)).scalars())
    database.close()
    _, wrong = _sums(on)
    lost = len(set(answered.values()) - set(codes))
    got = Counter(Counter(phone for phone, _ in standin.received()).values())
    twice = sum(count for times, count in got.items() if times > 1)
    seen = (f"{len(answered):,} answered, {broken} cut off, {len(codes):,} booked; lost {lost}, "
            f"double {len(codes) - len(set(codes))}, sums that disagree {wrong}; messages {dict(states)}; "
            f"phones by confirmations received {dict(sorted(got.items()))}")
    return Proof("SIGKILL in the middle, ten times", kind, seen,
                 lost == 0 and len(codes) == len(set(codes)) and wrong == 0 and twice == 0
                 and got[1] + states["unknown"] >= len(codes))


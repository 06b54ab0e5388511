"""Figures of the phone's doors: SMS and USSD callbacks a second over HTTP, beside the bare driver's bookings.

Every phone goes the whole way to a booking: two SMS, or eight USSD screens. Phones walk in step, so that no callback
of a phone is sent before its last one was answered; within a step they come from all connections at once. A callback
is one transaction of our own, so its baseline is a booking's transaction by the bare driver on the same database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import sqlalchemy as sa

from bench import seed
from bench.doors import Figures, baseline_of_bookings
from bench.judged import Proof
from bench.load import Result, drive, form
from bench.stage import Stage, free_port, memory_mb, stage
from scheduler.offices import Offices
from scheduler.tables import bookings, days, slots
from tests.people import nik, phone

HOOKS = "/hooks/africastalking/hook-secret-of-bench"
CLIENTS = 64
PHONES = 600
COUNTERS = 100  # a start has room for all phones that ask for its day
SLOWEST_S = 1.0  # within which a USSD screen is to be there


@dataclass(frozen=True)
class Way:
    """How a phone comes to a booking: its steps, each the request of the n-th phone."""

    what: str
    channel: str
    steps: Sequence[Callable[[int], bytes]]


def _sms(n: int, step: str, text: str) -> bytes:
    return form(f"{HOOKS}/sms", {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}", "from": phone(n), "id": f"{step}-{n}", "text": text,
        "to": "12345", "networkCode": "51010"})


def _ussd(n: int, typed: Sequence[str]) -> bytes:
    return form(f"{HOOKS}/ussd", {
        "sessionId": f"session-{n}", "phoneNumber": phone(n), "networkCode": "51010", "serviceCode": "*384*6471#",
        "text": "*".join(typed)})


def _by_sms(dates: Sequence[date]) -> Way:
    def ask(n: int) -> bytes:
        day = dates[n % len(dates)]
        return _sms(n, "ask", f"DAFTAR KTP {nik(n)} Siti Aminah {day.day}/{day.month}/{day.year}")

    return Way("SMS in", "sms", [ask, lambda n: _sms(n, "take", "1")])


def _by_ussd(dates: Sequence[date]) -> Way:
    """Main menu, register, the only service, NIK, name, another day, its first place, yes."""
    def typed(n: int) -> list[str]:
        return ["1", "1", nik(n), "Siti Aminah", f"{dates[n % len(dates)]:%d%m}", "1", "1"]

    def step(count: int) -> Callable[[int], bytes]:
        return lambda n: _ussd(n, typed(n)[:count])

    return Way("USSD", "ussd", [step(count) for count in range(8)])


WAYS = {"sms": _by_sms, "ussd": _by_ussd}


def figures(kind: str, channel: str, phones: int = PHONES) -> tuple[Figures, Proof]:
    """Callbacks a second of one way, and whether each phone ended with a booking in time."""
    with stage(kind, [seed.office_text("kota-001", high=5_000, counters=COUNTERS)]) as on:
        way, port = WAYS[channel](_dates(on)), free_port()
        with on.serving(port) as process:
            _walk(port, way, range(1_000_000, 1_000_000 + CLIENTS))  # warm
            result = _walk(port, way, range(phones))
            memory = memory_mb(process)
        booked, wrong = _booked(on, way.channel) - CLIENTS, _sums(on)
        baseline, note = baseline_of_bookings(on, 3.0)
    callbacks = phones * len(way.steps)
    line = Figures(way.what, kind, 1, CLIENTS, result.rate_of(200), baseline, result.percentile(0.5),
                   result.percentile(0.99), memory, note)
    worst = max(result.latencies)
    seen = (f"{booked} of {phones} booked by {callbacks:,} callbacks; slowest answer {worst * 1000:.0f} ms, "
            f"p99 {result.percentile(0.99):.0f} ms; sums that disagree: {wrong}")
    held = booked == phones and result.statuses[200] == callbacks and worst <= SLOWEST_S and wrong == 0
    what = f"{way.what}: every phone gets its place, each answer within {SLOWEST_S:.0f} s"
    return line, Proof(what, kind, seen, held)


def _walk(port: int, way: Way, numbers: range) -> Result:
    whole = Result()
    for step in way.steps:
        whole.add(drive(port, [(n, step(n)) for n in numbers], clients=CLIENTS))
    return whole


def _dates(on: Stage) -> list[date]:
    """The days after tomorrow that have places."""
    database = on.database()
    with database.read() as connection:
        office = Offices().all(connection)[0]
        today = office.today(datetime.now(UTC))
        found = connection.execute(sa.select(days.c.date).where(days.c.closed.is_(False)).order_by(days.c.date))
        dates = [day for day in found.scalars() if (day - today).days > 1]
    database.close()
    return dates


def _booked(on: Stage, channel: str) -> int:
    database = on.database()
    with database.read() as connection:
        count: int = connection.execute(
            sa.select(sa.func.count()).select_from(bookings).where(bookings.c.channel == channel)).scalar_one()
    database.close()
    return count


def _sums(on: Stage) -> int:
    taken = sa.select(sa.func.coalesce(sa.func.sum(bookings.c.party), 0)).where(
        bookings.c.slot_id == slots.c.id, bookings.c.status != "cancelled").scalar_subquery()
    database = on.database()
    with database.read() as connection:
        wrong: int = connection.execute(
            sa.select(sa.func.count()).select_from(slots).where(slots.c.taken != taken)).scalar_one()
    database.close()
    return wrong

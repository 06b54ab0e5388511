"""How long a year of an office takes to be counted, beside the least a database can do with the same rows."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from api import counted
from bench import seed
from bench.judged import Proof
from bench.stage import stage
from scheduler.foundation.database import Database
from scheduler.offices import Office, Offices
from scheduler.tables import days
from ticketing.hall_tables import servings
from ticketing.tables import visits

DAYS, A_DAY, AT_MOST_S = 365, 100, 1.0
_LEAST = sa.select(sa.func.count(), sa.func.sum(visits.c.party), sa.func.max(servings.c.ended_at)).join_from(
    visits, servings, servings.c.visit_id == visits.c.id)


def year(kind: str) -> Proof:
    """A year of 100 visits a day, as the manager's page and the API count it."""
    with stage(kind, [seed.office_text("kota-001", counters=6)]) as on:
        database = on.database()
        with database.read() as connection:
            office = Offices().all(connection)[0]
        last = office.today(datetime.now(UTC)) - timedelta(days=1)
        first = last - timedelta(days=DAYS - 1)
        _fill(database, office, first)
        whole = _quickest(database, lambda connection: counted.read(connection, office, first, last))
        least = _quickest(database, lambda connection: connection.execute(_LEAST).one())
        database.close()
    seen = (f"{DAYS * A_DAY:,} visits in {whole:.2f} s, {whole / least:.0f} times one sum over the same rows "
            f"({1000 * least:.0f} ms)")
    return Proof(f"a year of {A_DAY} visits a day is counted within {AT_MOST_S:.0f} s", kind, seen, whole <= AT_MOST_S)


def _quickest(database: Database, work: Callable[[Connection], Any]) -> float:
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        with database.read() as connection:
            work(connection)
        took.append(time.perf_counter() - begun)
    return min(took)


def _fill(database: Database, office: Office, first: date) -> None:
    for day in range(DAYS):
        on = first + timedelta(days=day)
        database.write(partial(_day, office=office, on=on))


def _day(connection: Connection, office: Office, on: date) -> None:
    made = connection.execute(days.insert().values(
        office_id=office.id, date=on, low=60, high=70, released=A_DAY, walk_in_room=A_DAY, walk_ins=A_DAY, closed=False,
        plan="bench").returning(days.c.id)).scalar_one()
    rows = list(_visits(office, on, made))
    ids = connection.scalars(visits.insert().returning(visits.c.id, sort_by_parameter_order=True), rows).all()
    connection.execute(servings.insert(), [
        _stay(office, row, visit, call) for call, (row, visit) in enumerate(zip(rows, ids, strict=True), start=1)])


def _visits(office: Office, on: date, day: int) -> Iterator[dict[str, Any]]:
    opens = datetime(on.year, on.month, on.day, 8, tzinfo=office.zone)
    for number in range(1, A_DAY + 1):
        came = opens + timedelta(minutes=random.uniform(0, 420))
        yield {"office_id": office.id, "day_id": day, "date": on, "letter": "A", "number": number,
               "service_id": office.services[0].id, "party": 1, "due": came, "arrived_at": came, "state": "done",
               "since": came, "queue": "A"}


def _stay(office: Office, row: dict[str, Any], visit: int, call: int) -> dict[str, Any]:
    called = row["arrived_at"] + timedelta(minutes=random.uniform(0, 45))
    return {"office_id": office.id, "date": row["date"], "visit_id": visit,
            "counter_id": random.choice(office.counters).id, "service_id": row["service_id"], "queue": "A",
            "first_call": call, "call": call, "calls": 1, "called_at": called, "last_called_at": called,
            "started_at": called + timedelta(minutes=1), "ended_at": called + timedelta(minutes=random.uniform(3, 25)),
            "outcome": "finished"}

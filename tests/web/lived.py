"""An office with days behind it, for the manager's pages: rows as booking, coming and staying away leave them."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from api.assembly import Antre
from scheduler import learning
from scheduler.foundation.journal import record
from scheduler.offices import Office
from scheduler.tables import bookings, days, slots
from ticketing.tables import visits

HALF_HOUR = timedelta(minutes=30)


def past_days(antre: Antre, office: Office, now: datetime, count: int, people: int = 40, *, show: float = 0.85,
              walk_ins: int = 6, learn: bool = True) -> list[date]:
    """The `count` open days before today, on each of which `people` had booked, a share of `show` came, and so many
    more without booking; counted by the learning job if `learn`. Answers their dates, oldest first."""
    chance = random.Random(7)
    dates = _open_before(office, office.today(now), count)

    def write(connection: Connection) -> None:
        ids = [_day(connection, office, on, people, show, walk_ins, chance) for on in dates]
        if learn:
            learning.count(connection, office, ids, now)

    antre.database.write(write)
    return dates


def _open_before(office: Office, today: date, count: int) -> list[date]:
    found: list[date] = []
    on = today - timedelta(days=1)
    while len(found) < count:
        if office.hours.get(on.weekday()):
            found.append(on)
        on -= timedelta(days=1)
    return sorted(found)


def _day(connection: Connection, office: Office, on: date, people: int, show: float, walk_ins: int,
         chance: random.Random) -> int:
    opens = datetime.combine(on, datetime.min.time(), office.zone) + timedelta(hours=8)
    came = [chance.random() < show for _ in range(people)]
    day = connection.execute(sa.insert(days).values(
        office_id=office.id, date=on, low=60, high=70, released=people + 4, booked=people, arrived=sum(came),
        absent=people - sum(came), walk_in_room=walk_ins, walk_ins=walk_ins, closed=False, plan="past",
    ).returning(days.c.id)).scalar_one()
    slot = connection.execute(sa.insert(slots).values(
        day_id=day, office_id=office.id, letter="A", start=opens, places=people, taken=people,
    ).returning(slots.c.id)).scalar_one()
    starts = [opens + HALF_HOUR * (n * 12 // people) for n in range(people)]
    services = [service.id for service in office.services[:3]]
    connection.execute(sa.insert(bookings), [
        {"office_id": office.id, "service_id": services[n % 3], "day_id": day, "slot_id": slot,
         "token": f"past-{on}-{n}", "sequence": 0, "status": "arrived" if came[n] else "absent", "start": starts[n],
         "party": 1, "moves": 0, "channel": ("web", "sms", "ussd")[n % 3], "language": "id",
         "created_at": starts[n] - timedelta(days=n % 12), "ended_at": starts[n] + timedelta(minutes=n % 20 - 8),
         "confirmed_at": starts[n] - timedelta(hours=12) if n % 2 else None} for n in range(people)])
    for n in range(walk_ins):
        record(connection, "walk_in", at=opens + n * HALF_HOUR, office_id=office.id, day_id=day, data={"people": 1})
    return int(day)


def come(antre: Antre, office: Office, start: datetime, people: int, walk_ins: int) -> None:
    """From `start` on so many `people` with booking and then `walk_ins` without came, one every 5 minutes."""

    def write(connection: Connection) -> None:
        on = office.today(start)
        day = connection.execute(sa.select(days.c.id).where(
            days.c.office_id == office.id, days.c.date == on)).scalar_one()
        booked = connection.scalars(sa.select(bookings.c.id).where(
            bookings.c.day_id == day, bookings.c.status == "booked").order_by(bookings.c.start).limit(people)).all()
        at = [start + timedelta(minutes=5) * n for n in range(len(booked) + walk_ins)]
        who = [*booked, *[None] * walk_ins]
        connection.execute(sa.insert(visits), [
            {"office_id": office.id, "day_id": day, "date": on, "letter": "A", "number": n + 1,
             "service_id": office.services[0].id, "booking_id": one, "party": 1, "due": at[n], "arrived_at": at[n],
             "state": "waiting", "since": at[n], "queue": "A"} for n, one in enumerate(who)])
        connection.execute(sa.update(bookings).where(bookings.c.id.in_(booked)).values(
            status="arrived", ended_at=start))
        connection.execute(sa.update(days).where(days.c.id == day).values(
            arrived=len(booked), walk_ins=walk_ins, walk_in_room=days.c.walk_in_room + walk_ins))

    antre.database.write(write)

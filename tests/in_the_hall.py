"""People in a hall for the tests, as if a door had let them in, however little room the day has."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from scheduler.foundation.database import Database
from scheduler.offices import Office
from scheduler.tables import days
from ticketing import numbers
from ticketing.tables import visits


def arrive(database: Database, office: Office, now: datetime, *services: str, party: int = 1,
           priority: str | None = None) -> list[str]:
    """Visitors without booking at `now`, one for each service by slug; answers their numbers."""
    today = office.today(now)

    def work(connection: Connection) -> list[str]:
        day = connection.execute(sa.select(days.c.id).where(
            days.c.office_id == office.id, days.c.date == today)).scalar_one()
        return [_let_in(connection, office, day, slug) for slug in services]

    def _let_in(connection: Connection, office: Office, day: int, slug: str) -> str:
        service = office.service(slug)
        number = numbers.take(connection, office.id, today, service.letter)
        connection.execute(visits.insert().values(
            office_id=office.id, day_id=day, date=today, letter=service.letter, number=number, service_id=service.id,
            party=party, priority=priority, due=now, arrived_at=now, state="waiting", since=now,
            queue=service.letter))
        return numbers.show(service.letter, number)

    return database.write(work)

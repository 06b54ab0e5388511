"""Days of a hall written straight into the rows, for what is counted afterwards."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from scheduler.foundation.database import Database
from scheduler.offices import Office
from scheduler.tables import bookings, days, slots
from tests.booked import at
from ticketing.hall_tables import servings
from ticketing.survey_tables import opinions
from ticketing.tables import visits


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody who came: `at` is the local arrival, `due` the booked start (None: a walk-in); called, begun and ended
    so many minutes after the arrival (None: not)."""

    at: str
    due: str | None = None
    called: float | None = None
    begun: float | None = None
    ended: float | None = None
    service: str = "ktp-rekam"
    counter: int = 0
    party: int = 1
    priority: str | None = None
    state: str = "done"
    outcome: str = "finished"
    channel: str = "web"
    reason: str | None = None


_numbers = itertools.count(1)  # no two rows of a process are alike


class Hall:
    """The rows of an office's halls."""

    def __init__(self, database: Database, office: Office) -> None:
        self.database, self.office, self._number = database, office, next(_numbers)

    def day(self, on: date, **values: Any) -> int:
        """The row of a day, which is made where the book has none; with these values."""
        found = {"low": 60, "high": 70, "released": 999, "walk_in_room": 999, "closed": False, "plan": "test",
                 "booked": 500, **values}

        def work(c: sa.Connection) -> int:
            known = c.scalar(sa.select(days.c.id).where(days.c.office_id == self.office.id, days.c.date == on))
            if known is None:
                made = c.execute(days.insert().values(office_id=self.office.id, date=on, **found))
                return made.inserted_primary_key[0]
            c.execute(sa.update(days).where(days.c.id == known).values(**found))
            return known

        return self.database.write(work)

    def came(self, on: date, *people: Came) -> list[int]:
        """What these people's visits left behind; their numbers in the table."""
        day = self.day(on)
        return self.database.write(lambda c: [self._one(c, on, day, one) for one in people])

    def booked(self, c: sa.Connection, on: date, day: int, start: datetime, one: Came, status: str = "arrived") -> int:
        """The row of a booking that is over, of nobody any more."""
        self._number = next(_numbers)
        slot = c.execute(slots.insert().values(
            day_id=day, office_id=self.office.id, letter="Z", start=start + timedelta(microseconds=self._number),
            places=1)).inserted_primary_key[0]
        return c.execute(bookings.insert().values(
            office_id=self.office.id, service_id=self.office.service(one.service).id, day_id=day, slot_id=slot,
            token=f"{on}-{self._number}", sequence=0, status=status, start=start, party=one.party, moves=0,
            reason=one.reason, channel=one.channel, language="id", created_at=start)).inserted_primary_key[0]

    def stayed_away(self, on: date, count: int, status: str = "absent", **more: Any) -> None:
        """Bookings whose people did not come."""
        day = self.day(on)
        one = Came("09:00", **more)
        self.database.write(lambda c: [
            self.booked(c, on, day, at(on, "09:00", self.office), one, status) for _ in range(count)])

    def _one(self, c: sa.Connection, on: date, day: int, one: Came) -> int:
        self._number = next(_numbers)
        arrived = at(on, one.at, self.office)
        due = arrived if one.due is None else at(on, one.due, self.office)
        booking = None if one.due is None else self.booked(c, on, day, due, one)
        service = self.office.service(one.service)
        visit = c.execute(visits.insert().values(
            office_id=self.office.id, day_id=day, date=on, letter=service.letter, number=self._number,
            service_id=service.id, booking_id=booking, party=one.party, priority=one.priority, due=due,
            arrived_at=arrived, state=one.state, since=arrived, queue=service.letter)).inserted_primary_key[0]
        if one.called is not None:
            self.serving(c, on, visit, one, arrived)
        return visit

    def serving(self, c: sa.Connection, on: date, visit: int, one: Came, arrived: datetime) -> None:
        """A stay at a counter."""
        self._number = next(_numbers)
        called = arrived + minutes(one.called)
        c.execute(servings.insert().values(
            office_id=self.office.id, date=on, visit_id=visit, counter_id=self.office.counters[one.counter].id,
            service_id=self.office.service(one.service).id, queue="A", first_call=self._number, call=self._number,
            calls=1, called_at=called, last_called_at=called,
            started_at=None if one.begun is None else arrived + minutes(one.begun),
            ended_at=None if one.ended is None else arrived + minutes(one.ended),
            outcome=None if one.ended is None else one.outcome))


def minutes(n: float | None) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=n or 0)


def dates(first: date, count: int) -> Iterable[date]:
    """So many dates in a row."""
    return (first + timedelta(days=n) for n in range(count))


def fortnight(hall: Hall, first: date = date(2026, 11, 2)) -> None:
    """Ten days with some thirty visits each, waits that grow towards ten o'clock, and eleven opinions."""
    for on in dates(first, 12):
        if on.weekday() > 4:
            continue
        people = [
            Came(f"{7 + n // 6:02}:{n % 6 * 9 + 3:02}",
                 due=None if n % 5 == 0 else f"{7 + n // 6:02}:{n % 6 * 9 + 5:02}",
                 called=2 + (n * 7 + on.day) % 41, begun=3 + (n * 7 + on.day) % 41,
                 ended=9 + (n * 7 + on.day) % 41 + n % 9, service=("ktp-rekam", "kk", "akta", "ktp-ambil")[n % 4],
                 counter=n % len(hall.office.counters), priority="elderly" if n % 9 == 0 else None,
                 channel=("web", "sms", "ussd")[n % 3], reason="no_device" if n % 4 == 1 else None)
            for n in range(30)]
        hall.came(on, *people)
        hall.stayed_away(on, 3, service="kk", reason="rejected")
        hall.day(on, arrived=40 + on.day, walk_ins=9, turned_away=on.day % 3, absent=3)
    given = [[4, 3, 3, 4, 3, 4, 4, 2, 3]] * 6 + [[3, 3, 2, 4, 4, 3, 4, 3, 3]] * 5
    hall.database.write(lambda c: c.execute(opinions.insert(), [
        {"id": bytes([n] * 16), "office_id": hall.office.id, "service_id": hall.office.service(slug).id,
         "month": first.replace(day=1), "channel": "web", "answers": answers}
        for n, (answers, slug) in enumerate(zip(given, ["ktp-rekam"] * 6 + ["kk"] * 5, strict=True))]))

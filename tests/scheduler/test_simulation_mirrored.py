"""The simulation has no model of its own: the same people played through the database are met by the same decisions."""

from __future__ import annotations

import dataclasses
import random
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from scheduler import bookings, days, jobs, shows, tallying
from scheduler.bookings import Booking, Request
from scheduler.days import Day
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.keeper import Keeper
from scheduler.keeping_tables import learnt
from scheduler.offices import Office, Offices
from scheduler.shown import LATE_EDGES, DayShown, Learnt, Tally
from scheduler.simulation import book
from scheduler.simulation.book import BOOKED, DayBook, Knowledge, Start
from scheduler.simulation.play import Play
from scheduler.simulation.policies import Adaptive
from scheduler.simulation.results import Result
from scheduler.simulation.town import Course, Person, Town
from tests import people
from ticketing import checkin

FIRST = date(2026, 11, 25)  # a Wednesday
KEY = b"the key of both"


def taught(office: Office) -> Learnt:
    """What thirty invented days taught of whom three in ten stay away."""
    chance = random.Random(1)
    return shows.learn([DayShown(
        FIRST - timedelta(days=n), tuple(
            Tally(service.id, lead, "web", answer, 4, sum(chance.random() < 0.7 for _ in range(4)))
            for service in office.services for lead in (0, 1) for answer in ("yes", "silent")),
        tuple(4 for _ in range(len(LATE_EDGES) + 1)), tuple(3 if 7 <= hour < 12 else 0 for hour in range(24)),
    ) for n in range(1, 43) if (FIRST - timedelta(days=n)).weekday() < 5])


class Unlined(Town):
    """People who do not wait in line."""

    def asking(self, on: date) -> list[Person]:
        return [dataclasses.replace(person, joins=False) for person in super().asking(on)]


class Mirrored(Play):
    """A play in which everything is done in the database as well, by the functions that production calls, and every
    run of the job is compared."""

    def __init__(self, office: Office, town: Town, known: Learnt, database: Database, vault: Any, mint: Any) -> None:
        super().__init__(office, town, Adaptive(learns=False), FIRST, KEY)
        self.known = Knowledge(known)
        self.database, self.vault, self.mint, self.offices = database, vault, mint, Offices()
        self.mirror: dict[book.Booking, Booking] = {}
        self.compared = 0
        self.opened: set[int] = set()

    def row(self, day: DayBook) -> Day:
        """The day as its row stands."""
        with self.database.read() as connection:
            found = days.day_of(connection, self.office.id, day.date)
        assert found is not None
        return found

    def _lay_out(self, today: date) -> None:
        super()._lay_out(today)
        jobs.open_days(self.database, self.offices, datetime.combine(today, time(), self.office.zone))

    def _end(self, day: DayBook, n: int) -> Result:
        jobs.mark_absences(self.database, self.offices, day.at(24 * 60))
        row = self.row(day)
        with self.database.read() as connection:
            assert tallying.shown(connection, self.office, row) == self.showed(day)
        return super()._end(day, n)

    def _tick(self, now: datetime, ahead: bool) -> None:
        for day in self.days.values():
            day.touched = True
        super()._tick(now, True)
        self._compare(now)

    def _look(self, now: datetime) -> None:
        self._tick(now, True)

    def _compare(self, now: datetime) -> None:
        jobs.keep_capacity(self.database, self.offices, now, Keeper(KEY))
        with self.database.read() as connection:
            rows = {day.date: day for day in days.between(
                connection, self.office.id, self.office.today(now), max(self.days))}
        for on, day in self.days.items():
            if now < day.at(day.closes):
                row = rows[on]
                assert (row.booked, row.arrived, row.walk_ins) == (day.booked, day.came, day.walk_ins), (now, on)
                assert (row.released, row.wanted, row.walk_in_room) == (
                    day.released, day.wanted, day.walk_in_room), (now, on)
                self.compared += 1
                self.opened.add(row.released)

    def book(self, day: DayBook, start: Start, person: Person, now: datetime) -> None:
        super().book(day, start, person, now)
        made = day.bookings[-1]
        request = Request(self.office, person.service, day.at(start.minute), people.person(len(self.mirror)),
                          channel=person.channel, reason="help" if person.service.visit == "fallback" else None)
        self.mirror[made] = self.database.write(
            lambda connection: bookings.book(connection, request, vault=self.vault, mint=self.mint, now=now))
        if made.says_yes_at is not None:
            self.at(made.says_yes_at, self._confirm, made)

    def _confirm(self, now: datetime, made: book.Booking) -> None:
        if made.state == BOOKED:
            self._do(made, lambda connection, it: bookings.confirm(connection, it, now=now, via="sms"))

    def _cancel(self, now: datetime, day: DayBook, booking: book.Booking) -> None:
        if booking.state == BOOKED:
            self._do(booking, lambda connection, it: bookings.cancel(connection, it, now=now))
        super()._cancel(now, day, booking)

    def _arrive(self, now: datetime, day: DayBook, booking: book.Booking) -> None:
        if booking.state == BOOKED:
            assert self._do(booking, lambda connection, it: bookings.arrive(connection, it, now=now))
        super()._arrive(now, day, booking)

    def _do(self, booking: book.Booking, does: Any) -> Any:
        found = self.mirror[booking].id
        return self.database.write(lambda connection: does(connection, bookings.by_id(connection, found)))

    def _walk_in(self, now: datetime, day: DayBook, person: Person) -> None:
        super()._walk_in(now, day, person)
        asked = {"party": 1, "now": now, "staff_id": 1}
        try:
            self.database.write(lambda connection: checkin.walk_in(
                connection, self.office, person.service, priority=None, **asked))
        except Refusal:
            self.database.write(lambda connection: checkin.note_turned_away(connection, self.office, **asked))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # both databases decide alike: test_releasing
def test_the_same_people_are_met_by_the_same_decisions(
    database: Database, balikpapan: Office, vault: Any, mint: Any
) -> None:
    known = taught(balikpapan)
    row = {"office_id": balikpapan.id, "at": datetime(2026, 11, 24, 20, tzinfo=balikpapan.zone),
           "rates": msgspec.to_builtins(known, str_keys=True)}
    database.write(lambda connection: connection.execute(sa.insert(learnt).values(row)))
    town = Unlined(balikpapan.services, 60, 12, Course(30), "mirror")
    play = Mirrored(balikpapan, town, known, database, vault, mint)
    first, second = play.run(0, 2)
    assert play.compared > 500
    assert len(play.opened) > 5
    assert first.walk_ins > 5
    assert second.came > 40

"""The desk over the book: what one phone may do in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from api.assembly import Antre
from api.phone import acts, lines, turns
from api.phone.acts import Held
from api.phone.lines import InLine
from api.phone.menu.talk import Inside, Made
from scheduler.bookings import Booking
from scheduler.foundation.privacy import Person
from scheduler.offices import Office, Service
from ticketing import queue

CHANNEL = "ussd"


class Counter:
    """`phone` in E.164. Acts run in a savepoint: what the book refuses leaves nothing behind."""

    def __init__(self, connection: Connection, antre: Antre, phone: str, now: datetime) -> None:
        self._connection, self._antre, self._phone, self._now = connection, antre, phone, now
        self._mine: list[Held] | None = None
        self._line: list[InLine] | None = None

    @property
    def now(self) -> datetime:
        """The moment of the callback."""
        return self._now

    @property
    def test_people(self) -> bool:
        """Whether invented NIKs are taken."""
        return self._antre.settings.test_people

    def offices(self) -> Sequence[Office]:
        """Every office, by slug; read once in a callback."""
        return self._offices

    @cached_property
    def _offices(self) -> list[Office]:
        return self._antre.offices.all(self._connection)

    def offers(self, office: Office, service: Service, near: datetime, of: Held | None) -> list[datetime]:
        """Up to three starts near the moment."""
        instead_of = None if of is None else of.booking
        return acts.offers(self._connection, office, service, near, self._now, instead_of=instead_of)

    def mine(self) -> list[Held]:
        """The phone's bookings, the soonest first; read once until something changes."""
        if self._mine is None:
            self._mine = acts.mine(self._connection, self._antre, self._phone)
        return self._mine

    def inside(self, office: Office, language: str) -> list[Inside]:
        """The phone's people who have come to the office today, with their place while they are in the hall."""
        return [self._inside(office, one, language)
                for one in acts.came(self._connection, self._antre, office, self._phone, self._now)]

    def _inside(self, office: Office, one: Held, language: str) -> Inside:
        ended = queue.ended_of(self._connection, office, one.booking, self._now)
        if ended is not None:
            return Inside(one, ended.number, 0, "served" if ended.served else "missed")
        place = queue.place_of(self._connection, office, one.booking, self._now)
        if place is None:
            return Inside(one, None, 0)
        said = turns.said(office, place, language)
        return Inside(one, place.number, place.before, place.state, said["when"], said["counter"])

    def take(self, office: Office, service: Service, start: datetime, nik: str, name: str, language: str) -> Booking:
        """Book the place."""
        person = Person(nik=nik, name=name, phone=self._phone)
        return self._act(lambda: acts.take(self._connection, self._antre, office, service, start, person,
                                           channel=CHANNEL, language=language, now=self._now))

    def move(self, of: Held, start: datetime) -> Booking:
        """Move the booking."""
        return self._act(lambda: acts.move(self._connection, self._antre, of, start, channel=CHANNEL, now=self._now))

    def cancel(self, of: Held) -> Booking:
        """Free its place."""
        return self._act(lambda: acts.cancel(self._connection, of, channel=CHANNEL, now=self._now))

    def confirm(self, of: Held) -> Booking:
        """Note that the person will come."""
        return self._act(lambda: acts.confirm(self._connection, of, channel=CHANNEL, now=self._now))

    def line(self) -> list[InLine]:
        """What the phone waits for; read once until something changes."""
        if self._line is None:
            self._line = lines.mine(self._connection, self._antre, self._phone, self._now)
        return self._line

    def join(self, office: Office, service: Service, nik: str, name: str, language: str) -> InLine:
        """Put the person at the end of the line."""
        person = Person(nik=nik, name=name, phone=self._phone)
        return self._act(lambda: lines.join(self._connection, self._antre, office, service, person, first=None,
                                            last=None, channel=CHANNEL, language=language, now=self._now))

    def accept(self, of: InLine) -> Booking:
        """Take the place that is offered."""
        return self._act(lambda: lines.accept(self._connection, self._antre, of, channel=CHANNEL, now=self._now))

    def decline(self, of: InLine) -> None:
        """Let it go to the next."""
        self._act(lambda: lines.decline(self._connection, of, channel=CHANNEL, now=self._now))

    def leave(self, of: InLine) -> None:
        """Off the list."""
        self._act(lambda: lines.leave(self._connection, of, channel=CHANNEL, now=self._now))

    def _act(self, work: Callable[[], Made]) -> Made:
        self._mine = self._line = None
        with self._connection.begin_nested():
            return work()

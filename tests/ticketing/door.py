"""The door of an office under test: books, moves and cancels as residents do, scans as a clerk does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from scheduler import bookings
from scheduler.bookings import Booking, Request
from scheduler.foundation.database import Database
from scheduler.offices import Office, Offices, Service
from tests import people
from tests.conftest import NOW
from ticketing import checkin
from ticketing.verdict import Verdict

CLERK = 4


def at(hour: str, days: int = 0) -> datetime:
    """That hour by the office's clock on the day of `NOW`, or `days` later."""
    hours, minutes = map(int, hour.split(":"))
    return NOW.replace(hour=hours, minute=minutes) + timedelta(days=days)


class Door:
    """One transaction for each act."""

    def __init__(self, database: Database, office: Office, offices: Offices, vault: Any, mint: Any) -> None:
        self.database, self.office, self.offices = database, office, offices
        self.vault, self.mint = vault, mint
        self.service = office.service("ktp-rekam")

    def book(self, n: int, start: datetime, now: datetime = NOW, service: Service | None = None,
             **more: Any) -> Booking:
        request = Request(self.office, service or self.service, start, people.person(n), **more)
        return self.database.write(lambda c: bookings.book(c, request, vault=self.vault, mint=self.mint, now=now))

    def move(self, booking: Booking, start: datetime, now: datetime = NOW) -> Booking:
        return self.database.write(lambda c: bookings.move(c, self.office, self.service, booking, start,
                                                           mint=self.mint, now=now))

    def cancel(self, booking: Booking, now: datetime = NOW) -> Booking:
        return self.database.write(lambda c: bookings.cancel(c, booking, now=now))

    def scan(self, text: str, now: datetime, nonce: str | None = None, office: Office | None = None) -> Verdict:
        return self.database.write(lambda c: checkin.scan(
            c, office or self.office, text=text, nonce=nonce, now=now, vault=self.vault, mint=self.mint,
            offices=self.offices, staff_id=CLERK))

    def walk_in(self, now: datetime, party: int = 1, priority: str | None = None,
                service: str = "ktp-rekam") -> checkin.Visit:
        return self.database.write(lambda c: checkin.walk_in(
            c, self.office, self.office.service(service), party=party, priority=priority, now=now, staff_id=CLERK))

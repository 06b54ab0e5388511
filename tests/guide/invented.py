"""A Tuesday at Balikpapan with invented people: three weeks behind it, a day that is booked, and a clock to turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import api.schema
from api import staff
from api.assembly import Antre, build
from scheduler.bookings import Booking
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.config import Settings
from scheduler.foundation.database import Database
from scheduler.offices import Office
from tests import seed
from tests.booked import Book
from tests.conftest import CHEAP, NOW, SECRET
from tests.fakes import FakeGateway
from tests.hall_days import Came, Hall
from tests.ticketing.door import at
from tests.ticketing.floor import Floor
from tests.web.conftest import PASSWORD
from tests.web.serving import answering, free_port
from ticketing.survey_tables import opinions

CLERK, MANAGER = "siti.loket3", "rahma"
ROLES = {CLERK: "counter", "budi.pintu": "counter", "wati.loket4": "counter", MANAGER: "manager"}
TODAY = NOW.date()
WEEKS = 3  # behind it
AHEAD = {0: 49, 1: 57, 2: 52, 3: 44, 6: 39, 7: 31, 8: 26, 9: 17, 10: 14, 13: 11, 14: 6}  # booked, by days from now


@dataclass(frozen=True)
class Morning:
    """The installation that answers, its office, its clock, its hall; and the day's tickets, those of nine o'clock
    first, then one of eleven, one of tomorrow and one that was cancelled."""

    antre: Antre
    office: Office
    clock: SettableClock
    hall: Floor
    nine: list[Booking]
    eleven: Booking
    tomorrow: Booking
    cancelled: Booking

    def turn(self, hour: str) -> None:
        """Put the clock forward to that hour."""
        self.clock.advance(at(hour) - self.clock.now())
        self.hall.now = self.clock.now()


@contextmanager
def morning(folder: Path) -> Iterator[Morning]:
    """It is eight o'clock on a Tuesday, as long as the block runs."""
    url, port = f"sqlite:///{folder / 'guide.sqlite3'}", free_port()
    with closing(Database(url, connections=1, durable=False)) as database:
        api.schema.upgrade(database)
        seed.balikpapan(database, NOW)
    settings = Settings(database_url=url, secret_key=SECRET, public_url=f"http://127.0.0.1:{port}",
                        hook_secret="hook-secret-of-tests", rate_limit=0, test_people=True, database_connections=4)
    clock = SettableClock(NOW)
    with closing(build(settings, clock=clock, gateway=FakeGateway())) as antre, answering(antre, port):
        with antre.database.read() as connection:
            office = antre.offices.get(connection, "balikpapan")
        for name, role in ROLES.items():
            antre.database.write(lambda c, n=name, r=role: staff.add(c, office.id, n, PASSWORD, r, NOW, hasher=CHEAP))
        antre.database.write(lambda c: c.execute(opinions.insert(), _opinions(office)))
        _past(Hall(antre.database, office))
        yield _booked(antre, office, clock)


def _past(hall: Hall) -> None:
    """Days on which some sixty came, and waits that grow towards ten o'clock."""
    for on in (TODAY - timedelta(days=n) for n in range(7 * WEEKS + TODAY.weekday(), 0, -1)):
        if on.weekday() < 5:
            _past_day(hall, on)


def _past_day(hall: Hall, on: date) -> None:
    walk_ins, booked, missing = 6 + on.day % 4, 56 + on.day * 3 % 7, 2 + on.day % 4
    people = [_visitor(n, on, is_booked=n >= walk_ins) for n in range(walk_ins + booked)]
    hall.came(on, *people)
    hall.stayed_away(on, missing, service="kk")
    hall.day(on, low=60, high=70, released=booked + missing + 1, booked=booked + missing, arrived=booked,
             absent=missing, walk_ins=walk_ins, walk_in_room=walk_ins + 2)


def _visitor(n: int, on: date, *, is_booked: bool) -> Came:
    """The n-th of a day: most come between eight and eleven, and wait longest then."""
    quarter = n * 7 % 31 if n % 3 else 2 + n * 5 % 13
    hour, minute = 8 + quarter // 4, quarter % 4 * 15
    wait = 1 + (n * 5 + on.day) % (26 if 9 <= hour < 11 else 13)
    took = (14, 11, 17, 5)[n % 4] + (n + on.day) % 7 - 3
    return Came(f"{hour:02}:{minute:02}", due=f"{hour:02}:{minute:02}" if is_booked else None, called=wait,
                begun=wait + 1, ended=wait + 1 + took, service=("ktp-rekam", "kk", "akta", "ktp-ambil")[n % 4],
                counter=(0, 3, 4, 1)[n % 4], priority="elderly" if n % 11 == 0 else None,
                channel=("web", "sms", "web", "ussd", "sms")[n % 5], reason="no_device" if n % 4 == 1 else None)


def _opinions(office: Office) -> list[dict[str, Any]]:
    """What some of them thought, enough for an index."""
    return [{"id": bytes([n] * 16), "office_id": office.id, "service_id": office.services[n % 3].id,
             "month": TODAY.replace(day=1), "channel": "web", "answers": [4, 3, 3 + n % 2, 4, 3, 4, 4 - n % 2, 3, 3]}
            for n in range(34)]


def _booked(antre: Antre, office: Office, clock: SettableClock) -> Morning:
    """The bookings of today and of the rest of the week, made the evening before."""
    book, eve = Book(antre.database, office, antre.vault, antre.mint), NOW - timedelta(hours=14)
    hall = Floor(antre.database, office, antre.offices, antre.vault, antre.mint)
    hall.now = NOW
    who = iter(range(1, 10_000))
    nine = [book.book(next(who), at("09:00") + timedelta(minutes=15 * (n // 3)), eve) for n in range(6)]
    eleven, tomorrow = book.book(next(who), at("11:00"), eve), book.book(next(who), at("10:00", 1), eve)
    cancelled = book.book(next(who), at("10:00"), eve)
    book.cancel(cancelled, eve)
    for later, count in AHEAD.items():
        on = TODAY + timedelta(days=later)
        for service, share in (("ktp-rekam", count - count // 2), ("kk", count // 2)):
            for start in book.starts(on, eve, service)[:share]:
                book.book(next(who), start, eve, service)
    return Morning(antre, office, clock, hall, nine, eleven, tomorrow, cancelled)

"""The door in a browser that really loses its network: two devices, a stopped server, and what comes in afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from api.assembly import Antre, build
from scheduler import bookings as book
from scheduler.bookings import Booking, Request
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.config import Settings
from scheduler.offices import Office
from tests import people
from tests.fakes import FakeGateway
from tests.web.conftest import add_staff
from tests.web.outage import DoorBrowser, Serving, free_port
from ticketing.codes import show_code
from ticketing.tables import visits

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

Doors = Callable[[str], DoorBrowser]


@pytest.fixture
def serving(settings: Settings, clock: SettableClock, gateway: FakeGateway, balikpapan: Office) -> Iterator[Serving]:
    port = free_port()
    installed = replace(settings, public_url=f"http://127.0.0.1:{port}")
    with closing(build(installed, clock=clock, gateway=gateway)) as antre:
        served = Serving(antre, port)
        yield served
        served.stop()


@pytest.fixture
def doors(browser: Browser, serving: Serving, balikpapan: Office) -> Iterator[Doors]:
    """Opens a device of its own; accounts are made as they are named."""
    opened: list[DoorBrowser] = []
    known: set[str] = set()

    def device(role: str) -> DoorBrowser:
        if role not in known:
            known.add(add_staff(serving.antre, balikpapan, role))
        opened.append(DoorBrowser(browser, serving.antre.settings.public_url, role))
        return opened[-1]

    yield device
    for one in opened:
        one.close()


@pytest.fixture
def booked(serving: Serving, balikpapan: Office, clock: SettableClock) -> Callable[..., list[Booking]]:
    """Books so many for nine o'clock, `days` from today; it is a quarter to nine then."""
    numbers = iter(range(1, 100))
    service, nine, before = balikpapan.service("ktp-rekam"), clock.now() + timedelta(minutes=60), clock.now()
    clock.advance(timedelta(minutes=45))

    def book_them(count: int, days: int = 0) -> list[Booking]:
        antre = serving.antre
        return [antre.database.write(lambda c, n=n, at=nine + timedelta(days=days, minutes=15 * (i // 3)): book.book(
            c, Request(balikpapan, service, at, people.person(n)), vault=antre.vault, mint=antre.mint, now=before))
            for i, n in zip(range(count), numbers, strict=False)]

    return book_them


def seated(antre: Antre) -> dict[str, str]:
    """The state of each visit by its number."""
    with antre.database.read() as connection:
        return {f"{row.letter}-{row.number:03}": row.state for row in connection.execute(sa.select(visits))}


def test_two_doors_go_on_without_network_and_hand_in_once(
    doors: Doors, serving: Serving, booked: Callable[..., list[Booking]]
) -> None:
    today, (later,) = booked(4), booked(1, days=1)
    left, right = doors("counter"), doors("manager")
    for door in (left, right):
        door.context.set_offline(True)
    first, second = left.scan(today[0].token), right.scan(show_code(today[1].code or ""))
    assert (first, second) == ("Silakan, A-700", "Silakan, A-725")
    assert left.scan(f"HTTP://127.0.0.1/T/{today[0].token}") == "Sudah masuk, A-700"
    assert left.scan(later.token) == "Bukan hari ini"
    assert left.scan(today[2].token[:-1] + ("0" if today[2].token[-1] != "0" else "1")) == "Tiket palsu"
    assert right.scan(today[0].token) == "Silakan, A-726"  # neither knows of the other
    assert right.scan(today[3].token) == "Silakan, A-727"
    serving.antre.database.write(lambda c: book.cancel(c, today[3], now=serving.antre.clock.now()))
    expect(left.sign()).to_have_text("Tanpa jaringan · 1 menunggu diserahkan")
    expect(right.sign()).to_have_text("Tanpa jaringan · 3 menunggu diserahkan")

    left.context.set_offline(False)
    expect(left.sign()).to_have_text("Sudah diserahkan: 1")
    right.context.set_offline(False)
    expect(right.sign()).to_have_text("Sudah diserahkan: 3")
    assert seated(serving.antre) == {"A-700": "waiting", "A-725": "waiting", "A-726": "held", "A-727": "held"}
    assert right.scan(today[2].token) == "Silakan, A-001"

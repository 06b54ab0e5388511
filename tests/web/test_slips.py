"""Slip paper at the door and of tickets: on the device's printer, or by the browser's print, always the same number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from scheduler import bookings as book
from scheduler.bookings import Booking, Request
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.config import Settings
from scheduler.offices import Office
from tests import people, printer
from tests.printer import Printer
from tests.ticketing import paper
from tests.web import devices
from tests.web.reading import Visitor
from ticketing.tables import visits

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.fixture
def there() -> Iterator[Printer]:
    with printer.plugged_in() as made:
        yield made


@pytest.fixture
def booking(antre: Antre, balikpapan: Office, clock: SettableClock) -> Booking:
    start = clock.now() + timedelta(minutes=75)
    return antre.database.write(lambda c: book.book(
        c, Request(balikpapan, balikpapan.service("ktp-rekam"), start, people.person(1)), vault=antre.vault,
        mint=antre.mint, now=clock.now()))


def door(antre: Antre, office: Office, visitor: Visitor, address: str | None) -> Visitor:
    devices.sign_in(visitor, devices.key_of(antre, office, "door", address))
    return visitor


def test_a_number_at_the_door_comes_on_paper_and_once_more_when_asked(antre: Antre, balikpapan: Office,
                                                                      visitor: Visitor, there: Printer) -> None:
    clerk = door(antre, balikpapan, visitor, there.address)
    form = clerk.open("/walk-in").form("Beri nomor")
    data = form.fields | {"service": "kk", "party": "2"}
    answers = [clerk.client.post(form.action, data=data, headers=clerk.headers).text for _ in range(2)]
    assert all("Nomor B-001" in answer for answer in answers)
    assert ["sedang dicetak" in answer for answer in answers] == [True, False]
    first = there.job()
    assert "2 orang" in paper.read(first).text
    assert there.idle()
    visit = one_visit(antre)
    clerk.open(f"/walk-in/slip/{visit}")
    assert "B-001" in clerk.page.text
    assert "sedang dicetak" in clerk.send("Cetak").text
    assert there.job() == first
    assert there.idle()


def one_visit(antre: Antre) -> int:
    with antre.database.read() as connection:
        return connection.execute(sa.select(visits.c.id)).scalar_one()


def test_without_a_printer_the_browser_prints(antre: Antre, balikpapan: Office, visitor: Visitor) -> None:
    clerk = door(antre, balikpapan, visitor, None)
    clerk.open("/walk-in")
    shown = clerk.send("Beri nomor", service="kk")
    assert "dicetak" not in shown.text
    sheet = clerk.follow("Cetak")
    for said in ("Nomor antrean Anda", "B-001", "Kartu Keluarga", "Lihat layar"):
        assert said in sheet.text
    assert ("button", "") in [(tag, given.get("data-print")) for tag, given in sheet.attributes]


def test_the_paper_says_how_many_are_before(antre: Antre, balikpapan: Office, visitor: Visitor, there: Printer) -> None:
    clerk = door(antre, balikpapan, visitor, there.address)
    for _ in range(2):
        clerk.open("/walk-in")
        clerk.send("Beri nomor", service="kk")
    assert "Anda berikutnya Kira-kira dipanggil 08.00" in paper.read(there.job()).text
    assert "1 nomor sebelum Anda Kira-kira dipanggil" in paper.read(there.job()).text


def test_a_ticket_on_80_mm_for_anybody_and_on_the_printer_for_staff(antre: Antre, balikpapan: Office, visitor: Visitor,
                                                                    booking: Booking, there: Printer) -> None:
    visitor.open(f"/t/{booking.token}")
    sheet = visitor.follow("80 mm")
    for said in ("Tiket antrean", "09.15 WITA", "Budi S.", "Yang perlu dibawa"):
        assert said in sheet.text
    address = f"/t/{booking.token}/slip"
    assert visitor.client.post(address, headers=visitor.headers, follow_redirects=False).status_code == 303  # sign in
    clerk = door(antre, balikpapan, visitor, there.address)
    clerk.open(address)
    assert "sedang dicetak" in clerk.send("Cetak").text
    printed = paper.read(there.job())
    assert printed.scanned() == [f"HTTPS://ANTRE.TEST/T/{booking.token}"]
    assert "Budi S." in printed.text
    assert there.idle()


def test_a_form_of_another_site_prints_nothing(antre: Antre, balikpapan: Office, visitor: Visitor, booking: Booking,
                                               there: Printer) -> None:
    clerk = door(antre, balikpapan, visitor, there.address)
    assert clerk.client.post(f"/t/{booking.token}/slip", headers=clerk.headers).status_code == 403
    assert there.idle()


def test_only_numbers_of_today_are_printed(antre: Antre, balikpapan: Office, visitor: Visitor,
                                           clock: SettableClock) -> None:
    clerk = door(antre, balikpapan, visitor, None)
    clerk.open("/walk-in")
    clerk.send("Beri nomor", service="kk")
    visit = one_visit(antre)
    assert clerk.open(f"/walk-in/slip/{visit}").status == 200
    assert clerk.open(f"/walk-in/slip/{visit + 1}").status == 404
    clock.advance(timedelta(hours=21))
    devices.sign_in(clerk, devices.key_of(antre, balikpapan, "door", name="pagi"))
    assert clerk.open(f"/walk-in/slip/{visit}").status == 404


class TestPaperIsNotEndless:
    """With limits on, as an installation runs."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, rate_limit=None)

    def test_the_same_paper_comes_a_few_times_a_minute(self, antre: Antre, balikpapan: Office, visitor: Visitor,
                                                       there: Printer) -> None:
        clerk = door(antre, balikpapan, visitor, there.address)
        clerk.open("/walk-in")
        clerk.send("Beri nomor", service="kk")
        visit = one_visit(antre)
        pages = []
        for _ in range(15):  # a minute may end between two of them
            clerk.open(f"/walk-in/slip/{visit}")
            pages.append(clerk.send("Cetak").status)
        assert 429 in pages
        assert pages.count(200) <= 12


@pytest.mark.parametrize("page", ["/kiosk/slip", "/walk-in/slip"])
@pytest.mark.parametrize("number", ["9223372036854775808", "-1", "0", "9" * 30])
def test_a_number_that_no_row_has_is_unknown(antre: Antre, balikpapan: Office, visitor: Visitor, page: str,
                                             number: str) -> None:
    role = "kiosk" if page.startswith("/kiosk") else "door"
    devices.sign_in(visitor, devices.key_of(antre, balikpapan, role, None))
    assert visitor.client.get(f"{page}/{number}").status_code == 404

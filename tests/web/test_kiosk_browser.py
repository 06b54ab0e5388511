"""The kiosk in a real Chromium: touched, scanned at, left alone, without network; and what its browser prints."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from api.assembly import Antre
from api.guards import COOKIE
from scheduler import bookings as book
from scheduler.bookings import Request
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from tests import people, printer
from tests.printer import Printer
from tests.ticketing import paper
from tests.web import devices
from tests.web.walking import Walker

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

SCREEN = {"width": 1024, "height": 768}
MM = 25.4 / 72  # of a PDF's point
Opened = Callable[[str | None], Walker]


@pytest.fixture
def there() -> Iterator[Printer]:
    with printer.plugged_in() as made:
        yield made


@pytest.fixture
def kiosk(browser: Browser, live: Antre, balikpapan: Office) -> Iterator[Opened]:
    """Opens a kiosk with the printer at that address; what its browser prints is counted instead."""
    opened: list[Walker] = []

    def start(address: str | None) -> Walker:
        walker = Walker(browser, live.settings.public_url, SCREEN["width"], scripts=True)
        opened.append(walker)
        page = walker.page
        page.set_viewport_size(SCREEN)
        page.context.add_init_script("window.print = () => { window.printed = (window.printed || 0) + 1 }")
        key = devices.key_of(live, balikpapan, "kiosk", address)
        page.context.add_cookies([{"name": COOKIE, "value": key, "url": live.settings.public_url}])
        walker.open("/kiosk")
        return walker

    yield start
    for walker in opened:
        walker.close()


def unhurried(page: Page) -> None:
    """A person's second: what is tapped sooner after a page came is taken for the same tap."""
    page.evaluate("() => new Promise(done => setTimeout(done, 650 - performance.now()))")


def test_a_number_is_touched_shown_and_printed(kiosk: Opened, there: Printer) -> None:
    walker = kiosk(there.address)
    page = walker.page
    expect(page.get_by_role("link", name="Kartu Keluarga")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Periksa tiket")).to_be_in_viewport()
    walker.audit()
    unhurried(page)
    walker.press("Kartu Keluarga", "link")
    expect(page.get_by_role("button", name="Ambil nomor")).to_be_in_viewport()
    walker.audit()
    unhurried(page)
    page.get_by_label("Membawa bayi").check()
    walker.press("Ambil nomor")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nomor antrean Anda B-001")
    expect(page.get_by_role("status")).to_contain_text("sedang dicetak")
    walker.audit()
    assert paper.read(there.job()).line("B-001")
    unhurried(page)
    walker.press("Selesai", "link")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anda perlu apa?")
    expect(page.get_by_role("link", name="Kartu Keluarga")).to_contain_text("1 nomor menunggu")


def test_a_second_tap_of_the_same_finger_takes_nothing(kiosk: Opened, there: Printer) -> None:
    walker = kiosk(there.address)
    walker.page.evaluate("performance.now = () => 100")
    walker.press("Kartu Keluarga", "link")
    expect(walker.page.get_by_role("heading", level=1)).to_have_text("Anda perlu apa?")


def test_english_ends_with_its_visitor_and_everything_goes_by_keyboard(kiosk: Opened, there: Printer) -> None:
    page = kiosk(there.address).page
    unhurried(page)
    page.get_by_role("link", name="English").click()
    page.get_by_role("link", name="Family card").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take a number").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your queue number B-001")
    assert "Watch the screen" in paper.read(there.job()).text
    page.get_by_role("link", name="Done").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anda perlu apa?")


def test_a_scanner_is_heard_wherever_the_finger_was(kiosk: Opened, live: Antre, balikpapan: Office, there: Printer,
                                                    clock: SettableClock) -> None:
    start = clock.now() + timedelta(minutes=75)
    booked = live.database.write(lambda c: book.book(
        c, Request(balikpapan, balikpapan.service("ktp-rekam"), start, people.person(1)), vault=live.vault,
        mint=live.mint, now=clock.now()))
    clock.advance(timedelta(minutes=60))
    walker = kiosk(there.address)
    unhurried(walker.page)
    walker.page.get_by_role("heading", level=1).click()
    walker.page.keyboard.type(f"HTTPS://ANTRE.TEST/T/{booked.token}")
    walker.page.keyboard.press("Enter")
    expect(walker.page.get_by_role("heading", level=1)).to_have_text("Nomor antrean Anda A-001")
    assert paper.read(there.job()).line("A-001")


def test_left_alone_it_finds_back_by_itself_and_says_when_it_is_not_connected(kiosk: Opened, there: Printer) -> None:
    page = kiosk(there.address).page
    page.clock.install()
    page.goto("/kiosk/take?service=kk&lang=en")
    page.route("**/kiosk*", lambda route: route.abort())
    page.clock.run_for(46_000)
    expect(page.get_by_role("alert")).to_contain_text("not connected")
    page.unroute("**/kiosk*")
    page.clock.run_for(46_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Anda perlu apa?")


def test_without_a_printer_of_its_own_the_browser_prints_a_slip_as_long_as_its_words(kiosk: Opened) -> None:
    walker = kiosk(None)
    page = walker.page
    walker.open("/kiosk/take?service=kk")
    unhurried(page)
    walker.press("Ambil nomor")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nomor antrean Anda B-001")
    page.wait_for_load_state()
    assert page.evaluate("window.printed") == 1
    sheet = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    wide, tall = (side * MM for side in sheet[0].get_size())
    assert len(sheet) == 1
    assert wide == pytest.approx(80, abs=1)
    assert 80 < tall < 140
    words = " ".join(sheet[0].get_textpage().get_text_range().split())
    for said in ("Disdukcapil Kota Balikpapan", "B-001", "Kartu Keluarga", "Lihat layar"):
        assert said in words
    for hidden in ("Selesai", "Cetak", "kembali ke awal"):
        assert hidden not in words


def test_the_page_of_a_slip_prints_the_slip_alone(kiosk: Opened, there: Printer, live: Antre,
                                                  balikpapan: Office) -> None:
    walker = kiosk(None)
    walker.open("/kiosk/take?service=kk")
    unhurried(walker.page)
    walker.press("Ambil nomor")
    expect(walker.page.get_by_role("heading", level=1)).to_have_text("Nomor antrean Anda B-001")
    walker.open("/kiosk/slip/1")
    walker.audit()
    sheet = pypdfium2.PdfDocument(io.BytesIO(walker.page.pdf(prefer_css_page_size=True)))
    words = " ".join(sheet[0].get_textpage().get_text_range().split())
    assert words.startswith("Disdukcapil Kota Balikpapan Nomor antrean Anda B-001")
    assert words.endswith("Semua layanan gratis.")

"""The kiosk without scripts: a number taken, printed once, not too fast; a full day; a ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from scheduler import bookings as book
from scheduler.bookings import Request
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.journal import journal
from scheduler.offices import Office
from scheduler.tables import days
from tests import people, printer
from tests.conftest import NOW
from tests.printer import Printer
from tests.ticketing import paper
from tests.web import devices
from tests.web.reading import Page, Visitor
from ticketing import pace
from ticketing.tables import visits

BREATH = pace.COOLDOWN + timedelta(seconds=1)
KTP = "ktp-rekam"


@pytest.fixture
def there() -> Iterator[Printer]:
    with printer.plugged_in() as made:
        yield made


@pytest.fixture
def kiosk(antre: Antre, balikpapan: Office, visitor: Visitor, there: Printer) -> Visitor:
    """A kiosk with a printer, on its first page."""
    devices.sign_in(visitor, devices.key_of(antre, balikpapan, "kiosk", there.address))
    visitor.open("/kiosk")
    return visitor


def take(kiosk: Visitor, service: str = KTP, **fields: str) -> Page:
    kiosk.open(f"/kiosk/take?service={service}")
    return kiosk.send("Ambil nomor", **fields)


def digit_on(page: Page) -> str:
    return page.text.partition("Tekan angka ")[2][0]


def given(antre: Antre) -> int:
    with antre.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(visits)).scalar_one()


def room(antre: Antre, office: Office, people_: int) -> None:
    antre.database.write(lambda connection: connection.execute(
        sa.update(days).where(days.c.office_id == office.id, days.c.date == NOW.date()).values(walk_in_room=people_)))


def test_a_number_is_shown_printed_and_counted_like_one_from_the_door(kiosk: Visitor, antre: Antre,
                                                                      there: Printer) -> None:
    assert "Perekaman KTP-el Tidak ada yang menunggu" in kiosk.page.text
    kiosk.follow("Perekaman KTP-el")
    assert "Ambil nomor untuk Perekaman KTP-el?" in kiosk.page.text
    assert given(antre) == 0  # nobody confirmed
    shown = kiosk.send("Ambil nomor", priority="elderly")
    for said in ("A-001", "Anda berikutnya", "Kertasnya sedang dicetak", "datanglah ke loket"):
        assert said in shown.text
    sheet = paper.read(there.job())
    assert sheet.line("A-001").times == 8
    assert "Disdukcapil Kota Balikpapan" in sheet.text
    with antre.database.read() as connection:
        visit = connection.execute(sa.select(visits)).one()
        entry = connection.execute(sa.select(journal).where(journal.c.kind == "walk_in")).one()
        walk_ins = connection.execute(sa.select(days.c.walk_ins).where(days.c.date == NOW.date())).scalar_one()
    assert (visit.priority, visit.party, visit.booking_id, walk_ins) == ("elderly", 1, None, 1)
    assert (entry.visit_id, entry.staff_id is not None) == (visit.id, True)
    assert "1 nomor menunggu" in kiosk.open("/kiosk").text


def test_the_same_press_twice_is_one_number_on_one_paper_and_again_prints_the_same(kiosk: Visitor, antre: Antre,
                                                                                   there: Printer) -> None:
    form = kiosk.open(f"/kiosk/take?service={KTP}").form("Ambil nomor")
    first, second = (kiosk.client.post(form.action, data=form.fields, headers=kiosk.headers) for _ in range(2))
    assert ("A-001" in first.text, "A-001" in second.text, given(antre)) == (True, True, 1)
    assert "sedang dicetak" not in second.text
    printed = there.job()
    assert there.idle()
    kiosk.page = Page(second)
    assert "Kertasnya sedang dicetak" in kiosk.send("Cetak lagi").text
    assert there.job() == printed
    assert (there.idle(), given(antre)) == (True, 1)


def test_the_next_number_takes_a_breath_then_a_digit_then_a_clerk(kiosk: Visitor, antre: Antre, balikpapan: Office,
                                                                  clock: SettableClock) -> None:
    take(kiosk)
    assert "Sebentar, nomor sebelumnya" in take(kiosk).text
    for _ in range(pace.FREELY - 1):
        clock.advance(BREATH)
        assert "Nomor antrean Anda" in take(kiosk).text
    clock.advance(BREATH)
    asked = kiosk.open(f"/kiosk/take?service={KTP}")
    assert "Tekan angka" in asked.text
    wrong = str(int(digit_on(asked)) % 9 + 1)
    assert "tidak cocok" in send_digit(kiosk, wrong).text
    assert given(antre) == pace.FREELY
    while given(antre) < pace.LEAST_SHARE:
        kiosk.open(f"/kiosk/take?service={KTP}")
        send_digit(kiosk, digit_on(kiosk.page))
        clock.advance(BREATH)
    assert "beristirahat sebentar" in kiosk.open(f"/kiosk/take?service={KTP}").text
    assert "beristirahat sebentar" in kiosk.open("/kiosk").text


def send_digit(kiosk: Visitor, digit: str) -> Page:
    form = kiosk.page.form(digit)
    kiosk.page = Page(kiosk.client.post(form.action, data=form.fields | {"digit": digit}, headers=kiosk.headers))
    return kiosk.page


def test_a_press_that_skips_the_question_gets_no_further(kiosk: Visitor, antre: Antre, clock: SettableClock) -> None:
    form = kiosk.open(f"/kiosk/take?service={KTP}").form("Ambil nomor")
    for n in range(40):
        data = form.fields | {"nonce": f"made up {n}", "digit": "1"}
        kiosk.client.post(form.action, data=data, headers=kiosk.headers)
        clock.advance(BREATH)
    assert given(antre) <= pace.LEAST_SHARE


def test_a_clerk_sees_that_it_stopped_and_lets_it_go_on(kiosk: Visitor, antre: Antre, balikpapan: Office,
                                                        clock: SettableClock, there: Printer) -> None:
    room(antre, balikpapan, 40)
    stop(kiosk, antre, clock)
    clerk = devices.key_of(antre, balikpapan, "counter", name="petugas")
    own = kiosk.client.cookies["antre_session"]
    devices.sign_in(kiosk, clerk)
    assert "Mesin nomor berhenti sebentar" in kiosk.open("/walk-in").text
    assert "Mesin nomor berhenti" not in kiosk.send("Mesin boleh lanjut").text
    with antre.database.read() as connection:
        entry = connection.execute(sa.select(journal).where(journal.c.kind == "kiosk_resumed")).one()
    assert (entry.office_id, entry.staff_id is not None) == (balikpapan.id, True)
    devices.sign_in(kiosk, own)
    assert "Nomor antrean Anda" in take(kiosk).text


def stop(kiosk: Visitor, antre: Antre, clock: SettableClock) -> None:
    """Take numbers until the kiosk gives none any more."""
    while "beristirahat" not in kiosk.open(f"/kiosk/take?service={KTP}").text:
        if "Tekan angka" in kiosk.page.text:
            send_digit(kiosk, digit_on(kiosk.page))
        else:
            kiosk.send("Ambil nomor")
        clock.advance(BREATH)


def test_what_two_kiosks_give_is_counted_apart(kiosk: Visitor, antre: Antre, balikpapan: Office,
                                               there: Printer) -> None:
    take(kiosk)
    devices.sign_in(kiosk, devices.key_of(antre, balikpapan, "kiosk", name="kedua"))
    shown = take(kiosk)
    assert "A-002" in shown.text
    assert ("a", "now") in [(tag, given.get("data-print")) for tag, given in shown.attributes]  # by the browser
    assert paper.read(there.job()).line("A-001")
    assert there.idle()


@pytest.mark.parametrize(("state", "words"), [
    ({"paper": printer.OUT_OF_PAPER}, "Kertas printer habis"), ({"printer": printer.OFFLINE}, "tutupnya terbuka"),
])
def test_a_printer_in_trouble_costs_nobody_the_number(kiosk: Visitor, there: Printer, state: dict[str, int],
                                                      words: str) -> None:
    for name, value in state.items():
        setattr(there, name, value)
    shown = take(kiosk)
    assert "A-001" in shown.text
    assert words in shown.text
    there.printer = there.paper = printer.READY
    kiosk.send("Cetak lagi")
    assert paper.read(there.job()).line("A-001")
    assert there.idle()


@pytest.mark.parametrize(("address", "words"), [
    (printer.unplugged, "Printer tidak menjawab"), (lambda: "8.8.8.8:9100", "tidak boleh dipakai"),
])
def test_a_printer_that_is_not_there_is_told(antre: Antre, balikpapan: Office, visitor: Visitor,
                                             address: Callable[[], str], words: str) -> None:
    devices.sign_in(visitor, devices.key_of(antre, balikpapan, "kiosk", address()))
    shown = take(visitor)
    assert "A-001" in shown.text
    assert words in shown.text


def test_a_full_day_says_so_and_what_else_there_is(kiosk: Visitor, antre: Antre, balikpapan: Office,
                                                   there: Printer) -> None:
    room(antre, balikpapan, 0)
    assert "sudah habis" in kiosk.open("/kiosk").text
    shown = take(kiosk)
    for said in ("Tempat tanpa janji habis", "November 2026", "antre.test", "SMS BANTUAN ke 0812 0000 9999",
                 "(0542) 000-100", "daftar tunggu"):
        assert said in shown.text
    assert (given(antre), there.idle()) == (0, True)
    for _ in range(20):
        take(kiosk)
    with antre.database.read() as connection:
        away = connection.execute(sa.select(days.c.turned_away).where(days.c.date == NOW.date())).scalar_one()
    assert away == 1  # who hammers a full day is one who was sent home, not twenty


def test_a_closed_office_offers_no_numbers(kiosk: Visitor, clock: SettableClock) -> None:
    clock.advance(timedelta(hours=9))
    assert "Kantor sedang tutup" in kiosk.open("/kiosk").text
    assert kiosk.page.links == [] or "/kiosk/take" not in kiosk.page.html


def test_a_ticket_is_checked_in_as_at_the_door_and_its_number_printed_once(kiosk: Visitor, antre: Antre,
                                                                           balikpapan: Office, there: Printer,
                                                                           clock: SettableClock) -> None:
    start = clock.now() + timedelta(minutes=75)
    booking = antre.database.write(lambda c: book.book(
        c, Request(balikpapan, balikpapan.service(KTP), start, people.person(1)), vault=antre.vault, mint=antre.mint,
        now=clock.now()))
    early = kiosk.open("/kiosk") and kiosk.send("Periksa tiket", text=booking.code or "")
    assert "Terlalu awal" in early.text
    clock.advance(timedelta(minutes=60))
    form = kiosk.open("/kiosk").form("Periksa tiket")
    data = form.fields | {"text": f"HTTPS://ANTRE.TEST/T/{booking.token}"}
    for _ in range(2):
        shown = Page(kiosk.client.post(form.action, data=data, headers=kiosk.headers))
        assert "A-001" in shown.text
        assert people.name(1).split()[0] not in shown.text  # others look on
    sheet = paper.read(there.job())
    assert sheet.line("A-001")
    kiosk.open("/kiosk")
    again = kiosk.send("Periksa tiket", text=booking.code or "")
    assert "A-001" in again.text
    assert "sudah terdaftar" in again.text
    assert there.idle()


def test_who_may(antre: Antre, balikpapan: Office, visitor: Visitor, there: Printer) -> None:
    assert "Masuk untuk petugas" in visitor.open("/kiosk").text
    devices.sign_in(visitor, devices.key_of(antre, balikpapan, "kiosk"))
    assert visitor.open("/walk-in").status == 403
    assert visitor.open("/scan").status == 403
    assert visitor.open("/kiosk/slip/1").status == 404
    devices.sign_in(visitor, devices.key_of(antre, balikpapan, "board"))
    assert visitor.open("/kiosk").status == 403

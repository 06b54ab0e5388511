"""The journeys in a real Chromium, on a narrow phone: residents without scripts, staff by keyboard alone.

Each page on the way is audited, at every width. One kind of database is enough here: the flows without a browser run
on both.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect

from api.assembly import Antre
from scheduler import bookings as book
from scheduler.bookings import Booking, Request
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from tests import people
from tests.web.conftest import PASSWORD, Walk, add_staff
from tests.web.lived import past_days
from tests.web.walking import NARROW, Walker
from ticketing.codes import show_code

FIRST_VIEW = 30 * 1024  # bytes, with headers and the style sheet

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.fixture
def today(live: Antre, balikpapan: Office, clock: SettableClock) -> list[Booking]:
    """Two bookings for nine o'clock today, which are in time from half past eight."""
    service, start = balikpapan.service("ktp-rekam"), clock.now() + timedelta(minutes=60)
    return [live.database.write(lambda c, n=n: book.book(
        c, Request(balikpapan, service, start, people.person(n)), vault=live.vault, mint=live.mint,
        now=clock.now() - timedelta(minutes=5))) for n in (1, 2)]


def test_a_resident_books_moves_and_cancels(walk: Walk) -> None:
    resident = walk(NARROW)
    page = resident.page
    resident.open("/")
    resident.audit()
    resident.press("Lanjutkan")
    resident.audit()
    resident.press("Pilih layanan yang Anda perlukan", "link")
    page.get_by_label("Kartu Keluarga").check()
    resident.press("Lanjutkan")
    resident.audit()
    page.get_by_label("Saya perlu dibantu petugas").check()
    resident.press("Lanjutkan")
    resident.audit()
    resident.press("Rabu, 25 November", "link")
    resident.audit()
    resident.press("WITA", "link", 1)
    resident.audit()

    person = people.person(40)
    page.get_by_label("Nama lengkap").fill(person.name)
    page.get_by_label("NIK", exact=True).fill(person.nik[:-1])
    page.get_by_label("Nomor ponsel").fill(person.phone)
    resident.press("Lanjutkan")
    expect(page.get_by_role("alert")).to_contain_text("16 angka")
    expect(page.get_by_label("Nama lengkap")).to_have_value(person.name)
    resident.audit()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("NIK", exact=True)).to_be_focused()
    expect(page.locator("label[for=nik]")).to_be_in_viewport()
    page.keyboard.type(person.nik[-1])
    page.get_by_label("NIK", exact=True).fill(person.nik)
    resident.press("Lanjutkan")
    resident.audit()

    page.go_back()
    expect(page.get_by_label("NIK", exact=True)).to_have_value(person.nik)
    page.go_forward()
    resident.press("Pesan janji ini")
    expect(page.get_by_role("heading", level=1)).to_have_text("Janji Anda sudah tercatat")
    resident.audit()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Janji Anda sudah tercatat")

    resident.press("Pindah ke waktu lain", "link")
    resident.audit()
    resident.press("Kamis, 26 November", "link")
    resident.audit()
    resident.press("WITA", "link", 2)
    resident.audit()
    resident.press("Ya, pindahkan")
    assert "Kamis, 26 November 2026" in resident.text()
    resident.press("Batalkan janji", "link")
    resident.audit()
    resident.press("Ya, batalkan")
    expect(page.get_by_role("heading", level=1)).to_have_text("Janji ini dibatalkan")
    resident.audit()


def test_going_back_keeps_what_was_chosen(walk: Walk) -> None:
    resident = walk(320)
    resident.open("/")
    resident.page.get_by_label("Perekaman KTP-el").check()
    resident.press("Lanjutkan")
    expect(resident.page.get_by_label("Perekaman KTP-el")).to_have_count(0)  # the next question is there
    resident.page.wait_for_load_state()
    resident.page.go_back()
    expect(resident.page.get_by_label("Perekaman KTP-el")).to_be_checked()


def test_a_clerk_signs_in_and_scans_by_keyboard_alone(walk: Walk, live: Antre, balikpapan: Office,
                                                      clock: SettableClock, today: list[Booking]) -> None:
    add_staff(live, balikpapan, "counter")
    clock.advance(timedelta(minutes=45))
    clerk = walk(NARROW, scripts=True)
    page, keys = clerk.page, clerk.page.keyboard
    clerk.open("/scan")
    clerk.audit()
    keys.type("counter")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    field, result = page.get_by_label("Pindai atau ketik kode"), page.locator("#result")
    expect(field).to_be_focused()
    clerk.audit()

    keys.type(show_code(today[0].code or ""))
    keys.press("Enter")
    expect(result).to_contain_text("Silakan, A-001")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    clerk.audit()
    keys.type(f"HTTP://127.0.0.1/T/{today[1].token}")  # as a scanner types it
    keys.press("Enter")
    expect(result).to_contain_text("Silakan, A-002")
    keys.type("123456789")
    keys.press("Enter")
    expect(result).to_contain_text("Kode salah ketik")
    clerk.audit()
    keys.type("12")
    keys.press("Escape")
    expect(field).to_have_value("")
    keys.press("F8")
    expect(page.get_by_role("button", name="suara menyala")).to_have_attribute("aria-pressed", "true")

    keys.press("F2")
    expect(page.get_by_role("heading", name="Pengunjung tanpa janji")).to_be_visible()
    clerk.audit()
    keys.press("8")
    expect(page.get_by_label("Pengaduan dan perbaikan data")).to_be_checked()
    keys.press("Enter")
    expect(result).to_contain_text("Nomor C-001")
    expect(field).to_be_focused()
    keys.press("F2")
    expect(page.get_by_role("heading", name="Pengunjung tanpa janji")).to_be_visible()
    keys.press("Escape")
    expect(field).to_be_focused()


def test_the_door_stays_where_it_is_whatever_the_verdict(walk: Walk, live: Antre, balikpapan: Office) -> None:
    add_staff(live, balikpapan, "counter")
    clerk = walk(1280, scripts=True)
    sign_in(clerk, "counter")
    field, keys = clerk.page.get_by_label("Pindai atau ketik kode"), clerk.page.locator(".keys")
    before = field.bounding_box(), keys.bounding_box()
    for text in ("123456789", "22EQ000" + "A" * 29, "x" * 40):
        field.fill(text)
        clerk.page.keyboard.press("Enter")
        expect(clerk.page.locator(".verdict")).to_be_visible()
        assert (field.bounding_box(), keys.bounding_box()) == before


def test_a_scan_that_got_no_answer_is_sent_again_and_gives_one_number(
    walk: Walk, live: Antre, balikpapan: Office, clock: SettableClock, today: list[Booking]
) -> None:
    add_staff(live, balikpapan, "counter")
    clock.advance(timedelta(minutes=45))
    clerk = walk(1280, scripts=True)
    # A browser that may keep nothing has no list of the day to judge by: see test_offline_browser.py.
    clerk.page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    sign_in(clerk, "counter")
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.post_data or "")
        route.fetch()  # it reaches the office, but nothing comes back
        route.abort()

    clerk.page.route("**/scan", lose_the_answer)
    expect(clerk.page.get_by_label("Pindai atau ketik kode")).to_be_focused()
    expect(clerk.page.get_by_role("button", name="lihat lagi")).to_be_visible()  # the script is there
    clerk.page.keyboard.type(today[0].code or "")
    clerk.page.keyboard.press("Enter")
    result = clerk.page.locator("#result")
    expect(result).to_contain_text("Tidak tersambung")
    expect(clerk.page.get_by_label("Pindai atau ketik kode")).to_have_value(today[0].code or "")
    clerk.page.keyboard.press("Enter")
    expect(result).to_contain_text("Silakan, A-001")  # the first answer again, not "already in"


def test_the_door_works_without_scripts(walk: Walk, live: Antre, balikpapan: Office, clock: SettableClock,
                                        today: list[Booking]) -> None:
    add_staff(live, balikpapan, "counter")
    clock.advance(timedelta(minutes=45))
    clerk = walk(320)
    sign_in(clerk, "counter")
    clerk.page.get_by_label("Pindai atau ketik kode").fill(today[0].code or "")
    clerk.page.keyboard.press("Enter")
    expect(clerk.page.get_by_role("heading", name="Silakan, A-001")).to_be_visible()
    expect(clerk.page.get_by_text("lihat lagi hasil terakhir")).to_be_hidden()  # only a script can press it
    clerk.press("tanpa janji", "link", 0)
    clerk.page.get_by_label("Perekaman KTP-el").check()
    clerk.press("Beri nomor")
    expect(clerk.page.get_by_role("heading", name="Nomor A-002")).to_be_visible()


def test_the_manager_sees_the_day_and_asks_why(walk: Walk, live: Antre, balikpapan: Office,
                                               today: list[Booking]) -> None:
    add_staff(live, balikpapan, "manager")
    manager = walk(NARROW, scripts=True)
    sign_in(manager, "manager")
    manager.audit()
    page = manager.page
    for name in ("Gambar lima minggu", "Gambar satu minggu", "Gambar jalannya hari"):
        expect(page.get_by_role("img", name=name)).to_be_visible()
    page.get_by_text("Mengapa? dipesan").click()
    expect(page.get_by_text("2 orang sudah memesan. Masih ada")).to_be_visible()
    manager.press("Rabu, 25 November", "link")
    expect(page.get_by_role("heading", name="Angka Rabu, 25 November 2026")).to_be_visible()
    page.get_by_text("Tetapkan sendiri").click()
    page.get_by_label("Berapa tempat dibuka?").fill("40")
    manager.press("Tetapkan")
    expect(page.get_by_role("alert")).to_be_focused()
    manager.complaints.clear()  # Chromium reports every answer that is a refusal
    page.get_by_role("link", name="Tulis alasannya").click()
    expect(page.get_by_label("Alasan")).to_be_focused()
    manager.audit()
    page.keyboard.type("rapat")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ditetapkan 40 tempat oleh manager, Sel 24 Nov")).to_be_visible()
    manager.audit()


def test_the_manager_sees_who_comes_and_leaves_a_day_out(walk: Walk, live: Antre, balikpapan: Office,
                                                         clock: SettableClock) -> None:
    add_staff(live, balikpapan, "manager")
    past_days(live, balikpapan, clock.now(), 6)
    manager = walk(NARROW, scripts=True)
    sign_in(manager, "manager")
    expect(manager.page.locator("#day")).to_be_visible()
    manager.open("/manage/rates")
    expect(manager.page.get_by_role("img", name="Gambar berapa dari 100 orang datang")).to_be_visible()
    for details in manager.page.locator("summary").all():
        details.click()
    manager.audit()
    manager.press("Jangan hitung Jumat, 20 November", "link")
    manager.audit()
    manager.page.get_by_label("Alasan").fill("banjir")
    manager.press("Jangan hitung hari itu")
    expect(manager.page.get_by_role("status")).to_contain_text("tidak dihitung lagi")
    manager.audit()


def test_pages_beside_the_way_are_accessible_too(walk: Walk) -> None:
    resident = walk(NARROW, scripts=True)
    for path in ("/?lang=en", "/?office=nowhere", "/t/unknown", "/sign-in"):
        resident.open(path)
        resident.complaints.clear()  # Chromium reports each 404 as an error
        resident.audit()


def test_the_description_fits_a_small_screen(walk: Walk) -> None:
    reader = walk(320)
    reader.open("/schema")
    reader.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_large_letters_break_no_page(walk: Walk, live: Antre, balikpapan: Office, today: list[Booking]) -> None:
    resident = walk(NARROW, scripts=True)
    for path in ("/?asked=service", "/?service=ktp-rekam", "/?service=ktp-rekam&day=2026-11-25",
                 "/who?service=ktp-rekam&start=2026-11-25T00:00Z", f"/t/{today[0].token}"):
        resident.open(path)
        resident.fits()
    page, person = resident.page, people.person(41)
    resident.open("/who?service=ktp-rekam&start=2026-11-25T00:00Z&lang=en")
    for field in ("name", "nik", "phone"):
        page.locator(f"#{field}").fill(getattr(person, field))
    resident.press("Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check and book")
    resident.fits()


def test_large_letters_break_no_page_of_the_staff(walk: Walk, live: Antre, balikpapan: Office) -> None:
    add_staff(live, balikpapan, "manager")
    manager = walk(NARROW, scripts=True)
    sign_in(manager, "manager")
    expect(manager.page.get_by_label("Pindai atau ketik kode").or_(manager.page.locator("#day"))).to_be_visible()
    for path in ("/scan", "/walk-in", "/manage", "/manage/rates"):
        manager.open(path)
        manager.fits()


def test_the_first_view_is_light(walk: Walk) -> None:
    resident = walk(320)
    wire = resident.page.context.new_cdp_session(resident.page)
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    resident.page.goto("/", wait_until="networkidle")
    assert len(sizes) >= 2
    assert sum(sizes) < FIRST_VIEW, sizes


def sign_in(walker: Walker, role: str) -> None:
    """Sign in with the account of a role."""
    walker.open("/sign-in")
    walker.page.get_by_label("Nama pengguna").fill(role)
    walker.page.get_by_label("Kata sandi").fill(PASSWORD)
    walker.press("Masuk")

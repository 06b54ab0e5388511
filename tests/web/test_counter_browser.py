"""The counter in a real Chromium: by keyboard, on a tablet, while the network hangs, and fresh by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from api.assembly import Antre
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from tests.in_the_hall import arrive
from tests.web.conftest import PASSWORD, Walk, add_staff
from tests.web.walking import Walker

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

SCREEN, TABLET, UPRIGHT = (1366, 768), (1024, 600), (600, 1024)
PLACES = """() => ['person', 'act-main', 'act-next', 'act-recall', 'act-absent', 'act-hold', 'act-transfer', 'number',
    'act-undo', 'line', 'aside'].map(id => JSON.stringify(document.getElementById(id).getBoundingClientRect()))"""

Till = Callable[..., Walker]


@pytest.fixture
def till(walk: Walk, live: Antre, balikpapan: Office, clock: SettableClock) -> Till:
    """A browser of a size at Loket 3, where A-001, A-002, a party with priority C-001, and A-003 wait."""
    add_staff(live, balikpapan, "counter")
    add_staff(live, balikpapan, "manager")
    arrive(live.database, balikpapan, clock.now(), "ktp-rekam", "ikd")
    arrive(live.database, balikpapan, clock.now(), "pengaduan", party=3, priority="elderly")
    arrive(live.database, balikpapan, clock.now(), "ktp-ambil")
    clock.advance(timedelta(minutes=21))

    def open_till(width: int, height: int, *, scripts: bool = True, role: str = "counter") -> Walker:
        clerk = walk(width, scripts=scripts)
        clerk.page.set_viewport_size({"width": width, "height": height})
        clerk.open("/counter")
        clerk.page.get_by_label("Nama pengguna").fill(role)
        clerk.page.get_by_label("Kata sandi").fill(PASSWORD)
        clerk.press("Masuk")
        clerk.press("Duduk di sini: Loket 3")
        expect(clerk.page.get_by_role("heading", name="Loket 3")).to_be_visible()
        return clerk

    return open_till


def key(page: Page, name: str, seen: str) -> None:
    """Press a key as a person does, who looks before: what it leads to is there."""
    ready(page)
    page.keyboard.press(name)
    expect(page.locator("#till")).to_contain_text(seen)
    ready(page)


def ready(page: Page) -> None:
    """The last press is answered, and long enough ago not to be taken for the same one."""
    expect(page.locator("#till")).to_have_attribute("aria-busy", "false")


def test_a_clerk_works_by_keyboard_alone_and_nothing_moves(till: Till, clock: SettableClock) -> None:
    clerk = till(*SCREEN)
    page, person = clerk.page, clerk.page.locator("#person")
    expect(page.get_by_role("button", name="Panggil berikutnya Enter", exact=True)).to_be_focused()
    clerk.audit()
    places = page.evaluate(PLACES)
    key(page, "Enter", "Dipanggil")
    expect(person).to_contain_text("Dahulukan: usia 60 tahun atau lebih")
    expect(person).to_contain_text("3 orang")
    expect(page.get_by_role("status").filter(has_text="C-001 dipanggil")).to_have_count(1)
    assert page.title().startswith("C-001 · Loket 3")
    clerk.audit()
    key(page, "F2", "2 kali dipanggil")
    key(page, "Enter", "Sedang dilayani")
    expect(person).to_contain_text("Bukti data yang benar")
    key(page, "F8", "ditunda 08.21")
    key(page, "Enter", "A-001 dipanggil")
    key(page, "Shift+Enter", "A-002 dipanggil")
    key(page, "Control+z", "Belum ada langkah")
    expect(person).to_contain_text("A-001")
    assert page.evaluate(PLACES) == places

    key(page, "F9", "")
    expect(page.get_by_role("heading", name="Pindahkan A-001")).to_be_visible()
    clerk.audit()
    page.keyboard.press("8")
    page.get_by_label("Catatan untuk loket berikutnya").fill("Nama ibu salah ketik")
    page.keyboard.press("Enter")
    expect(page.locator("#last")).to_contain_text("A-001 dipindahkan")
    ready(page)
    page.keyboard.type("1")
    expect(page.get_by_label("Panggil nomor")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#last")).to_contain_text("Ada beberapa nomor 1")
    ready(page)
    page.keyboard.type("a1")
    page.keyboard.press("Enter")
    expect(person).to_contain_text("Nama ibu salah ketik")
    expect(page.get_by_label("Panggil nomor")).to_have_value("")
    assert page.evaluate(PLACES) == places

    ready(page)
    clerk.press("Antre lagi: C-001")
    expect(page.locator("#aside")).to_contain_text("Tidak ada")
    clerk.open("/counter/day")
    clerk.audit()
    clerk.open("/counter/seats")
    clerk.audit()


def test_a_press_without_answer_is_sent_again_and_calls_one_person(till: Till) -> None:
    page = till(*SCREEN).page
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        if route.request.method != "POST" or len(lost) > 1:
            route.continue_()
            return
        lost.append(route.request.post_data or "")
        if len(lost) == 1:
            route.fetch()  # it reaches the office, but nothing comes back
        route.abort()

    page.route("**/counter", lose_the_answer)
    ready(page)
    page.keyboard.press("Enter")
    away = page.get_by_role("alert")
    expect(away).to_contain_text("Belum terkirim: Panggil berikutnya.")
    page.keyboard.press("Enter")  # while it is under way no other press counts
    page.keyboard.press("F4")
    expect(page.locator("#person")).to_contain_text("C-001")
    expect(away).to_be_hidden()
    expect(page.locator("#line")).to_contain_text("3 menunggu")
    assert len(set(lost)) == 1
    assert len(lost) == 2


def test_without_network_the_page_says_so_and_comes_back_by_itself(till: Till) -> None:
    clerk = till(*SCREEN)
    page, away = clerk.page, clerk.page.get_by_role("alert")
    ready(page)
    page.context.set_offline(True)
    expect(away).to_contain_text("Tidak tersambung")
    page.keyboard.press("Enter")
    expect(away).to_contain_text("Belum terkirim: Panggil berikutnya.")
    page.keyboard.press("Escape")
    expect(away).not_to_contain_text("Belum terkirim")
    page.context.set_offline(False)
    expect(away).to_be_hidden()
    expect(page.locator("#person")).to_contain_text("Belum ada orang di loket")
    key(page, "Enter", "C-001 dipanggil")


def test_presses_in_a_row_and_a_key_held_down_are_one(till: Till) -> None:
    page = till(*SCREEN).page
    ready(page)
    page.get_by_role("button", name="Panggil berikutnya Enter", exact=True).dblclick()
    expect(page.locator("#person")).to_contain_text("Dipanggil")
    ready(page)
    for _ in range(3):  # down again without up: as a key that repeats
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    expect(page.locator("#person")).to_contain_text("Sedang dilayani")
    ready(page)
    expect(page.locator("#person")).to_contain_text("Sedang dilayani")


def test_what_happens_elsewhere_appears_by_itself(till: Till, live: Antre, balikpapan: Office,
                                                  clock: SettableClock) -> None:
    page = till(*SCREEN).page
    page.get_by_label("Panggil nomor").fill("7")
    arrive(live.database, balikpapan, clock.now(), "ikd")
    expect(page.locator("#line")).to_contain_text("5 menunggu")
    expect(page.get_by_label("Panggil nomor")).to_have_value("7")
    expect(page.get_by_label("Panggil nomor")).to_be_focused()


def test_the_main_acts_need_no_scrolling(till: Till) -> None:
    clerk = till(*TABLET, role="manager")  # whose pages have the most links
    places = {}
    for width, height in (SCREEN, TABLET, UPRIGHT):
        clerk.page.set_viewport_size({"width": width, "height": height})
        places[width] = clerk.page.evaluate(PLACES)
    key(clerk.page, "Enter", "Dipanggil")
    clerk.audit()
    for width, height in (SCREEN, TABLET, UPRIGHT):
        clerk.page.set_viewport_size({"width": width, "height": height})
        assert clerk.page.evaluate(PLACES)[:9] == places[width][:9], width  # the lists below may be longer now
        for name in ("#person", "#act-main", "#act-next", "#act-recall", "#act-transfer", "#number", "#act-undo"):
            box: Any = clerk.page.locator(name).bounding_box()
            assert box["x"] >= 0, (name, width)
            assert box["x"] + box["width"] <= width, (name, width)
            assert box["y"] + box["height"] <= height, (name, width)


def test_the_counter_works_without_scripts_on_a_narrow_phone(till: Till) -> None:
    clerk = till(320, 640, scripts=False)
    page = clerk.page
    clerk.audit()
    clerk.press("Panggil berikutnya", nth=0)
    expect(page.locator("#person")).to_contain_text("C-001")
    clerk.audit()
    page.go_back()
    page.go_forward()
    clerk.press("F9 Pindahkan")
    clerk.audit()
    page.get_by_label("Loket 6").check()
    clerk.press("Pindahkan Enter")
    expect(page.locator("#last")).to_contain_text("C-001 dipindahkan")
    page.get_by_label("Panggil nomor").fill("a2")
    page.keyboard.press("Enter")
    expect(page.locator("#person")).to_contain_text("A-002")
    clerk.press("Keluar")
    expect(page.get_by_role("heading", level=1)).to_have_text("A-002 masih di loket Anda")
    clerk.audit()


def test_large_letters_break_no_page_of_the_counter(till: Till) -> None:
    clerk = till(320, 640)
    key(clerk.page, "Enter", "Dipanggil")
    for path in ("/counter", "/counter/seats", "/counter/day", "/counter/transfer"):
        clerk.open(path)
        clerk.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert clerk.page.evaluate("document.documentElement.scrollWidth") <= clerk.width, path

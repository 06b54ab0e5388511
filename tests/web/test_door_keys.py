"""What a door must survive in a real Chromium: quick hands, odd scanners, a slow or lost network, a second tab."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from api.assembly import Antre
from scheduler import bookings as book
from scheduler.bookings import Request
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from tests import people
from tests.web.conftest import PASSWORD, add_staff
from tests.web.walking import Walker

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

WINDOW = {"width": 1366, "height": 650}  # what a browser leaves of an old screen


@pytest.fixture
def codes(live: Antre, balikpapan: Office, clock: SettableClock) -> list[str]:
    """The codes of three who are in time."""
    service, start = balikpapan.service("ktp-rekam"), clock.now() + timedelta(minutes=75)
    booked = [live.database.write(lambda c, n=n: book.book(
        c, Request(balikpapan, service, start, people.person(n)), vault=live.vault, mint=live.mint, now=clock.now()))
        for n in (1, 2, 3)]
    clock.advance(timedelta(minutes=60))
    return [str(one.code) for one in booked]


@pytest.fixture
def door(browser: Browser, live: Antre, balikpapan: Office, codes: list[str]) -> Iterator[Page]:
    """The door, signed in, with scripts."""
    add_staff(live, balikpapan, "counter")
    walker = Walker(browser, live.settings.public_url, WINDOW["width"], scripts=True)
    walker.page.set_viewport_size(WINDOW)
    sign_in(walker.page)
    yield walker.page
    walker.complaints.clear()  # Chromium reports every answer that is a refusal
    walker.close()


@pytest.fixture
def alone(door: Page) -> Page:
    """The door in a browser that may keep nothing: it has no list of the day to judge by while nobody answers."""
    door.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    door.reload()
    expect(door.get_by_role("button", name="lihat lagi")).to_be_visible()
    return door


def sign_in(page: Page) -> None:
    """Sign in on that page and see the door."""
    page.goto("/sign-in?next=/scan")
    page.get_by_label("Nama pengguna").fill("counter")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Pindai atau ketik kode")).to_be_focused()
    expect(page.get_by_role("button", name="lihat lagi")).to_be_visible()  # the script is there


def scan(page: Page, text: str, end: str = "Enter") -> None:
    """Type as a scanner does."""
    page.keyboard.type(text)
    page.keyboard.press(end)


def test_enter_twice_leaves_the_number_in_view(door: Page, codes: list[str]) -> None:
    scan(door, codes[0])
    door.keyboard.press("Enter")
    expect(door.locator("#result")).to_contain_text("Silakan, A-001")
    door.keyboard.press("Enter")
    door.wait_for_timeout(200)
    expect(door.locator("#result")).to_contain_text("Silakan, A-001")


def test_scans_that_overtake_each_other_are_all_answered_in_view(door: Page, codes: list[str]) -> None:
    held: list[Route] = []
    door.route("**/scan", lambda route: route.continue_() if held else held.append(route))
    for code in codes:
        scan(door, code)
    expect(door.locator("#result")).to_contain_text("Memeriksa")
    held[0].continue_()
    expect(door.locator("#result")).to_contain_text("Silakan, A-003")
    expect(door.locator("#before")).to_contain_text("Silakan, A-002")
    expect(door.locator("#before")).to_contain_text("Silakan, A-001")


def test_a_scan_after_one_without_answer_writes_over_it_and_both_are_sent(alone: Page, codes: list[str]) -> None:
    alone.route("**/scan", lambda route: route.fulfill(status=500, body=""))
    scan(alone, codes[0])
    expect(alone.locator("#result")).to_contain_text("Sistem belum bisa menjawab")
    alone.unroute("**/scan")
    scan(alone, codes[1])
    expect(alone.locator("#result")).to_contain_text("Silakan, A-002")
    expect(alone.locator("#before")).to_contain_text("Silakan, A-001")


def test_escape_gives_up_what_got_no_answer(alone: Page, codes: list[str]) -> None:
    alone.route("**/scan", lambda route: route.abort())
    scan(alone, codes[0])
    expect(alone.locator("#result")).to_contain_text("Tidak tersambung")
    alone.unroute("**/scan")
    alone.keyboard.press("Escape")
    scan(alone, codes[1])
    expect(alone.locator("#result")).to_contain_text("Silakan, A-001")
    expect(alone.get_by_label("Pindai atau ketik kode")).to_have_value("")


def test_scanners_that_end_with_tab_or_a_line_feed_are_understood(door: Page, codes: list[str]) -> None:
    scan(door, codes[0], "Tab")
    expect(door.locator("#result")).to_contain_text("Silakan, A-001")
    expect(door.get_by_label("Pindai atau ketik kode")).to_be_focused()
    prevented = door.evaluate("""() => !dispatchEvent(
        new KeyboardEvent("keydown", { key: "j", ctrlKey: true, cancelable: true }))""")
    assert prevented  # a line feed arrives as Ctrl+J, with which Chromium opens its downloads


def test_a_click_beside_the_field_loses_no_scan(door: Page, codes: list[str]) -> None:
    door.locator("#result").click()
    scan(door, codes[0])
    expect(door.locator("#result")).to_contain_text("Silakan, A-001")


def test_somebody_signed_in_anew_in_another_tab(door: Page, codes: list[str]) -> None:
    other = door.context.new_page()
    other.goto("/scan")
    other.get_by_role("button", name="Keluar").click()
    expect(other.get_by_role("heading", name="Masuk untuk petugas")).to_be_visible()
    sign_in(other)
    door.bring_to_front()
    scan(door, codes[0])
    expect(door.locator("#result")).to_contain_text("Silakan, A-001")


def test_a_network_that_hangs_while_the_form_is_renewed_is_told(alone: Page, codes: list[str]) -> None:
    alone.clock.install()
    alone.route("**/scan", lambda route: route.fulfill(status=403) if route.request.method == "POST" else None)
    with alone.expect_request(lambda asked: asked.method == "GET"):
        scan(alone, codes[0])
    alone.clock.fast_forward(10_000)
    expect(alone.locator("#result")).to_contain_text("Tidak tersambung")


def test_a_family_to_be_served_first_gets_its_number_by_keys_alone(door: Page) -> None:
    door.keyboard.press("F2")
    give = door.get_by_role("button", name="Beri nomor").bounding_box()
    assert give is not None
    assert give["y"] + give["height"] <= WINDOW["height"]
    door.wait_for_load_state()
    for key in ("8", "0", "2", "Tab", "ArrowDown", "Enter"):
        door.keyboard.press(key)
    for said in ("Nomor C-001", "2 orang", "Dahulukan: usia 60"):
        expect(door.locator("#result")).to_contain_text(said)


def test_the_whole_door_fits_an_old_screen_and_keeps_its_sound(door: Page, codes: list[str]) -> None:
    keys = door.locator(".keys")
    before = keys.bounding_box()
    assert before is not None
    assert before["y"] + before["height"] <= WINDOW["height"]
    for text in (codes[0], codes[0], "123456789"):
        scan(door, text)
        expect(door.locator("#result .verdict")).to_be_visible()
        assert keys.bounding_box() == before
    door.keyboard.press("F8")
    door.reload()
    expect(door.get_by_role("button", name="suara menyala")).to_have_attribute("aria-pressed", "true")

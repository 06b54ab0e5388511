"""Calling a person whom a message did not reach, in a real Chromium: by keyboard alone, and without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from api.assembly import Antre
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from tests import people
from tests.booked import Book
from tests.outbox import put
from tests.web.conftest import Walk, add_staff
from tests.web.test_browser import sign_in
from tests.web.walking import NARROW, Walker

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

ENOUGH = 20  # presses of Tab


@pytest.fixture(autouse=True)
def troubled(live: Antre, balikpapan: Office, clock: SettableClock) -> None:
    """Two people of tomorrow whose messages did not arrive."""
    desk, now = Book(live.database, balikpapan, live.vault, live.mint), clock.now()
    starts = desk.starts((now + timedelta(days=1)).date(), now)
    put(live.database, live.vault, desk.book(1, starts[0], now), error="UserInBlacklist")
    put(live.database, live.vault, desk.book(2, starts[4], now), state="unknown", error="no answer in time")


def tab_to(walker: Walker, words: str) -> None:
    """Press Tab until the link or button with these words has the focus."""
    for _ in range(ENOUGH):
        walker.page.keyboard.press("Tab")
        if words in (walker.page.evaluate("document.activeElement.textContent") or ""):
            return
    raise AssertionError(f"{words} cannot be reached by keyboard")


def test_a_clerk_shows_the_number_notes_it_and_undoes_it_by_keyboard(
    walk: Walk, live: Antre, balikpapan: Office
) -> None:
    add_staff(live, balikpapan, "counter")
    clerk = walk(NARROW, scripts=True)
    page, keys, heading = clerk.page, clerk.page.keyboard, clerk.page.get_by_role("heading", level=1)
    sign_in(clerk, "counter")
    expect(page.get_by_label("Pindai atau ketik kode")).to_be_focused()
    clerk.open("/messages")
    expect(heading).to_have_text("2 orang perlu ditelepon")
    clerk.audit()
    tab_to(clerk, "Tampilkan nomor")
    keys.press("Enter")
    expect(heading).to_have_text("Telepon Budi S.")
    expect(page.locator(f"a[href='tel:{people.phone(1)}']")).to_be_visible()
    clerk.audit()
    tab_to(clerk, "Sudah diberi tahu")
    keys.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Sudah dicatat")
    expect(heading).to_have_text("1 orang perlu ditelepon")
    clerk.audit()
    tab_to(clerk, "Urungkan")
    keys.press("Enter")
    expect(heading).to_have_text("2 orang perlu ditelepon")
    expect(page.get_by_role("status")).to_have_count(0)
    clerk.fits()


def test_it_works_without_scripts(walk: Walk, live: Antre, balikpapan: Office) -> None:
    add_staff(live, balikpapan, "counter")
    clerk = walk(320)
    sign_in(clerk, "counter")
    clerk.audit()
    clerk.page.get_by_role("main").get_by_role("link", name="2 orang perlu ditelepon").click()
    clerk.audit()
    clerk.press("Tampilkan nomor", nth=1)
    assert people.phone(2)[-3:] in clerk.text()
    clerk.press("Sudah diberi tahu")
    clerk.press("Urungkan")
    expect(clerk.page.get_by_role("heading", level=1)).to_have_text("2 orang perlu ditelepon")


def test_the_managers_section_is_accessible(walk: Walk, live: Antre, balikpapan: Office) -> None:
    add_staff(live, balikpapan, "manager")
    manager = walk(NARROW, scripts=True)
    sign_in(manager, "manager")
    expect(manager.page.get_by_role("img", name="Gambar pesan")).to_be_visible()
    manager.page.get_by_text("Angka dan biaya pesan").click()
    manager.audit()
    manager.fits()

"""Closing in a real Chromium: every page of it audited, narrow and wide, without scripts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from api.assembly import Antre
from scheduler import rebooking
from scheduler.offices import Office
from scheduler.tables import days
from tests import people
from tests.booked import TOMORROW, Book
from tests.closing import fill
from tests.conftest import NOW
from tests.web.conftest import Walk, add_staff
from tests.web.test_browser import sign_in
from tests.web.walking import NARROW

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def test_a_manager_closes_a_day_calls_and_takes_it_back(walk: Walk, live: Antre, balikpapan: Office) -> None:
    fill(Book(live.database, balikpapan, live.vault, live.mint), 3)
    # One place is left anywhere: of the three one is moved, two are to be called.
    live.database.write(lambda c: c.execute(sa.update(days).values(
        released=days.c.booked + sa.case((days.c.date == TOMORROW + (TOMORROW - NOW.date()), 1), else_=0))))
    add_staff(live, balikpapan, "manager")
    manager = walk(NARROW)
    page, heading = manager.page, manager.page.get_by_role("heading", level=1)
    sign_in(manager, "manager")
    manager.press("Penutupan", "link")
    manager.audit()
    manager.press("Lihat siapa yang terkena")
    manager.audit()
    page.get_by_label("Tanggal").fill("2026-11-25")
    page.get_by_label("Alasan").fill("Pelatihan pegawai")
    manager.press("Lihat siapa yang terkena")
    expect(page.get_by_text("2 belum mendapat tempat dan perlu ditelepon.")).to_be_visible()
    manager.audit()
    manager.press("Tutup dan pindahkan")
    expect(heading).to_have_text("Penutupan: Seluruh kantor")
    manager.audit()
    rebooking.place_all(live.database, live.offices, live.mint, NOW)
    manager.press("Muat ulang", "link")
    expect(page.get_by_text("2 orang perlu ditelepon")).to_be_visible()
    manager.audit()
    manager.press("Tampilkan nomor")
    expect(page.locator(f"a[href='tel:{people.phone(1)}']")).to_be_visible()
    manager.press("Sudah ditelepon")
    expect(page.get_by_text("1 orang perlu ditelepon")).to_be_visible()
    manager.audit()
    manager.press("Cabut penutupan")
    manager.audit()
    manager.press("Semua penutupan", "link")
    manager.audit()


def test_large_letters_break_none_of_its_pages(walk: Walk, live: Antre, balikpapan: Office) -> None:
    fill(Book(live.database, balikpapan, live.vault, live.mint), 2)
    add_staff(live, balikpapan, "manager")
    manager = walk(NARROW, scripts=True)
    sign_in(manager, "manager")
    for path in ("/manage/closures", "/manage/closures/try?date=2026-11-25&reason=Pelatihan"):
        manager.open(path)
        manager.fits()

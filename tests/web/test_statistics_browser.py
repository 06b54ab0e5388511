"""Statistics and the survey in a real Chromium: on a narrow phone without scripts, on a desk, and on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from api.assembly import Antre
from scheduler.offices import Office
from tests.hall_days import Hall, fortnight
from tests.web.conftest import PASSWORD, Walk, add_staff
from tests.web.test_survey import invited
from ticketing.ikm import ELEMENTS

FIRST_VIEW = 30 * 1024
pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def test_a_visitor_answers_by_thumb_without_scripts(walk: Walk, live: Antre, balikpapan: Office) -> None:
    token = invited(live, balikpapan)
    visitor = walk(320)
    page = visitor.page
    visitor.open(f"/s/{token}")
    visitor.audit()
    for label in page.locator(".choice").all():
        box = label.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    for name in ELEMENTS[:-1]:
        page.locator(f"#{name}-4").check()
    visitor.press("Kirim jawaban")
    expect(page.get_by_role("alert")).to_contain_text("Pertanyaan 9 belum dijawab")
    expect(page.locator("#waktu-4")).to_be_checked()
    visitor.complaints.clear()  # Chromium notes each answer of 422
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator("#pengaduan-1")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#pengaduan-2")).to_be_checked()
    visitor.press("Kirim jawaban")
    expect(page.get_by_role("heading", level=1)).to_have_text("Terima kasih")
    visitor.audit()

    other = walk(320, scripts=True)
    other.open(f"/s/{invited(live, balikpapan, 5)}")
    other.press("Kirim jawaban")
    expect(other.page.get_by_role("alert").get_by_role("link")).to_have_count(9)
    other.complaints.clear()
    other.audit()


def test_a_manager_reads_a_month_on_a_phone_and_on_paper(walk: Walk, live: Antre, balikpapan: Office) -> None:
    fortnight(Hall(live.database, balikpapan))
    add_staff(live, balikpapan, "manager")
    manager = walk(320)
    page = manager.page
    manager.open("/manage/statistics")
    page.get_by_label("Nama pengguna").fill("manager")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    manager.press("Masuk")
    expect(page.get_by_role("heading", level=1)).to_have_text("Statistik")
    manager.audit()
    page.locator("summary").first.click()
    manager.audit()
    page.get_by_label("Dari tanggal").fill("2026-11-09")
    manager.press("Tampilkan")
    expect(page.locator("h2").first).to_contain_text("Senin, 9 November 2026")
    page.emulate_media(media="print")
    expect(page.locator("form.span")).to_be_hidden()
    expect(page.locator(".picture").first).to_be_visible()

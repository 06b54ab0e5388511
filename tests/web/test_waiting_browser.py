"""The waiting list in a real Chromium without scripts, on a narrow phone: each page on the way audited with axe."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from api.assembly import Antre
from scheduler import offers
from scheduler.tables import days
from tests import people
from tests.web.conftest import Walk
from tests.web.walking import NARROW, Walker

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.fixture
def resident(walk: Walk) -> Walker:
    return walk(NARROW)


def test_a_resident_waits_is_offered_a_place_and_takes_it(resident: Walker, live: Antre) -> None:
    live.database.write(lambda c: c.execute(sa.update(days).values(
        released=days.c.booked, wanted=days.c.booked + days.c.held)))
    page = resident.page
    resident.open("/?office=balikpapan&service=ktp-rekam")
    resident.audit()
    resident.press("Masuk daftar tunggu", "link")
    resident.audit()
    page.get_by_label("Saya menunggu sampai").select_option("2026-11-25")
    page.get_by_label("Saya bisa datang mulai").select_option("2026-11-26")
    resident.press("Lanjutkan")
    expect(page.get_by_role("alert")).to_contain_text("Hari terakhir lebih awal")
    resident.audit()
    page.get_by_label("Saya menunggu sampai").select_option("2026-12-04")
    resident.press("Lanjutkan")
    person = people.person(40)
    page.get_by_label("Nama lengkap").fill(person.name)
    page.get_by_label("NIK", exact=True).fill(person.nik)
    page.get_by_label("Nomor ponsel").fill(person.phone)
    resident.press("Lanjutkan")
    resident.audit()
    resident.press("Masuk daftar tunggu")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anda ada di daftar tunggu")
    resident.audit()
    address = page.url
    live.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == date(2026, 11, 27)).values(wanted=1)))
    offers.tend(live.database, live.offices, live.clock.now())
    page.reload()
    resident.audit()
    resident.press("Ya, saya ambil")
    expect(page.get_by_role("heading", level=1)).to_have_text("Janji Anda sudah tercatat")
    page.goto(address)
    resident.audit()


def test_leaving_and_coming_back(resident: Walker, live: Antre) -> None:
    page = resident.page
    resident.open("/waiting?office=balikpapan&service=ktp-rekam")
    resident.press("Lanjutkan")
    person = people.person(40)
    page.get_by_label("Nama lengkap").fill(person.name)
    page.get_by_label("NIK", exact=True).fill(person.nik)
    page.get_by_label("Nomor ponsel").fill(person.phone)
    resident.press("Lanjutkan")
    resident.press("Masuk daftar tunggu")
    resident.press("Keluar dari daftar tunggu", "link")
    resident.audit()
    resident.press("Ya, keluar")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anda sudah keluar dari daftar tunggu")
    resident.audit()
    resident.press("Masuk daftar tunggu lagi")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anda ada di daftar tunggu")


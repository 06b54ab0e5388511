"""Accounts and devices in a real Chromium: a manager makes a clerk and a door, each page on the way audited."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from api.assembly import Antre
from scheduler.offices import Office
from tests.web.conftest import PASSWORD, Walk, add_staff
from tests.web.walking import Walker

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

OWN = "kata sandi milik siti"


def sign_in(walker: Walker, username: str, password: str) -> None:
    walker.open("/sign-in")
    walker.page.get_by_label("Nama pengguna").fill(username)
    walker.page.get_by_label("Kata sandi").fill(password)
    walker.press("Masuk")


def test_a_manager_makes_a_clerk_who_changes_the_password_and_signs_out_everywhere(
    walk: Walk, live: Antre, balikpapan: Office,
) -> None:
    add_staff(live, balikpapan, "manager")
    manager = walk(320, scripts=True)
    sign_in(manager, "manager", PASSWORD)
    manager.press("Akun", "link")
    manager.audit()
    manager.press("Buat akun")
    manager.audit()
    manager.page.get_by_label("Nama pengguna").fill("siti.loket1")
    manager.page.get_by_label("Nama yang tampil").fill("Siti, loket 1")
    manager.press("Buat akun")
    given = manager.page.locator(".handed code").inner_text()
    manager.audit()

    clerk = walk(1280, scripts=True)
    sign_in(clerk, "siti.loket1", given)
    expect(clerk.page.get_by_role("heading", level=1)).to_have_text("Ganti kata sandi")
    clerk.audit()
    clerk.open("/scan")
    expect(clerk.page).to_have_url(re.compile("/me/password$"))
    clerk.page.get_by_label("Kata sandi sekarang").fill(given)
    clerk.page.get_by_label("Kata sandi baru").fill("pendek")
    clerk.page.get_by_label("Sekali lagi yang baru").fill("pendek")
    clerk.press("Ganti kata sandi")
    expect(clerk.page.get_by_role("alert")).to_contain_text("paling sedikit 10 huruf")
    clerk.audit()
    clerk.page.get_by_label("Kata sandi sekarang").fill(given)
    clerk.page.get_by_label("Kata sandi baru").fill(OWN)
    clerk.page.get_by_label("Sekali lagi yang baru").fill(OWN)
    clerk.press("Ganti kata sandi")
    expect(clerk.page.get_by_role("status")).to_contain_text("Kata sandi sudah diganti")
    clerk.audit()

    other = walk(320)
    sign_in(other, "siti.loket1", OWN)
    clerk.open("/me")
    expect(clerk.page.locator(".rows li")).to_have_count(2)
    manager.open("/manage/accounts")
    manager.press("siti.loket1", "link")
    manager.audit()
    clerk.press("Keluar dari semua tempat")
    expect(clerk.page).to_have_url(re.compile("/sign-in$"))
    other.open("/scan")
    expect(other.page).to_have_url(re.compile("/sign-in"))


def test_a_door_takes_its_key_by_a_code_and_loses_it(walk: Walk, live: Antre, balikpapan: Office) -> None:
    add_staff(live, balikpapan, "manager")
    manager = walk(320, scripts=True)
    sign_in(manager, "manager", PASSWORD)
    manager.open("/manage/devices")
    manager.audit()
    manager.press("Tambah perangkat")
    manager.audit()
    manager.page.get_by_label("Pintu").check()
    manager.page.get_by_label("Nama", exact=True).fill("Pintu utara")
    manager.press("Tambah perangkat")
    manager.audit()
    code = "".join(manager.page.locator(".handed.digits").inner_text().split())
    manager.page.goto(manager.page.url)  # the code was on that answer alone
    expect(manager.page.get_by_text("belum dipasangkan")).to_be_visible()
    manager.audit()
    manager.press("Pintu utara", "link")
    manager.press("Tampilkan kode")
    used_up, code = code, "".join(manager.page.locator(".handed.digits").inner_text().split())
    assert used_up != code

    door = walk(320, scripts=True)
    door.open(f"/pair#{used_up}")
    door.audit()
    door.press("Pasangkan")
    expect(door.page.get_by_role("alert")).to_contain_text("sudah dipakai")
    door.open(f"/pair?lang=id#{code}")
    expect(door.page.get_by_label("Kode")).to_have_value(f"{code[:5]} {code[5:]}")
    assert "#" not in door.page.url
    door.press("Pasangkan")
    expect(door.page).to_have_url(re.compile("/scan$"))
    door.audit()
    expect(door.page.get_by_role("link", name="Kelola")).to_have_count(0)

    manager.open("/manage/devices")
    manager.press("Pintu utara", "link")
    manager.audit()
    manager.press("Cabut kunci")
    manager.audit()
    door.open("/scan")
    expect(door.page).to_have_url(re.compile("/sign-in"))

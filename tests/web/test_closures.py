"""Closing from the pages, without scripts: tried, made once, followed, called, taken back; and who may."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from scheduler import rebooking
from scheduler.foundation.journal import journal
from scheduler.offices import Office
from scheduler.tables import days
from tests import people
from tests.booked import TOMORROW, Book
from tests.closing import WHOLE, close, fill
from tests.conftest import NOW
from tests.web.reading import Page, Visitor
from tests.web.test_staff_pages import SignIn

FORM = {"date": "2026-11-25", "from": "", "to": "", "counter": "", "reason": "Pelatihan pegawai"}


@pytest.fixture
def book(antre: Antre, balikpapan: Office) -> Book:
    return Book(antre.database, balikpapan, antre.vault, antre.mint)


def nothing_free(antre: Antre) -> None:
    antre.database.write(lambda c: c.execute(sa.update(days).values(released=days.c.booked)))


def place(antre: Antre) -> int:
    return rebooking.place_all(antre.database, antre.offices, antre.mint, antre.clock.now())


def entries(antre: Antre, *kinds: str) -> list[tuple[str, Any]]:
    with antre.database.read() as c:
        return [tuple(row) for row in c.execute(
            sa.select(journal.c.kind, journal.c.data).where(journal.c.kind.in_(kinds)).order_by(journal.c.id))]


def test_a_manager_tries_closes_and_follows_it(signed_in: SignIn, antre: Antre, book: Book) -> None:
    fill(book, 3)
    manager = signed_in("manager")
    manager.open("/manage/closures")
    page = manager.send("Lihat siapa yang terkena", **FORM)
    assert "Yang akan ditutup: Seluruh kantor" in page.text
    assert "Rabu, 25 November 2026, sepanjang hari: Pelatihan pegawai" in page.text
    assert "3 janji terkena. 3 mendapat waktu lain." in page.text
    assert "Siti A." in page.text
    assert people.name(0) not in page.text
    assert entries(antre, "closure_made") == []
    back = manager.follow("Ubah")
    assert back.form("Lihat siapa").fields == FORM
    manager.send("Lihat siapa yang terkena")
    page = manager.send("Tutup dan pindahkan")
    assert "Penutupan: Seluruh kantor" in page.text
    assert "3 janji terkena: 3 sedang dicarikan tempat." in page.text
    assert place(antre) == 3
    assert "3 janji terkena: 3 sudah pindah." in manager.follow("Muat ulang").text
    assert "Muat ulang" not in manager.page.text
    assert "3 janji terkena: 3 sudah pindah" in manager.follow("Semua penutupan").text


def test_the_same_form_sent_twice_closes_once(signed_in: SignIn, antre: Antre, book: Book) -> None:
    manager = signed_in("manager")
    manager.open("/manage/closures")
    tried = manager.send("Lihat siapa yang terkena", **FORM)
    first = manager.send("Tutup dan pindahkan")
    manager.page = tried
    assert manager.send("Tutup dan pindahkan").url == first.url
    assert len(entries(antre, "closure_made")) == 1
    manager.open("/manage/closures")
    again = manager.send("Lihat siapa yang terkena", **FORM)
    assert "Tidak ada yang perlu ditutup" in again.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("change", "field", "said"), [
    ({"date": ""}, "date", "Isi tanggalnya"), ({"date": "2026-11-23"}, "date", "sudah lewat"),
    ({"from": "9"}, "from", "09:00"), ({"to": "25:00"}, "to", "12:00"),
    ({"from": "12:00", "to": "10:00"}, "to", "sesudah jam awal"), ({"reason": "x"}, "reason", "3 sampai 120"),
])
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(
    signed_in: SignIn, change: dict[str, str], field: str, said: str,
) -> None:
    manager = signed_in("manager")
    manager.open("/manage/closures")
    page = manager.send("Lihat siapa yang terkena", **(FORM | change))
    assert said in page.text
    assert page.title.startswith("Ada yang perlu diperbaiki")
    assert [one.href for one in page.links if said in one.text] == [f"#{field}"]
    assert page.form("Lihat siapa").fields == FORM | change


def test_a_part_of_a_day_and_a_counter_are_said_as_such(signed_in: SignIn, book: Book) -> None:
    manager = signed_in("manager")
    manager.open("/manage/closures")
    page = manager.send("Lihat siapa", **(FORM | {"from": "09:00", "to": "12:00", "counter": "loket-2"}))
    assert "Yang akan ditutup: Loket 2" in page.text
    assert "09.00 sampai 12.00" in page.text
    assert "Tidak ada janji yang terkena." in page.text


def test_whom_no_place_was_found_for_is_called(signed_in: SignIn, antre: Antre, book: Book) -> None:
    fill(book, 2)
    nothing_free(antre)
    manager = signed_in("manager")
    manager.open("/manage/closures")
    assert "2 belum mendapat tempat dan perlu ditelepon" in manager.send("Lihat siapa", **FORM).text
    manager.send("Tutup dan pindahkan")
    place(antre)
    page = manager.follow("Muat ulang")
    assert "2 orang perlu ditelepon" in page.text
    assert "Kami dari Disdukcapil Kota Balikpapan. Maaf, janji Anda" in page.text
    assert people.phone(0)[-6:] not in page.html
    shown = manager.send("Tampilkan nomor")
    assert people.phone(0) in shown.html
    assert people.phone(0)[-6:] not in str(shown.url)
    assert shown.response.headers["cache-control"] == "no-store"
    assert [kind for kind, _ in entries(antre, "phone_shown")] == ["phone_shown"]
    page = manager.send("Sudah ditelepon")
    assert "1 orang perlu ditelepon" in page.text
    assert "Dicatat bahwa Siti A. sudah ditelepon." in page.text
    page = manager.send("Urungkan")
    assert "2 orang perlu ditelepon" in page.text
    assert [data.get("undone") for _, data in entries(antre, "closure_called")] == [None, True]


@pytest.mark.parametrize(("role", "paths"), [("manager", ("/messages", "/manage")), ("counter", ("/messages",))])
def test_the_list_of_whom_to_call_knows_of_closures(signed_in: SignIn, antre: Antre, book: Book, role: str,
                                                    paths: tuple[str, ...]) -> None:
    fill(book, 2)
    nothing_free(antre)
    close(book, WHOLE)
    place(antre)
    visitor = signed_in(role)
    for path in paths:
        page = visitor.open(path)
        assert "Karena penutupan, 2 orang belum mendapat tempat dan perlu ditelepon." in page.text
        assert "Tidak ada yang perlu ditelepon" not in page.text
        assert ("Daftarnya ada pada pengelola kantor." in page.text) == (role == "counter")
        ways = [one.href for one in page.links if "Karena penutupan" in one.text]
        assert ways == (["/manage/closures"] if role == "manager" else [])


def test_nobodys_number_is_shown_who_need_not_be_called(signed_in: SignIn, antre: Antre, book: Book) -> None:
    booked = fill(book, 1)[0]
    manager = signed_in("manager")
    manager.open("/manage/closures")
    manager.send("Lihat siapa", **FORM)
    made = str(manager.send("Tutup dan pindahkan").url.path)
    assert people.phone(0) not in post(manager, f"{made}/{booked.id}/phone").html
    place(antre)
    assert people.phone(0) not in post(manager, f"{made}/{booked.id}/phone").html
    assert entries(antre, "phone_shown") == []


def post(visitor: Visitor, path: str, *, csrf: bool = True) -> Page:
    """Send a form whether the page has it or not."""
    fields = visitor.open("/scan").form("Keluar").fields if csrf else {}
    return Page(visitor.client.post(path, data=fields, headers=visitor.headers, follow_redirects=True))


def test_it_is_taken_back(signed_in: SignIn, antre: Antre, book: Book) -> None:
    fill(book, 1)
    manager = signed_in("manager")
    manager.open("/manage/closures")
    manager.send("Lihat siapa", **FORM)
    manager.send("Tutup dan pindahkan")
    page = manager.send("Cabut penutupan")
    assert "Penutupan ini dicabut Selasa, 24 November 2026" in page.text
    assert "Cabut penutupan" not in page.text
    assert "1 tidak perlu dipindahkan" in page.text
    assert place(antre) == 0
    assert "dicabut" in manager.follow("Semua penutupan").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_managers_of_that_office_only_and_no_forged_forms(signed_in: SignIn, antre: Antre, visitor: Visitor) -> None:
    assert "/sign-in" in str(visitor.open("/manage/closures").url)
    clerk = signed_in("counter")
    assert clerk.open("/manage/closures").status == 403
    assert "Penutupan" not in clerk.open("/scan").text
    assert post(clerk, "/manage/closures").status == 403
    visitor.client.cookies.clear()
    manager = signed_in("manager")
    assert post(manager, "/manage/closures", csrf=False).status == 403
    for path in ("/manage/closures/1", "/manage/closures/x", "/manage/closures/99999999999999999999"):
        assert manager.open(path).status == 404
    assert post(manager, "/manage/closures/1/1/phone").status == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_says_why_a_time_is_closed(antre: Antre, book: Book, visitor: Visitor, signed_in: SignIn) -> None:
    start = book.starts(TOMORROW, NOW)[3]
    manager = signed_in("manager")
    manager.open("/manage/closures")
    manager.send("Lihat siapa", **FORM)
    manager.send("Tutup dan pindahkan")
    with antre.database.read() as c:
        assert antre.offices.get(c, "balikpapan").closures
    answer = manager.client.post("/api/v1/bookings", json={
        "office": "balikpapan", "service": "ktp-rekam", "start": start.isoformat(), "nik": people.nik(1),
        "name": people.name(1), "phone": people.phone(1)})
    assert answer.json()["code"] == "office_closed"
    assert "Pelatihan pegawai" in answer.json()["detail"]


def test_the_day_and_the_weeks_say_why_they_are_closed(signed_in: SignIn, book: Book) -> None:
    manager = signed_in("manager")
    for change in ({}, {"date": "2026-11-26", "to": "09:00", "reason": "Listrik padam"}):
        manager.open("/manage/closures")
        manager.send("Lihat siapa", **(FORM | change))
        manager.send("Tutup dan pindahkan")
    page = manager.open("/manage?date=2026-11-26")
    assert "tutup: Pelatihan pegawai" in page.text
    assert "tutup: Listrik padam" not in page.text
    assert "Listrik padam" in manager.follow("Penutupan: Listrik padam").text
    assert "Penutupan: Seluruh kantor" in manager.page.text

"""Waiting for a place without scripts: the way in where nothing is free, the page of an entry, an offer's answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from scheduler import offers
from scheduler.closures import Closing
from scheduler.foundation.clock import SettableClock
from scheduler.keeping_tables import waiting
from scheduler.offices import Office
from scheduler.tables import days
from tests import people
from tests.booked import Book
from tests.closing import close
from tests.web.reading import Visitor
from tests.web.steps import all_bookings, tell

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def full(antre: Antre) -> None:
    """Every day has released what is booked: nothing."""
    antre.database.write(lambda c: c.execute(sa.update(days).values(
        released=days.c.booked, wanted=days.c.booked + days.c.held)))


def give(antre: Antre) -> None:
    """Wednesday wants to release one more place, and it is offered."""
    antre.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == WEDNESDAY).values(
        wanted=days.c.released + days.c.held + 1)))
    offers.tend(antre.database, antre.offices, antre.clock.now())


def entries(antre: Antre) -> list[Any]:
    with antre.database.read() as connection:
        return list(connection.execute(sa.select(waiting).order_by(waiting.c.id)).all())


def wait(visitor: Visitor, n: int, **more: str) -> str:
    """The n-th person joins; answers the address of the entry."""
    visitor.open("/?office=balikpapan&service=ktp-rekam")
    visitor.follow("Masuk daftar tunggu")
    visitor.send("Lanjutkan")
    tell(visitor, n, **more)
    return str(visitor.send("Masuk daftar tunggu").url.path)


def test_who_finds_no_place_joins_the_list(visitor: Visitor, antre: Antre, full: None) -> None:
    page = visitor.open("/?office=balikpapan&service=ktp-rekam")
    assert "Maaf, semua hari sudah penuh." in page.text
    page = visitor.follow("Masuk daftar tunggu")
    assert "Sampai kapan Anda bisa menunggu?" in page.text
    page = visitor.send("Lanjutkan", until="2026-12-04", since="2026-11-25")
    assert "Untuk siapa janji ini?" in page.text
    assert "until=2026-12-04" in (page.link("Kembali") or "")
    tell(visitor, 1, party="2", priority="elderly")
    for said in ("Rabu, 25 November sampai Jumat, 4 Desember", people.name(1), "2 orang", "usia 60"):
        assert said in visitor.page.text, said
    page = visitor.send("Masuk daftar tunggu")
    assert "Anda ada di daftar tunggu" in page.text
    assert "Anda yang pertama" in page.text
    (row,) = entries(antre)
    assert page.url.path == f"/w/{row.token}"
    assert (row.first, row.last, row.party, row.priority, row.channel) == (
        WEDNESDAY, date(2026, 12, 4), 2, "elderly", "web")
    assert antre.vault.open(row.sealed) == people.person(1)
    for secret in (people.nik(1), people.phone(1), people.name(1)):
        assert secret not in page.text, "whoever holds the address sees a masked name"


def test_one_day_is_named_once(visitor: Visitor, full: None) -> None:
    visitor.open("/waiting?office=balikpapan&service=ktp-rekam")
    visitor.send("Lanjutkan", until="2026-11-25", since="2026-11-25")
    tell(visitor, 1)
    for page in (visitor.page, visitor.send("Masuk daftar tunggu")):
        assert page.text.count("Rabu, 25 November") == 1


def test_pressing_twice_joins_once(visitor: Visitor, antre: Antre, full: None) -> None:
    visitor.open("/waiting?office=balikpapan&service=ktp-rekam")
    visitor.send("Lanjutkan")
    tell(visitor, 1)
    form = visitor.page.form("Masuk daftar tunggu")
    first, again = (visitor.client.post(form.action, data=form.fields, follow_redirects=False) for _ in range(2))
    assert first.headers["location"] == again.headers["location"]
    assert len(entries(antre)) == 1


def test_senseless_dates_are_asked_again(visitor: Visitor, full: None) -> None:
    visitor.open("/waiting?office=balikpapan&service=ktp-rekam")
    page = visitor.send("Lanjutkan", until="2026-11-25", since="2026-11-26")
    assert page.link("Hari terakhir lebih awal") == "#until"
    page = visitor.open("/waiting?office=balikpapan&service=ktp-rekam&asked=1&until=2031-01-01&since=2026-11-25")
    assert page.link("Pilih satu hari dari daftar.") == "#until"


def test_days_on_which_the_office_is_closed_cannot_be_chosen(visitor: Visitor, full: None) -> None:
    page = visitor.open("/waiting?office=balikpapan&service=ktp-rekam")
    assert "Jumat, 27 November" in page.text
    for closed in ("Sabtu, 28 November", "Minggu, 29 November"):
        assert closed not in page.text
    page = visitor.open("/waiting?office=balikpapan&service=ktp-rekam&asked=1&until=2026-11-29&since=2026-11-28")
    assert page.link("Pilih satu hari dari daftar.") == "#until"


def test_a_day_that_is_closed_meanwhile_is_refused_with_the_reason(visitor: Visitor, antre: Antre, balikpapan: Office,
                                                                   full: None) -> None:
    visitor.open("/waiting?office=balikpapan&service=ktp-rekam")
    visitor.send("Lanjutkan", until="2026-11-25", since="2026-11-25")
    tell(visitor, 1)
    book = Book(antre.database, balikpapan, antre.vault, antre.mint)
    close(book, Closing(WEDNESDAY, None, None, None, "Listrik padam"), antre.clock.now())
    antre.offices.forget()
    page = visitor.send("Masuk daftar tunggu")
    assert "Kantor tutup pada waktu itu: Listrik padam." in page.text
    assert entries(antre) == []
    page = visitor.follow("Ubah – Bisa datang")
    assert "Rabu, 25 November" not in page.text, "the way on: other days"


def test_an_online_service_asks_why_first(visitor: Visitor, antre: Antre, full: None) -> None:
    page = visitor.open("/waiting?office=balikpapan&service=kk")
    assert "Mengapa tidak lewat internet?" in page.text
    visitor.send("Lanjutkan", reason="rejected")
    visitor.follow("Masuk daftar tunggu")
    visitor.send("Lanjutkan")
    tell(visitor, 1)
    assert "Permohonan saya lewat internet ditolak" in visitor.page.text
    visitor.send("Masuk daftar tunggu")
    assert entries(antre)[0].reason == "rejected"


def test_a_full_day_at_the_last_step_leads_to_the_list(visitor: Visitor, antre: Antre) -> None:
    visitor.open("/?office=balikpapan&service=ktp-rekam")
    visitor.follow("Rabu, 25 November")
    visitor.follow("08.00")
    tell(visitor, 1)
    antre.database.write(lambda c: c.execute(sa.update(days).values(
        released=days.c.booked, wanted=days.c.booked + days.c.held)))
    page = visitor.send("Pesan janji ini")
    assert "Hari itu sudah penuh" in page.text
    visitor.follow("Masuk daftar tunggu")
    page = visitor.send("Lanjutkan")
    assert people.name(1) in page.text, "what was typed need not be typed again"
    assert "Anda ada di daftar tunggu" in visitor.send("Masuk daftar tunggu").text


def test_an_offer_is_taken_with_one_button(visitor: Visitor, antre: Antre, full: None) -> None:
    address = wait(visitor, 1)
    give(antre)
    page = visitor.open(address)
    for said in ("Ada tempat untuk Anda", "07.30", "Rabu, 25 November 2026",
                 "sampai Selasa, 24 November 2026, 12.00 WITA"):
        assert said in page.text, said
    page = visitor.send("Ya, saya ambil")
    assert page.url.path.startswith("/t/")
    assert "Janji Anda sudah tercatat" in page.text
    assert [row.status for row in all_bookings(antre)] == ["booked"]
    assert visitor.open(address).link("Buka tiket") == page.url.path


def test_a_declined_offer_leads_back_to_the_end_of_the_line(visitor: Visitor, antre: Antre, full: None) -> None:
    address = wait(visitor, 1)
    give(antre)
    visitor.open(address)
    page = visitor.send("Tidak, saya tidak bisa")
    assert "Anda tidak mengambil tawaran ini" in page.text
    page = visitor.send("Masuk daftar tunggu lagi")
    assert page.url.path != address
    assert "Anda ada di daftar tunggu" in page.text
    assert [row.state for row in entries(antre)] == ["declined", "waiting"]


def test_an_offer_whose_time_is_over_cannot_be_taken(
        visitor: Visitor, antre: Antre, clock: SettableClock, full: None) -> None:
    address = wait(visitor, 1)
    give(antre)
    visitor.open(address)
    clock.advance(timedelta(hours=4))
    page = visitor.send("Ya, saya ambil")
    assert page.url.path == address
    assert "Tawaran ini sudah lewat" in page.text
    assert "Tawaran ini sudah tidak berlaku" in page.text
    assert all_bookings(antre) == []
    assert "Anda ada di daftar tunggu" in visitor.send("Masuk daftar tunggu lagi").text


def test_the_page_says_that_an_offer_was_taken_back_and_why(
        visitor: Visitor, antre: Antre, clock: SettableClock, full: None) -> None:
    address = wait(visitor, 1)
    give(antre)
    slot = sa.text("SELECT slot_id FROM offers")
    antre.database.write(lambda c: offers.withdraw(c, clock.now(), [c.scalar(slot)]))
    page = visitor.open(address)
    for said in ("Anda ada di daftar tunggu", "kantor tidak bisa melayani pada Rabu, 25 November 2026, 07.30 WITA",
                 "Giliran Anda tetap"):
        assert said in page.text, said
    give(antre)
    clock.advance(timedelta(hours=4))
    offers.tend(antre.database, antre.offices, clock.now(), lambda _c, overdue: [one.id for one in overdue])
    page = visitor.open(address)
    assert "kabar kami tidak sampai kepada Anda" in page.text
    assert "Giliran Anda tetap" in page.text


def test_leaving_is_asked_once(visitor: Visitor, antre: Antre, full: None) -> None:
    address = wait(visitor, 1)
    visitor.open(address)
    visitor.follow("Keluar dari daftar tunggu")
    page = visitor.send("Ya, keluar")
    assert "Anda sudah keluar dari daftar tunggu" in page.text
    assert entries(antre)[0].state == "left"
    assert visitor.open(f"{address}/leave").url.path == address


def test_who_waits_already_is_told(visitor: Visitor, antre: Antre, full: None) -> None:
    wait(visitor, 1)
    visitor.open("/waiting?office=balikpapan&service=ktp-rekam")
    visitor.send("Lanjutkan")
    tell(visitor, 1)
    page = visitor.send("Masuk daftar tunggu")
    assert page.url.path == "/waiting/check"
    assert "NIK ini sudah ada di daftar tunggu" in page.text
    assert len(entries(antre)) == 1


def test_an_unknown_entry_is_a_page(visitor: Visitor) -> None:
    page = visitor.open("/w/7Q2M0CV5K9T3WX1B8ZD4HNRJFA")
    assert page.status == 404


def test_no_other_site_can_answer(visitor: Visitor, antre: Antre, full: None) -> None:
    address = wait(visitor, 1)
    give(antre)
    answer = visitor.client.post(f"{address}/accept", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert entries(antre)[0].state == "offered"

"""The manager's page without scripts, on both databases: sentences, picture, numbers, reasons."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from scheduler.bookings import Booking
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.journal import record
from scheduler.offices import Office
from scheduler.tables import days
from tests.web.test_staff_pages import SignIn, booked

__all__ = ["booked"]  # a fixture


def test_the_manager_reads_sentences_picture_numbers_and_reasons(signed_in: SignIn, booked: Booking) -> None:
    visitor = signed_in("manager")
    page = visitor.open("/manage")
    said = ("Hari ini sekitar 8 orang diperkirakan datang; antara 8 dan 8 dengan kemungkinan 90 %. "
            "Sudah datang 0 dari 2 yang memesan, dan 0 tanpa janji.")
    assert said in page.text
    assert "Besok sekitar 8 orang" in page.text
    assert "Kemungkinan lebih dari 70 orang: 0 %; kurang dari 60 orang: 100 %." in page.text
    assert "sasaran 60–70" in page.text
    assert "64 tempat dibuka: batas 70 orang, 6 disimpan untuk yang datang langsung." in page.text
    assert page.text.count("Mengapa?") == 2 + 7  # both sentences, and each number
    assert "6 orang lagi dapat diterima: 0 sudah datang, sekitar 2 yang terdaftar masih ditunggu." in page.text
    page = visitor.follow("Rabu, 25 November")
    assert "Angka Rabu, 25 November 2026" in page.text
    assert "62 tempat dibuka" in page.text
    assert "Jalannya hari" not in page.text  # it has not begun
    page = visitor.follow("Minggu berikutnya")
    assert "Rabu, 2 Desember" in page.text
    assert "Hari ini sekitar 8 orang diperkirakan datang" in page.text


def test_a_day_that_is_over_is_told_as_it_was(signed_in: SignIn, antre: Antre, clock: SettableClock) -> None:
    visitor = signed_in("manager")
    antre.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == clock.now().date()).values(
        booked=31, arrived=11, absent=20, walk_ins=6)))
    clock.advance(timedelta(hours=9, minutes=59))
    page = visitor.open("/manage")
    assert "Hari ini 17 orang datang: 11 dari 31 yang memesan, dan 6 tanpa janji." in page.text
    assert "pengunjung" in page.text
    row = next(line for line in page.html.split("<tr") if 'class="now"' in line)
    assert re.findall(r'class="n">(\d+)', row)[1:6] == ["31", "11", "6", "17", "20"]


def test_many_reasons_are_folded_away(signed_in: SignIn, antre: Antre, balikpapan: Office,
                                      clock: SettableClock) -> None:
    visitor = signed_in("manager")
    with antre.database.read() as connection:
        day = connection.execute(sa.select(days.c.id).where(days.c.date == clock.now().date())).scalar_one()
    because = {"code": "band", "released": 64, "high": 70, "kept": 6, "gone": 3}
    for minute in range(4):
        entry = {"office_id": balikpapan.id, "day_id": day, "data": {"released": 64, "because": because}}
        at = clock.now() + timedelta(minutes=minute)
        antre.database.write(lambda c, entry=entry, at=at: record(c, "day_released", at=at, **entry))
    page = visitor.open("/manage")
    assert "2 keputusan sebelumnya" in page.text
    assert "3 orang tidak datang pada waktunya" in page.text


@pytest.mark.parametrize(("date", "said"), [
    ("2026-11-28", "kantor tutup"), ("2030-01-01", "belum dibuka"), ("2020-01-01", "tidak ada dalam catatan"),
    ("soon", "tidak bisa dibaca"), ("0001-01-01", "tidak bisa dibaca"), ("9999-12-31", "tidak bisa dibaca"),
])
def test_every_date_has_a_page(signed_in: SignIn, date: str, said: str) -> None:
    page = signed_in("manager").open(f"/manage?date={date}")
    assert page.status == 200
    assert said in page.text


def test_a_holiday_says_its_name_and_whether_it_is_an_estimate(signed_in: SignIn) -> None:
    visitor = signed_in("manager")
    page = visitor.open("/manage?date=2026-12-25")
    assert "tutup: Hari Raya Natal" in page.text
    assert "Hari khusus: Hari Raya Natal." in page.text
    assert "(perkiraan)" in visitor.open("/manage?date=2027-03-10").text


def test_times_are_those_of_the_office(signed_in: SignIn, antre: Antre) -> None:
    page = signed_in("manager").open("/manage")
    assert "Sel 24 Nov, 08.00" in page.text  # decided at midnight UTC

"""The manager's page without scripts, on both databases: sentences, picture, numbers, reasons."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from scheduler.bookings import Booking
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.journal import record
from scheduler.offices import Office
from scheduler.tables import days
from tests.web.lived import come, past_days
from tests.web.test_staff_pages import SignIn, booked

__all__ = ["booked"]  # a fixture


def test_the_manager_reads_sentences_picture_numbers_and_reasons(signed_in: SignIn, booked: Booking) -> None:
    visitor = signed_in("manager")
    page = visitor.open("/manage")
    said = ("Hari ini sekitar 8 orang diperkirakan datang; antara 4 dan 12 dengan kemungkinan 90 %. "
            "Sudah datang 0 dari 2 yang memesan, dan 0 tanpa janji.")
    assert said in page.text
    assert "Besok sekitar 8 orang" in page.text
    assert "Kemungkinan lebih dari 70 orang: 0 %; kurang dari 60 orang: 100 %." in page.text
    assert "sasaran 60–70" in page.text
    assert "64 tempat dibuka: batas 70 orang, 6 disimpan untuk yang datang langsung." in page.text
    assert page.text.count("Mengapa?") == 2 + 7  # both sentences, and each number
    assert "6 orang lagi dapat diterima: 0 sudah datang, sekitar 2 yang memesan masih ditunggu." in page.text
    page = visitor.follow("Rabu, 25 November")
    assert "Angka Rabu, 25 November 2026" in page.text
    assert "62 tempat dibuka" in page.text
    assert "Jalannya hari" not in page.text  # it has not begun
    page = visitor.follow("Minggu berikutnya")
    assert "Rabu, 2 Desember" in page.text
    assert "Hari ini sekitar 8 orang diperkirakan datang" in page.text


def test_what_is_certain_is_told_without_a_range(signed_in: SignIn, antre: Antre, booked: Booking,
                                                clock: SettableClock) -> None:
    antre.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == clock.now().date()).values(
        walk_in_room=6, walk_ins=6)))
    page = signed_in("manager").open("/manage")
    assert "Hari ini 8 orang diperkirakan datang. Sudah datang 0 dari 2 yang memesan, dan 6 tanpa janji." in page.text


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


def test_every_date_has_a_page(signed_in: SignIn) -> None:
    visitor = signed_in("manager")
    for day, said in (
        ("2026-11-28", "kantor tutup"), ("2030-01-01", "belum dibuka"), ("2020-01-01", "tidak ada dalam catatan"),
        ("soon", "tidak bisa dibaca"), ("0001-01-01", "tidak bisa dibaca"), ("9999-12-31", "tidak bisa dibaca"),
    ):
        page = visitor.open(f"/manage?date={day}")
        assert page.status == 200, day
        assert said in page.text, day


def test_a_holiday_says_its_name_and_whether_it_is_an_estimate(signed_in: SignIn) -> None:
    visitor = signed_in("manager")
    page = visitor.open("/manage?date=2026-12-25")
    assert "tutup: Hari Raya Natal" in page.text
    assert "Hari khusus: Hari Raya Natal." in page.text
    assert "(perkiraan)" in visitor.open("/manage?date=2027-03-10").text


def test_times_are_those_of_the_office(signed_in: SignIn, antre: Antre) -> None:
    page = signed_in("manager").open("/manage")
    assert "Sel 24 Nov, 08.00" in page.text  # decided at midnight UTC


def test_five_weeks_tell_days_behind_from_days_ahead(signed_in: SignIn, antre: Antre, balikpapan: Office,
                                                     clock: SettableClock) -> None:
    past_days(antre, balikpapan, clock.now(), 8, learn=False)
    page = signed_in("manager").open("/manage")
    assert "Lima minggu" in page.text
    for week in ("Sen 16 Nov sampai Min 22 Nov", "Sen 23 Nov sampai Min 29 Nov", "Sen 14 Des sampai Min 20 Des"):
        assert week in page.text, week
    monday, wednesday = (next(line for line in page.html.split("<tr") if day in line and 'class="n"' in line)
                         for day in ("Senin, 23 November", "Rabu, 25 November"))
    came, expected = (re.findall(r'class="n[^>]*>\s*([^<]*)<', line) for line in (monday, wednesday))
    assert came[2:6] == [str(int(came[4]) - 6), "6", came[4], str(40 - int(came[2]))]
    assert came[6] == "–", "of a day that is over nothing is expected"
    assert expected[2:6] == ["–"] * 4, "nobody can have come yet"
    assert expected[6] == "8 (4–13)"


def test_the_running_day_is_told_hour_by_hour(signed_in: SignIn, antre: Antre, balikpapan: Office,
                                              clock: SettableClock, booked: Booking) -> None:
    visitor = signed_in("manager")
    ahead = {row[0]: int(row[3]) for row in _hours(visitor.open("/manage").html)}
    assert ahead["09.00"] == 3, "two have booked, and of six without booking nearly one comes in that hour"
    assert sum(ahead.values()) == pytest.approx(8, abs=3)  # each hour in whole people
    clock.advance(timedelta(hours=2))
    come(antre, balikpapan, clock.now() - timedelta(minutes=50), 1, 3)
    page = visitor.open("/manage")
    assert "Jalannya hari" in page.text
    assert "sekarang" in page.text
    rows = _hours(page.html)
    assert rows[0][0] == "07.00"
    assert ["09.00", "1", "3", "0"] in rows
    assert "menit menunggu" in page.text
    clock.advance(timedelta(hours=8))
    page = visitor.open("/manage")
    assert "sekarang" not in page.text.split("Jalannya hari")[1].split("Jam demi jam")[0]


def _hours(html: str) -> list[list[str]]:
    """The rows of the table of hours."""
    hours = html.split("Jam demi jam</caption>")[1].split("</table>")[0]
    return [re.findall(r">([\d.]+)<", line) for line in hours.split("<tr")[2:]]


def test_what_opens_next_is_told_to_the_manager(signed_in: SignIn, antre: Antre, clock: SettableClock) -> None:
    visitor = signed_in("manager")
    assert "Waktu ini hanya untuk pengelola" not in visitor.open("/manage?date=2026-12-02").text
    antre.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == date(2026, 12, 2)).values(
        freed_at=clock.now(), wanted=days.c.released + 2)))
    page = visitor.open("/manage?date=2026-12-02")
    assert re.search(r"Sel 24 Nov, 0[89]\.\d\d: tempat yang dilepas dibuka lagi untuk umum", page.text)
    assert "2 masih menunggu saatnya" in page.text
    assert "jangan diumumkan" in page.text


def test_closures_stand_among_the_decisions(signed_in: SignIn, antre: Antre, balikpapan: Office,
                                            clock: SettableClock) -> None:
    with antre.database.read() as connection:
        day = connection.execute(sa.select(days.c.id).where(days.c.date == clock.now().date())).scalar_one()
    for data in ({"from": "10:00", "to": None, "counter": None, "reason": "listrik padam"},
                 {"from": None, "to": None, "counter": "loket-3", "reason": "sakit"}):
        antre.database.write(lambda c, data=data: record(
            c, "closure_made", at=clock.now(), office_id=balikpapan.id, day_id=day, data=data))
    page = signed_in("manager").open("/manage")
    assert "Kantor ditutup dari 10:00 sampai jam tutup. Alasan: listrik padam." in page.text
    assert "Loket loket-3 ditutup. Alasan: sakit." in page.text


MOST = {"/manage": 21, "/manage?date=2026-11-23": 17, "/manage/rates": 4, "/scan": 9, "/walk-in": 10}  # queries


def test_a_page_asks_as_much_of_few_days_as_of_many(signed_in: SignIn, antre: Antre, balikpapan: Office,
                                                    clock: SettableClock) -> None:
    asked: list[str] = []

    def listen(*args: Any) -> None:
        if not any(word in args[2] for word in ("offices.revision", "sessions", "BEGIN")):  # asked for now and then
            asked.append(args[2])

    def count() -> dict[str, int]:
        counts = {}
        for path in MOST:
            asked.clear()
            visitor.open(path)
            counts[path] = len(asked)
        return counts

    visitor = signed_in("manager")
    for engine in {antre.database.engine, antre.database._reader}:
        sa.event.listen(engine, "before_cursor_execute", listen)
    past_days(antre, balikpapan, clock.now(), 1, 4)
    count()  # what a process reads once and keeps
    few = count()
    past_days(antre, balikpapan, clock.now() - timedelta(days=1), 6, 30)
    assert count() == few
    assert all(0 < few[path] <= most for path, most in MOST.items()), few

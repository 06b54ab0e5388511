"""A manager's own number of places for a day, without scripts, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from scheduler.foundation.clock import SettableClock
from scheduler.keeping_tables import overrides
from scheduler.offices import Office
from tests.web.test_staff_pages import SignIn

WEDNESDAY = "/manage?date=2026-11-25"


def released(antre: Antre, date: str = "2026-11-25") -> int:
    """How many places that day opens."""
    with antre.database.read() as connection:
        found = connection.execute(sa.text("SELECT released FROM days WHERE date = :date"), {"date": date})
        return int(found.scalar_one())


def rows(antre: Antre) -> list[sa.Row[tuple[int, str, bool]]]:
    """What was set, and whether it still holds."""
    with antre.database.read() as connection:
        return list(connection.execute(sa.select(
            overrides.c.released, overrides.c.reason, overrides.c.ended_at.is_(None)).order_by(overrides.c.id)))


def test_a_number_is_set_holds_at_once_and_is_taken_back(signed_in: SignIn, antre: Antre) -> None:
    visitor = signed_in("manager")
    before = released(antre)
    visitor.open(WEDNESDAY)
    page = visitor.send("Tetapkan", released="40", reason="  dua petugas   sakit ")
    assert str(page.url).endswith("/manage?date=2026-11-25#day")
    assert released(antre) == 40
    assert "Ditetapkan 40 tempat oleh manager, Sel 24 Nov 08.00. Alasan: dua petugas sakit." in page.text
    assert "Ditetapkan 40 tempat oleh manager. Alasan: dua petugas sakit." in page.text
    assert "40 tempat dibuka karena ditetapkan pengelola" in page.text
    assert "◆" in page.text
    assert "Aturan biasa tidak berlaku untuk hari itu." in page.text  # "hari ini" would be today, and this is tomorrow
    page = visitor.send("Kembalikan ke aturan biasa")
    assert released(antre) == before
    assert "Hari itu kembali ke aturan biasa oleh manager." in page.text
    assert "◆" not in page.text
    assert rows(antre) == [(40, "dua petugas sakit", False)]


def test_another_number_replaces_the_first(signed_in: SignIn, antre: Antre) -> None:
    visitor = signed_in("manager")
    visitor.open(WEDNESDAY)
    for number in ("40", "50"):
        visitor.send("Tetapkan", released=number, reason="rapat")
    assert rows(antre) == [(40, "rapat", False), (50, "rapat", True)]


WRONG = [
    ("", "rapat", "Tulis jumlah tempat dengan angka", ["released"]),
    ("banyak", "", "Tulis alasannya", ["released", "reason"]),
    ("-1", "rapat", "Tulis jumlah tempat dengan angka", ["released"]),
    ("٤٠", "rapat", "Tulis jumlah tempat dengan angka", ["released"]),
    ("9" * 300, "rapat", "Tulis jumlah tempat dengan angka", ["released"]),
    ("9999", "rapat", "Loket hanya sanggup melayani", ["released"]),
    ("40", " ", "Tulis alasannya", ["reason"]),
    ("40", "x" * 121, "Paling banyak 120 huruf", ["reason"]),
]


def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_is_kept(signed_in: SignIn, antre: Antre) -> None:
    visitor = signed_in("manager")
    for number, reason, said, fields in WRONG:
        visitor.open(WEDNESDAY)
        page = visitor.send("Tetapkan", released=number, reason=reason)
        assert page.status == 422, number
        assert page.title.startswith("Ada yang perlu diperbaiki"), number
        assert said in page.text
        assert [link.href for link in page.links if link.href in ("#released", "#reason")] == [f"#{o}" for o in fields]
        assert page.form("Tetapkan").fields["reason"] == reason.strip()
    assert rows(antre) == []


@pytest.mark.parametrize("path", ["/manage/days/2026-11-25/override", "/manage/days/2026-11-25/override/end",
                                  "/manage/rates/2026-11-23/leave-out", "/manage/rates/2026-11-23/count"])
def test_neither_clerks_nor_other_sites_can(signed_in: SignIn, antre: Antre, path: str) -> None:
    form = {"released": "40", "reason": "rapat"}
    visitor = signed_in("manager")
    assert visitor.client.post(path, data=form, headers=visitor.headers).status_code == 403
    assert rows(antre) == []
    visitor.open("/manage")
    visitor.send("Keluar")
    clerk = signed_in("counter")
    mark = clerk.open("/scan").form("Periksa").fields["_csrf"]
    assert clerk.client.post(path, data={**form, "_csrf": mark}, headers=clerk.headers).status_code == 403
    assert rows(antre) == []


@pytest.mark.parametrize(("day", "status"), [("2030-01-01", 404), ("soon", 404), ("2026-11-28", 422)])
def test_a_day_that_cannot_be_set_is_refused(signed_in: SignIn, antre: Antre, day: str, status: int) -> None:
    visitor = signed_in("manager")
    mark = visitor.open("/manage").form("Keluar").fields["_csrf"]
    answer = visitor.client.post(f"/manage/days/{day}/override", headers=visitor.headers,
                                 data={"_csrf": mark, "released": "40", "reason": "rapat"})
    assert answer.status_code == status
    assert rows(antre) == []


def test_nothing_is_offered_for_days_that_are_over_or_closed(
    signed_in: SignIn, balikpapan: Office, clock: SettableClock,
) -> None:
    visitor = signed_in("manager")
    assert "Menetapkan jumlah tempat" not in visitor.open("/manage?date=2026-11-28").text
    clock.advance(timedelta(hours=9, minutes=59))
    assert "Menetapkan jumlah tempat" not in visitor.open("/manage?date=2026-11-24").text
    assert "Menetapkan jumlah tempat" in visitor.open(WEDNESDAY).text

"""What is told by SMS to whoever is in the hall, or was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.phone.resident import Phone, line
from ticketing import checkin
from ticketing.tables import visits


@pytest.fixture
def phone(antre: Any, client: Any) -> Phone:
    return Phone(antre, client)


def test_the_place_in_the_queue(antre: Any, phone: Phone) -> None:
    booking = phone.book(0)
    antre.clock.advance(booking.start - antre.clock.now() - timedelta(minutes=10))
    with antre.database.read() as c:
        office = antre.offices.by_id(c, booking.office_id)
    antre.database.write(lambda c: checkin.scan(
        c, office, text=booking.code or "", nonce=None, now=antre.clock.now(), vault=antre.vault, mint=antre.mint,
        offices=antre.offices, staff_id=None))
    assert "nomor antrean A-001, Anda berikutnya" in phone.told(f"CEK {booking.code}")
    assert "nomor antrean A-001, Anda berikutnya" in phone.told("CEK")
    assert "sudah diterima di kantor" in phone.told("BATAL")
    assert "sudah diterima di kantor" in phone.told("UBAH")
    assert "nomor antrean A-001" in phone.told("YA")
    antre.clock.advance(timedelta(hours=1))
    phone.write(line(1, more="besok"))
    phone.write("1")
    assert "Siti A. antrean A-001, 0 orang lagi; Budi S. Rekam KTP-el Rab 25/11 07.30" in phone.told("cek")


@pytest.mark.parametrize(("state", "told"), [
    ("done", "nomor antrean A-001 sudah dilayani"),
    ("absent", "nomor antrean A-001 tidak dipanggil lagi. Masih di kantor? Silakan lapor ke petugas."),
    ("gone", "nomor antrean A-001 tidak dipanggil lagi"),
])
def test_who_came_is_told_how_it_ended_and_not_that_nothing_was_booked(
    antre: Any, phone: Phone, state: str, told: str
) -> None:
    booking = phone.book(0)
    antre.clock.advance(booking.start - antre.clock.now())
    with antre.database.read() as c:
        office = antre.offices.by_id(c, booking.office_id)
    antre.database.write(lambda c: checkin.scan(
        c, office, text=booking.code or "", nonce=None, now=antre.clock.now(), vault=antre.vault, mint=antre.mint,
        offices=antre.offices, staff_id=None))
    antre.database.write(lambda c: c.execute(sa.update(visits).values(state=state)))
    assert told in phone.told("CEK")
    assert told in phone.told(f"CEK {booking.code}")
    antre.clock.advance(timedelta(days=1))
    assert "sudah datang ke kantor" in phone.told(f"CEK {booking.code}")
    assert "belum punya janji" in phone.told("CEK")

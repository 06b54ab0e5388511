"""A day alone, while places are on offer."""

from __future__ import annotations

from typing import Any

import pytest

from scheduler.offices import Office
from tests.phone.resident import Phone, line


@pytest.fixture
def phone(antre: Any, client: Any) -> Phone:
    return Phone(antre, client)


@pytest.mark.parametrize(("text", "day"), [
    ("besok saja", "Rab 25/11"), ("senin", "Sen 30/11"), ("hari jumat bisa?", "Jum 27/11"), ("26/11", "Kam 26/11"),
])
def test_a_day_alone_offers_places_from_that_day(phone: Phone, balikpapan: Office, text: str, day: str) -> None:
    phone.told(line(0))
    assert f"Siti A., Rekam KTP-el: 1) {day}" in phone.told(text)
    assert phone.write("1") is None
    (booking,) = phone.standing()
    assert balikpapan.local(booking.start).strftime("%-d/%-m") == day[4:]


def test_a_day_alone_offers_other_times_for_a_move(phone: Phone) -> None:
    booking = phone.book(0)
    phone.told(f"UBAH {booking.code}")
    assert "1) Sen 30/11" in phone.told("senin saja")
    phone.write("1")
    (moved,) = phone.standing()
    assert moved.moves == 1


@pytest.mark.parametrize("text", ["saya Senin", "31/2", "jangan hari itu, senin aja"])
def test_what_is_more_than_a_day_chooses_none(phone: Phone, text: str) -> None:
    phone.told(line(0))
    phone.told(text)
    assert phone.standing() == []

"""No storms: mistakes, answers an hour, the office's breaker; and which office is meant where there are several."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler.foundation.journal import journal
from tests import people
from tests.phone import offices
from tests.phone.resident import Phone, line


@pytest.fixture
def phone(antre: Any, client: Any) -> Phone:
    return Phone(antre, client)


def paused(antre: Any) -> list[Any]:
    with antre.database.read() as c:
        return list(c.execute(sa.select(journal).where(journal.c.kind == "answers_paused")))


def test_after_three_mistakes_the_number_then_silence_until_something_right(phone: Phone) -> None:
    assert phone.told("qwerty").endswith("Contoh: DAFTAR KTP NIK NAMA")
    assert "Contoh" in phone.told("asdf zxcv")
    assert "(0542) 000-100" in phone.told("hjkl")
    assert phone.write("uiop") is None
    assert phone.write("zzzz") is None
    assert phone.write("CEK") is not None
    assert "Contoh" in phone.told("qwerty")


def test_mistakes_are_forgiven_after_a_day(antre: Any, phone: Phone) -> None:
    for text in ("qwerty", "asdf zxcv", "hjkl", "uiop"):
        phone.write(text)
    antre.clock.advance(timedelta(hours=23))
    assert phone.write("zzzz") is None
    antre.clock.advance(timedelta(hours=24))
    assert "Contoh" in phone.told("uiop")


def test_an_offer_outlives_the_mistakes_around_it(phone: Phone) -> None:
    phone.write(line(0))
    for text in ("qwerty", "asdf zxcv", "hjkl", "uiop"):
        phone.write(text)
    assert phone.write("1") is None
    assert len(phone.standing()) == 1


def test_thanks_are_not_answered(phone: Phone) -> None:
    assert phone.write("terima kasih") is None
    assert phone.answers() == []


def test_six_answers_an_hour_and_the_last_says_so(antre: Any, phone: Phone) -> None:
    for n in range(5):
        antre.clock.advance(timedelta(minutes=1))
        assert "1) " in phone.told(line(n))
    last = phone.told(line(5))
    assert last == "Ini jawaban terakhir kami sampai pukul 09.01. Bila perlu bantuan, silakan telepon (0542) 000-100."
    assert phone.write("CEK") is None
    antre.clock.advance(timedelta(minutes=55))
    assert phone.write("BANTUAN") is None
    antre.clock.advance(timedelta(minutes=1))
    assert phone.write("INFO KTP") is not None


def test_a_number_takes_nothing_whose_offer_did_not_go_out(phone: Phone) -> None:
    for n in range(6):
        phone.write(line(n))
    assert phone.write("1") is None
    assert phone.bookings() == []


def test_effects_happen_in_silence_and_letters_tell_them(antre: Any, phone: Phone) -> None:
    booking = phone.book(0)
    for n in range(1, 7):
        phone.write(line(n))
    assert phone.write("CEK") is None
    assert phone.write(f"BATAL {booking.code}") is None
    assert phone.standing() == []
    assert phone.letters()[-1] == "cancellation"


def test_an_office_that_answers_too_much_explains_nothing_for_a_while(antre: Any, client: Any) -> None:
    offices.limited(antre, 10)
    for n in range(10):
        assert Phone(antre, client, n).write("BANTUAN") is not None
    for n in range(10, 14):
        assert Phone(antre, client, n).write("BANTUAN") is None
    assert [entry.data for entry in paused(antre)] == [{"answers": 10}]
    booker = Phone(antre, client, 20)
    booker.book(20)
    assert len(booker.standing()) == 1, "what moves forward goes on"
    antre.clock.advance(timedelta(hours=1))
    assert Phone(antre, client, 11).write("INFO") is not None
    assert len(paused(antre)) == 1


# -- several offices -------------------------------------------------------------------------------------------


def test_the_number_written_to_says_which_office(antre: Any, phone: Phone) -> None:
    offices.beside(antre, "samarinda", "+62 812 0000 8888")
    assert "1) " in (phone.write(line(0), to="0812 0000 8888") or "")
    phone.write("1", to="0812 0000 8888")
    with antre.database.read() as c:
        assert antre.offices.by_id(c, phone.standing()[0].office_id).slug == "samarinda"


def test_without_a_number_of_its_own_the_office_is_asked_for_and_remembered(antre: Any, phone: Phone) -> None:
    offices.beside(antre, "samarinda", None)
    question = phone.write(line(0), to="4444")
    assert question is not None
    assert "Kantor mana?" in question
    offer = phone.write("Samarinda", to="4444")
    assert offer is not None
    assert "Siti A., Rekam KTP-el: 1) " in offer
    phone.write("1", to="4444")
    with antre.database.read() as c:
        assert antre.offices.by_id(c, phone.standing()[0].office_id).slug == "samarinda"
    assert "1) " in (phone.write(line(1), to="4444") or ""), "it is not asked for again"
    assert "1) " in (phone.write(f"DAFTAR KTP {people.nik(2)} Dewi BALIKPAPAN", to="4444") or "")


def test_an_office_nobody_knows_is_asked_for_again(antre: Any, phone: Phone) -> None:
    offices.beside(antre, "samarinda", "+62 812 0000 9999")
    assert phone.told(line(0)).startswith("Kantor mana?")
    assert phone.told("jakarta").startswith("Kantor mana?")
    assert "Siti A." in phone.told("samarinda"), "what was written first is still meant"

"""Whole conversations through the hook, as residents write them and read the answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifications import reminders
from notifications.tables import opt_outs
from scheduler.foundation.journal import journal
from scheduler.tables import bookings, slots
from tests import people
from tests.fakes import FakeGateway
from tests.phone.resident import Phone, line
from ticketing.codes import check_digit


@pytest.fixture
def phone(antre: Any, client: Any) -> Phone:
    return Phone(antre, client)


@pytest.fixture
def other(antre: Any, client: Any) -> Phone:
    """Another person's phone."""
    return Phone(antre, client, 50)


def wait(antre: Any, **time: float) -> None:
    antre.clock.advance(timedelta(**time))


def shown(code: str | None) -> str:
    assert code is not None
    return f"{code[:3]}-{code[3:6]}-{code[6:]}"


def entries(antre: Any, kind: str) -> list[Any]:
    with antre.database.read() as c:
        return list(c.execute(sa.select(journal).where(journal.c.kind == kind)))


# -- registering -----------------------------------------------------------------------------------------------


def test_a_day_that_is_wanted_comes_first(phone: Phone) -> None:
    assert "1) Rab 25/11 07.30" in phone.told(line(0, more="besok"))
    assert "Kam 26/11" in phone.told(line(0, more="26/11"))


def test_what_is_missing_is_asked_for_and_comes_by_itself(phone: Phone) -> None:
    assert "NIK" in phone.told("DAFTAR KTP")
    assert "nama" in phone.told(people.nik(0))
    assert "Siti A., Rekam KTP-el" in phone.told("Siti Aminah")
    phone.write("2")
    assert len(phone.standing()) == 1


@pytest.mark.parametrize(("begun", "asked", "rest"), [
    (f"DAFTAR KTP {people.name(0)}", "NIK belum ada", people.nik(0)),
    (f"DAFTAR {people.nik(0)} {people.name(0)}", "layanan apa", "KTP"),
    (f"DAFTAR KTP {people.nik(0)}", "Untuk siapa", people.name(0)),
    (f"DAFTAR KTP {people.nik(0)[:-1]} {people.name(0)}", "tepat 16 angka", people.nik(0)),
    (f"DAFTAR PASPOR {people.nik(0)} {people.name(0)}", "belum kami kenal", "ktp"),
    (f"DAFTAR KTP {people.nik(0)} {people.name(0)} 1/1/2020", "sudah lewat", "besok"),
    (f"DAFTAR KTP {people.nik(0)[:9]}", "", f"{people.nik(0)[9:]} {people.name(0)}"),
])
def test_a_message_is_completed_by_the_next(phone: Phone, begun: str, asked: str, rest: str) -> None:
    assert asked in phone.told(begun)
    assert "Siti A., Rekam KTP-el: 1) " in phone.told(rest)


def test_two_services_ask_which(antre: Any, phone: Phone) -> None:
    assert "Layanan yang mana? 1) Rekam KTP-el 2) Kartu Keluarga." in phone.told(line(0, "KTP KK"))
    assert "Kartu Keluarga: 1) " in phone.told("2")
    assert phone.write("2") is None
    assert phone.bookings() == [], "nobody can have read the offer so soon"
    wait(antre, minutes=1)
    assert phone.write("2") is None
    assert len(phone.standing()) == 1


def test_an_offer_lapses(antre: Any, phone: Phone) -> None:
    phone.write(line(0, "KK"))
    wait(antre, minutes=30)
    answer = phone.told("1")
    assert answer.endswith("Kirim lagi: DAFTAR KK NIK NAMA")
    assert phone.bookings() == []


def test_a_number_that_was_not_offered(phone: Phone) -> None:
    assert "Belum ada pilihan" in phone.told("1")
    assert "Belum ada pilihan" in phone.told("4"), "an example with 1 would lead nowhere"
    phone.write(line(0))
    assert "1, 2 atau 3" in phone.told("7")
    assert phone.bookings() == []
    assert phone.write("3") is None, "the offer still stands"
    assert len(phone.standing()) == 1


def test_a_place_that_went_meanwhile_gives_the_next_three(antre: Any, phone: Phone, other: Phone) -> None:
    fill(antre, 1)
    first = phone.told(line(0))
    other.write(line(50))
    other.write("1")
    second = phone.told("1")
    assert second.startswith("Maaf, tempat itu sudah tidak ada. Siti A.: 1) ")
    assert first.split("1) ")[1][:15] != second.split("1) ")[1][:15]
    wait(antre, minutes=1)
    assert phone.write("1") is None
    assert len(phone.standing()) == 1


def test_when_nothing_is_left_the_office_s_number_is(antre: Any, phone: Phone) -> None:
    phone.write(line(0))
    fill(antre, 0)
    answer = phone.told("1")
    assert "(0542) 000-100" in answer
    assert "1)" not in answer
    assert "(0542) 000-100" in phone.told(line(1))
    assert phone.bookings() == []


def fill(antre: Any, left: int) -> None:
    """Leave so many places in each slot."""
    antre.database.write(lambda c: c.execute(sa.update(slots).values(taken=slots.c.places - left)))


def test_a_nik_has_one_booking(phone: Phone, other: Phone) -> None:
    other.book(0)
    phone.write(line(0))
    answer = phone.told("1")
    assert "NIK ini sudah punya janji" in answer
    assert people.nik(0) not in answer


def test_a_phone_has_five_bookings(antre: Any, phone: Phone) -> None:
    for n in range(5):
        wait(antre, minutes=15)
        phone.book(n)
    wait(antre, minutes=15)
    phone.write(line(5))
    assert "Satu nomor hanya untuk 5 janji" in phone.told("1")


# -- a child helps its parents ---------------------------------------------------------------------------------


def test_one_phone_for_several(antre: Any, phone: Phone) -> None:
    for n in range(4):
        wait(antre, minutes=20)
        phone.book(n)
    answer = phone.told("CEK")
    assert answer.startswith("Siti A. Sel 24/11 "), "without the services there is room for one more"
    assert all(shown(booking.code) in answer for booking in phone.standing())
    wait(antre, minutes=20)
    phone.book(4)
    answer = phone.told("CEK")
    assert answer.endswith("; +2 lagi: CEK kode")
    assert answer.count("; ") == 3, "one more than with them"


def test_another_phone_can_do_nothing_and_is_told_how(phone: Phone, other: Phone) -> None:
    booking = phone.book(0)
    for word in ("CEK", "UBAH", "BATAL"):
        answer = other.told(f"{word} {booking.code}")
        assert f"{word} {shown(booking.code)} dari nomor yang dipakai" in answer or "kirim BANTUAN" in answer
        assert "Siti" not in answer
        assert "KTP-el" not in answer
    assert phone.standing() == [booking]


def test_which_booking_is_asked_never_guessed(antre: Any, phone: Phone) -> None:
    first, second = phone.book(0), phone.book(1)
    answer = phone.told("BATAL")
    assert "Janji yang mana? 1) Siti A. " in answer
    assert phone.write("2") is None
    assert phone.standing() == [first]
    assert phone.write(f"BATAL {first.code}") is None
    assert second.code
    assert phone.standing() == []
    assert phone.letters().count("cancellation") == 2


def test_the_third_of_two_is_none(phone: Phone) -> None:
    standing = [phone.book(0), phone.book(1)]
    phone.write("BATAL")
    assert phone.told("3").endswith("Balas dengan 1 atau 2.")
    assert phone.standing() == standing


def test_the_listed_booking_may_be_named_by_its_code_alone(phone: Phone) -> None:
    first, second = phone.book(0), phone.book(1)
    phone.write("BATAL")
    assert phone.write(shown(second.code)) is None
    assert phone.standing() == [first]


def test_more_than_three_are_not_all_listed(antre: Any, phone: Phone) -> None:
    for n in range(4):
        wait(antre, minutes=20)
        phone.book(n)
    wait(antre, hours=1)
    assert "yang lain: UBAH dengan kodenya" in phone.told("UBAH")


# -- changing --------------------------------------------------------------------------------------------------


def test_another_time(antre: Any, phone: Phone) -> None:
    booking = phone.book(0)
    assert "pindah ke: 1) " in phone.told(f"UBAH {shown(booking.code)}")
    wait(antre, minutes=1)
    assert phone.write("3") is None
    (moved,) = phone.standing()
    assert (moved.moves, moved.start > booking.start) == (1, True)
    assert phone.letters() == ["move"], "the confirmation of a place that is no more is not sent"


def test_another_day(phone: Phone) -> None:
    booking = phone.book(0)
    assert "1) Kam 26/11 07.30" in phone.told(f"UBAH {booking.code} kamis")


def test_moves_have_a_limit(antre: Any, phone: Phone) -> None:
    booking = phone.book(0)
    antre.database.write(lambda c: c.execute(sa.update(bookings).values(moves=3)))
    assert "sudah dipindah 3 kali" in phone.told(f"UBAH {booking.code}")


def test_a_booking_that_was_cancelled(antre: Any, phone: Phone) -> None:
    booking = phone.book(0)
    assert phone.write("BATAL") is None
    for word, answer in (("CEK", "sudah dibatalkan"), ("UBAH", "sudah dibatalkan"), ("BATAL", "sudah dibatalkan")):
        assert answer in phone.told(f"{word} {booking.code}")
    assert "belum punya janji" in phone.told("CEK")


def test_a_code_that_is_none(phone: Phone) -> None:
    nobody_s = f"48217730{check_digit('48217730')}"
    assert "Kode itu tidak ada" in phone.told(f"CEK {nobody_s}")
    assert "angka yang salah" in phone.told(f"BATAL 48217730{(int(nobody_s[-1]) + 1) % 10}")


# -- coming ----------------------------------------------------------------------------------------------------


def remind(antre: Any) -> None:
    """The reminders that are due now are written and sent."""
    reminders.prepare_all(antre.database, antre.offices, antre.vault, antre.clock.now())
    antre.courier.deliver()


def test_yes_confirms_all_that_were_reminded(antre: Any, phone: Phone, gateway: FakeGateway) -> None:
    for n in range(2):
        phone.write(line(n, more="besok"))
        phone.write("1")
    phone.write(line(2, more="lusa"))
    phone.write("1")
    wait(antre, hours=9)
    remind(antre)
    assert "YA" in gateway.to(phone.number)[-1]
    answer = phone.told("Ya")
    assert answer.startswith("Terima kasih. Kami tunggu: Siti A. Rab 25/11 07.30; Budi S. Rab 25/11 07.30")
    assert [booking.confirmed_at is not None for booking in phone.standing()] == [True, True, False]
    assert [entry.data for entry in entries(antre, "confirmed")] == [{"via": "sms"}] * 2


def test_no_frees_at_once_and_silence_changes_nothing(antre: Any, phone: Phone) -> None:
    phone.write(line(0, more="besok"))
    phone.write("1")
    wait(antre, hours=9)
    remind(antre)
    (booking,) = phone.standing()
    assert booking.confirmed_at is None
    assert phone.write("BATAL") is None
    assert phone.standing() == []


def test_yes_to_an_offer_takes_nothing(antre: Any, phone: Phone) -> None:
    phone.book(0)
    phone.write(line(1))
    assert "Balas dengan 1, 2 atau 3" in phone.told("ya")
    (booking,) = phone.standing()
    assert booking.confirmed_at is None


def test_words_that_choose_none_of_what_is_offered(phone: Phone) -> None:
    """No line to copy that begins anew, and no `nothing booked` while places wait."""
    phone.write(line(0))
    for text in ("ok", "l"):
        assert phone.told(text) == "Belum ada yang dipilih. Balas dengan 1, 2 atau 3."
    assert phone.bookings() == []
    assert phone.write("1") is None
    assert len(phone.standing()) == 1


@pytest.mark.parametrize("before", [line(1), line(1, "KTP").rsplit(" ", 2)[0], "UBAH"], ids=["offer", "draft", "move"])
def test_cancel_while_something_else_is_under_way_asks(antre: Any, phone: Phone, before: str) -> None:
    """Perhaps only that was to end: the booking made before is not cancelled by guess."""
    booking = phone.book(0)
    wait(antre, minutes=1)
    assert phone.write(before) is not None
    answer = phone.told("batal")
    assert answer.startswith("Janji yang mana? 1) Siti A. ")
    assert "Balas 1, atau BATAL dengan kodenya" in answer
    assert [one.id for one in phone.standing()] == [booking.id]
    assert phone.write("1") is None
    assert phone.standing() == []


def test_yes_when_the_time_is_past(antre: Any, phone: Phone) -> None:
    """It would count among those who said that they come."""
    booking = phone.book(0)
    wait(antre, seconds=(booking.start - antre.clock.now()).total_seconds() + 30 * 60)
    assert "kami tunggu" in phone.told("YA"), "still served"
    other = phone.book(1)
    wait(antre, seconds=(other.start - antre.clock.now()).total_seconds() + 31 * 60)
    assert "janji ini sudah lewat" in phone.told("YA")
    assert [one.confirmed_at is not None for one in phone.bookings()] == [True, False]


def test_yes_before_any_reminder(phone: Phone) -> None:
    assert "belum punya janji" in phone.told("YA")
    phone.book(0)
    assert "kami tunggu" in phone.told("YA")
    phone.book(1)
    assert "Belum ada yang perlu dijawab" in phone.told("Ya")


# -- explanations, languages, wishes ---------------------------------------------------------------------------


def test_english_words_get_english_answers(phone: Phone) -> None:
    assert "Reply 1, 2 or 3" in phone.told(line(0).replace("DAFTAR", "BOOK"))
    assert phone.write("1") is None
    assert phone.standing()[0].language == "en"
    assert "Change: CHANGE" in phone.told("CHECK")
    assert "did not understand" in phone.told("qwerty asdf")
    assert "Ubah: UBAH" in phone.told("CEK")


def test_what_to_bring(phone: Phone) -> None:
    assert "Bawa: Fotokopi KK, Formulir F-1.02." in phone.told("INFO KTP")
    assert "KTP, " in phone.told("INFO")
    assert "DAFTAR KTP NIK NAMA" in phone.told("BANTUAN")


def test_stop_and_start(antre: Any, phone: Phone) -> None:
    booking = phone.book(0)
    assert "MULAI" in phone.told("STOP")
    with antre.database.read() as c:
        assert c.execute(sa.select(opt_outs)).one().source == "sms"
    assert phone.standing() == [booking]
    assert phone.write("CEK") is not None
    assert "STOP" in phone.told("MULAI")
    with antre.database.read() as c:
        assert c.execute(sa.select(opt_outs)).all() == []
    assert [len(entries(antre, kind)) for kind in ("opted_out", "opted_in")] == [1, 1]

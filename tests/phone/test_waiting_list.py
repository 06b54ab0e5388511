"""The waiting list by SMS, through the hook: onto it, what one waits for, and off it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from notifications import opt_outs
from scheduler import waiting
from scheduler.keeping_tables import waiting as entries
from tests import people
from tests.conftest import NOW
from tests.phone.queueing import fill, free_one, joined, offer, states, told
from tests.phone.resident import Phone, line


@pytest.fixture
def phone(antre: Any, client: Any) -> Phone:
    return Phone(antre, client)


@pytest.fixture
def other(antre: Any, client: Any) -> Phone:
    return Phone(antre, client, 50)


# -- onto the list -----------------------------------------------------------------------------------------------


def test_who_finds_no_place_may_wait(antre: Any, phone: Phone) -> None:
    fill(antre)
    answer = phone.told(line(0))
    assert "Balas TUNGGU untuk masuk daftar tunggu" in answer
    assert states(antre) == [], "nobody waits unasked"
    assert phone.told("tunggu").startswith(
        "Siti A., Rekam KTP-el: pertama di daftar tunggu sampai Kam 24/12.")
    assert states(antre) == ["waiting"]
    assert phone.letters() == [], "the answer was the word of it"


def test_a_yes_to_that_question_waits_as_well(antre: Any, phone: Phone) -> None:
    fill(antre)
    phone.write(line(0))
    assert "pertama di daftar tunggu" in phone.told("ya")


@pytest.mark.parametrize("answer", ["tidak", "terima kasih"])
def test_a_no_or_thanks_waits_for_nothing(antre: Any, phone: Phone, answer: str) -> None:
    fill(antre)
    phone.write(line(0))
    assert phone.write(answer) is None
    assert states(antre) == []


def test_the_day_that_was_wanted_is_the_first_one_waited_for(antre: Any, phone: Phone) -> None:
    fill(antre)
    phone.write(line(0, more="30/11"))
    phone.write("TUNGGU")
    with antre.database.read() as c:
        row = c.execute(sa.select(entries.c.first, entries.c.last)).one()
    assert tuple(row) == (date(2026, 11, 30), date(2026, 12, 24))


def test_where_the_offered_place_went_waiting_is_the_way_on(antre: Any, phone: Phone) -> None:
    phone.write(line(0))
    fill(antre)
    assert "sudah tidak ada. Balas TUNGGU" in phone.told("1")
    assert "pertama di daftar tunggu" in phone.told("TUNGGU")


def test_it_is_asked_for_in_one_message_with_a_last_day(antre: Any, phone: Phone, other: Phone) -> None:
    joined(antre, other, 50)
    answer = phone.told(f"TUNGGU KTP {people.nik(0)} {people.name(0)} 30/11")
    assert answer == ("Siti A., Rekam KTP-el: masuk daftar tunggu sampai Sen 30/11, 1 orang di depan. "
                      "Kami SMS bila ada tempat. Keluar: BATAL TUNGGU")


def test_what_is_missing_is_asked_for_and_comes_by_itself(antre: Any, phone: Phone) -> None:
    fill(antre)
    assert "NIK belum ada" in phone.told(f"TUNGGU KTP {people.name(0)}")
    assert "pertama di daftar tunggu" in phone.told(people.nik(0))


def test_who_can_have_a_place_now_is_offered_it_instead(antre: Any, phone: Phone) -> None:
    answer = phone.told(line(0).replace("DAFTAR", "TUNGGU"))
    assert answer.startswith("Masih ada tempat, Siti A.: 1) Sel 24/11")
    assert states(antre) == []
    assert "tidak perlu menunggu" in phone.told("tunggu"), "nothing is earlier than today"
    assert phone.write("1") is None
    assert len(phone.standing()) == 1


def test_places_later_than_the_last_day_are_none(antre: Any, phone: Phone) -> None:
    fill(antre, but=date(2026, 11, 30))
    assert "daftar tunggu sampai Jum 27/11" in phone.told(f"TUNGGU KTP {people.nik(0)} {people.name(0)} jumat")


def test_waiting_in_answer_to_later_places_is_for_an_earlier_one(antre: Any, phone: Phone) -> None:
    fill(antre, but=date(2026, 11, 30))
    answer = phone.told(line(0, more="besok"))
    assert "1) Sen 30/11" in answer
    assert answer.endswith("Lebih awal: TUNGGU")
    assert "sampai Min 29/11" in phone.told("tunggu")
    assert phone.write("1") is None, "the places can be taken all the same"
    assert len(phone.standing()) == 1


def test_alone_and_about_nothing_it_gets_a_line_to_copy(phone: Phone) -> None:
    assert phone.told("TUNGGU") == "Untuk masuk daftar tunggu kirim: TUNGGU KTP NIK NAMA"


def test_a_nik_waits_once_and_not_with_a_booking(antre: Any, phone: Phone, other: Phone) -> None:
    other.book(1)
    joined(antre, phone, 0)
    assert "NIK ini sudah ada di daftar tunggu" in other.told(line(0).replace("DAFTAR", "TUNGGU"))
    assert "NIK ini sudah punya janji" in phone.told(line(1).replace("DAFTAR", "TUNGGU"))
    assert states(antre) == ["waiting"]


def test_in_english(antre: Any, phone: Phone) -> None:
    fill(antre)
    assert "Reply WAIT for the waiting list" in phone.told(f"BOOK KTP {people.nik(0)} {people.name(0)}")
    assert "first on the waiting list until Thu 24/12" in phone.told("WAIT")
    free_one(antre)
    assert offer(antre) == 1
    assert "Reply YES" in told(antre, "offer")[0]
    assert phone.write("YES") is None
    assert phone.letters()[-1] == "confirmation"


# -- what one waits for, and off the list ------------------------------------------------------------------------


def test_cek_tells_how_many_are_before(antre: Any, phone: Phone, other: Phone) -> None:
    joined(antre, other, 50)
    joined(antre, phone, 0)
    assert "di daftar tunggu sampai Kam 24/12, 1 orang di depan" in phone.told("CEK")
    assert phone.told("CEK TUNGGU") == phone.told("tunggu"), "about nothing else, it means what there is"


def test_cek_lists_bookings_and_waiting(antre: Any, phone: Phone) -> None:
    booked = phone.book(1)
    joined(antre, phone, 0)
    answer = phone.told("CEK")
    assert (booked.code or "")[:3] in answer
    assert "Siti A. menunggu, 0 di depan" in answer


@pytest.mark.parametrize("text", ["BATAL", "BATAL TUNGGU", "batal", "keluar dari daftar tunggu"])
def test_who_has_booked_nothing_leaves_by_batal(antre: Any, phone: Phone, text: str) -> None:
    joined(antre, phone)
    assert phone.told(text).startswith("Siti A., Rekam KTP-el: sudah keluar dari daftar tunggu.")
    assert states(antre) == ["left"]


def test_batal_alone_is_for_the_booking_where_there_is_one(antre: Any, phone: Phone) -> None:
    phone.book(1)
    joined(antre, phone, 0)
    phone.write("CEK")
    assert phone.write("BATAL") is None
    assert states(antre) == ["waiting"]
    assert phone.standing() == []


def test_batal_is_asked_about_where_it_may_answer_an_offer(antre: Any, phone: Phone) -> None:
    phone.book(1)
    joined(antre, phone, 0)
    free_one(antre)
    offer(antre)
    assert phone.told("BATAL").startswith("Untuk tempat Siti A. Sel 24/11")
    assert len(phone.standing()) == 1
    assert states(antre) == ["offered"]
    assert "sudah keluar" in phone.told("BATAL TUNGGU")
    assert states(antre) == ["left"]


def test_batal_while_something_else_is_under_way_leaves_nothing(antre: Any, phone: Phone) -> None:
    joined(antre, phone, 0)
    phone.write(f"DAFTAR KTP {people.nik(1)}")
    assert "kirim BATAL TUNGGU" in phone.told("BATAL")
    assert states(antre) == ["waiting"]


def test_of_several_it_is_asked_who_leaves(antre: Any, phone: Phone) -> None:
    joined(antre, phone, 0)
    joined(antre, phone, 1)
    assert "1) Siti A. Rekam KTP-el 2) Budi S. Rekam KTP-el. Balas 1 atau 2." in phone.told("BATAL TUNGGU")
    assert "Budi S., Rekam KTP-el: sudah keluar" in phone.told("2")
    assert states(antre) == ["waiting", "left"]


def test_booking_a_place_ends_the_waiting(antre: Any, phone: Phone) -> None:
    joined(antre, phone, 0)
    free_one(antre, 3)
    phone.book(0)
    offer(antre)
    assert states(antre) == ["booked"]


def test_stop_leaves_the_list_as_nothing_could_be_offered(antre: Any, phone: Phone) -> None:
    joined(antre, phone, 0)
    free_one(antre)
    offer(antre)
    assert "Anda tidak menunggu lagi" in phone.told("STOP")
    assert states(antre) == ["left"]
    with antre.database.read() as c:
        assert opt_outs.is_out(c, antre.vault, phone.number)


def test_another_s_list_is_neither_told_nor_touched(antre: Any, phone: Phone, other: Phone) -> None:
    joined(antre, phone, 0)
    assert "belum punya janji" in other.told("CEK")
    assert "tidak ada di daftar tunggu" in other.told("BATAL TUNGGU")
    assert states(antre) == ["waiting"]


def test_the_same_message_twice_joins_once(antre: Any, phone: Phone) -> None:
    fill(antre)
    text = line(0).replace("DAFTAR", "TUNGGU")
    phone.write(text, id="sms-twice")
    assert phone.write(text, id="sms-twice") is None
    assert phone.write(text) is None
    assert states(antre) == ["waiting"]


def test_no_answer_holds_a_nik_a_number_or_a_whole_name(antre: Any, phone: Phone) -> None:
    joined(antre, phone, 0)
    free_one(antre)
    offer(antre)
    phone.write("CEK")
    phone.write("TIDAK")
    for text in [*phone.answers(), *told(antre, "offer")]:
        assert people.nik(0) not in text
        assert people.name(0) not in text
        assert people.phone(0)[3:] not in text


def test_what_it_says_of_waiting_is_what_the_list_says(antre: Any, phone: Phone) -> None:
    joined(antre, phone, 0)
    with antre.database.read() as c:
        (entry,) = waiting.of_phone(c, antre.vault, phone.number)
    assert (entry.channel, entry.language, entry.created_at) == ("sms", "id", NOW)

"""Offers to the waiting list by SMS, through the hook: taken, declined, lapsed; and what else YA means."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler import offers
from scheduler.keeping_tables import offers as offers_table
from scheduler.tables import slots
from tests import people
from tests.outbox import put
from tests.phone.queueing import free_one, joined, lapse, offer, states, told, wait
from tests.phone.resident import Phone, line


@pytest.fixture
def phone(antre: Any, client: Any) -> Phone:
    return Phone(antre, client)


@pytest.fixture
def other(antre: Any, client: Any) -> Phone:
    return Phone(antre, client, 50)


def test_an_offer_is_taken_by_yes(antre: Any, phone: Phone) -> None:
    joined(antre, phone)
    free_one(antre)
    assert offer(antre) == 1
    assert "ada tempat, Rekam KTP-el a.n. Siti A., Sel 24/11" in told(antre, "offer")[0]
    assert "Balas YA sebelum" in phone.told("CEK")
    assert phone.write("ya") is None, "the confirmation tells"
    assert len(phone.standing()) == 1
    assert phone.standing()[0].channel == "sms"
    assert states(antre) == ["booked"]
    assert phone.letters()[-1] == "confirmation"


def test_an_offer_is_declined_by_no(antre: Any, phone: Phone, other: Phone) -> None:
    joined(antre, phone)
    joined(antre, other, 50)
    free_one(antre)
    assert offer(antre) == 1
    assert phone.told("tidak").endswith("Untuk menunggu lagi kirim: TUNGGU KTP NIK NAMA")
    assert states(antre) == ["declined", "waiting"]
    assert offer(antre) == 1, "the place goes to the next"
    assert states(antre) == ["declined", "offered"]


def test_of_two_offers_the_oldest_is_taken_and_named(antre: Any, phone: Phone) -> None:
    joined(antre, phone, 0)
    wait(antre, minutes=1)
    joined(antre, phone, 1)
    free_one(antre)
    assert offer(antre) == 1
    wait(antre, minutes=1)
    free_one(antre, 2)
    assert offer(antre) == 1
    answer = phone.told("YA")
    assert answer.startswith("Siti A.: Sel 24/11")
    assert "Ada juga tempat untuk Budi S." in answer
    wait(antre, minutes=1)
    assert phone.write("YA") is None, "the same word answers the other"
    assert [people.nik(n) for n in (0, 1)] == [
        antre.vault.open(booking.sealed).nik for booking in phone.standing()]


def test_of_two_offers_the_oldest_is_declined(antre: Any, phone: Phone) -> None:
    for n in (0, 1):
        joined(antre, phone, n)
        wait(antre, minutes=1)
    free_one(antre, 2)
    assert offer(antre) == 2
    assert "Ada juga tempat untuk Budi S." in phone.told("TIDAK")
    assert states(antre) == ["declined", "offered"]


def test_a_no_to_nothing_brings_the_example_that_helps_this_phone(antre: Any, phone: Phone) -> None:
    assert phone.told("TIDAK").endswith("Contoh: DAFTAR KTP NIK NAMA"), "there is nothing to cancel"
    wait(antre, minutes=20)
    phone.write(line(0))
    phone.write("1")
    assert phone.told("TIDAK").endswith("Contoh: BATAL")


def test_a_yes_after_it_lapsed_waits_again_at_the_end(antre: Any, phone: Phone, other: Phone) -> None:
    joined(antre, phone)
    joined(antre, other, 50)
    free_one(antre)
    offer(antre)
    lapse(antre)
    assert "sudah lewat" in told(antre, "offer_lapsed")[0]
    wait(antre, hours=20)
    answer = phone.told("YA")
    assert answer.startswith("Siti A., Rekam KTP-el: tawaran sudah lewat. Anda menunggu lagi sampai Kam 24/12, 1 orang")
    assert states(antre) == ["lapsed", "waiting", "waiting"]
    assert phone.letters()[-1] == "offer_lapsed", "no second word of what was just answered"


def test_a_yes_to_an_offer_that_was_taken_back_says_that_one_is_still_in_line(antre: Any, phone: Phone) -> None:
    joined(antre, phone)
    free_one(antre)
    offer(antre)
    antre.database.write(lambda c: offers.withdraw(
        c, antre.clock.now(), [c.scalar(sa.select(offers_table.c.slot_id))]))
    answer = phone.told("YA")
    assert answer == phone.told("CEK")
    assert "daftar tunggu" in answer
    assert states(antre) == ["waiting"]


def test_a_yes_more_than_a_day_after_it_lapsed_means_nothing(antre: Any, phone: Phone) -> None:
    joined(antre, phone)
    free_one(antre)
    offer(antre)
    lapse(antre)
    wait(antre, hours=24)
    assert "belum punya janji" in phone.told("YA")
    assert states(antre) == ["lapsed"]


def test_a_yes_after_a_lapse_is_for_the_booking_made_since(antre: Any, phone: Phone) -> None:
    joined(antre, phone)
    free_one(antre)
    offer(antre)
    lapse(antre)
    antre.database.write(lambda c: c.execute(sa.update(slots).values(taken=slots.c.places - 1)))
    phone.book(0)
    assert phone.told("YA").startswith("Terima kasih. Siti A.")
    assert states(antre) == ["lapsed"]


def test_a_yes_answers_what_was_asked_last(antre: Any, phone: Phone) -> None:
    """An offer, then a reminder of another's booking: the first YA is for the reminder, the next for the offer."""
    booked = phone.book(1)
    joined(antre, phone, 0)
    free_one(antre, on=date(2026, 11, 27))
    assert offer(antre) == 1
    wait(antre, minutes=30)
    put(antre.database, antre.vault, booked, "reminder_late", "sent", sent_at=antre.clock.now())
    wait(antre, minutes=1)
    answer = phone.told("YA")
    assert answer.startswith("Terima kasih, kami tunggu Budi S.")
    assert "Ada tempat untuk Siti A." in answer
    assert states(antre) == ["offered"]
    wait(antre, minutes=1)
    assert phone.write("YA") is None
    assert states(antre) == ["booked"]


def test_a_yes_while_numbers_are_asked_for_takes_no_older_offer(antre: Any, phone: Phone) -> None:
    joined(antre, phone, 0)
    free_one(antre)
    offer(antre)
    free_one(antre, 3)
    wait(antre, minutes=1)
    assert "1) " in phone.told(line(1))
    assert "Belum ada yang dipilih" in phone.told("YA")
    assert states(antre) == ["offered"]


def test_who_booked_meanwhile_is_told_so(antre: Any, phone: Phone, other: Phone) -> None:
    joined(antre, phone, 0)
    free_one(antre, 2)
    offer(antre)
    other.write(line(0))
    other.write("1")
    assert "NIK ini sudah punya janji" in phone.told("YA")
    with antre.database.read() as c:
        assert c.scalar(sa.select(offers_table.c.state)) == "open", "the job ends it"

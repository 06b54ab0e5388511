"""The waiting list by the menu, through the hook: the same list as by SMS."""

from __future__ import annotations

from typing import Any

import pytest

from tests import people
from tests.phone.dialler import Dialler
from tests.phone.queueing import fill, free_one, joined, lapse, offer, states, told
from tests.phone.resident import Phone
from tests.phone.sums import booked


@pytest.fixture
def phone(client: Any) -> Dialler:
    return Dialler(client, 0)


def waits(phone: Dialler, n: int = 0) -> str:
    """What the menu says once the n-th person has found no place and joined."""
    phone.dial()
    screen = phone.type("1", "1", people.nik(n), people.name(n))
    assert "1 Masuk daftar tunggu\n0 Menu utama" in screen
    return phone.type("1")


def test_where_nothing_is_free_one_may_wait(antre: Any, phone: Dialler) -> None:
    fill(antre)
    assert waits(phone).startswith(
        "Siti A. menunggu: Rekam KTP-el, sampai 24 Des, 0 orang di depan. Kami SMS bila ada tempat.")
    assert phone.ended
    assert states(antre) == ["waiting"]


def test_the_same_callback_twice_joins_once(antre: Any, phone: Dialler) -> None:
    fill(antre)
    screen = waits(phone)
    assert phone.post() == screen
    assert states(antre) == ["waiting"]


def test_a_nik_waits_once(antre: Any, phone: Dialler, client: Any) -> None:
    joined(antre, Phone(antre, client, 50), 0)
    assert "sudah ada di daftar tunggu" in waits(phone)
    assert states(antre) == ["waiting"]


def test_the_list_shows_it_with_the_bookings(antre: Any, phone: Dialler, client: Any) -> None:
    sms = Phone(antre, client, 0)
    joined(antre, Phone(antre, client, 50), 50)
    joined(antre, sms, 0)
    phone.dial()
    assert phone.type("2") == ("Siti A.: Rekam KTP-el. Di daftar tunggu sampai 24 Des, 1 orang di depan.\n"
                               "1 Keluar dari daftar\n0 Kembali")
    free_one(antre, 3)
    sms.book(1)
    phone.dial()
    assert "\n2 Siti A. menunggu\n" in phone.type("2")


def test_an_offer_is_taken(antre: Any, phone: Dialler) -> None:
    fill(antre)
    waits(phone)
    free_one(antre)
    assert offer(antre) == 1
    assert len(told(antre, "offer")) == 1
    phone.dial()
    assert "Siti A., Rekam KTP-el: tempat Sel 24/11" in phone.type("2")
    assert phone.type("1").startswith("Terdaftar. Siti A.: Rekam KTP-el, Selasa 24 Nov")
    (row,) = booked(antre)
    assert (row.status, row.channel) == ("booked", "ussd")
    assert states(antre) == ["booked"]


def test_an_offer_is_declined(antre: Any, phone: Dialler) -> None:
    fill(antre)
    waits(phone)
    free_one(antre)
    offer(antre)
    phone.dial()
    assert "orang lain" in phone.type("2", "2")
    assert states(antre) == ["declined"]


def test_an_offer_that_lapsed_in_front_of_the_screen_is_told_so(antre: Any, phone: Dialler) -> None:
    fill(antre)
    waits(phone)
    free_one(antre)
    offer(antre)
    phone.dial()
    phone.type("2")
    lapse(antre)
    assert "Janji itu tidak ada lagi" in phone.type("1")
    assert booked(antre) == []


@pytest.mark.parametrize("way", [("2", "1"), ("4",)])
def test_it_is_left_after_a_question(antre: Any, phone: Dialler, way: tuple[str, ...]) -> None:
    fill(antre)
    waits(phone)
    phone.dial()
    assert "keluar dari daftar tunggu?" in phone.type(*way)
    assert states(antre) == ["waiting"]
    assert "sudah keluar" in phone.type("1")
    assert states(antre) == ["left"]


def test_another_phone_sees_nothing_of_it(antre: Any, phone: Dialler, client: Any) -> None:
    fill(antre)
    waits(phone)
    other = Dialler(client, 50)
    other.dial()
    assert "belum punya janji" in other.type("2")


def test_a_session_that_breaks_off_there_can_be_taken_up(antre: Any, phone: Dialler) -> None:
    fill(antre)
    phone.dial()
    phone.type("1", "1", people.nik(0), people.name(0))
    phone.hang_up()
    phone.dial()
    assert "1 Masuk daftar tunggu" in phone.type("1")
    assert "menunggu: Rekam KTP-el" in phone.type("1")

"""What a phone and a ticket say of a visit whose time was closed, before another was found."""

from __future__ import annotations

from typing import Any

import pytest

from scheduler import closures
from scheduler.closures import Closing
from tests.booked import TOMORROW
from tests.phone.dialler import Dialler
from tests.phone.resident import Phone, line


@pytest.fixture
def phone(antre: Any, client: Any) -> Phone:
    return Phone(antre, client, 0)


def book_tomorrow(phone: Phone, n: int, word: str = "KTP") -> None:
    phone.write(line(n, word=word, more="besok"))
    assert phone.write("1") is None


def close_tomorrow(antre: Any, counter: str | None = None) -> None:
    with antre.database.read() as c:
        (office,) = antre.offices.all(c)
    closing = Closing(TOMORROW, None, None, counter, "Listrik padam")
    antre.database.write(lambda c: closures.close(c, office, closing, 1, antre.clock.now()))
    antre.offices.forget()


def test_who_asks_is_not_told_to_come(antre: Any, phone: Phone, client: Any) -> None:
    book_tomorrow(phone, 0)
    token = phone.standing()[0].token
    assert "Kantor tutup" not in client.get(f"/t/{token}").text
    close_tomorrow(antre)
    answer = phone.told("CEK")
    assert answer.startswith("Siti A.: kantor tutup Rab 25/11")
    assert "UBAH " in answer
    assert len(answer) <= 160
    assert "Kantor tutup pada waktu ini" in client.get(f"/t/{token}").text


def test_the_menu_says_so_too_and_asks_nobody_to_come(antre: Any, phone: Phone, client: Any) -> None:
    book_tomorrow(phone, 0)
    close_tomorrow(antre)
    dialler = Dialler(client, 0)
    dialler.dial()
    screen = dialler.type("2")
    assert "Kantor tutup saat itu" in screen
    assert "1 Saya akan datang" not in screen
    assert "2 Ubah waktu" in screen


def test_a_list_marks_what_is_closed(antre: Any, phone: Phone) -> None:
    book_tomorrow(phone, 0)
    book_tomorrow(phone, 1)
    close_tomorrow(antre)
    assert phone.told("CEK").count("kantor tutup") == 2


def test_who_asks_is_told_also_when_it_is_their_counter_that_is_closed(antre: Any, phone: Phone, client: Any) -> None:
    book_tomorrow(phone, 0, "ADUAN")
    close_tomorrow(antre, "loket-6")
    answer = phone.told("CEK")
    assert answer.startswith("Siti A.: loket tutup Rab 25/11")
    assert "UBAH " in answer
    assert len(answer) <= 160
    page = client.get(f"/t/{phone.standing()[0].token}").text
    assert "Loket untuk layanan ini tutup pada waktu ini" in page
    assert "Kantor tutup" not in page
    dialler = Dialler(client, 0)
    dialler.dial()
    screen = dialler.type("2")
    assert "Loket tutup saat itu" in screen
    assert "1 Saya akan datang" not in screen


def test_who_keeps_a_place_beside_a_closed_counter_or_found_another_is_not_sent_away(
    antre: Any, phone: Phone, client: Any,
) -> None:
    def is_shut() -> bool:
        return "tutup pada waktu ini" in client.get(f"/t/{phone.standing()[0].token}").text

    book_tomorrow(phone, 0)
    close_tomorrow(antre, "loket-3")
    assert not is_shut(), "two other counters are there"
    close_tomorrow(antre)
    assert is_shut()
    phone.write("UBAH")
    assert phone.write("1") is None
    assert not is_shut(), "the job has not looked again, and the list still says pending"
    assert "tutup" not in phone.told("CEK")

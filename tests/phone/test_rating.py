"""NILAI by SMS: nine digits about the visit the phone was asked about, counted once and without the phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api.phone import grammar as g
from notifications import letters
from notifications.tables import outbox
from scheduler import bookings
from scheduler.bookings import Booking
from scheduler.foundation.journal import record
from tests.hall_days import Came, Hall
from tests.phone.resident import Phone
from tests.phone.test_grammar_words import read
from ticketing import survey
from ticketing.survey_tables import opinions
from ticketing.tables import visits

GOOD = (4, 3, 4, 4, 4, 3, 4, 4, 4)


@pytest.mark.parametrize("text", [
    "NILAI 434443444", "nilai 4 3 4 4 4 3 4 4 4", "Nilai:4,3,4,4,4,3,4,4,4", "NILAI#434443444", "rate 434443444",
    "saya mau menilai 434443444", "NILAI 434 443 444 terima kasih",
])
def test_nine_digits_behind_the_word(text: str) -> None:
    assert read(text) == g.Rate(GOOD)


@pytest.mark.parametrize(("text", "why"), [
    ("NILAI", "missing"), ("rate", "missing"), ("NILAI 43444344", "length"), ("NILAI 4344434444", "length"),
    ("NILAI 434443445", "digit"), ("NILAI 034443444", "digit"), ("NILAI 4", "length"),
])
def test_what_cannot_be_read_is_asked_about(text: str, why: str) -> None:
    intent = read(text)
    assert isinstance(intent, g.Rate)
    assert intent.answers is None
    assert intent.trouble is not None
    assert (intent.trouble.field, intent.trouble.why) == ("rating", why)


def test_digits_alone_are_a_code_unless_somebody_was_asked() -> None:
    assert read("482177302") == g.Check("482177302")
    intent = read("434443444")
    assert isinstance(intent, g.Rate)
    assert intent.instead == g.Check(None, g.Trouble("code", "digit"))


def test_a_name_is_not_an_opinion() -> None:
    assert isinstance(read("DAFTAR KTP 6471990201600002 Nilai Sari"), g.Register)


# -- through the door ----------------------------------------------------------------------------------------------


@pytest.fixture
def phone(antre: Any, client: Any) -> Phone:
    return Phone(antre, client)


def served(phone: Phone, booking: Booking) -> None:
    """The booking's visit is finished, and whoever came is asked."""
    antre, now = phone.antre, phone.antre.clock.now()
    with antre.database.read() as c:
        office = antre.offices.by_id(c, booking.office_id)
    (visit,) = Hall(antre.database, office).came(now.date(), Came("08:00"))

    def work(c: sa.Connection) -> None:
        bookings.arrive(c, bookings.by_id(c, booking.id), now=now)
        c.execute(sa.update(visits).where(visits.c.id == visit).values(booking_id=booking.id))
        record(c, "served", at=now, office_id=office.id, visit_id=visit, booking_id=booking.id)

    antre.database.write(work)
    letters.write_all(
        antre.database, antre.offices, antre.vault, now,
        invite=lambda c, office, visit, now: f"https://antre.test/s/{survey.invite(c, office, visit, now)}")
    with antre.database.read() as c:
        assert c.scalar(sa.select(sa.func.count()).where(
            outbox.c.kind == "survey", outbox.c.booking_id == booking.id)) == 1


def counted(phone: Phone) -> list[Any]:
    with phone.antre.database.read() as c:
        return [(tuple(row.answers), row.channel) for row in c.execute(sa.select(opinions))]


def test_who_was_asked_answers_once(phone: Phone) -> None:
    served(phone, phone.book(0))
    told = phone.told("NILAI")
    assert "NILAI 434443444" in told
    assert "tanpa nama" in phone.told("nilai 434443444")
    assert counted(phone) == [(GOOD, "sms")]
    phone.antre.clock.advance(timedelta(minutes=11))
    assert "Tidak ada kunjungan" in phone.told("NILAI 111111111")
    assert counted(phone) == [(GOOD, "sms")]


def test_two_visits_of_one_phone_are_two_answers_and_digits_alone_suffice(phone: Phone) -> None:
    for n in (0, 1):
        served(phone, phone.book(n))
    assert "tanpa nama" in phone.told("434443444")
    phone.antre.clock.advance(timedelta(minutes=11))
    assert "tanpa nama" in phone.told("NILAI 222222222")
    assert sorted(counted(phone)) == [((2,) * 9, "sms"), (GOOD, "sms")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_else_can_answer_and_not_after_fourteen_days(phone: Phone, antre: Any, client: Any) -> None:
    served(phone, phone.book(0))
    assert "Tidak ada kunjungan" in Phone(antre, client, 5).told("NILAI 434443444")
    assert "Kirim NILAI dan 9 angka" in phone.told("NILAI 43444344")
    antre.clock.advance(timedelta(days=14))
    assert "Tidak ada kunjungan" in phone.told("NILAI 434443444")
    assert counted(phone) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_was_not_asked_looks_up_a_code(phone: Phone) -> None:
    phone.book(0)
    assert "angka yang salah" in phone.told("434443444")
    assert counted(phone) == []

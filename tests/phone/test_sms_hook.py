"""The hook: what is heard, what is not, and that each message is worked on once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api.phone.tables import dialogues, heard
from notifications.tables import outbox
from tests import people
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.phone.resident import OWN_NUMBER, PATH, Phone, line


@pytest.fixture
def phone(antre: Any, client: Any) -> Phone:
    return Phone(antre, client)


def count(antre: Any, table: Any) -> int:
    with antre.database.read() as c:
        return int(c.scalar(sa.select(sa.func.count()).select_from(table)))


def test_one_sms_one_digit_done(antre: Any, gateway: FakeGateway, phone: Phone) -> None:
    offer = phone.told(line(0))
    assert "Siti A., Rekam KTP-el: 1) Sel 24/11 09.30 2) Sel 24/11 09.45 3) Sel 24/11 10.00 WITA" in offer
    assert phone.write("1") is None
    (booking,) = phone.standing()
    assert (booking.channel, booking.language, booking.reason) == ("sms", "id", None)
    assert phone.letters() == ["confirmation"]
    antre.courier.deliver()
    letter = next(text for text in gateway.to(phone.number) if "Kode" in text)
    assert booking.code is not None
    assert f"Kode {booking.code[:3]}-" in letter
    assert "a.n. Siti A." in letter


def test_a_booking_by_sms_is_counted(client: Any, phone: Phone) -> None:
    phone.book(0)
    assert 'antre_bookings_total{office="balikpapan"} 1.0' in client.get("/metrics").text


def test_a_service_that_is_online_keeps_why_one_comes(phone: Phone) -> None:
    assert phone.book(0, "KK").reason == "no_device"


@pytest.mark.parametrize("secret", ["wrong", "hook-secret-of-testsX"])
def test_a_wrong_secret_is_no_address(client: Any, secret: str) -> None:
    answer = client.post(f"/hooks/africastalking/{secret}/sms",
                         data={"id": "1", "from": people.phone(0), "text": "CEK"})
    assert answer.status_code == 404


@pytest.mark.parametrize("form", [{}, {"id": "1"}, {"from": "+6281200000001"}])
def test_what_is_not_the_vendor_s_is_refused(client: Any, form: dict[str, str]) -> None:
    assert client.post(PATH, data=form).status_code == 400


@pytest.mark.parametrize("more", [
    {"text": "x" * 5_000}, {"text": "DAFTAR\nKTP\n\0\x1b"}, {"text": ""}, {"id": "i" * 200}, {"id": "i\0i"},
    {"to": "t" * 200}, {"date": "d\0" * 200}, {"linkId": "y" * 300},
])
def test_whatever_a_resident_writes_is_taken(phone: Phone, more: dict[str, str]) -> None:
    assert phone.post("CEK", **more).status_code == 200
    assert phone.post("CEK", **more).status_code == 200


@pytest.mark.parametrize("sender", ["4444", "21212", "TELKOMSEL", "Info Promo", "0542421500", "x" * 200, OWN_NUMBER,
                                    "0812 0000 9999"])
def test_no_answer_where_nobody_reads_it(antre: Any, phone: Phone, sender: str) -> None:
    """Short codes, names, fixed lines, and our own number in any form."""
    phone.number = sender
    assert phone.post("CEK").status_code == 200
    assert count(antre, outbox) == count(antre, dialogues) == 0


def test_an_echo_of_our_own_words_is_not_answered(antre: Any, phone: Phone) -> None:
    told = phone.told("BANTUAN")
    for echo in (told, f"> {told.upper()}\nok", f"Fwd: {told}"):
        assert phone.write(echo) is None
    antre.clock.advance(timedelta(hours=25))
    assert phone.write(told) is not None, "nobody remembers for longer"


# -- each message once -----------------------------------------------------------------------------------------


def test_the_same_callback_has_one_effect(antre: Any, phone: Phone) -> None:
    for _ in range(3):
        phone.post(line(0), id="same", date="2026-11-24 00:00:00")
    assert len(phone.answers()) == 1
    assert count(antre, heard) == 1


def test_a_repeat_with_a_new_id_has_no_effect_for_hours(antre: Any, phone: Phone) -> None:
    stamp = {"date": "2026-11-24 00:00:00"}
    phone.post(line(0), id="first", **stamp)
    phone.post("1", id="second", date="2026-11-24 00:00:30")
    antre.clock.advance(timedelta(hours=11))
    for n, text in enumerate((line(0), "1")):
        phone.post(text, id=f"again {n}", date=f"2026-11-24 00:00:{30 * n:02}")
    assert len(phone.answers()) == 1
    assert len(phone.bookings()) == 1


def test_the_same_digit_for_another_person_in_the_same_second_is_no_repeat(antre: Any, phone: Phone) -> None:
    for n in range(3):
        phone.post(line(n), date="2026-11-24 00:00:00")
        phone.post("1", date="2026-11-24 00:00:00")
    assert len(phone.standing()) == 3


def test_a_digit_that_comes_late_once_more_takes_no_place_for_another_person(antre: Any, phone: Phone) -> None:
    phone.post(line(0), date="2026-11-24 00:00:00")
    phone.post("1", date="2026-11-24 00:00:30")
    phone.post(line(1), date="2026-11-24 00:01:00")
    phone.post("1", date="2026-11-24 00:00:30")
    assert len(phone.standing()) == 1
    phone.post("1", date="2026-11-24 00:01:30")
    assert len(phone.standing()) == 2


def test_a_repeat_without_its_date_has_no_effect_within_minutes(antre: Any, phone: Phone) -> None:
    for text in (line(0), line(0).lower(), line(0).replace(" ", "  ")):
        phone.post(text, date="")
        antre.clock.advance(timedelta(minutes=1))
    assert len(phone.answers()) == 1
    for _ in range(3):
        phone.post("1", date="")
    assert len(phone.bookings()) == 1
    assert len(phone.answers()) == 1


def test_the_same_digit_for_another_person_is_no_repeat(phone: Phone) -> None:
    phone.book(0)
    phone.book(1)
    assert len(phone.standing()) == 2


def test_a_digit_that_answers_the_next_question_is_no_repeat_once_that_was_read(antre: Any, phone: Phone) -> None:
    phone.book(0)
    phone.book(1)
    phone.write("UBAH")
    assert phone.write("1") is not None, "the first booking was meant"
    assert phone.write("1") is None, "nobody can have read the offer"
    assert phone.standing()[0].moves == 0
    antre.clock.advance(timedelta(seconds=30))
    assert phone.write("1") is None
    assert phone.standing()[0].moves == 1


@pytest.mark.parametrize("question", ["CEK", "INFO KTP", "BANTUAN"])
def test_a_question_asked_again_after_a_while_is_answered_again(antre: Any, phone: Phone, question: str) -> None:
    assert phone.write(question) is not None
    antre.clock.advance(timedelta(minutes=1))
    assert phone.write(question) is None
    antre.clock.advance(timedelta(minutes=2))
    assert phone.write(question) is not None


def test_a_minute_after_it_came_nothing_remains_readable(antre: Any, phone: Phone) -> None:
    """What is kept of a message and of an offer opens with the keys only."""
    phone.write(line(3))
    with antre.database.read() as c:
        kept = [*c.execute(sa.select(heard)), *c.execute(sa.select(dialogues))]
    assert not any(people.nik(3) in str(row) or people.name(3) in str(row) or people.phone(0) in str(row)
                   for row in kept)


def test_what_was_heard_is_forgotten(antre: Any, phone: Phone) -> None:
    from api import upkeep
    from api.phone import forgetting

    phone.write(line(0))
    antre.courier.deliver()

    def sweep() -> None:
        upkeep.sweep_all(antre.database, antre.clock.now(), [forgetting.forget])

    antre.clock.advance(timedelta(minutes=31))
    sweep()
    with antre.database.read() as c:
        row = c.execute(sa.select(dialogues)).one()
    assert (row.pending, count(antre, heard)) == (None, 1)
    assert "lewat" in phone.told("1"), "that there was an offer is still known"
    antre.courier.deliver()
    antre.clock.advance(timedelta(days=8))
    sweep()
    assert count(antre, heard) == count(antre, dialogues) == 0
    with antre.database.read() as c:
        assert {(row.text, row.address, row.phone_hash) for row in c.execute(sa.select(outbox))} == {("", None, None)}


def test_who_writes_after_all_was_forgotten_is_answered(antre: Any, phone: Phone) -> None:
    """SQLite numbers what is heard from 1 again then; the rows of old answers stay, as they were paid for."""
    from api.phone import forgetting

    phone.told("CEK")
    antre.courier.deliver()
    antre.clock.advance(forgetting.HEARD + timedelta(minutes=1))
    antre.database.write(lambda c: forgetting.forget(c, antre.clock.now()))
    assert count(antre, heard) == 0
    assert "1) " in phone.told(line(0)), "else its numbers took places that nobody was shown"


def test_an_answer_is_worth_sending_for_half_an_hour(antre: Any, phone: Phone) -> None:
    phone.write("CEK")
    with antre.database.read() as c:
        row = c.execute(sa.select(outbox)).one()
    assert (row.kind, row.rank, row.sequence) == ("answer", 0, None)
    assert row.key == f"answer:1:{int(NOW.timestamp())}"
    assert row.expires_at == NOW + timedelta(minutes=30)

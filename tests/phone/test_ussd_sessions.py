"""A session as the vendor plays it: callbacks twice, late, lost, begun anew; and sessions that break off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from api.phone.menu import sessions
from api.phone.menu.sessions import Step
from api.phone.tables import ussd_sessions
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.privacy import Vault
from scheduler.tables import bookings as rows
from tests import people
from tests.conftest import NOW
from tests.phone.dialler import PATH, Dialler

NIK, NAME = people.nik(1), people.name(1)
WHOLE = ("1", "1", NIK, NAME, "1", "1")


@pytest.fixture
def phone(client: Any) -> Dialler:
    """The phone of the first person."""
    return Dialler(client)


def statuses(antre: Antre) -> list[str]:
    with antre.database.read() as c:
        return list(c.execute(sa.select(rows.c.status).order_by(rows.c.id)).scalars())


def kept(antre: Antre) -> list[Any]:
    with antre.database.read() as c:
        return list(c.execute(sa.select(ussd_sessions).order_by(ussd_sessions.c.at)))


def book(phone: Dialler, *numbers: int) -> None:
    for n in numbers:
        phone.dial()
        phone.type("1", "1", people.nik(n), people.name(n), "1", "1")


# -- callbacks that come again -------------------------------------------------------------------------------


def test_each_callback_twice_answers_the_same_and_has_one_effect(antre: Antre, phone: Dialler) -> None:
    phone.dial()
    for one in WHOLE:
        first = phone.type(one)
        assert phone.post() == first
    assert phone.ended
    assert statuses(antre) == ["booked"]


def test_an_older_callback_comes_late(antre: Antre, phone: Dialler) -> None:
    book(phone, 1, 2)
    phone.dial()
    phone.type("4", "1")
    last = phone.type("1")
    assert phone.post("4*1") == last
    assert phone.post("4") == last
    assert phone.post("4*1*1*1") == last, "nothing can be typed after the end"
    assert statuses(antre) == ["cancelled", "booked"]


def test_several_inputs_at_once_are_worked_through(antre: Antre, phone: Dialler) -> None:
    assert "NIK" in phone.dial("1", "1")
    phone.inputs += [NIK, NAME, "1"]  # callbacks that were lost on the way
    assert f"NIK ..{NIK[-4:]}" in phone.post()
    assert phone.type("1").startswith("Terdaftar")
    assert Dialler(phone._client, 2).dial("1", "1", people.nik(2), people.name(2), "1", "1").startswith("Terdaftar")
    assert statuses(antre) == ["booked", "booked"]


def test_a_session_that_starts_over_repeats_nothing(antre: Antre, phone: Dialler) -> None:
    book(phone, 1, 2, 3)
    phone.dial()
    last = phone.type("4", "1", "1")
    for text in ("", "4", "", "4*1*1", "", "4*1", "4*1*1", "4*1*1"):
        phone.post(text)
    assert phone.screen == last
    assert statuses(antre) == ["cancelled", "booked", "booked"]


def test_after_starting_over_nothing_takes_effect_that_was_not_just_asked(antre: Antre, phone: Dialler) -> None:
    book(phone, 1, 2)
    phone.dial()
    phone.type("2")
    phone.post("")
    assert "Batalkan janji" in phone.post("4*2*1"), "the question is shown, the answer that came along is not taken"
    assert statuses(antre) == ["booked", "booked"]
    assert "dibatalkan" in phone.post("4*2*1*1")
    assert statuses(antre) == ["booked", "cancelled"]


def test_a_text_that_leads_elsewhere_starts_over(antre: Antre, phone: Dialler) -> None:
    phone.dial()
    phone.type("1", "1", NIK)
    assert "belum punya janji" in phone.post("2")
    assert "Pilih layanan" in phone.post("2*1")


def test_a_name_with_a_star_is_one_input(antre: Antre, phone: Dialler) -> None:
    phone.dial()
    phone.type("1", "1", NIK)
    assert "hanya berisi huruf" in phone.type("Siti*Aminah")
    assert "Pilih waktu" in phone.type("Siti Aminah")
    phone.type("1", "1")
    (row,) = statuses(antre)
    assert row == "booked"


def test_two_phones_with_one_session_id_are_two(antre: Antre, phone: Dialler, client: Any) -> None:
    book(phone, 1)
    phone.dial()
    detail = phone.type("2")
    other = people.phone(2)
    assert "1 Pesan janji" in phone.post("", other)
    assert "belum punya janji" in phone.post("2", other)
    assert detail not in phone.post("2*1", other)


def test_a_step_that_dies_before_its_commit_is_undone_whole(antre: Antre, phone: Dialler) -> None:
    phone.dial()
    phone.type("1", "1", NIK, NAME, "1")
    step = Step(phone.session, phone.phone, "*".join((*phone.inputs, "1")))

    def dies(connection: sa.Connection) -> None:
        assert sessions.answer(connection, antre, step, NOW).text.startswith("END Terdaftar")
        raise RuntimeError("the process dies")

    with pytest.raises(RuntimeError):
        antre.database.write(dies)
    assert statuses(antre) == []
    assert phone.type("1").startswith("Terdaftar")
    assert statuses(antre) == ["booked"]


# -- sessions that break off ---------------------------------------------------------------------------------


@pytest.mark.parametrize("hang_up", [True, False])
def test_a_session_that_broke_off_is_taken_up(
    antre: Antre, phone: Dialler, clock: SettableClock, hang_up: bool
) -> None:
    phone.dial()
    summary = phone.type("1", "1", NIK, NAME, "2")
    if hang_up:
        phone.hang_up()
    clock.advance(timedelta(minutes=20))
    assert phone.dial().endswith("1 Lanjutkan\n2 Mulai baru")
    assert phone.type("1") == summary
    assert phone.type("1").startswith("Terdaftar")
    assert "1 Pesan janji" in phone.dial(), "there is nothing left to go on with"
    assert statuses(antre) == ["booked"]


@pytest.mark.parametrize(("steps", "shows"), [
    (("1", "1"), "Ketik NIK"), (("1", "1", NIK), "Ketik nama"), (("1", "1", NIK, NAME), "Pilih waktu"),
    (("1", "1", NIK, NAME, "4"), "Pilih waktu"),
])
def test_it_goes_on_at_the_question_that_stood(phone: Dialler, steps: tuple[str, ...], shows: str) -> None:
    phone.dial()
    before = phone.type(*steps)
    phone.dial()
    assert phone.type("1") == before
    assert shows in before


def test_going_on_looks_at_the_places_again(antre: Antre, phone: Dialler, clock: SettableClock) -> None:
    phone.dial()
    assert "1 Sel 24/11 09.00" in phone.type("1", "1", NIK, NAME)
    clock.advance(timedelta(minutes=20))
    phone.dial()
    assert "1 Sel 24/11 09.30" in phone.type("1")


def test_a_move_is_taken_up(antre: Antre, phone: Dialler) -> None:
    book(phone, 1)
    phone.dial()
    before = phone.type("3")
    phone.dial()
    assert phone.type("1") == before
    assert phone.type("1").startswith("Pindah")


def test_starting_again_forgets_it(phone: Dialler) -> None:
    phone.dial()
    phone.type("1", "1", NIK)
    phone.dial()
    assert "1 Pesan janji" in phone.type("2")
    assert "1 Pesan janji" in phone.dial()


def test_breaking_off_at_the_offer_to_go_on_keeps_it(phone: Dialler) -> None:
    phone.dial()
    phone.type("1", "1", NIK)
    for _ in range(3):
        assert "1 Lanjutkan" in phone.dial()
        assert "Ketik angka" in phone.type("7")
    assert "Ketik nama" in phone.type("1")


@pytest.mark.parametrize("steps", [(), ("1",), ("5", "2"), ("2",), ("1", "1", "1", "2", "3")])
def test_what_is_not_worth_going_on_with_is_not_offered(phone: Dialler, steps: tuple[str, ...]) -> None:
    phone.dial()
    phone.type(*steps)
    assert "1 Pesan janji" in phone.dial()


def test_after_half_an_hour_it_is_over(phone: Dialler, clock: SettableClock) -> None:
    phone.dial()
    phone.type("1", "1", NIK)
    clock.advance(timedelta(minutes=31))
    assert "1 Pesan janji" in phone.dial()


def test_nobody_else_goes_on_with_it(phone: Dialler, client: Any) -> None:
    phone.dial()
    phone.type("1", "1", NIK)
    assert "1 Pesan janji" in Dialler(client, 2).dial()


def test_what_is_dialled_with_the_number_means_the_same_every_time(phone: Dialler) -> None:
    phone.dial()
    phone.type("1", "1", NIK)
    assert "Ketik NIK" in phone.dial("1", "1")


# -- at rest, and who may call -------------------------------------------------------------------------------


def test_nothing_personal_is_readable_at_rest(antre: Antre, phone: Dialler) -> None:
    phone.dial()
    phone.type("1", "1", NIK, NAME, "1")
    (row,) = kept(antre)
    for secret in (NIK, NAME, phone.phone, "Kembali", phone.session):
        assert secret.encode() not in b"".join(value for value in row if isinstance(value, bytes))
    assert (row.language, row.ended_at) == ("id", None)
    phone.hang_up()
    assert kept(antre)[0].ended_at is not None


def test_another_key_in_use_begins_again(antre: Antre, phone: Dialler) -> None:
    phone.dial()
    phone.type("1", "1")
    strange = Vault(["a secret that this installation does not hold at all"])
    antre.database.write(lambda c: c.execute(sa.update(ussd_sessions).values(state=strange.seal_bytes(b"x"))))
    assert "1 Pesan janji" in phone.post("")


@pytest.mark.parametrize("number", ["AFRICASTKNG", "22395", "+62542000100", "", "+1", "anonymous"])
def test_who_has_no_mobile_number_gets_a_sentence(antre: Antre, phone: Dialler, number: str) -> None:
    phone.dial()
    before = len(kept(antre))
    assert "hanya untuk nomor ponsel" in phone.post("", number or " ")
    assert phone.ended
    assert len(kept(antre)) == before


def test_a_plus_that_was_lost_on_the_way(antre: Antre, phone: Dialler) -> None:
    phone.dial()
    assert "Pilih layanan" in phone.post("1", phone.phone.replace("+", " "))


def test_control_characters_and_overlong_texts(phone: Dialler) -> None:
    phone.dial()
    assert "Ketik angka" in phone.post("\x00\n\u202e")
    assert "terlalu panjang" in phone.post("1*" * 1500)


def test_a_wrong_secret_is_no_address(client: Any, antre: Antre) -> None:
    answer = client.post(PATH.replace("hook-secret", "other-secret"), data={"sessionId": "x", "phoneNumber": "+62"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_address")


def test_a_callback_without_a_session_is_malformed(client: Any) -> None:
    assert client.post(PATH, data={"phoneNumber": people.phone(1), "text": ""}).status_code == 400

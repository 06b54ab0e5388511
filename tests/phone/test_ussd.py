"""The menu from end to end, by the real hook: what a resident with any phone can do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from scheduler import bookings
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.privacy import mask_name
from scheduler.seats import GIVEN_UP_A_DAY
from scheduler.tables import days, slots
from tests import people
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.phone.dialler import Dialler
from tests.phone.sums import booked, sums_agree
from ticketing import calling, checkin
from ticketing.tables import visits

NIK, NAME = people.nik(1), people.name(1)
WHO = mask_name(NAME)


@pytest.fixture
def phone(client: Any) -> Dialler:
    """The phone of the first person."""
    return Dialler(client)


def register(phone: Dialler, n: int = 1, service: str = "1") -> str:
    phone.dial()
    phone.type("1", service, people.nik(n), people.name(n), "1")
    return phone.type("1")


def test_a_place_is_booked_and_told(antre: Antre, phone: Dialler, gateway: FakeGateway) -> None:
    assert "Antre Disdukcapil Balikpapan\n1 Pesan janji" in phone.dial()
    assert "1 Rekam KTP-el" in phone.type("1")
    assert "NIK" in phone.type("1")
    assert "nama" in phone.type(NIK)
    assert phone.type(NAME) == (
        "Pilih waktu (WITA):\nHari lain: ketik tanggal, mis. 0112\n1 Sel 24/11 09.00\n2 Sel 24/11 10.00\n"
        "3 Sel 24/11 11.00\n4 Lebih lambat\n0 Kembali")
    summary = phone.type("2")
    assert f"{WHO}, NIK ..{NIK[-4:]}: Rekam KTP-el, Selasa 24 Nov pukul 10.00 WITA." in summary
    assert "\nDisdukcapil Balikpapan. Pesan?" in summary
    assert booked(antre) == []
    last = phone.type("1")
    assert phone.ended
    (row,) = booked(antre)
    code = f"{row.code[:3]}-{row.code[3:6]}-{row.code[6:]}"
    assert last.startswith(f"Terdaftar. {WHO}: Rekam KTP-el, Selasa 24 Nov pukul 10.00 WITA. Kode {code}.")
    assert "Bawa: Fotokopi" in last
    assert (row.channel, row.language, row.reason, row.start) == ("ussd", "id", None, NOW + timedelta(hours=2))
    assert antre.vault.open(row.sealed).phone == phone.phone
    antre.timetable.run_due()
    assert code in gateway.to(phone.phone)[0]
    sums_agree(antre)


def test_an_online_service_keeps_why_one_comes(antre: Antre, phone: Dialler) -> None:
    phone.dial()
    assert "1 Akta" in phone.type("1", "4")
    phone.type("1", NIK, NAME, "1", "1")
    assert booked(antre)[0].reason == "no_device"


def test_the_booking_is_counted(client: Any, phone: Dialler) -> None:
    register(phone)
    assert 'antre_bookings_total{office="balikpapan"} 1.0' in client.get("/metrics").text


def test_english_is_one_key_away_and_stays(antre: Antre, phone: Dialler, gateway: FakeGateway) -> None:
    phone.dial()
    assert "1 English" in phone.type("5")
    assert "1 Book a visit" in phone.type("1")
    phone.type("1", "1", NIK, NAME, "1")
    assert phone.type("1").startswith("Booked. ")
    assert booked(antre)[0].language == "en"
    antre.timetable.run_due()
    assert "Code " in gateway.to(phone.phone)[0]
    assert "1 Book a visit" in phone.dial(), "the next session as well"
    assert "Bahasa Indonesia" in phone.type("5")
    assert "1 Pesan janji" in phone.type("1")


def test_back_leads_through_every_question(antre: Antre, phone: Dialler) -> None:
    phone.dial()
    seen = [phone.screen, *(phone.type(one) for one in ("1", "4", "1", NIK, NAME, "4", "1"))]
    assert len(set(seen)) == len(seen)
    assert seen[-1].endswith("1 Ya, pesan\n0 Kembali")
    for before in reversed(seen[:-1]):
        assert phone.type("0") == before
    assert phone.type("0") == "Terima kasih."
    assert phone.ended
    assert booked(antre) == []


def test_double_zero_is_the_main_menu(phone: Dialler) -> None:
    main = phone.dial()
    for path in (("1",), ("1", "1"), ("1", "1", NIK), ("1", "1", NIK, NAME), ("5", "2")):
        phone.type(*path)
        assert phone.type("00") == main


@pytest.mark.parametrize(("typed", "word"), [
    ("123", "tepat 16 angka"), ("64719901019600012", "tepat 16 angka"), ("abc", "hanya berisi angka"),
    ("6471993902960001", "Tanggal lahir"), ("6471990102960000", "0000"), ("", "tepat 16"),
    ("0071990102960001", "Enam angka"),
])
def test_a_wrong_nik_says_what_is_wrong_and_asks_again(phone: Dialler, typed: str, word: str) -> None:
    phone.dial()
    phone.type("1", "1")
    assert word in phone.type(typed)
    assert "Ketik NIK" in phone.screen
    assert "nama" in phone.type(NIK), "and nothing before was lost"


def test_the_third_wrong_nik_gives_the_office_s_number(antre: Antre, phone: Dialler) -> None:
    phone.dial()
    phone.type("1", "1", "1", "2")
    assert not phone.ended
    assert "(0542) 000-100" in phone.type("3")
    assert phone.ended


def test_a_nik_is_typed_as_people_type_it(antre: Antre, phone: Dialler) -> None:
    for typed in (" ".join((NIK[:4], NIK[4:8], NIK[8:12], NIK[12:])), f" {NIK} ", NIK.replace("0", "O"),
                  "*".join((NIK[:6], NIK[6:12], NIK[12:])), f"{NIK[:6]}.{NIK[6:12]}.{NIK[12:]}"):
        phone.dial()
        phone.type("1", "1")
        assert "nama" in phone.type(typed), typed
    phone.type(NAME, "1", "1")
    assert antre.vault.open(booked(antre)[0].sealed).nik == NIK


@pytest.mark.parametrize(("typed", "word"), [("B", "2 sampai 80"), ("Budi 2", "tidak berisi angka"),
                                             ("Budi*Anton", "hanya berisi huruf"), ("..", "paling sedikit 2")])
def test_a_wrong_name_asks_again(antre: Antre, phone: Dialler, typed: str, word: str) -> None:
    phone.dial()
    phone.type("1", "1", NIK)
    assert word in phone.type(typed)
    phone.type("Nur'aini binti H. Ma'ruf", "1", "1")
    assert antre.vault.open(booked(antre)[0].sealed).name == "Nur'aini binti H. Ma'ruf"


def test_places_turn_by_pages_and_by_date(phone: Dialler) -> None:
    phone.dial()
    phone.type("1", "1", NIK, NAME)
    assert "1 Sel 24/11 11.15\n2 Sel 24/11 13.00\n3 Sel 24/11 14.00" in phone.type("4"), "the office rests at noon"
    assert "1 Sen 30/11 07.30" in phone.type("3011")
    assert "1 Rab 25/11 07.30" in phone.type("besok")
    assert "Pilih tanggal 24/11 sampai 24/12." in phone.type("25/12")
    assert "Tanggal itu tidak ada." in phone.type("31/11")
    assert "penuh atau tutup" in phone.type("28/11")
    assert "1 Sen 30/11 07.30" in phone.screen
    assert "Ketik angka" in phone.type("9")
    assert "1 Rab 25/11 07.30" in phone.type("0")
    assert "1 Sen 30/11" in phone.type("0")


def test_the_end_of_the_horizon_is_said(phone: Dialler) -> None:
    phone.dial()
    phone.type("1", "1", NIK, NAME, "2312")
    for _ in range(12):
        before = phone.screen
        if "Tidak ada yang lebih lambat." in phone.type("4"):
            break
    assert "Tidak ada yang lebih lambat." in phone.screen
    assert before.splitlines()[-5:] == phone.screen.splitlines()[-5:]


def test_a_place_that_went_meanwhile(antre: Antre, phone: Dialler, client: Any) -> None:
    phone.dial()
    phone.type("1", "1", NIK, NAME, "1")
    with antre.database.read() as c:
        slot = c.execute(sa.select(slots).where(slots.c.start == NOW + timedelta(hours=1), slots.c.letter == "A")).one()
    antre.database.write(lambda c: c.execute(sa.update(slots).where(slots.c.id == slot.id).values(taken=slot.places)))
    again = phone.type("1")
    assert "baru saja penuh" in again
    assert "1 Sel 24/11 09.15\n2 Sel 24/11 09.30\n3 Sel 24/11 09.45" in again
    assert phone.type("1", "1").startswith("Terdaftar")
    assert booked(antre)[0].start == NOW + timedelta(minutes=75)


def test_no_place_at_all_gives_the_number(antre: Antre, phone: Dialler) -> None:
    antre.database.write(lambda c: c.execute(sa.update(days).values(closed=True)))
    phone.dial()
    assert "(0542) 000-100" in phone.type("1", "1", NIK, NAME)
    assert "1 Pesan janji" in phone.type("0")


# -- the phone's bookings ------------------------------------------------------------------------------------


def test_one_phone_books_for_several_and_sees_each(antre: Antre, client: Any, phone: Dialler) -> None:
    for n in range(1, 5):
        register(phone, n)
    assert len(booked(antre)) == 4
    phone.dial()
    listed = phone.type("2")
    assert "1 " + mask_name(people.name(1)) in listed
    assert "4 Lainnya" in listed
    assert "1 " + mask_name(people.name(4)) in phone.type("4")
    assert booked(antre)[3].code[-3:] in phone.type("1")
    assert phone.type("0").startswith("Pilih janji")
    assert phone.type("0") == listed
    stranger = Dialler(client, 99)
    stranger.dial()
    for choice in ("2", "3", "4"):
        assert "belum punya janji" in stranger.type(choice)


def test_a_sixth_booking_of_a_phone_and_a_second_of_a_nik(antre: Antre, phone: Dialler, client: Any) -> None:
    for n in range(1, 6):
        register(phone, n)
    assert "sudah punya 5 janji" in register(phone, 6)
    assert "(0542) 000-100" in phone.screen
    assert "NIK ini sudah punya janji" in register(Dialler(client, 7), 1)
    assert len(booked(antre)) == 5
    sums_agree(antre)


def test_saying_that_one_comes(antre: Antre, phone: Dialler) -> None:
    register(phone)
    phone.dial()
    assert "1 Saya akan datang" in phone.type("2")
    assert phone.type("1").startswith(f"Terima kasih. {WHO} kami tunggu Selasa 24 Nov")
    assert booked(antre)[0].confirmed_at == NOW
    phone.dial()
    assert "bilang akan datang" in phone.type("2")
    assert "Saya akan" not in phone.screen


def test_moving(antre: Antre, phone: Dialler) -> None:
    register(phone)
    phone.dial()
    assert "09.00" not in phone.type("3"), "not to where it is"
    assert phone.type("besok", "2").startswith(f"Pindah. {WHO}: Rekam KTP-el, sekarang Rabu 25 Nov pukul 08.30 WITA")
    (row,) = booked(antre)
    assert (row.moves, row.start) == (1, NOW + timedelta(hours=24, minutes=30))
    sums_agree(antre)


def test_moving_from_the_booking_leads_back_to_it(phone: Dialler) -> None:
    register(phone)
    phone.dial()
    detail = phone.type("2")
    phone.type("2")
    assert phone.type("0") == detail
    phone.type("3")
    assert phone.type("0") == detail


def test_moving_too_often(antre: Antre, phone: Dialler) -> None:
    register(phone)
    for _ in range(3):
        phone.dial()
        phone.type("3", "1")
    phone.dial()
    assert "sudah 3 kali pindah" in phone.type("3")  # before places are offered
    phone.type("0", "2")
    assert "sudah 3 kali pindah" in phone.type("2")
    assert booked(antre)[0].moves == 3


def test_cancelling_asks_first(antre: Antre, phone: Dialler, gateway: FakeGateway) -> None:
    register(phone)
    phone.dial()
    assert f"Batalkan janji {WHO}" in phone.type("4")
    assert booked(antre)[0].status == "booked"
    phone.type("0", "4")
    assert "dibatalkan" in phone.type("1")
    assert booked(antre)[0].status == "cancelled"
    antre.timetable.run_due()
    assert "dibatalkan" in gateway.to(phone.phone)[-1]
    sums_agree(antre)


def test_what_was_cancelled_elsewhere_meanwhile(antre: Antre, phone: Dialler) -> None:
    register(phone)
    phone.dial()
    phone.type("4")
    antre.database.write(lambda c: bookings.cancel(c, bookings.by_id(c, booked(antre)[0].id), now=NOW))
    assert "Janji itu tidak ada lagi" in phone.type("1")
    assert "1 Pesan janji" in phone.type("0")


def test_the_place_in_the_queue(
    antre: Antre, client: Any, phone: Dialler, clock: SettableClock, balikpapan: Any
) -> None:
    register(phone, 1)
    register(Dialler(client, 2), 2)
    clock.advance(timedelta(hours=1))
    for row in reversed(booked(antre)):
        antre.database.write(lambda c, code=row.code: checkin.scan(
            c, balikpapan, text=code, nonce=None, now=clock.now(), vault=antre.vault, mint=antre.mint,
            offices=antre.offices, staff_id=1))
    phone.dial()
    assert "Antrean A-002: 1 orang di depan Anda, kira-kira 09.00." in phone.type("2")
    assert "Ubah" not in phone.screen
    for choice in "34":  # the phone has a booking: it is too late to change it
        assert "sudah tercatat datang" in phone.type(f"00*{choice}")
    other = Dialler(client, 2)
    other.dial()
    assert "Antrean A-001: giliran berikutnya." in other.type("2")
    antre.database.write(lambda c: calling.call_next(c, balikpapan, "loket-1", now=clock.now(), staff_id=1))
    assert "Antrean A-001 dipanggil. Silakan ke Loket 1." in other.type("5")
    antre.database.write(lambda c: calling.hold(c, balikpapan, "loket-1", now=clock.now(), staff_id=1))
    assert "Antrean A-001 disisihkan." in other.type("5")
    antre.database.write(lambda c: c.execute(sa.update(visits).values(state="done")))
    assert "Antrean A-001 sudah dilayani." in other.type("5")
    antre.database.write(lambda c: c.execute(sa.update(visits).values(state="absent")))
    assert "Antrean A-001 tidak dipanggil lagi. Masih di kantor? Lapor ke petugas." in other.type("5")
    assert "1 Pesan janji" in phone.type("0")


def test_a_phone_books_and_cancels_so_often_a_day_and_no_more(
    phone: Dialler, client: Any, clock: SettableClock
) -> None:
    """Each costs the office two messages, and would tell of one NIK after the other whether it has a booking."""
    for n in range(GIVEN_UP_A_DAY):
        assert register(phone, n + 1).startswith("Terdaftar.")
        phone.dial()
        assert "dibatalkan" in phone.type("4", "1")
    refused = register(phone, 99)
    assert "Nomor ini sudah membatalkan 10 janji dalam sehari." in refused
    assert register(Dialler(client, 2), 99).startswith("Terdaftar."), "another phone"
    assert register(phone, 99) == refused, "whether that NIK has a booking or not"
    clock.advance(timedelta(days=1))
    assert register(phone, 98).startswith("Terdaftar.")

"""The manager's section on messages, on both databases: sentences, picture, table, what is held and why, who comes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from api.assembly import Antre
from api.web.render import words_of
from api.web.traffic import money
from notifications.tables import opt_outs
from scheduler.bookings import Booking
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.journal import record
from scheduler.offices import Office
from scheduler.tables import bookings
from tests import people
from tests.outbox import put
from tests.web.test_staff_pages import SignIn, booked
from ticketing.codes import show_code

__all__ = ["booked"]  # a fixture

PRICE = {"cost": Decimal("0.8"), "currency": "KES"}


def test_an_office_without_messages_says_so(signed_in: SignIn) -> None:
    page = signed_in("manager").open("/manage")
    for said in ("Hari ini belum ada pesan.", "Tidak ada yang perlu ditelepon.",
                 "Tidak ada jalur pesan yang terputus sekarang.",
                 "Belum ada hari selesai yang bisa dihitung."):
        assert said in page.text, said
    assert "Gambar pesan" not in page.html


def test_messages_are_told_in_sentences_a_picture_and_tables(signed_in: SignIn, antre: Antre, booked: Booking,
                                                             clock: SettableClock) -> None:
    now = clock.now()
    put(antre.database, antre.vault, booked, state="delivered", sent_at=now, **PRICE)
    put(antre.database, antre.vault, booked, "reminder_eve", "sent", sent_at=now - timedelta(days=2), **PRICE)
    put(antre.database, antre.vault, booked, "reminder_late", "dropped")
    put(antre.database, antre.vault, booked, "offer", "sent", sent_at=now)  # of a kind without a name yet
    page = signed_in("manager").open("/manage")
    for said in ("Hari ini 2 pesan: 1 sampai, 1 terkirim dan belum ada kabar, 0 belum pasti, 0 gagal, 0 menunggu.",
                 "Biaya hari ini KES 0,80; bersama tujuh hari sebelumnya KES 1,60 untuk 3 SMS.",
                 "Pengingat sore sebelumnya", "Gambar pesan hari ini dan tujuh hari sebelumnya"):
        assert said in page.text, said
    rows = {row.partition("</th>")[0].rpartition(">")[2]: row for row in page.html.split("<tr")}
    numbers = [part.partition("<")[0] for part in rows["Semua"].partition("</tr>")[0].split('">')[1:]]
    assert numbers[1:] == ["3", "1", "2", "0", "0", "0", "1", "3", "KES 1,60"]


def test_whom_to_call_stands_there_too_masked(signed_in: SignIn, antre: Antre, booked: Booking) -> None:
    put(antre.database, antre.vault, booked, error="DeliveryFailure")
    visitor = signed_in("manager")
    page = visitor.open("/manage")
    for said in ("1 orang perlu ditelepon", "Siti A.", show_code(booked.code or ""), "Sel 24 Nov, 09.15",
                 "Tiket: SMS tidak bisa dikirim."):
        assert said in page.text, said
    assert people.phone(0)[-6:] not in page.html
    assert visitor.follow("1 orang perlu ditelepon").url.path == "/messages"


def test_what_is_held_and_why(signed_in: SignIn, antre: Antre, balikpapan: Office, booked: Booking,
                              clock: SettableClock) -> None:
    now, database = clock.now(), antre.database
    put(database, antre.vault, booked, "move", "queued", held="quiet", due_at=now + timedelta(hours=22))
    put(database, antre.vault, booked, "reminder_eve", "queued", held="spending", due_at=now + timedelta(hours=23))
    put(database, antre.vault, booked, "reminder_late", "queued")

    def note(kind: str, office: int | None = None, **data: Any) -> None:
        database.write(lambda c: record(c, kind, at=now, office_id=office, data=data))

    note("messages_held", balikpapan.id, limit="400", currency="KES")
    note("answers_paused", balikpapan.id, limit=300)
    note("carrier_down", carrier="modem", error="timed out")
    database.write(lambda c: c.execute(opt_outs.insert().values(
        phone_hash=b"x" * 16, address=b"x", at=now, source="sms")).rowcount)
    visitor = signed_in("manager")
    page = visitor.open("/manage")
    for said in ("1 pesan menunggu jam tenang berakhir, yang pertama dikirim Rab 25 Nov, 06.00.",
                 "1 pesan menunggu karena batas biaya tercapai, yang pertama dikirim Rab 25 Nov, 07.00.",
                 "1 pesan menunggu giliran", "Batas biaya hari ini, KES 400, sudah tercapai.",
                 "Jawaban SMS dihentikan sementara sejak Sel 24 Nov, 08.00",
                 "modem tidak melayani sejak Sel 24 Nov, 08.00 (timed out).", "1 nomor tidak mau menerima pesan lagi"):
        assert said in page.text, said
    assert "Tidak ada jalur pesan yang terputus sekarang" not in page.text
    clock.advance(timedelta(hours=2))
    assert "terakhir dihentikan sementara pada Sel 24 Nov, 08.00" in visitor.open("/manage").text


def test_who_comes_is_said_in_sentences(signed_in: SignIn, antre: Antre, booked: Booking,
                                        clock: SettableClock) -> None:
    antre.database.write(lambda c: c.execute(sa.update(bookings).values(
        status="arrived", confirmed_at=clock.now(), party=40)).rowcount)
    clock.advance(timedelta(days=1))
    visitor = signed_in("manager")
    page = visitor.open("/manage")
    assert "Dari 40 orang yang menjawab YA, 40 datang (100 %)." in page.text
    assert "masih sedikit" not in page.text
    antre.database.write(lambda c: c.execute(sa.update(bookings).values(status="absent", party=2)).rowcount)
    page = visitor.open("/manage")
    assert "Dari 2 orang yang menjawab YA, 0 datang (0 %). Jumlahnya masih sedikit" in page.text


def test_money_is_written_as_the_language_does() -> None:
    costs = {"KES": Decimal("1234.5"), "IDR": Decimal(350)}
    assert money(costs, words_of("id")["traffic"]) == "IDR 350,00, KES 1.234,50"
    assert money(costs, words_of("en")["traffic"]) == "IDR 350.00, KES 1,234.50"
    assert money({}, words_of("en")["traffic"]) == ""

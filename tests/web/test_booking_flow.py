"""The way to a ticket without scripts, on both databases: each step, each mistake, each refusal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from scheduler import bookings as book
from scheduler.bookings import Request
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from scheduler.tables import days, offices, slots
from tests import people
from tests.web.reading import Page, Visitor
from tests.web.steps import WEDNESDAY, all_bookings, choose, morning, tell


def test_a_resident_books_in_four_steps(visitor: Visitor, antre: Antre) -> None:
    page = visitor.open("/")
    assert "Apa yang Anda perlukan?" in page.text
    assert "Langkah 1 dari 4" in page.text
    page = visitor.send("Lanjutkan", service="ktp-rekam")
    assert "Kapan Anda bisa datang?" in page.text
    assert "besok" in page.text
    page = visitor.follow("Rabu, 25 November")
    assert "08.00 WITA Rab 25 Nov" in page.text
    page = visitor.follow("08.00 WITA")
    assert "Untuk siapa janji ini?" in page.text
    tell(visitor, 1, party="2", priority="elderly")
    page = visitor.page
    assert "Langkah 4 dari 4" in page.text
    for said in ("Perekaman KTP-el", "Rabu, 25 November 2026, 08.00 WITA", people.name(1), "2 orang", "usia 60"):
        assert said in page.text, said
    page = visitor.send("Pesan janji ini")
    assert page.url.path.startswith("/t/")
    assert "Janji Anda sudah tercatat" in page.text
    assert "untuk 2 orang" in page.text

    row = all_bookings(antre)[0]
    assert (row.status, row.party, row.priority, row.channel, row.language) == ("booked", 2, "elderly", "web", "id")
    assert antre.vault.open(row.sealed) == people.person(1)
    code = f"{row.code[:3]}-{row.code[3:6]}-{row.code[6:]}"
    assert code in page.text


@pytest.mark.parametrize(("number", "said"), [
    ("+6281200009999", "kirim SMS ke 0812-0000-9999: UBAH atau BATAL, lalu kodenya"),
    ("91234", "kirim SMS ke 91234: UBAH atau BATAL"), (None, "")])
def test_who_booked_by_sms_reads_how_to_change_it(visitor: Visitor, antre: Antre, clock: SettableClock,
                                                  number: str | None, said: str) -> None:
    antre.database.write(lambda c: c.execute(sa.update(offices).values(
        sms_number=number, revision=offices.c.revision + 1)))
    clock.advance(timedelta(seconds=5))
    page = visitor.open("/")
    assert said in page.text
    assert ("kirim SMS" in page.text) == bool(said)


def test_a_question_left_open_is_asked_again_with_a_link_to_it(visitor: Visitor) -> None:
    visitor.open("/")
    page = visitor.send("Lanjutkan")
    assert page.link("Pilih layanan") == "#service-1"
    visitor.send("Lanjutkan", service="kk")
    page = visitor.send("Lanjutkan")
    assert page.link("Pilih satu sebab") == "#reason-1"


def test_an_online_service_offers_the_online_way_and_keeps_the_reason(visitor: Visitor, antre: Antre) -> None:
    visitor.open("/")
    page = visitor.send("Lanjutkan", service="kk")
    assert "bisa diurus lewat internet" in page.text
    assert page.forms[0].offered["reason"] == ["no_device", "rejected", "upload", "help", "other"]
    visitor.send("Lanjutkan", reason="upload")
    visitor.follow("Rabu, 25 November")
    visitor.follow("WITA")
    tell(visitor, 3)
    assert "Berkas saya tidak bisa dikirim" in visitor.page.text
    visitor.send("Pesan janji ini")
    assert all_bookings(antre)[0].reason == "upload"


@pytest.mark.parametrize(("field", "typed", "said"), [
    ("nik", "", "Tulis NIK"), ("nik", "64719", "16 angka"), ("nik", "6471993213900001", "tanggal lahir"),
    ("nik", "647199010190000X", "hanya berisi angka"), ("phone", "", "Tulis nomor ponsel"),
    ("phone", "0542 123456", "bukan nomor ponsel"), ("name", "", "Tulis nama"), ("name", "S1ti", "tidak berisi angka"),
])
def test_what_is_wrong_stands_at_the_top_and_at_the_field(
    visitor: Visitor, antre: Antre, field: str, typed: str, said: str
) -> None:
    choose(visitor)
    tell(visitor, 4, **{field: typed})
    page = visitor.page
    assert page.url.path == "/who"
    assert page.title.startswith("Ada yang perlu diperbaiki: ")
    top = [link for link in page.links if link.href == f"#{field}"]
    assert said in top[0].text
    assert page.text.count(top[0].text) == 2
    wrong = [given for tag, given in page.attributes if tag == "input" and given.get("aria-invalid")]
    assert [(given["id"], given["value"]) for given in wrong] == [(field, typed)]
    assert f"{field}-wrong" in wrong[0]["aria-describedby"]
    kept = page.form("Lanjutkan").fields
    assert all(kept[name] for name in ("name", "nik", "phone") if name != field)
    assert all_bookings(antre) == []

    visitor.send("Lanjutkan", **{field: getattr(people.person(4), field)})
    assert visitor.page.url.path == "/check"


def test_letters_typed_for_digits_of_a_nik_are_read_as_digits(visitor: Visitor, antre: Antre) -> None:
    nik = people.person(4).nik
    choose(visitor)
    tell(visitor, 4, nik=nik.replace("0", "O").replace("1", "l"))
    assert " ".join(nik[at:at + 4] for at in range(0, 16, 4)) in visitor.page.text
    visitor.send("Pesan janji ini")
    assert antre.vault.open(all_bookings(antre)[0].sealed).nik == nik


@pytest.mark.parametrize(("service", "most"), [("ktp-rekam", 3), ("kk", 2), ("pengaduan", 1)])
def test_no_more_people_are_offered_than_one_start_has_places(visitor: Visitor, service: str, most: int) -> None:
    reason = "&reason=other" if service == "kk" else ""
    page = visitor.open(f"/who?office=balikpapan&service={service}&start={WEDNESDAY}T00:00Z{reason}")
    form = page.form("Lanjutkan")
    assert form.offered["party"] == [str(n) for n in range(1, most + 1)]
    page = Page(visitor.client.post("/who", data={**form.fields, "party": str(most + 1)}, headers=visitor.headers))
    assert f"Pilih 1 sampai {most} orang." in page.text


def test_a_choice_that_was_not_offered_is_refused(visitor: Visitor) -> None:
    choose(visitor)
    form = visitor.page.form("Lanjutkan")
    person = people.person(5)
    for field, value in (("party", "99"), ("priority", "famous"), ("party", "²")):
        data = {**form.fields, "name": person.name, "nik": person.nik, "phone": person.phone, field: value}
        answer = visitor.client.post("/who", data=data, headers=visitor.headers, follow_redirects=True)
        assert answer.url.path == "/who"
        assert f'href="#{field}"' in answer.text


def test_a_full_hour_offers_three_others_for_one_press(visitor: Visitor, antre: Antre) -> None:
    choose(visitor)
    tell(visitor, 10)
    with antre.database.read() as connection:
        first = connection.execute(sa.select(slots).where(slots.c.letter == "A").order_by(slots.c.start)
                                   .where(slots.c.start >= morning(WEDNESDAY))).first()
    antre.database.write(lambda c: c.execute(sa.update(slots).where(slots.c.start == first.start)
                                             .values(taken=slots.c.places)))
    page = visitor.send("Pesan janji ini")
    assert page.url.path == "/check"
    assert "Waktu itu sudah penuh" in page.text
    others = [form for form in page.forms if form.action == "/book"]
    assert len(others) == 3
    label = others[1].buttons[0]
    assert "WITA" in label
    page = visitor.send(label)
    assert page.url.path.startswith("/t/")
    assert label.split(", ")[-1].removesuffix(" WITA") in page.text
    assert antre.vault.open(all_bookings(antre)[0].sealed) == people.person(10)


def test_who_comes_with_others_is_told_that_the_place_left_is_too_few(visitor: Visitor, antre: Antre) -> None:
    antre.database.write(lambda c: c.execute(sa.update(slots).where(slots.c.letter == "A")
                                             .where(slots.c.start < morning("2026-11-25") + timedelta(hours=9))
                                             .values(taken=slots.c.places - 1)))
    choose(visitor)
    tell(visitor, 15, party="2")
    page = visitor.send("Pesan janji ini")
    assert "tidak ada tempat untuk 2 orang" in page.text
    assert "penuh" not in page.text
    assert next(form.buttons[0] for form in page.forms if form.action == "/book").endswith("09.00 WITA")
    visitor.follow("Pilih hari atau jam lain")
    page = visitor.follow("Rabu, 25 November")
    assert next(link.text for link in page.links if "WITA" in link.text).startswith("09.00")


def test_one_nik_has_one_booking_and_is_told_how_to_find_it(visitor: Visitor, antre: Antre) -> None:
    for day in ("Rabu, 25 November", "Kamis, 26 November"):
        choose(visitor, day=day)
        tell(visitor, 11)
        visitor.send("Pesan janji ini")
    assert "NIK ini sudah memiliki" in visitor.page.text
    assert "di alamat tiketnya" in visitor.page.text
    assert "(0542) 000-100" in visitor.page.text
    assert len(all_bookings(antre)) == 1


def test_a_time_that_passed_meanwhile_is_refused_with_others(visitor: Visitor, clock: SettableClock) -> None:
    choose(visitor)
    tell(visitor, 12)
    clock.advance(timedelta(hours=24))
    page = visitor.send("Pesan janji ini")
    assert page.url.path == "/who"  # what was typed is forgotten after half an hour
    assert page.form("Lanjutkan").fields["nik"] == ""
    assert page.title.startswith("Isian Anda tidak tersimpan")
    tell(visitor, 12)
    page = visitor.send("Pesan janji ini")
    assert "terlalu dekat" in page.text
    assert [form.action for form in page.forms].count("/book") == 3


def test_when_all_is_full_the_page_says_so_with_the_number_to_call(visitor: Visitor, antre: Antre) -> None:
    antre.database.write(lambda c: c.execute(sa.update(days).values(released=days.c.booked)))
    visitor.open("/")
    page = visitor.send("Lanjutkan", service="ktp-rekam")
    assert "semua hari sudah penuh" in page.text
    assert "(0542) 000-100" in page.text
    assert not any("November" in link.text for link in page.links)


def test_the_evening_does_not_call_the_day_full(visitor: Visitor, clock: SettableClock) -> None:
    clock.advance(timedelta(hours=12))
    visitor.open("/")
    page = visitor.send("Lanjutkan", service="ktp-rekam")
    assert "Selasa, 24 November hari ini tidak ada waktu lagi" in page.text
    assert "penuh" not in page.text


def test_a_week_without_places_points_to_the_nearest_day(visitor: Visitor, antre: Antre) -> None:
    antre.database.write(lambda c: c.execute(sa.update(days).where(days.c.date < morning("2026-12-02").date())
                                             .values(released=days.c.booked)))
    visitor.open("/")
    page = visitor.send("Lanjutkan", service="ktp-rekam")
    assert "penuh" in page.text
    page = visitor.follow("Tempat terdekat: Rabu, 2 Desember")
    visitor.follow("Rabu, 2 Desember")
    assert "08.00 WITA" in visitor.page.text


def test_pages_of_days_go_on_and_back_to_the_horizon(visitor: Visitor) -> None:
    visitor.open("/")
    visitor.send("Lanjutkan", service="ktp-rekam")
    seen = []
    while any("Hari-hari berikutnya" in link.text for link in visitor.page.links):
        seen.append(visitor.follow("Hari-hari berikutnya").url)
    assert len(seen) == 4  # 31 days, seven a page
    visitor.follow("Hari-hari sebelumnya")
    assert visitor.page.url == seen[2]


ADDRESSES = [
    "/?office=nowhere", "/?service=nothing", "/?service=ktp-rekam&day=2026-13-45", "/?service=ktp-rekam&start=never",
    "/?service=ktp-rekam&start=2026-11-25T08:00", "/?service=kk&reason=none", "/?service=ktp-rekam&from=1999-01-01",
    "/?service=ktp-rekam&day=0001-01-01", "/?service=ktp-rekam&from=9999-12-31",
    "/?service=ktp-rekam&start=0001-01-01T00:00%2B14:00",
    "/who", "/who?service=ktp-rekam", "/check", "/check?service=ktp-rekam&start=2026-11-25T00:00Z", "/b/balikpapan",
    "/?service=ktp-rekam&day=2026-11-28", "/?q=" + "x" * 500, "/?lang=xx", "/b/nowhere",
]


def test_any_address_leads_to_a_page_that_asks(client: Any) -> None:
    for address in ADDRESSES:
        page = Visitor(client).open(address)
        assert page.status == (404 if "nowhere" in address else 200), address
        assert page.forms or page.links, address
        assert "<h1" in page.html, address


def test_the_page_is_in_the_language_asked_for_and_keeps_to_it(visitor: Visitor, client: Any) -> None:
    assert "What do you need?" in Visitor(client, "en-GB, id;q=0.5").open("/").text
    assert 'lang="id"' in visitor.open("/").html
    assert "What do you need?" in visitor.follow("English").text
    assert "What do you need?" in visitor.open("/").text
    assert "Apa yang Anda perlukan?" in visitor.follow("Bahasa Indonesia").text


def test_a_phone_can_book_for_a_family_up_to_the_limit(visitor: Visitor, antre: Antre, balikpapan: Office) -> None:
    with antre.database.read() as connection:
        starts = list(connection.scalars(sa.select(slots.c.start).where(slots.c.letter == "A").order_by(slots.c.start)
                                         .where(slots.c.start >= morning(WEDNESDAY)).limit(5)))
    service = balikpapan.service("ktp-rekam")
    for n, start in enumerate(starts):
        person = people.person(20 + n)
        request = Request(balikpapan, service, start, type(person)(person.nik, person.name, people.phone(20)))
        antre.database.write(lambda c, request=request: book.book(c, request, vault=antre.vault, mint=antre.mint,
                                                                  now=antre.clock.now()))
    choose(visitor)
    tell(visitor, 30, phone=people.phone(20))
    page = visitor.send("Pesan janji ini")
    assert "sudah memiliki 5 pemesanan" in page.text

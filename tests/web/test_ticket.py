"""The ticket without scripts, on both databases: what it says in each state, moving, cancelling, its files."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from api.assembly import Antre
from scheduler import bookings as book
from scheduler.bookings import Booking, Request
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from scheduler.tables import bookings, days, slots
from tests import people
from tests.web.conftest import add_staff
from tests.web.reading import Visitor
from ticketing import checkin
from ticketing.codes import show_code
from ticketing.tables import visits


@pytest.fixture
def booked(antre: Antre, balikpapan: Office, clock: SettableClock) -> Booking:
    """The first person's booking: tomorrow at nine."""
    start = clock.now() + timedelta(hours=25)
    request = Request(balikpapan, balikpapan.service("ktp-rekam"), start, people.person(0))
    return antre.database.write(lambda c: book.book(c, request, vault=antre.vault, mint=antre.mint, now=clock.now()))


def now_in(antre: Antre, booking: Booking) -> Booking:
    """The booking as it stands."""
    with antre.database.read() as connection:
        return book.by_id(connection, booking.id)


def test_the_ticket_answers_what_people_ask(visitor: Visitor, booked: Booking) -> None:
    page = visitor.open(f"/t/{booked.token}")
    for said in ("Rabu, 25 November 2026", "09.00 WITA", "Jalan Contoh Nomor 1", show_code(booked.code or ""),
                 "mulai pukul 08.30", "Fotokopi Kartu Keluarga", "(0542) 000-100"):
        assert said in page.text, said
    assert page.response.headers["cache-control"] == "no-store"
    assert "noindex" in page.html
    assert people.name(0) not in page.text
    assert people.nik(0) not in page.html


def test_who_is_late_hears_that_the_office_still_serves(
    visitor: Visitor, clock: SettableClock, booked: Booking
) -> None:
    late = "Jam janji ini sudah lewat"
    clock.advance(timedelta(hours=25, minutes=30))
    assert late not in visitor.open(f"/t/{booked.token}").text
    clock.advance(timedelta(seconds=1))
    page = visitor.open(f"/t/{booked.token}")
    assert late in page.text
    assert "mulai pukul" not in page.text


def test_who_booked_for_a_family_tells_the_tickets_apart(visitor: Visitor, antre: Antre, booked: Booking) -> None:
    for path in ("", "/cancel", "/move?start=2026-11-27T00:15Z"):
        page = visitor.open(f"/t/{booked.token}{path}")
        assert "Siti A." in page.text, path
        assert people.name(0) not in page.text, path
    antre.database.write(lambda c: c.execute(sa.update(bookings).values(sealed=b"of another key")))
    page = visitor.open(f"/t/{booked.token}")
    assert "Atas nama" not in page.text
    assert show_code(booked.code or "") in page.text


def test_both_cases_of_the_address_are_known(visitor: Visitor, booked: Booking) -> None:
    assert visitor.open(f"/T/{booked.token.upper()}").status == 200
    assert visitor.open(f"/t/{booked.token.lower()}").status == 200


@pytest.mark.parametrize("token", ["nonsense", "0" * 36, "%20", "A" * 400])
def test_an_unknown_ticket_is_a_page_with_a_way_on(visitor: Visitor, token: str) -> None:
    page = visitor.open(f"/t/{token}")
    assert page.status == 404
    assert page.response.headers["content-type"].startswith("text/html")
    assert "Tiket ini tidak ditemukan" in page.text
    assert page.link("Pesan waktu datang") == "/"


def test_the_door_never_opens_for_anyone_before_it_opens(visitor: Visitor, antre: Antre, booked: Booking) -> None:
    for hour, said in (("00:30", "mulai pukul 08.00"), ("23:30", "mulai pukul 07.30")):
        day = "2026-11-25" if hour == "00:30" else "2026-11-24"
        start = datetime.fromisoformat(f"{day}T{hour}+00:00")
        antre.database.write(lambda c, at=start: c.execute(sa.update(bookings).values(start=at)))  # type: ignore[misc]
        assert said in visitor.open(f"/t/{booked.token}").text


def test_moving_asks_first_and_leaves_a_trace(visitor: Visitor, antre: Antre, booked: Booking) -> None:
    visitor.open(f"/t/{booked.token}")
    visitor.follow("Pindah ke waktu lain")
    visitor.follow("Jumat, 27 November")
    page = visitor.follow("08.15 WITA")
    assert "Pindah ke waktu ini?" in page.text
    assert now_in(antre, booked).start == booked.start
    page = visitor.send("Ya, pindahkan")
    assert "Jumat, 27 November 2026" in page.text
    assert "2 kali lagi" in page.text
    moved = now_in(antre, booked)
    assert str(page.url).endswith(moved.token)
    old = visitor.open(f"/t/{booked.token}")
    assert "pindah ke waktu baru" in old.text
    assert old.link("Buka tiket yang baru") == f"/t/{moved.token}"


def test_a_move_sent_twice_is_one_move(visitor: Visitor, antre: Antre, booked: Booking) -> None:
    visitor.open(f"/t/{booked.token}/move?start=2026-11-27T00:15Z")
    form = visitor.page.form("Ya, pindahkan")
    answers = [visitor.client.post(form.action, data=form.fields, follow_redirects=False) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert now_in(antre, booked).moves == 1


def test_a_full_hour_offers_others_to_move_to(visitor: Visitor, antre: Antre, booked: Booking) -> None:
    visitor.open(f"/t/{booked.token}/move?start=2026-11-27T00:15Z")
    start = visitor.page.form("Ya, pindahkan").fields["start"]
    antre.database.write(lambda c: c.execute(
        sa.update(slots).where(slots.c.start == now_in(antre, booked).start + timedelta(days=1, hours=23, minutes=15))
        .values(taken=slots.c.places)))
    assert start == "2026-11-27T00:15Z"
    page = visitor.send("Ya, pindahkan")
    assert "sudah penuh" in page.text
    others = [form for form in page.forms if form.action.endswith("/move")]
    assert len(others) == 3
    label = others[0].buttons[0]
    page = visitor.send(label)
    assert label.split(", ")[-1].removesuffix(" WITA") in page.text
    assert now_in(antre, booked).moves == 1


def test_a_full_day_still_offers_its_other_hours_to_who_is_on_it(
    visitor: Visitor, antre: Antre, booked: Booking
) -> None:
    antre.database.write(lambda c: c.execute(
        sa.update(days).where(days.c.id == booked.day_id).values(released=days.c.booked)))
    visitor.open(f"/t/{booked.token}/move")
    visitor.follow("Rabu, 25 November")
    visitor.follow("10.15 WITA")
    visitor.send("Ya, pindahkan")
    assert now_in(antre, booked).start == booked.start + timedelta(minutes=75)


def test_after_the_last_move_the_ticket_says_whom_to_call(visitor: Visitor, antre: Antre, booked: Booking) -> None:
    antre.database.write(lambda c: c.execute(sa.update(bookings).values(moves=3)))
    page = visitor.open(f"/t/{booked.token}")
    assert "itu batasnya" in page.text
    assert not any("Pindah ke waktu lain" in link.text for link in page.links)
    assert str(visitor.open(f"/t/{booked.token}/move").url).endswith(f"/t/{booked.token}")
    answer = visitor.client.post(f"/t/{booked.token}/move", data={"start": "2026-11-27T00:15Z"})
    assert now_in(antre, booked).moves == 3
    assert answer.status_code == 200


def test_cancelling_asks_first_and_twice_is_once(visitor: Visitor, antre: Antre, booked: Booking) -> None:
    visitor.open(f"/t/{booked.token}")
    page = visitor.follow("Batalkan janji")
    assert now_in(antre, booked).status == "booked"
    form = page.form("Ya, batalkan")
    page = visitor.send("Ya, batalkan")
    assert "Janji ini dibatalkan" in page.text
    assert show_code(booked.code or "") not in page.text
    again = visitor.client.post(form.action, data=form.fields, follow_redirects=True)
    assert "Janji ini dibatalkan" in again.text
    assert now_in(antre, booked).sequence == 1
    entry = visitor.client.get(visitor.open(f"/t/{booked.token}").link("Hapus dari kalender"))
    assert "METHOD:CANCEL" in entry.text  # or the alarm rings for a visit nobody makes
    page = visitor.follow("Pesan waktu baru")
    assert "Kapan Anda bisa datang?" in page.text


@pytest.mark.parametrize("act", ["cancel", "move"])
def test_another_site_changes_nothing(visitor: Visitor, antre: Antre, booked: Booking, act: str) -> None:
    headers = {"Origin": "https://elsewhere.test", "Sec-Fetch-Site": "cross-site"}
    answer = visitor.client.post(f"/t/{booked.token}/{act}", data={"start": "2026-11-27T00:15Z"}, headers=headers)
    assert answer.status_code == 403
    assert now_in(antre, booked) == booked


def test_once_admitted_the_ticket_shows_the_number(visitor: Visitor, antre: Antre, booked: Booking,
                                                   balikpapan: Office, clock: SettableClock) -> None:
    clock.advance(timedelta(hours=25))
    add_staff(antre, balikpapan, "counter")
    antre.database.write(lambda c: checkin.scan(
        c, balikpapan, text=booked.token, nonce=None, now=clock.now(), vault=antre.vault, mint=antre.mint,
        offices=antre.offices, staff_id=1))
    page = visitor.open(f"/t/{booked.token}")
    assert "Anda sudah terdaftar di kantor" in page.text
    assert "A-001" in page.text
    assert not any(words in page.text for words in ("Batalkan janji", "Pindah ke waktu lain"))
    for act in ("move", "cancel"):
        assert str(visitor.open(f"/t/{booked.token}/{act}").url).endswith(f"/t/{booked.token}")
    assert page.link("Lihat giliran saya sekarang") == f"/t/{booked.token}", "for a browser without scripts"
    antre.database.write(lambda c: c.execute(sa.update(visits).values(state="absent")))
    page = visitor.open(f"/t/{booked.token}")
    assert "Nomor Anda tidak dipanggil lagi" in page.text
    assert "Masih di kantor? Sebutkan nomor A-001 kepada petugas" in page.text
    clock.advance(timedelta(hours=16))
    page = visitor.open(f"/t/{booked.token}")
    assert "Kunjungan ini sudah lewat" in page.text
    assert not any(words in page.text for words in ("A-001", "dipanggil", "Yang dibawa"))
    assert page.link("Pesan waktu baru").startswith("/?office=balikpapan")


def test_a_missed_visit_says_so_and_offers_a_new_time(visitor: Visitor, antre: Antre, booked: Booking) -> None:
    antre.database.write(lambda c: c.execute(sa.update(bookings).values(status="absent")))
    page = visitor.open(f"/t/{booked.token}")
    assert "Janji ini sudah lewat" in page.text
    assert page.link("Pesan waktu baru").startswith("/?office=balikpapan")


@pytest.mark.parametrize(("ending", "kind", "begins"), [
    ("png", "image/png", b"\x89PNG"), ("svg", "image/svg+xml", b"<svg"), ("pdf", "application/pdf", b"%PDF"),
    ("ics", "text/calendar", b"BEGIN:VCALENDAR"), ("PNG", "image/png", b"\x89PNG"),
])
def test_the_files_of_a_ticket_are_sent_once(client: Any, booked: Booking, ending: str, kind: str,
                                             begins: bytes) -> None:
    answer = client.get(f"/t/{booked.token}.{ending}")
    assert answer.headers["content-type"].startswith(kind)
    assert answer.content.startswith(begins)
    again = client.get(f"/t/{booked.token}.{ending}", headers={"If-None-Match": f'"x", W/{answer.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"/t/{booked.token}.{ending}", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(("accept", "kind"), [
    ("*/*", "application/problem+json"), ("image/*", "application/problem+json"), ("text/html,*/*;q=0.8", "text/html")])
def test_a_file_that_is_not_there_is_a_problem_to_programs_and_a_page_to_people(client: Any, balikpapan: Office,
                                                                                 accept: str, kind: str) -> None:
    answer = client.get("/t/NIX.png", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (404, kind)
    assert client.get("/t/NIX", headers={"Accept": "*/*"}).headers["content-type"].startswith("text/html")


def test_the_paper_comes_in_two_sizes(client: Any, booked: Booking) -> None:
    small, large = (client.get(f"/t/{booked.token}.pdf{query}") for query in ("", "?paper=a4"))
    widths = [round(PdfReader(BytesIO(answer.content)).pages[0].mediabox.width) for answer in (small, large)]
    assert widths == [298, 595]  # points: 105 and 210 mm
    assert small.headers["etag"] != large.headers["etag"]


def test_a_file_changes_its_mark_when_the_booking_changes(client: Any, antre: Antre, booked: Booking) -> None:
    before = client.get(f"/t/{booked.token}.ics").headers["etag"]
    client.post(f"/t/{booked.token}/cancel")
    after = client.get(f"/t/{booked.token}.ics")
    assert after.headers["etag"] != before
    assert "METHOD:CANCEL" in after.text


@pytest.mark.parametrize("ending", ["exe", "html", "png.exe", ""])
def test_other_endings_are_not_found(client: Any, booked: Booking, ending: str) -> None:
    assert client.get(f"/t/{booked.token}.{ending}").status_code == (200 if ending == "" else 404)

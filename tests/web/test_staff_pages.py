"""Staff pages without scripts, on both databases: signing in, the door, visitors without booking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from api.staff import ACCOUNT_FREE
from api.tables import sessions
from scheduler import bookings as book
from scheduler.bookings import Booking, Request
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from scheduler.tables import days
from tests import people
from tests.web.conftest import PASSWORD, add_staff
from tests.web.reading import Visitor
from ticketing.tables import visits

SignIn = Callable[[str], Visitor]


@pytest.fixture
def booked(antre: Antre, balikpapan: Office, clock: SettableClock) -> Booking:
    """The first person's booking: today at nine, an hour and a bit from now."""
    request = Request(balikpapan, balikpapan.service("ktp-rekam"), clock.now() + timedelta(minutes=75),
                      people.person(0), party=2, priority="elderly")
    return antre.database.write(lambda c: book.book(c, request, vault=antre.vault, mint=antre.mint, now=clock.now()))


# -- signing in -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/scan", "/walk-in", "/manage"])
def test_staff_pages_ask_to_sign_in_and_then_lead_there(visitor: Visitor, antre: Antre, balikpapan: Office,
                                                        path: str) -> None:
    add_staff(antre, balikpapan, "manager")
    page = visitor.open(path)
    assert page.url.path == "/sign-in"
    page = visitor.send("Masuk", username="manager", password=PASSWORD)
    assert page.url.path == path
    assert visitor.open("/sign-in").url.path == "/manage"


@pytest.mark.parametrize("goal", ["https://elsewhere.test/", "//elsewhere.test", "/t/x", "/manage/../demo"])
def test_signing_in_leads_to_our_own_pages_only(visitor: Visitor, antre: Antre, balikpapan: Office, goal: str) -> None:
    add_staff(antre, balikpapan, "counter")
    data = {"username": "counter", "password": PASSWORD, "next": goal}
    answer = visitor.client.post("/sign-in", data=data, follow_redirects=False)
    assert answer.headers["location"] == "/scan"
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "secure"))


def test_wrong_or_missing_words_are_told_and_never_shown_again(visitor: Visitor, antre: Antre,
                                                               balikpapan: Office) -> None:
    add_staff(antre, balikpapan, "counter")
    visitor.open("/sign-in")
    page = visitor.send("Masuk")
    assert page.status == 422
    assert page.link("Tulis kata sandi") == "#password"
    page = visitor.send("Masuk", username="counter", password="salah-sekali-ini")
    assert page.status == 401
    assert "salah-sekali-ini" not in page.html
    assert page.form("Masuk").fields["username"] == "counter"


def test_another_site_cannot_sign_anyone_in(visitor: Visitor, antre: Antre, balikpapan: Office) -> None:
    add_staff(antre, balikpapan, "counter")
    answer = visitor.client.post("/sign-in", data={"username": "counter", "password": PASSWORD},
                                 headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False)
    assert answer.status_code == 403
    assert "antre_session" not in answer.cookies


def test_signing_out_ends_the_session(signed_in: SignIn, antre: Antre) -> None:
    visitor = signed_in("counter")
    token = visitor.client.cookies["antre_session"]
    page = visitor.send("Keluar")
    assert page.url.path == "/sign-in"
    with antre.database.read() as connection:
        assert connection.execute(sa.select(sessions)).all() == []
    visitor.client.cookies.set("antre_session", token, domain="antre.test")
    assert visitor.open("/scan").url.path == "/sign-in"


def test_a_clerk_sees_no_managers_page(signed_in: SignIn) -> None:
    page = signed_in("counter").open("/manage")
    assert page.status == 403
    assert "bukan untuk akun Anda" in page.text
    assert not any(link.href == "/manage" for link in page.links)


@pytest.mark.parametrize("path", ["/scan", "/walk-in", "/sign-out"])
def test_a_form_without_the_sessions_own_mark_does_nothing(signed_in: SignIn, antre: Antre, path: str) -> None:
    visitor = signed_in("counter")
    answer = visitor.client.post(path, data={"service": "ktp-rekam", "text": "123456789"}, headers=visitor.headers)
    assert answer.status_code == 403
    assert "terlalu lama terbuka" in answer.text
    with antre.database.read() as connection:
        assert connection.execute(sa.select(visits)).all() == []


def test_guesses_elsewhere_lock_nobody_out_of_a_browser_that_signed_in_before(signed_in: SignIn) -> None:
    visitor = signed_in("counter")
    client, right = visitor.client, {"username": " Counter", "password": PASSWORD}
    own = {name: value for name, value in client.cookies.items() if "known" in name}
    for cookies in ({}, dict.fromkeys(own, f"x.{'0' * 64}")):
        client.cookies = cookies
        for _ in range(ACCOUNT_FREE):
            client.post("/sign-in", data={"username": "counter", "password": "salah-salah-salah"})
        assert client.post("/sign-in", data=right).status_code == 429
    client.cookies = own
    assert client.post("/sign-in", data=right, follow_redirects=False).headers["location"] == "/scan"


def test_a_browser_that_signed_in_before_guesses_no_more_than_others(signed_in: SignIn) -> None:
    visitor = signed_in("counter")
    guess = {"username": "counter", "password": "salah-salah-salah"}
    answers = [visitor.client.post("/sign-in", data=guess).status_code for _ in range(ACCOUNT_FREE + 1)]
    assert answers == [401] * ACCOUNT_FREE + [429]


# -- the door ---------------------------------------------------------------------------------------------


def test_a_typed_code_lets_in_and_says_so(signed_in: SignIn, booked: Booking, clock: SettableClock) -> None:
    visitor = signed_in("counter")
    clock.advance(timedelta(minutes=60))
    visitor.open("/scan")
    page = visitor.send("Periksa", text=f"{booked.code}")
    assert "Silakan, A-001" in page.text
    assert page.title.startswith("Silakan, A-001")
    for said in ("Dahulukan: usia 60", "2 orang", "Siti A."):
        assert said in page.text, said
    assert people.name(0) not in page.text
    page = visitor.send("Periksa", text=f"HTTPS://ANTRE.TEST/T/{booked.token}\r\n")
    assert "Sudah masuk, A-001" in page.text


def test_who_is_not_let_in_is_not_to_be_served_first(signed_in: SignIn, antre: Antre, booked: Booking,
                                                     clock: SettableClock) -> None:
    visitor = signed_in("counter")
    antre.database.write(lambda c: book.cancel(c, booked, now=clock.now()))
    visitor.open("/scan")
    page = visitor.send("Periksa", text=f"{booked.code}")
    assert "Sudah dibatalkan" in page.text
    assert "Siti A." in page.text
    assert "Dahulukan" not in page.text


def test_the_same_form_again_gives_the_same_number(signed_in: SignIn, booked: Booking, clock: SettableClock) -> None:
    visitor = signed_in("counter")
    clock.advance(timedelta(minutes=60))
    form = visitor.open("/scan").form("Periksa")
    for _ in range(2):
        answer = visitor.client.post("/scan", data={**form.fields, "text": booked.code}, headers=visitor.headers)
        assert "Silakan, A-001" in answer.text


@pytest.mark.parametrize(("text", "look", "said"), [
    ("", "", "Pindai tiket atau ketik"), ("123456789", "no", "Kode salah ketik"), ("hello", "no", "Tidak dikenal"),
    ("22EQ000" + "A" * 29, "no", "Tiket palsu"), ("early", "wait", "Terlalu awal"),
])
def test_each_verdict_has_its_look_and_its_words(signed_in: SignIn, booked: Booking, text: str, look: str,
                                                 said: str) -> None:
    visitor = signed_in("counter")
    visitor.open("/scan")
    page = visitor.send("Periksa", text=booked.token if text == "early" else text)
    assert said in page.text
    assert [given["data-look"] for _, given in page.attributes if "data-look" in given] == ([look] if look else [])


def test_the_script_gets_the_verdict_alone(signed_in: SignIn) -> None:
    visitor = signed_in("counter")
    form = visitor.open("/scan").form("Periksa")
    answer = visitor.client.post("/scan", data={**form.fields, "text": "x"}, headers={"X-Part": "verdict"})
    assert answer.text.lstrip().startswith("<div")
    assert "<html" not in answer.text


# -- visitors without booking -----------------------------------------------------------------------------


def test_a_visitor_without_booking_gets_a_number_once(signed_in: SignIn, antre: Antre) -> None:
    visitor = signed_in("counter")
    page = visitor.open("/walk-in")
    assert "6 orang lagi dapat diterima" in page.text
    form = page.form("Beri nomor")
    for _ in range(2):
        data = {**form.fields, "service": "pengaduan", "party": "2", "priority": "infant"}
        answer = visitor.client.post("/walk-in", data=data, headers=visitor.headers)
        for said in ("Nomor C-001", "2 orang", "Dahulukan: membawa bayi"):
            assert said in answer.text, said
    with antre.database.read() as connection:
        rows = connection.execute(sa.select(visits)).all()
    assert [(row.party, row.priority, row.booking_id) for row in rows] == [(2, "infant", None)]
    assert 'id="text"' in answer.text  # the field for the next scan is there again


def test_no_service_chosen_is_asked_again(signed_in: SignIn) -> None:
    visitor = signed_in("counter")
    visitor.open("/walk-in")
    assert "Pilih satu layanan" in visitor.send("Beri nomor").text


def test_a_full_day_offers_times_to_book_instead(signed_in: SignIn, antre: Antre) -> None:
    visitor = signed_in("counter")
    antre.database.write(lambda c: c.execute(sa.update(days).values(walk_in_room=days.c.walk_ins)))
    page = visitor.open("/walk-in")
    assert "Belum ada tempat untuk yang datang langsung: 0 sudah datang" in page.text
    assert "64 tempat masih bisa dipesan, dan batasnya 70 orang." in page.text
    page = visitor.send("Beri nomor", service="ktp-rekam")
    assert "Tempat tanpa janji habis" in page.text
    assert page.link("Masuk daftar tunggu") == "/waiting?office=balikpapan&service=ktp-rekam"
    page = visitor.follow("WITA")
    assert page.url.path == "/who"


def test_more_people_than_there_is_room_for_hear_how_much_there_is(signed_in: SignIn, antre: Antre) -> None:
    visitor = signed_in("counter")
    antre.database.write(lambda c: c.execute(sa.update(days).values(walk_in_room=days.c.walk_ins + 3)))
    visitor.open("/walk-in")
    page = visitor.send("Beri nomor", service="ktp-rekam", party="5")
    assert "tinggal 3 tempat tanpa janji, tidak cukup untuk 5 orang" in page.text
    assert "habis" not in page.text


def test_who_is_sent_home_is_counted_once_for_each_form(signed_in: SignIn, antre: Antre) -> None:
    visitor = signed_in("counter")
    antre.database.write(lambda c: c.execute(sa.update(days).values(walk_in_room=days.c.walk_ins)))
    form = visitor.open("/walk-in").form("Beri nomor")
    for _ in range(2):  # sent again by a clerk who is not sure
        data = {**form.fields, "service": "ktp-rekam", "party": "2"}
        assert "Tempat tanpa janji habis" in visitor.client.post("/walk-in", data=data, headers=visitor.headers).text
    visitor.open("/walk-in")
    visitor.send("Beri nomor", service="ktp-rekam")
    with antre.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.sum(days.c.turned_away))) == 3


def test_after_closing_no_room_is_promised(signed_in: SignIn, clock: SettableClock) -> None:
    visitor = signed_in("counter")
    clock.advance(timedelta(hours=9))
    page = visitor.open("/walk-in")
    assert "Kantor sedang tutup." in page.text
    assert "dapat diterima" not in page.text
    page = visitor.send("Beri nomor", service="ktp-rekam")
    assert "Kantor tutup" in page.text
    said = "Maaf, kantor sedang tutup. Kantor buka lagi Rabu, 25 November pukul 07.30. Waktu terdekat yang"
    assert said in page.text


@pytest.mark.parametrize(("field", "value"), [
    ("party", "0"), ("party", "99"), ("party", "9" * 5000), ("party", "x"), ("priority", "vip"),
])
def test_what_was_not_offered_gives_no_number(signed_in: SignIn, antre: Antre, field: str, value: str) -> None:
    visitor = signed_in("counter")
    form = visitor.open("/walk-in").form("Beri nomor")
    data = {**form.fields, "service": "ktp-rekam", field: value}
    answer = visitor.client.post("/walk-in", data=data, headers=visitor.headers)
    assert answer.status_code == 422
    with antre.database.read() as connection:
        assert connection.execute(sa.select(visits)).all() == []

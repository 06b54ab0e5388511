"""What the door says to who comes without booking and is refused, in both languages, and how that looks."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from api.assembly import Antre
from scheduler import bookings, jobs
from scheduler.bookings import Request
from scheduler.closures import Closing
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office, Offices
from scheduler.tables import days
from tests import people
from tests.booked import TODAY, Book
from tests.closing import close
from tests.web.conftest import PASSWORD, add_staff
from tests.web.test_staff_pages import SignIn
from tests.web.walking import NARROW, Walker

CLOSING = Closing(TODAY, None, None, None, "Listrik padam")
AGAIN = {
    "id": "Maaf, hari ini tidak ada lagi tempat tanpa janji. Tanyakan lagi pukul 09.45: bila ada yang sudah memesan "
          "tetapi tidak datang, mungkin ada tempat. Waktu terdekat yang bisa dipesan:",
    "en": "Sorry, there is no place left today without booking. Ask again at 09:45: if people who booked have not come "
          "by then, there may be a place. The nearest times that can be booked:",
}
CLOSED = {
    "id": "Maaf, kantor sedang tutup: Listrik padam. Kantor buka lagi Rabu, 25 November pukul 07.30.",
    "en": "Sorry, the office is closed: Listrik padam. It opens again on Wednesday, 25 November at 07:30.",
}


def book_all(antre: Antre, office: Office) -> None:
    """Two are booked for nine o'clock today, and the day has no room besides."""
    now, service = antre.clock.now(), office.service("ktp-rekam")
    for n in (1, 2):
        wish = Request(office, service, now + timedelta(minutes=60), people.person(n))
        antre.database.write(lambda c, wish=wish: bookings.book(c, wish, vault=antre.vault, mint=antre.mint, now=now))
    antre.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == TODAY).values(
        high=2, low=1, walk_in_room=0)))
    jobs.keep_capacity(antre.database, Offices(), now)


def shut(antre: Antre, office: Office) -> None:
    """Today is closed."""
    close(Book(antre.database, office, antre.vault, antre.mint), CLOSING, antre.clock.now())
    antre.offices.forget()


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_full_day_says_when_to_ask_again(signed_in: SignIn, antre: Antre, balikpapan: Office, lang: str) -> None:
    visitor = signed_in("counter")
    book_all(antre, balikpapan)
    visitor.open(f"/walk-in?lang={lang}")
    page = visitor.send("Beri nomor" if lang == "id" else "Give a number", service="ktp-rekam")
    assert AGAIN[lang] in page.text
    assert page.link("daftar tunggu" if lang == "id" else "waiting list")


def test_nothing_is_said_once_it_is_too_late(signed_in: SignIn, antre: Antre, balikpapan: Office,
                                             clock: SettableClock) -> None:
    visitor = signed_in("counter")
    book_all(antre, balikpapan)
    clock.advance(timedelta(hours=7, minutes=50))
    visitor.open("/walk-in")
    page = visitor.send("Beri nomor", service="ktp-rekam")
    assert "Tempat tanpa janji habis" in page.text
    assert "Tanyakan lagi" not in page.text


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_closed_office_says_why_and_when_it_opens(signed_in: SignIn, antre: Antre, balikpapan: Office,
                                                    lang: str) -> None:
    visitor = signed_in("counter")
    shut(antre, balikpapan)
    visitor.open(f"/walk-in?lang={lang}")
    page = visitor.send("Beri nomor" if lang == "id" else "Give a number", service="ktp-rekam")
    assert CLOSED[lang] in page.text
    assert ("daftar tunggu" if lang == "id" else "waiting list") not in page.text, "nobody waits for a closed day"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", ["full", "closed"])
def test_both_look_right(browser: Browser, live: Antre, balikpapan: Office, what: str) -> None:
    add_staff(live, balikpapan, "counter")
    (book_all if what == "full" else shut)(live, balikpapan)
    with closing(Walker(browser, live.settings.public_url, NARROW, scripts=True)) as clerk:
        clerk.open("/walk-in")
        clerk.page.get_by_label("Nama pengguna").fill("counter")
        clerk.page.get_by_label("Kata sandi").fill(PASSWORD)
        clerk.press("Masuk")
        clerk.page.get_by_label("Perekaman KTP-el").check()
        clerk.press("Beri nomor")
        clerk.page.locator(".verdict").wait_for()
        assert (AGAIN if what == "full" else CLOSED)["id"] in clerk.text()
        clerk.audit()

"""Whom to call, without scripts, on both databases: the list, the number, told, undone; other offices, forged forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from api.tables import staff
from api.web.messages import AT_ONCE
from notifications.tables import outbox
from scheduler.bookings import Booking
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.journal import journal
from scheduler.offices import Office
from tests import people
from tests.booked import Book
from tests.outbox import change, put
from tests.seed import second_office
from tests.web.reading import Page, Visitor
from tests.web.test_staff_pages import SignIn, booked
from ticketing.codes import show_code

__all__ = ["booked"]  # a fixture

DIGITS = people.phone(0)[-6:]


def entries(antre: Antre) -> list[tuple[str, Any, Any, Any]]:
    """What the journal says about it: kind, who, of which booking, data."""
    columns = (journal.c.kind, journal.c.staff_id, journal.c.booking_id, journal.c.data)
    with antre.database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns).where(
            journal.c.kind.in_(("phone_shown", "message_handled"))).order_by(journal.c.id))]


def post(visitor: Visitor, message: int | str, act: str, *, csrf: bool = True) -> Page:
    """Send one of the forms, whether the page has it or not."""
    fields = visitor.open("/scan").form("Keluar").fields if csrf else {}
    return Page(visitor.client.post(f"/messages/{message}/{act}", data=fields, headers=visitor.headers,
                                    follow_redirects=True))


def test_nobody_is_to_be_called(signed_in: SignIn) -> None:
    visitor = signed_in("counter")
    assert "Tidak ada yang perlu ditelepon" in visitor.open("/messages").text
    assert "perlu ditelepon" not in visitor.open("/scan").text


@pytest.mark.parametrize(("state", "error", "said"), [
    ("failed", "403 no such number", "Nomor itu tidak bisa menerima SMS."),
    ("failed", "UserInBlacklist", "Nomor itu tidak bisa menerima SMS."),
    ("failed", "DeliveryFailure", "SMS tidak bisa dikirim."), ("unknown", "no answer in time", "Belum pasti sampai."),
    ("failed", "spending limit", "Batas biaya hari itu tercapai."),
])
def test_a_clerk_reads_what_to_say_to_whom_and_why(signed_in: SignIn, antre: Antre, booked: Booking, state: str,
                                                   error: str, said: str) -> None:
    put(antre.database, antre.vault, booked, state=state, error=error)
    page = signed_in("counter").open("/messages")
    for words in ("1 orang perlu ditelepon", "Siti A.", said, error,
                  "Janji Anda sudah tercatat: Perekaman KTP-el, Selasa, 24 November 2026, 09.15 WITA. "
                  f"Kode Anda {show_code(booked.code or '')}."):
        assert words in page.text, words
    assert DIGITS not in page.html
    assert people.name(0) not in page.html


def test_a_resident_who_reads_english_hears_english(signed_in: SignIn, antre: Antre, booked: Booking) -> None:
    put(antre.database, antre.vault, booked)
    antre.database.write(lambda c: c.execute(sa.text("UPDATE bookings SET language = 'en'")).rowcount)
    page = signed_in("counter").open("/messages")
    assert "Your visit is booked" in page.text
    assert ("p", {"class": "speech", "lang": "en"}) in page.attributes


def test_the_number_is_shown_once_and_journalled(signed_in: SignIn, antre: Antre, booked: Booking) -> None:
    message = put(antre.database, antre.vault, booked)
    visitor = signed_in("counter")
    visitor.open("/messages")
    page = visitor.send("Tampilkan nomor")
    assert (page.status, page.response.headers["cache-control"]) == (200, "no-store")
    assert f"tel:{people.phone(0)}" in [link.href for link in page.links]
    assert "0812" in page.text
    assert DIGITS not in str(page.url)
    [(kind, who, of, data)] = entries(antre)
    assert (kind, of, data) == ("phone_shown", booked.id, {"message": message})
    with antre.database.read() as connection:
        assert who == connection.execute(sa.select(staff.c.id)).scalar_one()
    assert DIGITS not in visitor.follow("kembali ke daftar").html


def test_told_undone_and_told_again(signed_in: SignIn, antre: Antre, booked: Booking) -> None:
    put(antre.database, antre.vault, booked)
    visitor = signed_in("counter")
    visitor.open("/messages")
    visitor.send("Tampilkan nomor")
    page = visitor.send("Sudah diberi tahu")
    assert "Sudah dicatat" in page.text
    assert "Tidak ada yang perlu ditelepon" in page.text
    page = visitor.send("Urungkan")
    assert "1 orang perlu ditelepon" in page.text
    assert "Sudah dicatat" not in page.text
    visitor.send("Sudah diberi tahu")
    assert [(kind, (data or {}).get("undone")) for kind, _, _, data in entries(antre)] == [
        ("phone_shown", None), ("message_handled", None), ("message_handled", True), ("message_handled", None)]


def test_the_same_form_twice_notes_it_once(signed_in: SignIn, antre: Antre, booked: Booking) -> None:
    message = put(antre.database, antre.vault, booked)
    visitor = signed_in("counter")
    for _ in range(2):
        assert post(visitor, message, "told").status == 200
    assert len(entries(antre)) == 1
    for _ in range(2):
        assert post(visitor, message, "untold").status == 200
    assert len(entries(antre)) == 2


def test_what_another_clerk_noted_cannot_be_taken_back(signed_in: SignIn, antre: Antre, booked: Booking) -> None:
    message = put(antre.database, antre.vault, booked, handled_at=booked.created_at, handled_by=99)
    visitor = signed_in("counter")
    assert not any("Urungkan" in form.buttons for form in visitor.open(f"/messages?told={message}").forms)
    post(visitor, message, "untold")
    assert entries(antre) == []


def test_what_settled_itself_shows_no_number_any_more(signed_in: SignIn, antre: Antre, booked: Booking) -> None:
    message = put(antre.database, antre.vault, booked)
    visitor = signed_in("counter")
    visitor.open("/messages")
    change(antre.database, message, state="delivered")
    page = visitor.send("Tampilkan nomor")
    assert "tidak perlu ditelepon lagi" in page.text
    assert DIGITS not in page.html
    assert entries(antre) == []


@pytest.mark.parametrize("act", ["phone", "told", "untold"])
def test_another_offices_person_is_not_there(signed_in: SignIn, antre: Antre, booked: Booking, act: str) -> None:
    message = put(antre.database, antre.vault, booked)
    visitor = signed_in("counter")
    other = antre.database.write(second_office)
    antre.database.write(lambda c: c.execute(sa.update(outbox).values(office_id=other)).rowcount)
    assert "Tidak ada yang perlu ditelepon" in visitor.open("/messages").text
    assert post(visitor, message, act).status == 404
    assert entries(antre) == []


@pytest.mark.parametrize("act", ["phone", "told", "untold"])
def test_what_names_no_message_is_not_found(signed_in: SignIn, act: str) -> None:
    visitor = signed_in("counter")
    for message in ("0", "x", "9" * 19, "9" * 40, "-1", "٣"):
        assert post(visitor, message, act).status == 404, message


@pytest.mark.parametrize("act", ["phone", "told", "untold"])
def test_a_forged_form_shows_and_changes_nothing(signed_in: SignIn, antre: Antre, booked: Booking, act: str) -> None:
    message = put(antre.database, antre.vault, booked)
    page = post(signed_in("counter"), message, act, csrf=False)
    assert page.status == 403
    assert DIGITS not in page.html
    assert entries(antre) == []


def test_nobody_signed_in_sees_nothing(visitor: Visitor, antre: Antre, booked: Booking) -> None:
    message = put(antre.database, antre.vault, booked)
    assert visitor.open("/messages").url.path == "/sign-in"
    page = Page(visitor.client.post(f"/messages/{message}/phone", headers=visitor.headers, follow_redirects=True))
    assert page.url.path == "/sign-in"
    assert entries(antre) == []


def test_every_staff_page_says_how_many_but_a_scan_does_not_ask(signed_in: SignIn, antre: Antre,
                                                                booked: Booking) -> None:
    put(antre.database, antre.vault, booked)
    visitor = signed_in("manager")
    for path in ("/scan", "/walk-in", "/manage", "/messages"):
        assert "1 orang perlu ditelepon" in visitor.open(path).text, path
    form, asked = visitor.open("/scan").form("Periksa"), []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    sa.event.listen(antre.database.engine, "before_cursor_execute", listen)
    data = {**form.fields, "text": booked.code}
    visitor.client.post("/scan", data=data, headers={"X-Part": "verdict"})
    assert asked
    assert not [statement for statement in asked if "outbox" in statement]


def test_an_erased_number_says_so(signed_in: SignIn, antre: Antre, booked: Booking) -> None:
    put(antre.database, antre.vault, booked, address=None, phone_hash=None)
    visitor = signed_in("counter")
    visitor.open("/messages")
    assert "Nomornya tidak bisa dibaca" in visitor.send("Tampilkan nomor").text


def test_many_are_shown_some_at_a_time(signed_in: SignIn, antre: Antre, balikpapan: Office,
                                       clock: SettableClock) -> None:
    desk, now, total = Book(antre.database, balikpapan, antre.vault, antre.mint), clock.now(), AT_ONCE + 3
    for n in range(total):
        start = desk.starts((now + timedelta(days=1 + n // 20)).date(), now)[0]
        put(antre.database, antre.vault, desk.book(n, start, now))
    page = signed_in("counter").open("/messages")
    assert f"{total} orang perlu ditelepon" in page.text
    assert page.html.count('class="speech"') == AT_ONCE
    assert "Masih ada 3 orang lagi" in page.text

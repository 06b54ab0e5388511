"""What is typed and not yet booked, on both databases: kept in one browser only, lost by nothing, booked once."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.assembly import Antre
from scheduler.foundation.privacy import SealBroken
from tests import people
from tests.web.reading import Page, Visitor
from tests.web.steps import all_bookings, choose, tell


def test_nothing_personal_stands_in_an_address_or_is_kept_by_the_browser(visitor: Visitor) -> None:
    choose(visitor)
    tell(visitor, 2)
    person = people.person(2)
    for known in (person.nik, person.phone, person.phone[3:], person.name.split()[0]):
        assert known not in str(visitor.page.url)
        assert not any(known in cookie.value for cookie in visitor.client.cookies.jar)
    assert visitor.page.response.headers["cache-control"] == "no-store"
    visitor.send("Pesan janji ini")
    kept = [cookie for cookie in visitor.client.cookies.jar if cookie.name == "antre_draft"]
    assert [cookie.secure and cookie.has_nonstandard_attr("HttpOnly") for cookie in kept] == [True]


def test_a_browser_that_keeps_no_cookies_is_told(visitor: Visitor, antre: Antre) -> None:
    choose(visitor)
    visitor.client.cookies.clear()
    visitor.page = visitor.open(str(visitor.page.url).replace("/who?", "/check?"))
    assert visitor.page.url.path == "/who"
    assert "izinkan cookie" in visitor.page.text
    assert "(0542) 000-100" in visitor.page.text
    tell(visitor, 5)
    visitor.client.cookies.clear()
    page = visitor.send("Pesan janji ini")
    assert page.title.startswith("Isian Anda tidak tersimpan")
    assert all_bookings(antre) == []


def test_back_and_change_lose_nothing(visitor: Visitor) -> None:
    choose(visitor)
    tell(visitor, 6, party="3")
    visitor.follow("Kembali")
    fields = visitor.page.form("Lanjutkan").fields
    assert (fields["nik"], fields["party"]) == (people.nik(6), "3")
    visitor.send("Lanjutkan")
    visitor.follow("Ubah – Waktu")
    visitor.follow("Kamis, 26 November")
    visitor.follow("WITA")  # the details are known: straight to the check
    assert visitor.page.url.path == "/check"
    assert "Kamis, 26 November 2026" in visitor.page.text
    visitor.open(str(visitor.page.url) + "&lang=en")
    assert "Check and book" in visitor.page.text
    assert people.name(6) in visitor.page.text


def test_a_form_sent_twice_is_one_booking(visitor: Visitor, antre: Antre) -> None:
    choose(visitor)
    tell(visitor, 7)
    form, cookie = visitor.page.form("Pesan"), visitor.client.cookies["antre_draft"]
    answers = []
    for _ in range(2):
        visitor.client.cookies.set("antre_draft", cookie, domain="antre.test")
        answers.append(visitor.client.post("/book", data=form.fields, headers=visitor.headers, follow_redirects=False))
    assert answers[0].status_code == 303
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert answers[0].headers["location"].startswith("/t/")
    assert len(all_bookings(antre)) == 1


def test_back_after_the_booking_shows_the_ticket_and_a_new_person_starts_empty(visitor: Visitor) -> None:
    choose(visitor)
    tell(visitor, 8)
    check = str(visitor.page.url)
    ticket = visitor.send("Pesan janji ini").url
    assert visitor.open(check).url == ticket
    visitor.follow("Pesan untuk orang lain")
    visitor.send("Lanjutkan", service="ktp-rekam")
    visitor.follow("Kamis, 26 November")
    visitor.follow("WITA")
    assert visitor.page.form("Lanjutkan").fields["nik"] == ""


def test_two_pages_at_once_never_pass_one_person_off_as_the_other(visitor: Visitor, antre: Antre) -> None:
    """Mother on one page, father on the next: the browser keeps the details of one, and the pages say so."""
    choose(visitor)
    tell(visitor, 13)
    mother = visitor.page.form("Pesan").fields
    choose(visitor, day="Kamis, 26 November")
    visitor.follow("Ubah – Nama")
    tell(visitor, 14)
    answer = visitor.client.post("/book", data=mother, headers=visitor.headers, follow_redirects=True)
    page = Page(answer)
    assert page.title.startswith("Periksa lagi")
    assert people.name(14) in page.text
    assert all_bookings(antre) == []

    visitor.send("Pesan janji ini")
    assert [antre.vault.open(row.sealed) for row in all_bookings(antre)] == [people.person(14)]
    answer = visitor.client.post("/book", data=mother, headers=visitor.headers, follow_redirects=True)
    assert answer.url.path == "/who"
    assert "belum dipesan" in Page(answer).text
    assert len(all_bookings(antre)) == 1


def test_another_site_cannot_book(visitor: Visitor, antre: Antre) -> None:
    choose(visitor)
    tell(visitor, 9)
    fields = {**visitor.page.form("Pesan").fields, "nonce": "guessed"}
    answer = visitor.client.post("/book", data=fields, headers=visitor.headers, follow_redirects=True)
    assert answer.url.path == "/check"
    assert all_bookings(antre) == []


def test_another_site_cannot_fill_in_the_details(visitor: Visitor) -> None:
    choose(visitor)
    form = visitor.page.form("Lanjut").fields | {"name": people.name(3), "nik": people.nik(3), "phone": people.phone(3)}
    headers = visitor.headers | {"Origin": "https://elsewhere.test", "Sec-Fetch-Site": "cross-site"}
    answer = visitor.client.post("/who", data=form, headers=headers, follow_redirects=False)
    assert answer.status_code == 403
    assert "antre_draft" not in visitor.client.cookies


def test_what_is_typed_is_not_sealed_with_the_keys_of_the_book(visitor: Visitor, antre: Antre) -> None:
    choose(visitor)
    tell(visitor, 3)
    sealed = base64.urlsafe_b64decode(visitor.client.cookies["antre_draft"])
    with pytest.raises(SealBroken):
        antre.vault.open_bytes(sealed)


def test_ten_presses_at_once_are_one_booking(visitor: Visitor, antre: Antre) -> None:
    """First without what ties them together: ten drafts of one person, of which one is booked and nine refused."""
    drafts = []
    for _ in range(10):
        visitor.client.cookies.clear()
        choose(visitor)
        tell(visitor, 13)
        drafts.append((visitor.page.form("Pesan").fields, visitor.client.cookies["antre_draft"]))
    assert sorted(answer.startswith("/t/") for answer in press(visitor, drafts)) == [False] * 9 + [True]

    visitor.client.cookies.clear()
    choose(visitor)
    tell(visitor, 14)
    draft = (visitor.page.form("Pesan").fields, visitor.client.cookies["antre_draft"])
    tickets = press(visitor, [draft] * 10)
    assert len(set(tickets)) == 1
    assert tickets[0].startswith("/t/")
    assert len(all_bookings(antre)) == 2


def press(visitor: Visitor, drafts: list[tuple[dict[str, str], str]]) -> list[str]:
    """Send these forms at the same moment, each with its cookie; answers where each leads."""

    def send(draft: tuple[dict[str, str], str]) -> str:
        headers = {**visitor.headers, "Cookie": f"antre_draft={draft[1]}"}
        answer = visitor.client.post("/book", data=draft[0], headers=headers, follow_redirects=False)
        return str(answer.headers["location"])

    visitor.client.cookies.clear()
    with ThreadPoolExecutor(5) as pool:
        return list(pool.map(send, drafts))

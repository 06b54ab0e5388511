"""The question for an e-mail address: asked where mail can be sent, never needed, read back, kept with the person."""

from __future__ import annotations

from typing import Any

import pytest

from api.assembly import Antre
from scheduler.people import LONGEST_EMAIL
from tests import people
from tests.fakes import FakeMailer
from tests.web.reading import Visitor
from tests.web.steps import all_bookings, choose, tell


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


def person_of(antre: Antre) -> Any:
    return antre.vault.open(all_bookings(antre)[0].sealed)


def test_an_address_is_read_back_and_kept(visitor: Visitor, antre: Antre) -> None:
    choose(visitor)
    assert "Email (tidak wajib)" in visitor.page.text
    assert "ponsel dan alamat email hanya dipakai untuk janji ini" in visitor.page.text
    tell(visitor, 1, email=f" {people.email(1)} ")
    assert visitor.page.link("Ubah – Email").endswith("#email")
    assert people.email(1) in visitor.page.text
    assert "lewat SMS dan email" in visitor.page.text
    visitor.send("Pesan janji ini")
    assert person_of(antre) == people.person(1, with_email=True)
    assert "@" not in visitor.page.html


def test_nobody_needs_one(visitor: Visitor, antre: Antre) -> None:
    choose(visitor)
    tell(visitor, 1, email="  ")
    assert visitor.page.url.path == "/check"
    assert "Email" not in visitor.page.text
    assert "juga lewat SMS." in visitor.page.text
    visitor.send("Pesan janji ini")
    assert person_of(antre) == people.person(1)


def test_back_keeps_it_and_it_is_in_no_address(visitor: Visitor) -> None:
    choose(visitor)
    tell(visitor, 1, email=people.email(1))
    assert people.email(1) not in str(visitor.page.url)
    visitor.follow("Ubah – Email")
    assert visitor.page.form("Lanjutkan").fields["email"] == people.email(1)


@pytest.mark.parametrize(("typed", "said"), [
    ("siti", "satu tanda @"), ("siti@example", "setelah tanda @"), ("si ti@example.com", "sebelum tanda @"),
    ("a" * 400 + "@example.com", "satu tanda @"), (f"{'a' * 80}@example.com", "terlalu panjang"),
])
def test_a_wrong_one_is_asked_again_with_all_else_kept(
    visitor: Visitor, antre: Antre, typed: str, said: str
) -> None:
    choose(visitor)
    tell(visitor, 1, email=typed)
    page = visitor.page
    assert page.url.path == "/who"
    assert said in next(link.text for link in page.links if link.href == "#email")
    field = next(given for tag, given in page.attributes if tag == "input" and given.get("name") == "email")
    assert (field["value"], field["aria-invalid"]) == (typed[:LONGEST_EMAIL + 1], "true")
    assert "email-wrong" in field["aria-describedby"]
    assert page.form("Lanjutkan").fields["nik"] == people.nik(1)
    assert all_bookings(antre) == []
    visitor.send("Lanjutkan", email="")
    assert visitor.page.url.path == "/check"


def test_an_address_just_too_long_is_not_cut_to_another_one(visitor: Visitor) -> None:
    address = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example"
    too_long = address.replace("example", "e" * (LONGEST_EMAIL + 1 - len(address) + len("example")))
    assert len(too_long) == LONGEST_EMAIL + 1
    choose(visitor)
    for typed in (too_long, too_long + "e"):
        visitor.page = visitor.open("/who?" + str(visitor.page.url).partition("?")[2])
        tell(visitor, 1, email=typed)
        assert visitor.page.url.path == "/who"
    visitor.send("Lanjutkan", email=too_long[:-1])
    assert visitor.page.url.path == "/check"


class TestWithoutMail:
    """Where nobody carries mail the page does not ask, and what somebody sends all the same is not kept."""

    @pytest.fixture
    def mailer(self) -> None:
        return None

    def test_the_page_does_not_ask(self, visitor: Visitor) -> None:
        choose(visitor)
        assert "email" not in visitor.page.html.lower()

    def test_an_address_is_neither_checked_nor_kept(self, visitor: Visitor, antre: Antre) -> None:
        choose(visitor)
        person = people.person(1)
        form = visitor.page.form("Lanjutkan").fields | {
            "name": person.name, "nik": person.nik, "phone": person.phone, "email": "siti"}
        visitor.client.post("/who", data=form, headers=visitor.headers, follow_redirects=True)
        visitor.open(str(visitor.page.url).replace("/who", "/check"))
        assert "siti@" not in visitor.page.text
        visitor.send("Pesan janji ini")
        assert person_of(antre) == person

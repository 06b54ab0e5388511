"""The question for an e-mail address in a real Chromium without scripts, on a narrow phone."""

from __future__ import annotations

import pytest

from tests import people
from tests.fakes import FakeMailer
from tests.web.conftest import Walk
from tests.web.walking import Walker

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def resident(walk: Walk) -> Walker:
    return walk(320)


def test_an_address_is_asked_for_mended_and_read_back(resident: Walker) -> None:
    page, person = resident.page, people.person(1)
    resident.open("/?office=balikpapan&service=ktp-rekam")
    resident.press("Rabu, 25 November", "link")
    resident.press("WITA", "link")
    resident.audit()
    for label, typed in (("Nama lengkap", person.name), ("NIK", person.nik), ("Nomor ponsel", person.phone),
                         ("Email (tidak wajib)", "siti@example")):
        page.get_by_label(label).fill(typed)
    resident.press("Lanjutkan")
    resident.audit()
    resident.press("setelah tanda @", "link")
    page.get_by_label("Email (tidak wajib)").fill("a-rather-long-name.with-parts.and-more@mail.example.co.id")
    resident.press("Lanjutkan")
    resident.audit()
    assert "a-rather-long-name.with-parts.and-more@mail.example.co.id" in resident.text()
    resident.press("Pesan janji ini")
    resident.audit()

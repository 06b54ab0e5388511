"""The mails about closures and the waiting list: the person's own page in them, and nothing for others to read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api.assembly import Antre
from notifications import letters
from notifications.wording import mail as wording
from scheduler.offices import Office
from tests import people
from tests.booked import TOMORROW, at
from tests.conftest import NOW
from tests.fakes import FakeMailer
from tests.flows.test_mails import composer, held
from tests.notifications.desk import Desk
from tests.notifications.lining import close, join, moved_by, offer

TOLD = wording.Line(
    office="Disdukcapil", phone="(0542) 000-100", service="Perekaman KTP-el", who="Siti A.", last="Sen 30/11",
    url="https://antre.test/w/X", site="https://antre.test", day="Rabu 25 Nov", hour="09.00 WITA",
    until="Sel 24/11 14.30")


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def desk(antre: Antre, balikpapan: Office) -> Desk:
    return Desk(antre.database, balikpapan, antre.vault, antre.mint)


def mails(antre: Antre) -> list[Any]:
    """What the facts become; the jobs that would place people anew do not run."""
    letters.write_all(antre.database, antre.offices, antre.vault, NOW, mails=True)
    with antre.database.read() as c:
        return [composer(antre).compose(c, one) for one in held(antre)]


def test_an_offer_is_mailed_with_the_page_to_answer_on(antre: Antre, desk: Desk) -> None:
    entry = join(desk, 1, with_email=True)
    (made,) = offer(desk)
    (mail,) = mails(antre)
    local = desk.office.local(made.start)
    assert (mail.to, mail.message_id) == (people.email(1), f"<offer.w{entry.id}.{made.id}@antre.test>")
    assert mail.subject.startswith("Ada tempat: ")
    for told in (f"https://antre.test/w/{entry.token}", f"{local:%H.%M} WITA", "Budi S.", "Perekaman KTP-el"):
        assert told in mail.text, told
    for secret in (people.nik(1), people.phone(1)[3:], people.name(1)):
        assert secret not in mail.subject + mail.text
    assert mail.attachments == ()


def test_a_move_by_a_closure_carries_the_new_ticket_and_says_why(antre: Antre, desk: Desk) -> None:
    booking = desk.book(1, at(TOMORROW, "09:00", desk.office), with_email=True)
    new = at(TOMORROW + timedelta(days=1), "10:00", desk.office)
    closure = close(desk, booking, "moved", new)
    desk.move(booking, new)
    moved_by(desk, booking, new, closure)
    (mail,) = mails(antre)
    assert mail.subject.startswith("Kantor tutup, janji Anda pindah ke Kamis, 26 November 2026, 10.00 WITA")
    assert "tutup 25/11 (Gangguan jaringan). Janji Anda kami pindahkan" in mail.text
    assert len(mail.attachments) == 2


def test_who_has_no_place_gets_no_ticket_for_a_time_at_which_nobody_is_there(antre: Antre, desk: Desk) -> None:
    booking = desk.book(1, at(TOMORROW, "09:00", desk.office), with_email=True)
    close(desk, booking, "unplaced")
    mail = mails(antre)[-1]
    assert "jangan datang dulu" in mail.text
    assert f"https://antre.test/t/{booking.token}" in mail.text
    assert mail.attachments == ()


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("kind", wording.OF_THE_LINE)
def test_every_kind_has_words_in_every_language(kind: str, language: str) -> None:
    text = wording.line_text(kind, language, TOLD)
    assert TOLD.phone in text
    assert "https://antre.test" in text
    assert "\n\n\n" not in text
    assert not re.search(r"[{}]|!", wording.line_subject(kind, language, TOLD) + text)
    assert max(map(len, text.splitlines())) < 300


def test_what_an_office_wrote_breaks_no_header() -> None:
    told = replace(TOLD, service="KTP {url}\r\nBcc: budi@example.com")
    assert wording.line_subject("waiting", "id", told) == "Anda di daftar tunggu - KTP {url} Bcc: budi@example.com"

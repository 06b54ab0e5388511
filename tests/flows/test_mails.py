"""What a mail says and carries: after a booking, a move, a cancellation, and on the evening before."""

from __future__ import annotations

import io
import re
from dataclasses import fields, replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
import vobject

from api.assembly import Antre
from api.mailing import Composer
from notifications import letters
from notifications.claims import Claim
from notifications.gateways.base import Mail
from notifications.tables import outbox
from notifications.wording import mail as wording
from scheduler.bookings import Booking
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.privacy import SealBroken, Vault
from scheduler.keeping_tables import closures
from scheduler.offices import Office
from tests import people
from tests.booked import TODAY, TOMORROW, at
from tests.conftest import NOW
from tests.fakes import FakeMailer
from tests.notifications.desk import Desk
from tests.notifications.lining import close, moved_by


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def desk(antre: Antre, balikpapan: Office) -> Desk:
    return Desk(antre.database, balikpapan, antre.vault, antre.mint)


def composer(antre: Antre, **changes: Any) -> Composer:
    return Composer(**{"public_url": antre.settings.public_url, "vault": antre.vault, "offices": antre.offices,
                       "clock": antre.clock} | changes)


def claimed(antre: Antre) -> list[Claim]:
    """The rows of e-mail as a courier would hold them, in order of writing."""
    antre.timetable.run_due()
    return held(antre)


def held(antre: Antre) -> list[Claim]:
    """The rows as they are."""
    with antre.database.read() as c:
        rows = c.execute(sa.select(outbox).where(outbox.c.medium == "email").order_by(outbox.c.id)).all()
    return [Claim(**{one.name: getattr(row, one.name, None) for one in fields(Claim)}) for row in rows]


def mails(antre: Antre) -> list[Mail]:
    with antre.database.read() as c:
        return [composer(antre).compose(c, one) for one in claimed(antre)]


def papers(mail: Mail) -> tuple[str, Any]:
    """The words of the PDF, and the calendar read by another parser."""
    by_type = {one.media_type.partition(";")[0]: one.content for one in mail.attachments}
    pdf = by_type.get("application/pdf")
    words = " ".join(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split()) if pdf else ""
    return words, vobject.readOne(by_type["text/calendar"].decode())


def test_a_booking_is_mailed_with_the_ticket_and_a_calendar_entry(antre: Antre, desk: Desk) -> None:
    booking = desk.book(1, at(TOMORROW, "09:00", desk.office), with_email=True, party=2)
    (mail,) = mails(antre)
    code = f"{booking.code[:3]}-{booking.code[3:6]}-{booking.code[6:]}" if booking.code else ""
    assert (mail.to, mail.message_id) == (people.email(1), f"<confirmation.{booking.id}.0@antre.test>")
    assert mail.subject == "Janji Anda: Rabu, 25 November 2026, 09.00 WITA - Perekaman KTP-el"
    for told in ("Janji Anda sudah tercatat", "Layanan: Perekaman KTP-el", "Waktu: Rabu, 25 November 2026, 09.00 WITA",
                 f"Kode: {code}", f"https://antre.test/t/{booking.token}", "mulai 08.30 WITA", "(2 orang)",
                 "Disdukcapil Kota Balikpapan", "(0542) 000-100", "30 hari setelah hari kunjungan",
                 *(f"\n- {thing}" for thing in desk.service.bring["id"])):
        assert told in mail.text, told
    words, calendar = papers(mail)
    assert code in words
    assert "09.00 WITA" in words
    assert (calendar.method.value, calendar.vevent.sequence.value) == ("PUBLISH", "0")
    assert [(one.name, one.media_type) for one in mail.attachments] == [
        (f"antre-{code}.pdf", "application/pdf"),
        (f"antre-{code}.ics", "text/calendar; method=PUBLISH; charset=utf-8")]


def test_nothing_in_a_mail_is_a_nik_a_number_or_a_whole_name(antre: Antre, desk: Desk) -> None:
    desk.book(1, at(TOMORROW, "09:00", desk.office), with_email=True)
    (mail,) = mails(antre)
    words, _ = papers(mail)
    calendar = mail.attachments[1].content.decode()
    for secret in (people.nik(1), people.phone(1)[3:], people.name(1)):
        assert not [text for text in (mail.subject, mail.text, words, calendar) if secret in text]
    assert "Untuk: Budi S." in mail.text


def test_a_move_replaces_and_a_cancellation_strikes_the_calendar_entry(
    antre: Antre, desk: Desk
) -> None:
    booking = desk.book(1, at(TOMORROW, "09:00", desk.office), with_email=True)
    _, first = papers(mails(antre)[0])
    moved = desk.move(booking, at(TOMORROW + timedelta(days=1), "10:00", desk.office))
    mail = mails(antre)[1]
    words, calendar = papers(mail)
    assert mail.message_id == f"<move.{booking.id}.1@antre.test>"
    assert mail.subject.startswith("Janji Anda pindah ke Kamis, 26 November 2026, 10.00 WITA")
    assert moved.token in mail.text
    assert booking.token not in mail.text
    assert "10.00 WITA" in words
    assert (calendar.method.value, calendar.vevent.sequence.value) == ("PUBLISH", "1")
    assert calendar.vevent.uid.value == first.vevent.uid.value

    desk.cancel(moved)
    mail = mails(antre)[2]
    words, calendar = papers(mail)
    assert mail.message_id == f"<cancellation.{booking.id}.2@antre.test>"
    assert mail.subject.startswith("Janji dibatalkan: Kamis, 26 November 2026")
    assert (calendar.method.value, calendar.vevent.sequence.value) == ("CANCEL", "2")
    assert calendar.vevent.uid.value == first.vevent.uid.value
    assert mail.attachments[0].media_type == "text/calendar; method=CANCEL; charset=utf-8"
    assert words == "", "nobody needs a void ticket on paper"
    assert moved.token not in mail.text
    assert "Memesan lagi: https://antre.test" in mail.text


def test_the_evening_before_is_mailed_with_the_ticket(
    antre: Antre, desk: Desk, clock: SettableClock
) -> None:
    booking = desk.book(1, at(TOMORROW, "09:00", desk.office), NOW - timedelta(days=2), with_email=True)
    clock.advance(at(TODAY, "16:30", desk.office) - NOW)
    mail = next(mail for mail in mails(antre) if "reminder" in mail.message_id)
    assert mail.message_id == f"<reminder_eve.{booking.id}.0@antre.test>"
    assert mail.subject == "Besok: janji Anda 09.00 WITA - Perekaman KTP-el"
    assert "batalkan atau pindahkan janji ini" in mail.text
    assert len(mail.attachments) == 2


def told_of_closures(antre: Antre) -> dict[str, str]:
    """The mails about closures by kind, as they are written when all has happened."""
    letters.write_all(antre.database, antre.offices, antre.vault, NOW, mails=True)
    with antre.database.read() as c:
        return {one.kind: composer(antre).compose(c, one).text for one in held(antre) if one.kind != "confirmation"}


def moved_for_a_training(desk: Desk) -> Booking:
    """A booking that a closure has moved by a day."""
    old, new = at(TOMORROW, "09:00", desk.office), at(TOMORROW + timedelta(days=1), "09:00", desk.office)
    booking = desk.book(1, old, with_email=True)
    closure = close(desk, booking, "moved", new, reason="Pelatihan pegawai")
    moved = desk.move(booking, new)
    moved_by(desk, booking, new, closure)
    return moved


def test_of_two_closures_the_mail_names_the_one_that_moved_the_booking(antre: Antre, desk: Desk) -> None:
    moved = moved_for_a_training(desk)
    close(desk, moved, "pending", reason="Banjir")
    told = told_of_closures(antre)
    assert list(told) == ["closure_move"]
    assert "tutup 25/11 (Pelatihan pegawai)" in told["closure_move"]


def test_who_was_moved_and_then_left_without_a_place_reads_the_reason_of_each(antre: Antre, desk: Desk) -> None:
    moved = moved_for_a_training(desk)
    for reason in ("Banjir", "Listrik padam"):
        close(desk, moved, "unplaced", reason=reason)
    told = told_of_closures(antre)
    assert "Pelatihan pegawai" in told["closure_move"]
    assert "Banjir" in told["unplaced"]


def test_a_closure_taken_back_is_no_reason_any_more(antre: Antre, desk: Desk) -> None:
    booking = desk.book(1, at(TOMORROW, "09:00", desk.office), with_email=True)
    first, _ = (close(desk, booking, "unplaced", reason=reason) for reason in ("Banjir", "Listrik padam"))
    antre.database.write(lambda c: c.execute(sa.update(closures).where(closures.c.id == first).values(ended_at=NOW)))
    assert "Listrik padam" in told_of_closures(antre)["unplaced"]


def test_a_mail_is_in_the_language_of_the_booking(antre: Antre, desk: Desk) -> None:
    desk.book(1, at(TOMORROW, "09:00", desk.office), with_email=True, language="en")
    (mail,) = mails(antre)
    words, _ = papers(mail)
    assert mail.subject.startswith("Your visit: Wednesday, 25 November 2026, 09:00 WITA - ")
    assert "Questions? Phone" in mail.text
    assert "Queue ticket" in words
    assert not re.search(r"\b(Anda|Janji|Layanan)\b", mail.text)


def test_a_booking_given_up_while_its_mail_was_on_the_way_is_not_confirmed(
    antre: Antre, desk: Desk
) -> None:
    booking = desk.book(1, at(TOMORROW, "09:00", desk.office), with_email=True)
    (held,) = claimed(antre)
    desk.cancel(booking)
    with antre.database.read() as c:
        mail = composer(antre).compose(c, held)
        told = composer(antre).compose(c, claimed(antre)[1])
    assert (mail.subject, mail.message_id) == (told.subject, told.message_id)
    assert "dibatalkan" in mail.subject


def test_the_same_row_again_is_the_same_mail(antre: Antre, desk: Desk) -> None:
    desk.book(1, at(TOMORROW, "09:00", desk.office), with_email=True)
    assert mails(antre) == mails(antre)


def test_what_no_key_opens_is_raised_not_sent(antre: Antre, desk: Desk) -> None:
    desk.book(1, at(TOMORROW, "09:00", desk.office), with_email=True)
    (held,) = claimed(antre)
    stranger = composer(antre, vault=Vault(["another secret of the tests, as long as it must be"]))
    with antre.database.read() as c, pytest.raises(SealBroken):
        stranger.compose(c, held)


@pytest.mark.parametrize(("url", "host"), [
    ("https://antre.example.go.id", "antre.example.go.id"), ("http://127.0.0.1:8000", "127.0.0.1"),
])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_message_id_is_under_our_own_host(
    antre: Antre, desk: Desk, url: str, host: str
) -> None:
    booking = desk.book(1, at(TOMORROW, "09:00", desk.office), with_email=True)
    with antre.database.read() as c:
        mail = composer(antre, public_url=url).compose(c, claimed(antre)[0])
    assert mail.message_id == f"<confirmation.{booking.id}.0@{host}>"
    assert f"{url}/t/{booking.token}" in mail.text


TOLD = wording.Told(
    office="Disdukcapil", address="Jalan Contoh 1", phone="(0542) 000-100", service="Perekaman KTP-el",
    day="Rabu, 25 November 2026", hour="09.00 WITA", who="Siti A.", code="482-177-305", door="08.30 WITA",
    bring=("KK",), url="https://antre.test/t/X", site="https://antre.test", days=30,
    closed="tutup 27/11 (Listrik padam)")


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("kind", wording.KINDS)
def test_every_kind_has_words_in_every_language(kind: str, language: str) -> None:
    text = wording.text(kind, language, TOLD)
    assert TOLD.code in text
    assert TOLD.phone in text
    assert ("KK" in text) == (kind not in ("cancellation", "unplaced"))
    assert "\n\n\n" not in text
    assert not re.search(r"[{}]|!", wording.subject(kind, language, TOLD) + text)
    assert max(map(len, text.splitlines())) < 300


def test_what_an_office_wrote_is_taken_as_it_is_and_breaks_no_header() -> None:
    told = replace(TOLD, service="KTP {code}\r\nBcc: budi@example.com", bring=("{url} asli", "100% KK"))
    subject = wording.subject("confirmation", "id", told)
    assert "{code} Bcc: budi@example.com" in subject
    message = EmailMessage()
    message["Subject"] = subject  # refuses more than one line
    assert message.keys() == ["Subject"]
    assert "- {url} asli\n- 100% KK" in wording.text("confirmation", "id", told)


def test_what_is_not_known_leaves_no_empty_line() -> None:
    text = wording.text("confirmation", "id", replace(TOLD, who="", code="", bring=()))
    assert "Untuk" not in text
    assert "Kode:" not in text
    assert "dibawa" not in text
    assert "\n\n\n" not in text


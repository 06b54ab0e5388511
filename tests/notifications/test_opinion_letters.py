"""After a visit: who is asked what they think, when, once, and in one part."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from notifications import letters, opt_outs
from notifications.of_visits import AFTER
from notifications.outbox import QUESTION
from notifications.wording import LANGUAGES, gsm7
from notifications.wording.opinion import ask
from scheduler.bookings import Booking
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.journal import record
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices
from tests import people
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.notifications.desk import Desk, courier_of, messages
from tests.notifications.test_wording import office

VISIT = 7
LINK = "https://antre.test/s/0123456789abc"
LONGEST = f"https://{'m' * 43}/s/0123456789abc"  # as long as an address may be with which a ticket's QR code fits


@pytest.fixture
def desk(database: Database, balikpapan: Office, vault: Vault, mint: Any) -> Desk:
    return Desk(database, balikpapan, vault, mint)


class Invites:
    """Makes an invitation for each visit once, as the survey does."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, connection: Any, office: Office, visit_id: int, now: datetime) -> str | None:
        if visit_id in self.asked:
            return None
        self.asked.append(visit_id)
        return LINK


def serve(desk: Desk, booking: Booking | None, now: datetime = NOW, visit: int = VISIT) -> None:
    """The visit of the booking, or of nobody known, is finished."""
    if booking is not None and visit == VISIT:
        desk.arrive(booking, now)
    desk.database.write(lambda c: record(
        c, "served", at=now, office_id=desk.office.id, visit_id=visit,
        booking_id=None if booking is None else booking.id))


def write(desk: Desk, invite: Any, now: datetime = NOW) -> list[Any]:
    desk.database.write(lambda c: letters.write(c, Offices(), desk.vault, now, invite=invite))
    return [row for row in messages(desk.database) if row.kind == "survey"]


def test_who_booked_is_asked_after_the_visit(desk: Desk) -> None:
    booking = desk.book(1, desk.free()[0], language="en", with_email=True)
    serve(desk, booking)
    (message,) = write(desk, Invites())
    assert LINK in message.text
    assert "RATE" in message.text
    assert gsm7.fits(message.text)
    assert (message.due_at, message.rank, message.medium) == (NOW + AFTER, QUESTION, "sms")
    assert desk.vault.open_bytes(message.address) == people.phone(1).encode()
    for part in (people.name(1).split()[0], people.nik(1), booking.code or "", "Rekam"):
        assert part not in message.text


def test_a_visit_is_asked_about_once_however_often_it_was_finished(desk: Desk) -> None:
    booking, invites = desk.book(1, desk.free()[0]), Invites()
    serve(desk, booking)
    assert len(write(desk, invites)) == 1
    desk.database.write(lambda c: record(c, "served", at=NOW, office_id=desk.office.id, visit_id=VISIT,
                                         booking_id=booking.id))
    assert len(write(desk, invites)) == 1


def test_who_came_without_booking_and_whom_nobody_invites_is_not_asked(desk: Desk) -> None:
    invites = Invites()
    serve(desk, None)
    assert write(desk, invites) == []
    assert invites.asked == []
    serve(desk, desk.book(1, desk.free()[0]))
    assert write(desk, None) == []
    assert write(desk, lambda *_: None) == []


@pytest.mark.parametrize(("clock", "hour"), [("15:00", "15:10"), ("19:55", "06:30")])
def test_it_waits_out_quiet_hours(desk: Desk, clock: str, hour: str) -> None:
    booking, gateway = desk.book(1, desk.free()[0]), FakeGateway()
    moment = NOW.replace(hour=int(clock[:2]), minute=int(clock[3:]))
    serve(desk, booking, moment)
    write(desk, Invites(), moment)
    time = SettableClock(moment + AFTER)
    courier = courier_of(desk.database, desk.vault, time, gateway)
    courier.deliver()
    (message,) = [row for row in messages(desk.database) if row.kind == "survey"]
    went = message.sent_at or message.due_at
    assert f"{desk.office.local(went):%H:%M}" == hour
    assert [LINK in text for text in gateway.to(people.phone(1))].count(True) == (1 if message.sent_at else 0)
    courier.close()


def test_it_does_not_go_to_who_wants_no_messages_and_not_once_the_booking_is_another(desk: Desk) -> None:
    gateway, free = FakeGateway(), desk.free()
    serve(desk, desk.book(1, free[0]))
    write(desk, Invites())
    desk.database.write(lambda c: opt_outs.stop(c, desk.vault, people.phone(1), "sms", NOW))
    courier = courier_of(desk.database, desk.vault, SettableClock(NOW + timedelta(hours=1)), gateway)
    courier.deliver()
    (message,) = [row for row in messages(desk.database) if row.kind == "survey"]
    assert (message.state, message.error) == ("dropped", "opted out")
    courier.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sms", ["8" * 20, "+6281200009999", None])
@pytest.mark.parametrize("address", [LINK, LONGEST])
def test_it_is_one_part_with_the_whole_address(language: str, sms: str | None, address: str) -> None:
    text = ask(language, office("M" * 60, sms_number=sms), address)
    assert gsm7.fits(text), (gsm7.septets(text), text)
    assert address in text
    word = {"id": "SMS NILAI ke", "en": "SMS RATE to"}[language]
    assert (word in text) == (sms is not None)

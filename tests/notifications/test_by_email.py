"""The rows of e-mail: beside which SMS they stand, to whom they go, and that they are forgotten like these."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifications import letters, reminders
from notifications.outbox import erase_addresses
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices
from scheduler.tables import bookings
from tests import people
from tests.conftest import NOW
from tests.notifications.desk import Desk, failures, messages

EVENING = NOW.replace(hour=16)


@pytest.fixture
def desk(database: Any, balikpapan: Office, vault: Vault, mint: Any) -> Desk:
    return Desk(database, balikpapan, vault, mint)


def write(desk: Desk, offices: Offices, *, mails: bool = True) -> None:
    desk.database.write(lambda c: letters.write(c, offices, desk.vault, NOW, mails=mails))


def remind(desk: Desk, offices: Offices, now: Any, *, mails: bool = True) -> int:
    return desk.database.write(lambda c: reminders.prepare(c, offices, desk.vault, now, mails=mails))


def media(desk: Desk) -> list[tuple[str, str]]:
    return [(row.kind, row.medium) for row in messages(desk.database)]


def test_who_gave_an_address_is_told_both_ways(desk: Desk, offices: Offices) -> None:
    start = desk.free()[0]
    booking = desk.book(1, start, with_email=True)
    desk.book(2, start)
    write(desk, offices)
    by_key = {row.key: row for row in messages(desk.database)}
    assert set(by_key) == {f"confirmation:{booking.id}:0", f"confirmation:{booking.id}:0:email",
                           f"confirmation:{booking.id + 1}:0"}
    sms, mail = by_key[f"confirmation:{booking.id}:0"], by_key[f"confirmation:{booking.id}:0:email"]
    assert desk.vault.open_bytes(sms.address).decode() == people.phone(1)
    assert desk.vault.open_bytes(mail.address).decode() == people.email(1)
    assert (mail.medium, mail.text, mail.phone_hash, mail.rank) == ("email", "", None, sms.rank)
    assert (mail.kind, mail.booking_id, mail.sequence, mail.due_at, mail.expires_at) == (
        sms.kind, sms.booking_id, sms.sequence, sms.due_at, sms.expires_at)
    assert people.email(1).encode() not in mail.address


def test_without_somebody_to_carry_it_there_is_no_mail(desk: Desk, offices: Offices) -> None:
    desk.book(1, desk.free()[0], with_email=True)
    write(desk, offices, mails=False)
    remind(desk, offices, EVENING, mails=False)
    assert {medium for _, medium in media(desk)} == {"sms"}


def test_moves_and_cancellations_go_by_mail_too(desk: Desk, offices: Offices) -> None:
    free = desk.free()
    booking = desk.book(1, free[0], with_email=True)
    write(desk, offices)
    moved = desk.move(booking, free[-1])
    write(desk, offices)
    desk.cancel(moved)
    write(desk, offices)
    assert [row.key for row in messages(desk.database) if row.medium == "email"] == [
        f"confirmation:{booking.id}:0:email", f"move:{booking.id}:1:email", f"cancellation:{booking.id}:2:email"]


def test_the_same_fact_read_twice_is_mailed_once(desk: Desk, offices: Offices) -> None:
    desk.book(1, desk.free()[0], with_email=True)
    write(desk, offices)
    desk.database.write(lambda c: c.execute(sa.text("UPDATE journal SET unread = true WHERE kind = 'booked'")))
    write(desk, offices)
    assert len(messages(desk.database)) == 2


def test_the_evening_before_is_mailed_once_and_the_last_hours_are_not(desk: Desk, offices: Offices) -> None:
    early = NOW - timedelta(days=1)
    start = next(start for start in desk.free() if start.date() == NOW.date() + timedelta(days=1))
    desk.book(1, start, early, with_email=True)
    assert remind(desk, offices, EVENING) == 1
    assert remind(desk, offices, EVENING) == 0
    assert sorted(media(desk)) == [("reminder_eve", "email"), ("reminder_eve", "sms")]
    assert remind(desk, offices, start - timedelta(hours=1)) == 1
    assert sorted(media(desk))[2:] == [("reminder_late", "sms")]


def test_a_booking_that_cannot_be_read_is_told_to_nobody_and_reported_once(desk: Desk, offices: Offices) -> None:
    booking = desk.book(1, desk.free()[0], with_email=True)
    desk.book(2, desk.free()[1], with_email=True)
    desk.database.write(lambda c: c.execute(
        sa.update(bookings).where(bookings.c.id == booking.id).values(sealed=b"not sealed by us")))
    write(desk, offices)
    assert sorted((row.booking_id, row.medium, row.address is None) for row in messages(desk.database)) == [
        (booking.id, "sms", True), (booking.id + 1, "email", False), (booking.id + 1, "sms", False)]
    assert len(failures(desk.database)) == 1


def test_an_erased_booking_forgets_the_address_too(desk: Desk, offices: Offices) -> None:
    booking = desk.book(1, desk.free()[0], with_email=True)
    write(desk, offices)
    desk.database.write(lambda c: erase_addresses(c, [booking.id]))
    assert [(row.medium, row.address) for row in messages(desk.database)] == [("sms", None), ("email", None)]


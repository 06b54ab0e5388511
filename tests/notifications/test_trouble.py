"""Whom to call because a message did not arrive: who is on the list, in which order, and what takes them off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifications import trouble
from notifications.tables import outbox
from scheduler import bookings
from scheduler.bookings import Booking
from scheduler.foundation.journal import journal
from scheduler.offices import Office
from tests import people
from tests.conftest import NOW
from tests.notifications.desk import Desk
from tests.outbox import change, put

CLERK, OTHER_CLERK = 7, 8
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def desk(database: Any, balikpapan: Office, vault: Any, mint: Any) -> Desk:
    """A door of the office."""
    return Desk(database, balikpapan, vault, mint)


@pytest.fixture
def booked(desk: Desk) -> Booking:
    """A booking of tomorrow."""
    return desk.book(1, desk.free()[40])


def listed(desk: Desk, now: datetime = NOW) -> list[Any]:
    """The list, which the count agrees with."""
    with desk.database.read() as c:
        found = trouble.people(c, desk.office, now)
        assert trouble.count(c, desk.office, now) == len(found)
    return found


def kinds(desk: Desk, now: datetime = NOW) -> list[str]:
    return [one.kind for one in listed(desk, now)]


@pytest.mark.parametrize(("state", "kind", "there"), [
    ("failed", "confirmation", True), ("unknown", "confirmation", True), ("failed", "reminder_eve", True),
    ("sent", "confirmation", False), ("delivered", "confirmation", False), ("queued", "confirmation", False),
    ("dropped", "confirmation", False), ("failed", "cancellation", False),
])
def test_what_did_not_arrive_about_a_booking_that_stands(desk: Desk, booked: Booking, state: str, kind: str,
                                                         there: bool) -> None:
    put(desk.database, desk.vault, booked, kind, state)
    assert kinds(desk) == ([kind] if there else [])


@pytest.mark.parametrize("more", [{"sequence": None}, {"medium": "email"}, {"sequence": 7}, {"office_id": 99}])
def test_answers_mails_what_is_overtaken_and_other_offices_are_not_in_it(desk: Desk, booked: Booking,
                                                                       more: dict[str, Any]) -> None:
    put(desk.database, desk.vault, booked, **more)
    assert listed(desk) == []


def test_a_message_that_arrives_after_all_leaves_by_itself(desk: Desk, booked: Booking) -> None:
    message = put(desk.database, desk.vault, booked, state="unknown")
    assert len(listed(desk)) == 1
    change(desk.database, message, state="delivered")
    assert listed(desk) == []


@pytest.mark.parametrize(("more", "there"), [
    ({"kind": "reminder_eve", "state": "delivered"}, False), ({"kind": "reminder_eve", "state": "sent"}, True),
    ({"kind": "confirmation", "state": "sent", "medium": "email"}, False),
    ({"kind": "reminder_eve", "state": "sent", "medium": "email"}, True),
])
def test_what_says_otherwise_that_they_know(desk: Desk, booked: Booking, more: dict[str, Any], there: bool) -> None:
    put(desk.database, desk.vault, booked)
    put(desk.database, desk.vault, booked, **more)
    assert bool(listed(desk)) == there


def test_a_confirmation_that_arrived_does_not_say_that_a_later_reminder_did(desk: Desk, booked: Booking) -> None:
    put(desk.database, desk.vault, booked, "confirmation", "delivered")
    put(desk.database, desk.vault, booked, "reminder_eve", "failed")
    assert kinds(desk) == ["reminder_eve"]


def test_once_the_visit_begins_or_somebody_answered_yes_nobody_calls(desk: Desk, booked: Booking) -> None:
    put(desk.database, desk.vault, booked)
    assert len(listed(desk, booked.start - HOUR)) == 1
    assert listed(desk, booked.start) == []
    desk.database.write(lambda c: bookings.confirm(c, booked, now=NOW, via="sms"))
    assert listed(desk) == []


def test_a_cancelled_booking_leaves_and_its_cancellation_stays_for_a_week(desk: Desk, booked: Booking) -> None:
    put(desk.database, desk.vault, booked)
    cancelled = desk.cancel(booked)
    assert listed(desk) == []
    put(desk.database, desk.vault, cancelled, "cancellation")
    assert kinds(desk, NOW + 7 * DAY) == ["cancellation"]
    assert kinds(desk, NOW + 7 * DAY + HOUR) == []


def test_a_move_stays_for_a_week_unless_they_came(desk: Desk, booked: Booking) -> None:
    put(desk.database, desk.vault, booked)
    moved = desk.move(booked, desk.free()[60])
    assert listed(desk) == []
    put(desk.database, desk.vault, moved, "move")
    later = moved.start + HOUR
    assert kinds(desk, NOW) == kinds(desk, later) == ["move"]
    assert kinds(desk, NOW + 8 * DAY) == []
    desk.arrive(moved, later)
    assert kinds(desk, later) == []


def test_an_old_confirmation_of_a_visit_still_ahead_is_in_it(desk: Desk) -> None:
    booked = desk.book(1, desk.free(days=31)[-1])
    put(desk.database, desk.vault, booked)
    assert len(listed(desk, booked.start - HOUR)) == 1


def test_one_entry_a_booking_and_facts_before_reminders(desk: Desk) -> None:
    starts = desk.free()
    first, second, third = (desk.book(n, starts[10 * n]) for n in (1, 2, 3))
    put(desk.database, desk.vault, first, "reminder_eve")
    put(desk.database, desk.vault, third, "confirmation")
    put(desk.database, desk.vault, second, "confirmation")
    newest = put(desk.database, desk.vault, second, "confirmation")
    found = listed(desk)
    assert [one.booking_id for one in found] == [second.id, third.id, first.id]
    assert found[0].id == newest


def test_whoever_was_told_leaves_until_that_is_taken_back(desk: Desk, booked: Booking) -> None:
    message, reminder = (put(desk.database, desk.vault, booked, kind) for kind in ("confirmation", "reminder_eve"))

    def act(what: Any, office: Office = desk.office, staff: int = CLERK) -> bool:
        return bool(desk.database.write(lambda c: what(c, office, message, staff, NOW)))

    assert act(trouble.handle)
    assert not act(trouble.handle, staff=OTHER_CLERK)
    assert listed(desk) == []
    put(desk.database, desk.vault, booked, "reminder_late")  # they know: a clerk told them
    assert listed(desk) == []
    assert not act(trouble.reopen, staff=OTHER_CLERK)
    assert act(trouble.reopen)
    assert not act(trouble.reopen)
    assert len(listed(desk)) == 1
    with desk.database.read() as c:
        entries = c.execute(sa.select(journal.c.staff_id, journal.c.booking_id, journal.c.data).where(
            journal.c.kind == "message_handled").order_by(journal.c.id)).all()
        rows = c.execute(sa.select(outbox.c.handled_at, outbox.c.handled_by).where(
            outbox.c.id.in_([message, reminder]))).all()
    assert entries == [(CLERK, booked.id, {"message": message}),
                       (CLERK, booked.id, {"message": message, "undone": True})]
    assert rows == [(None, None)] * 2


def test_another_offices_message_is_none(desk: Desk, booked: Booking) -> None:
    message = put(desk.database, desk.vault, booked, office_id=99)
    for what in (trouble.handle, trouble.reopen):
        assert not desk.database.write(
            lambda c, what=what: what(c, desk.office, message, CLERK, NOW))
    with desk.database.read() as c:
        assert trouble.about(c, desk.office, message) is None


def test_the_number_is_that_of_the_message(desk: Desk, booked: Booking) -> None:
    put(desk.database, desk.vault, booked)
    address = listed(desk)[0].address
    assert desk.vault.open_bytes(address).decode() == people.phone(1)

"""What a closure did to a booking is told once, with the reason, and not when the booking has gone on from there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifications import letters, reminders, trouble
from notifications.windows import Habit, evening
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal, record
from scheduler.foundation.privacy import Vault
from scheduler.keeping_tables import closure_people, closures
from scheduler.offices import Office, Offices
from scheduler.tables import bookings
from tests.conftest import NOW
from tests.notifications.desk import Desk, messages
from tests.notifications.lining import close, moved_by
from tests.outbox import change


@pytest.fixture
def desk(database: Database, balikpapan: Office, vault: Vault, mint: Any) -> Desk:
    return Desk(database, balikpapan, vault, mint)


def write(desk: Desk) -> list[Any]:
    letters.write_all(desk.database, Offices(), desk.vault, NOW)
    return messages(desk.database)


def closed_away(desk: Desk, n: int, old: Any, new: Any) -> Any:
    """A booking that a closure moved."""
    booking = desk.book(n, old)
    closure = close(desk, booking, "moved", new)
    moved = desk.move(booking, new)
    moved_by(desk, booking, new, closure)
    return moved


def test_a_move_by_a_closure_says_why_and_where_to(desk: Desk) -> None:
    free = desk.free()
    booking = closed_away(desk, 1, free[0], free[-1])
    (message,) = write(desk)
    local = desk.office.local(free[-1])
    assert (message.kind, message.sequence, message.expires_at) == ("closure_move", 1, free[-1])
    for part in (f"{local.day}/{local.month}", "Gangguan jaringan", "Budi S.", "UBAH"):
        assert part in message.text, message.text
    assert message.booking_id == booking.id


def test_who_then_chooses_another_time_is_told_of_that_alone(desk: Desk) -> None:
    free = desk.free()
    moved = closed_away(desk, 1, free[0], free[-1])
    desk.move(moved, free[5])
    assert [row.kind for row in write(desk)] == ["move"]


def test_who_then_cancels_is_told_of_that_alone(desk: Desk) -> None:
    free = desk.free()
    desk.cancel(closed_away(desk, 1, free[0], free[-1]))
    assert [row.kind for row in write(desk)] == ["cancellation"]


def test_who_has_no_other_place_is_told_that_we_call(desk: Desk) -> None:
    booking = desk.book(1, desk.free()[0])
    write(desk)
    close(desk, booking, "unplaced")
    message = write(desk)[-1]
    assert (message.kind, message.expires_at) == ("unplaced", booking.start)
    assert "Kami akan menelepon" in message.text


@pytest.mark.parametrize("since", ["moved", "ended", "cancelled"])
def test_who_has_a_place_after_all_is_not_told_otherwise(desk: Desk, since: str) -> None:
    free = desk.free()
    booking = desk.book(1, free[0])
    write(desk)
    closure = close(desk, booking, "unplaced")
    if since == "moved":
        desk.database.write(lambda c: c.execute(sa.update(closure_people).values(state="moved", start=free[-1])))
        desk.move(booking, free[-1])
        moved_by(desk, booking, free[-1], closure)
    elif since == "ended":
        desk.database.write(lambda c: c.execute(sa.update(closures).values(ended_at=NOW)))
    else:
        desk.cancel(booking)
    told = [row.kind for row in write(desk)[1:]]
    assert told == {"moved": ["closure_move"], "ended": [], "cancelled": ["cancellation"]}[since]


def test_who_keeps_the_old_time_as_the_closure_was_taken_back_is_told(desk: Desk) -> None:
    booking = desk.book(1, desk.free()[0])
    close(desk, booking, "unplaced")
    write(desk)

    def reopen(c: sa.Connection) -> None:
        c.execute(sa.update(bookings).values(sequence=bookings.c.sequence + 1))
        record(c, "moved", at=NOW, office_id=desk.office.id, booking_id=booking.id,
               data={"from": booking.start.isoformat(), "reopened": 1})

    desk.database.write(reopen)
    message = write(desk)[-1]
    assert message.kind == "reopened"
    assert "buka lagi. Rekam KTP-el a.n. Budi S.: tetap" in message.text


@pytest.mark.parametrize(("opens", "closes", "said"), [
    ("00:00", "24:00", "tutup 24/11 ("), ("10:00", "24:00", "tutup 24/11 mulai 10.00"),
    ("00:00", "12:00", "sampai 12.00"),
])
def test_the_ends_of_a_day_need_no_hour(desk: Desk, opens: str, closes: str, said: str) -> None:
    booking = desk.book(1, desk.free()[0])
    close(desk, booking, "unplaced", opens=opens, closes=closes)
    assert said in write(desk)[-1].text


def test_whom_a_closure_s_message_did_not_reach_is_to_be_called(desk: Desk) -> None:
    free = desk.free()
    moved = closed_away(desk, 1, free[0], free[-1])
    waits = desk.book(2, free[1])
    close(desk, waits, "unplaced")
    for row in write(desk):
        change(desk.database, row.id, state="failed")
    with desk.database.read() as c:
        found = trouble.people(c, desk.office, NOW)
    assert {(one.booking_id, one.kind) for one in found} == {(moved.id, "closure_move"), (waits.id, "unplaced")}


def test_nobody_is_reminded_of_a_time_that_is_closed(desk: Desk) -> None:
    tomorrow = [start for start in desk.free() if desk.office.local(start).day == 25]
    closed, reopened, stands = (desk.book(n, tomorrow[n]) for n in range(3))
    close(desk, closed, "unplaced")
    again = close(desk, reopened, "pending")
    desk.database.write(lambda c: c.execute(sa.update(closures).where(closures.c.id == again).values(ended_at=NOW)))
    window = evening(Habit.of(desk.office), desk.office.local(tomorrow[0]).date())
    at = window.opens + timedelta(minutes=1)
    desk.database.write(lambda c: reminders.prepare(c, Offices(), desk.vault, at))
    assert [row.booking_id for row in messages(desk.database)] == [reopened.id, stands.id]


def test_who_was_moved_after_the_reminder_s_moment_gets_none(desk: Desk) -> None:
    """The message about the move has just said the same, although it is no move of the resident's own."""
    free = [start for start in desk.free() if desk.office.local(start).day == 25]
    closed_away(desk, 1, desk.free(days=1)[-1], free[3])
    at = evening(Habit.of(desk.office), desk.office.local(free[0]).date()).opens
    late = at + timedelta(minutes=1)
    desk.database.write(lambda c: c.execute(sa.update(journal).where(journal.c.kind == "moved").values(at=late)))
    desk.database.write(lambda c: reminders.prepare(c, Offices(), desk.vault, late + timedelta(minutes=1)))
    assert messages(desk.database) == []

"""Who came: of those who said YA, who were reminded and silent, who were never reminded; and who gave up in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifications.shows import Shown, ShowRates, show_rates
from scheduler.offices import Office
from scheduler.tables import bookings
from tests.conftest import NOW
from tests.notifications.desk import Desk
from tests.outbox import put

LATER = NOW + timedelta(days=8)


@pytest.fixture
def desk(database: Any, balikpapan: Office, vault: Any, mint: Any) -> Desk:
    """A door of the office."""
    return Desk(database, balikpapan, vault, mint)


def visit(desk: Desk, n: int, status: str, *, confirmed: bool = False, reminder: str | None = None,
          party: int = 1) -> None:
    """One booking of tomorrow that ended in that status, with a reminder in that state."""
    booked = desk.book(n, next(start for start in desk.free() if start > NOW + timedelta(days=1)), party=party)
    if reminder:
        put(desk.database, desk.vault, booked, "reminder_eve", reminder)
    if status == "cancelled":
        desk.cancel(booked)
    values = {"status": status} | ({"confirmed_at": NOW} if confirmed else {})
    desk.database.write(lambda c: c.execute(
        sa.update(bookings).where(bookings.c.id == booked.id).values(values)).rowcount)


def rates(desk: Desk, now: Any = LATER) -> ShowRates:
    with desk.database.read() as c:
        return show_rates(c, desk.office, now)


def test_each_person_counts_where_they_belong(desk: Desk) -> None:
    for n, (status, more) in enumerate([
        ("arrived", {"confirmed": True, "reminder": "delivered", "party": 2}), ("absent", {"confirmed": True}),
        ("arrived", {"reminder": "sent"}), ("absent", {"reminder": "delivered"}), ("absent", {"reminder": "delivered"}),
        ("arrived", {}), ("arrived", {"reminder": "failed"}), ("absent", {"reminder": "dropped"}),
        ("cancelled", {"reminder": "delivered", "party": 2}), ("cancelled", {}), ("booked", {"reminder": "sent"}),
    ]):
        visit(desk, n, status, **more)
    found = rates(desk)
    assert found == ShowRates(Shown(3, 2), Shown(3, 1), Shown(3, 2), 2)
    assert found.confirmed.share == pytest.approx(2 / 3)
    assert found.confirmed.few
    assert not Shown(30, 3).few
    assert Shown().share is None


def test_days_that_are_not_over_or_long_over_do_not_count(desk: Desk) -> None:
    visit(desk, 1, "arrived")
    assert rates(desk, NOW + timedelta(days=1)).unreminded == Shown()
    assert rates(desk, NOW + timedelta(days=91)).unreminded == Shown(1, 1)
    assert rates(desk, NOW + timedelta(days=92)).unreminded == Shown()


def test_a_reminder_of_before_a_move_is_none_of_the_new_time(desk: Desk) -> None:
    starts = [start for start in desk.free() if start > NOW + timedelta(days=1)]
    booked = desk.book(1, starts[0])
    put(desk.database, desk.vault, booked, "reminder_eve", "delivered")
    desk.arrive(desk.move(booked, starts[1]))
    assert rates(desk).unreminded == Shown(1, 1)

"""What a full answer offers instead: real starts, in order, for as many people, inside notice and horizon."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from scheduler import bookings
from scheduler.bookings_at_once import book_at_once
from scheduler.tables import days
from tests.conftest import NOW
from tests.scheduler.test_bookings import Desk, desk

__all__ = ["desk"]  # a fixture


def offered(desk: Desk, start: datetime, party: int = 1) -> list[datetime]:
    """What the refusal of that start offers; each can be booked."""
    starts: list[datetime] = desk.code_of(100, start, party=party).details["alternatives"]
    for n, alternative in enumerate(starts):
        desk.cancel(desk.book(200 + n, alternative, party=party))
    return starts


def test_who_comes_too_soon_is_offered_the_first_that_keep_the_notice(desk: Desk) -> None:
    assert offered(desk, NOW) == offered(desk, NOW - timedelta(days=9)) == desk.free()[:3]


def test_who_wants_too_far_is_offered_the_last_of_the_horizon(desk: Desk) -> None:
    assert offered(desk, NOW + timedelta(days=99)) == desk.free(31)[-3:]


def test_days_left_from_a_longer_horizon_are_neither_offered_nor_booked(desk: Desk) -> None:
    beyond = desk.free(31)[-1]
    desk.office = replace(desk.office, rules=msgspec.structs.replace(desk.office.rules, horizon_days=9))
    last = desk.free(31)[-1]
    assert desk.office.today(last) <= desk.office.today(NOW) + timedelta(days=9)
    assert offered(desk, beyond)[-1] == last
    if not desk.database.embedded:
        made = bookings.draft(desk.request(1, beyond), vault=desk.vault, mint=desk.mint, now=NOW)
        with desk.database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            assert book_at_once(connection, made, NOW) is None


def test_where_too_few_follow_those_before_are_offered_in_order(desk: Desk) -> None:
    free = desk.free(31)
    desk.fill(free[-2])
    assert offered(desk, free[-2]) == [free[-4], free[-3], free[-1]]


def test_a_party_is_offered_room_for_all_of_it(desk: Desk) -> None:
    free = desk.free()
    desk.fill(free[0])
    desk.fill(free[1], left=1)
    assert offered(desk, free[0], party=2) == free[2:5]


@pytest.mark.parametrize("left", [0, 1])
def test_a_party_is_offered_days_with_room_for_all_of_it(desk: Desk, left: int) -> None:
    start = desk.free()[0]
    today = desk.office.today(start)
    desk.database.write(lambda c: c.execute(
        sa.update(days).where(days.c.date == today).values(released=days.c.booked + left)))
    assert desk.code_of(1, start, party=2).code == "day_full"
    assert offered(desk, start, party=2) == [other for other in desk.free() if desk.office.today(other) != today][:3]

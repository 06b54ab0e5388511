"""Moves beside each other and beside days that are laid out anew."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa

from scheduler import places
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.tables import days, slots
from tests.conftest import NOW
from tests.scheduler.test_bookings import Desk, desk
from tests.threads import in_thread

__all__ = ["desk"]  # a fixture


def test_a_refused_move_does_not_offer_the_place_the_booking_has(desk: Desk) -> None:
    wanted, has = desk.free()[:2]
    booked = desk.book(1, has)
    desk.fill(wanted)
    with pytest.raises(Refusal) as refused:
        desk.move(booked, wanted)
    offered = refused.value.details["alternatives"]
    assert has not in offered
    assert len(offered) == 3
    assert desk.move(booked, offered[0]).start == offered[0]


def test_on_a_full_day_a_booking_is_offered_other_hours_of_that_day(desk: Desk) -> None:
    """Its own place comes along, so the day has room for it although nobody else gets in."""
    has, wanted, other = desk.free()[:3]
    booked = desk.book(1, has, party=2)
    desk.fill(wanted)
    desk.database.write(lambda c: c.execute(
        sa.update(days).where(days.c.id == booked.day_id).values(released=days.c.booked)))
    own = places.Own(has, booked.day_id)
    with desk.database.read() as c:
        (day,) = places.free_slots(c, desk.office, desk.service, desk.office.today(has), 1, NOW, 2, own)
        (for_others,) = places.free_slots(c, desk.office, desk.service, desk.office.today(has), 1, NOW, 2)
    assert (day.places, for_others.places) == (2, 0)
    assert has not in [slot.start for slot in day.slots]
    assert other in [slot.start for slot in day.slots]
    with pytest.raises(Refusal) as refused:
        desk.move(booked, wanted)
    assert refused.value.details["alternatives"][0] == other
    assert desk.move(booked, other).start == other
    desk.sums_agree()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_move_holds_no_lock_on_a_start_it_waits_for(desk: Desk) -> None:
    """A start that is given up under its row's lock goes, and the move is told so: no deadlock to be solved."""
    booked, wanted = desk.book(1, desk.free()[0]), desk.free()[-1]
    with desk.database.read() as c:
        place = places.find(c, desk.office, desk.service, wanted, 1, NOW)
    going, waiting = threading.Event(), threading.Event()
    looks: list[int] = []

    def give_up(connection: sa.Connection) -> None:
        looks.append(1)
        connection.execute(sa.update(slots).where(slots.c.id == place.slot_id).values(places=0))
        going.set()
        assert waiting.wait(30)
        connection.execute(sa.delete(slots).where(slots.c.id == place.slot_id))

    giving_up = in_thread(desk.database.write, give_up)
    assert going.wait(30)
    moving = in_thread(desk.move, booked, wanted)
    while not _somebody_waits(desk.database):
        time.sleep(0.01)
    waiting.set()
    assert giving_up.exception(30) is None
    assert looks == [1]
    refusal = moving.exception(30)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "slot_full"
    desk.sums_agree()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", [slots, days], ids=["slots", "days"])
def test_a_move_waits_for_the_lower_row_before_it_takes_the_higher(desk: Desk, table: sa.Table) -> None:
    """Two that change places never hold what the other waits for."""
    low, high = desk.free()[0], desk.free()[-1]
    booked = desk.book(1, low)
    with desk.database.read() as c:
        place = places.find(c, desk.office, desk.service, high, 1, NOW)
    lower, higher = {"slots": (booked.slot_id, place.slot_id), "days": (booked.day_id, place.day_id)}[table.name]
    assert lower < higher
    lock = sa.select(table.c.id).with_for_update(nowait=True, key_share=True)  # as an update of the row does
    with desk.database.engine.connect() as other:
        other.execute(lock.where(table.c.id == lower))
        moving = in_thread(desk.move, booked, high)
        while not _somebody_waits(desk.database):
            time.sleep(0.01)
        other.execute(lock.where(table.c.id == higher))
    assert moving.result(30).start == high


def _somebody_waits(database: Database) -> bool:
    with database.read() as c:
        return bool(c.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")))

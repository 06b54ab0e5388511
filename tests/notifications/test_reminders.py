"""Reminders: when they are due, to whom, in which time zone, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from notifications import letters, reminders
from notifications.reminders import EVE, LATE
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.journal import record
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices
from scheduler.tables import bookings
from scheduler.tables import offices as office_rows
from tests import people
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.notifications.desk import Desk, courier_of, failures, messages, states
from tests.threads import all_at_once

WITA = ZoneInfo("Asia/Makassar")


def at(day: int, clock: str) -> datetime:
    """That local time in November 2026; the 24th is a Tuesday, and `NOW` its 08:00."""
    return datetime.combine(date(2026, 11, day), time.fromisoformat(clock), WITA)


@pytest.fixture
def desk(database: Database, balikpapan: Office, vault: Vault, mint: Any) -> Desk:
    return Desk(database, balikpapan, vault, mint)


@pytest.fixture
def remind(desk: Desk, vault: Vault) -> Callable[[datetime], list[tuple[str, int]]]:
    """Prepare what is due then; answers kind and booking of every reminder so far."""

    def remind(now: datetime) -> list[tuple[str, int]]:
        reminders.prepare_all(desk.database, Offices(), vault, now)
        return [(row.kind, row.booking_id) for row in messages(desk.database)]

    return remind


def test_both_reminders_come_once_each_in_their_time(desk: Desk, remind: Any) -> None:
    booking = desk.book(1, at(25, "10:00"), language="en")
    assert remind(at(24, "15:59")) == []
    assert remind(at(24, "16:00")) == [(EVE, booking.id)]
    assert remind(at(24, "17:00")) == [(EVE, booking.id)]
    assert remind(at(25, "07:59")) == [(EVE, booking.id)]
    assert remind(at(25, "08:00")) == [(EVE, booking.id), (LATE, booking.id)]
    assert remind(at(25, "09:00")) == [(EVE, booking.id), (LATE, booking.id)]
    eve, soon = messages(desk.database)
    assert eve.text.startswith("Tomorrow: Rekam KTP-el for Budi S., Wed 25 Nov at 10:00 WITA")
    assert soon.text.startswith("Soon: ")
    assert (eve.expires_at, soon.expires_at) == (at(24, "20:00"), at(25, "09:30"))
    assert desk.vault.open_bytes(eve.address) == people.phone(1).encode()


def test_the_first_visit_of_the_day_is_reminded_when_quiet_hours_end(desk: Desk, remind: Any) -> None:
    booking = desk.book(1, at(25, "07:30"))
    assert remind(at(25, "05:30")) == []
    assert remind(at(25, "06:29")) == []
    assert remind(at(25, "06:30")) == [(LATE, booking.id)]


def test_nothing_is_due_in_quiet_hours_or_past_the_last_call(desk: Desk, remind: Any) -> None:
    desk.book(1, at(25, "10:00"))
    assert remind(at(24, "20:00")) == []
    assert remind(at(24, "23:59")) == []
    assert remind(at(25, "06:00")) == []
    assert remind(at(25, "09:30")) == []


def test_what_was_booked_inside_the_time_is_not_reminded(desk: Desk, remind: Any) -> None:
    evening_booking = desk.book(1, at(25, "10:00"), now=at(24, "16:01"))
    desk.book(2, at(25, "10:00"), now=at(25, "08:01"))
    assert remind(at(24, "17:00")) == []
    assert remind(at(25, "08:30")) == [(LATE, evening_booking.id)]


def test_booked_at_the_very_moment_is_still_reminded(desk: Desk, remind: Any) -> None:
    booking = desk.book(1, at(25, "10:00"), now=at(24, "16:00"))
    assert remind(at(24, "16:00")) == [(EVE, booking.id)]


def test_a_booking_in_quiet_hours_inside_the_time_is_not_reminded_at_their_end(desk: Desk, remind: Any) -> None:
    desk.book(1, at(25, "07:30"), now=at(25, "05:45"))
    assert remind(at(25, "06:30")) == []


def test_a_move_inside_the_time_takes_the_reminder_away(desk: Desk, remind: Any) -> None:
    booking = desk.book(1, at(26, "10:00"))
    desk.move(booking, at(25, "10:00"), now=at(24, "17:00"))
    assert remind(at(24, "18:00")) == []
    assert remind(at(25, "08:00")) == [(LATE, booking.id)], "that one the move came before"


def test_a_move_inside_the_last_hours_takes_the_late_reminder_away(desk: Desk, remind: Any) -> None:
    booking = desk.book(1, at(26, "10:00"))
    desk.move(booking, at(25, "10:00"), now=at(25, "08:10"))
    assert remind(at(25, "08:15")) == []


def test_a_move_before_the_time_is_reminded_of_the_new_start(desk: Desk, remind: Any) -> None:
    booking = desk.book(1, at(25, "10:00"))
    desk.move(booking, at(26, "11:00"), now=at(24, "12:00"))
    assert remind(at(24, "16:00")) == []
    assert remind(at(25, "16:00")) == [(EVE, booking.id)]
    assert "Kamis 26 Nov 11.00" in messages(desk.database)[0].text


def test_a_move_after_a_reminder_is_reminded_anew(desk: Desk, remind: Any) -> None:
    booking = desk.book(1, at(25, "10:00"))
    remind(at(24, "16:00"))
    desk.move(booking, at(27, "10:00"), now=at(24, "18:00"))
    assert remind(at(26, "16:00")) == [(EVE, booking.id)] * 2


def test_only_a_move_counts_as_one(desk: Desk, remind: Any) -> None:
    """Other entries about the booking, such as a message that failed since, take no reminder away."""
    booking = desk.move(desk.book(1, at(26, "10:00")), at(25, "10:00"), now=at(24, "12:00"))
    desk.database.write(lambda c: record(c, "message_failed", at=at(24, "16:00") + timedelta(seconds=1),
                                         booking_id=booking.id))
    assert remind(at(24, "16:01")) == [(EVE, booking.id)]


def test_cancelled_and_arrived_are_not_reminded(desk: Desk, remind: Any) -> None:
    desk.cancel(desk.book(1, at(25, "10:00")))
    desk.arrive(desk.book(2, at(25, "10:00")), now=at(25, "07:40"))
    assert remind(at(24, "16:00")) == []
    assert remind(at(25, "08:00")) == []


def test_a_reminder_overtaken_by_a_cancel_or_a_move_does_not_leave(
    desk: Desk, remind: Any, vault: Vault, clock: SettableClock
) -> None:
    cancelled, moved = desk.book(1, at(25, "10:00")), desk.book(2, at(25, "10:15"))
    desk.book(3, at(25, "10:30"))
    remind(at(24, "16:00"))
    desk.cancel(cancelled, now=at(24, "16:00"))
    desk.move(moved, at(25, "14:00"), now=at(24, "16:00"))
    clock.advance(at(24, "16:01") - NOW)
    gateway = FakeGateway()
    courier = courier_of(desk.database, vault, clock, gateway)
    courier.deliver()
    courier.close()
    assert [one.phone for one in gateway.carried] == [people.phone(3)]
    assert states(desk.database) == {"dropped": 2, "sent": 1}


def test_a_reminder_that_could_not_leave_in_time_is_dropped(
    desk: Desk, remind: Any, vault: Vault, clock: SettableClock
) -> None:
    desk.book(1, at(25, "10:00"))
    remind(at(24, "19:59"))
    clock.advance(at(24, "20:00") - NOW)
    courier = courier_of(desk.database, vault, clock, FakeGateway())
    courier.deliver()
    courier.close()
    assert states(desk.database) == {"dropped": 1}


def test_a_clock_that_jumps_over_a_reminder_s_time_sends_no_stale_one(desk: Desk, remind: Any) -> None:
    desk.book(1, at(25, "10:00"))
    second = desk.book(2, at(25, "15:00"))
    assert remind(at(25, "13:10")) == [(LATE, second.id)]
    assert remind(at(30, "12:00")) == [(LATE, second.id)]


def test_a_clock_that_jumps_into_a_reminder_s_time_catches_up(desk: Desk, remind: Any) -> None:
    booking = desk.book(1, at(25, "10:00"))
    assert remind(at(24, "19:30")) == [(EVE, booking.id)]


# -- where ---------------------------------------------------------------------------------------------------


def test_each_office_is_reminded_in_its_own_time(desk: Desk, remind: Any) -> None:
    """The same starts, seen from Jayapura (an hour ahead) and from New York (half a day behind)."""
    made = {zone: desk.book(n, at(25, "13:00"), now=at(20, "08:00"))
            for n, zone in enumerate(("Asia/Makassar", "Asia/Jayapura", "America/New_York"))}
    for zone, booking in list(made.items())[1:]:
        _move_to_office_in(desk.database, booking.id, zone)
    makassar, jayapura, york = (booking.id for booking in made.values())
    assert remind(at(24, "15:00")) == [(EVE, jayapura)]
    assert remind(at(24, "16:00")) == [(EVE, jayapura), (EVE, makassar)]
    # 13:00 WITA is midnight in New York: that office's visit is on the 25th there, the day before is its 24th
    sixteen_in_york = datetime(2026, 11, 24, 16, tzinfo=ZoneInfo("America/New_York"))
    assert sixteen_in_york == at(25, "05:00")
    assert (EVE, york) not in remind(sixteen_in_york - timedelta(minutes=1))
    assert (EVE, york) in remind(sixteen_in_york)
    assert messages(desk.database)[-1].text.count("00.00 EST") == 1


def _move_to_office_in(database: Database, booking_id: int, zone: str) -> None:
    def work(c: sa.Connection) -> None:
        row = c.execute(sa.select(office_rows)).mappings().first()
        assert row is not None
        values = {**row, "slug": zone.lower().replace("/", "-").replace("_", "-"), "timezone": zone}
        values.pop("id")
        new = c.execute(office_rows.insert().values(**values).returning(office_rows.c.id)).scalar_one()
        service = c.execute(sa.select(bookings.c.service_id).where(bookings.c.id == booking_id)).scalar_one()
        copied = c.execute(sa.text(
            "INSERT INTO services (office_id, slug, position, active, letter, name, short, visit, minutes, bring, "
            "online_url, words) SELECT :new, slug, position, active, letter, name, short, visit, minutes, bring, "
            "online_url, words FROM services WHERE id = :service RETURNING id"), {"new": new, "service": service})
        c.execute(sa.update(bookings).where(bookings.c.id == booking_id).values(
            office_id=new, service_id=copied.scalar_one()))

    database.write(work)


# -- never twice ---------------------------------------------------------------------------------------------


def test_workers_side_by_side_prepare_each_reminder_once(desk: Desk, vault: Vault) -> None:
    starts = [start for start in desk.free() if desk.office.local(start).day == 25][:20]
    for n, start in enumerate(starts):
        desk.book(n, start)
    work = [lambda: reminders.prepare_all(desk.database, Offices(), vault, at(24, "16:00")) for _ in range(4)]
    all_at_once(*work)
    assert len(messages(desk.database)) == len({row.booking_id for row in messages(desk.database)}) == len(starts)


def test_a_worker_that_dies_half_way_leaves_the_rest_to_the_next(desk: Desk, vault: Vault, remind: Any) -> None:
    made = [desk.book(n, at(25, "10:00") + timedelta(minutes=15 * n)) for n in range(4)]

    def dying(c: sa.Connection) -> None:
        assert reminders.prepare(c, Offices(), vault, at(24, "16:00"), limit=2) == 2
        raise OSError

    desk.database.write(lambda c: reminders.prepare(c, Offices(), vault, at(24, "16:00"), limit=1))
    with pytest.raises(OSError):
        desk.database.write(dying)
    assert len(messages(desk.database)) == 1
    assert sorted(remind(at(24, "16:01"))) == [(EVE, booking.id) for booking in made]


def test_many_are_prepared_some_at_a_time(desk: Desk, vault: Vault) -> None:
    for n in range(7):
        desk.book(n, at(25, "10:00") + timedelta(minutes=15 * n))
    prepared = [desk.database.write(lambda c: reminders.prepare(c, Offices(), vault, at(24, "16:00"), limit=3))
                for _ in range(4)]
    assert prepared == [3, 3, 1, 0]


def test_a_broken_seal_is_journalled_once_and_keeps_nobody_waiting(desk: Desk, vault: Vault, remind: Any) -> None:
    broken, whole = desk.book(1, at(25, "10:00")), desk.book(2, at(25, "10:15"))
    desk.database.write(lambda c: c.execute(
        sa.update(bookings).where(bookings.c.id == broken.id).values(sealed=b"not sealed by us")))
    for minute in range(3):
        assert remind(at(24, "16:00") + timedelta(minutes=minute)) == [(EVE, broken.id), (EVE, whole.id)]
    assert [entry.booking_id for entry in failures(desk.database)] == [broken.id]


def test_letters_and_reminders_of_one_booking_are_different_facts(desk: Desk, vault: Vault, remind: Any) -> None:
    desk.book(1, at(25, "10:00"))
    letters.write_all(desk.database, Offices(), vault, NOW)
    remind(at(24, "16:00"))
    remind(at(25, "08:00"))
    assert [row.kind for row in messages(desk.database)] == ["confirmation", EVE, LATE]

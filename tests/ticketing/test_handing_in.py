"""Whom a door let in without network: into the book once, with the number they were told, or set aside for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler.bookings import Booking
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices
from scheduler.tables import bookings, days
from tests.conftest import NOW
from tests.ticketing.door import CLERK, Door, at
from ticketing import acts, conflicts, day_list, handing_in, ranges
from ticketing.called import row_of_number
from ticketing.codes import Mint
from ticketing.handing_in import Entry, Handed
from ticketing.ranges import Block
from ticketing.tables import scans, visits

TODAY = NOW.date()
DOOR = 9  # the account whose door gave the numbers; the clerk hands in


class Away(Door):
    """A door without network: it hands in entries as its page makes them."""

    def block(self, letter: str = "A", on: Any = TODAY) -> Block | None:
        return self.database.write(lambda c: ranges.hand_out(c, self.office.id, on, letter, DOOR))

    def entry(self, booking: Booking | None, number: str | None, when: datetime, nonce: str = "n-1") -> Entry:
        key = self.mint.day_key(self.office.id, TODAY)
        token = booking.token if booking else self.mint.token(self.office.id, TODAY)
        return Entry(nonce, day_list.mark(key, "ticket", token), TODAY, when, number)

    def hand_in(self, entry: Entry, now: datetime) -> Handed:
        keys = self.mint.day_keys(self.office.id, entry.date)
        with self.database.read() as connection:
            found = day_list.booking_ids(connection, self.office, entry.date, keys).get(entry.mark)
        return self.database.write(lambda c: handing_in.hand_in(c, self.office, entry, found, now=now, staff_id=CLERK))

    def rows(self, table: sa.Table) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(sa.select(table).order_by(*table.primary_key)))

    def kinds(self) -> list[str]:
        return [row.kind for row in self.rows(journal) if row.kind in (
            "admitted", "handed_in", "conflict", "conflict_settled")]


@pytest.fixture
def door(database: Database, balikpapan: Office, offices: Offices, vault: Vault, mint: Mint) -> Away:
    away = Away(database, balikpapan, offices, vault, mint)
    assert away.block() == Block(700, 724)
    return away


def test_who_is_still_booked_comes_in_with_the_number_they_were_told(door: Away) -> None:
    booked = door.book(1, at("10:00"), party=2, priority="infant")
    handed = door.hand_in(door.entry(booked, "A-700", at("09:55")), at("11:00"))
    assert handed == Handed("n-1", "admitted", "A-700")
    visit, = door.rows(visits)
    assert (visit.letter, visit.number, visit.booking_id, visit.state, visit.party, visit.priority) == (
        "A", 700, booked.id, "waiting", 2, "infant")
    assert (visit.arrived_at, visit.since, visit.due) == (at("09:55"), at("09:55"), booked.start)
    day, = [row for row in door.rows(days) if row.date == TODAY]
    assert day.arrived == 2
    assert [row.status for row in door.rows(bookings)] == ["arrived"]
    assert door.kinds() == ["admitted", "handed_in"]
    assert door.scan(booked.token, at("11:01")).number == "A-700"


def test_handing_in_again_answers_the_same_and_changes_nothing(door: Away) -> None:
    booked = door.book(1, at("10:00"))
    entry = door.entry(booked, "A-700", at("10:00"))
    first = door.hand_in(entry, at("11:00"))
    before = [door.rows(table) for table in (visits, bookings, days, journal, scans)]
    assert door.hand_in(entry, at("11:05")) == first
    assert [door.rows(table) for table in (visits, bookings, days, journal, scans)] == before
    door.database.write(lambda c: c.execute(sa.delete(scans)))  # days later the answer is forgotten
    assert door.hand_in(entry, at("11:10")) == first
    assert len(door.rows(visits)) == 1


def test_a_nonce_belongs_to_one_ticket(door: Away) -> None:
    one, other = door.book(1, at("10:00")), door.book(2, at("10:15"))
    door.hand_in(door.entry(one, "A-700", at("10:00")), at("11:00"))
    with pytest.raises(Refusal, match="idempotency_key_reused"):
        door.hand_in(door.entry(other, "A-701", at("10:00")), at("11:00"))


def test_the_network_let_in_the_same_scan_but_its_answer_was_lost(door: Away) -> None:
    """The visitor was told the door's number: that one holds, and there is nothing to decide."""
    booked = door.book(1, at("10:00"))
    assert door.scan(booked.token, at("10:00"), nonce="n-1").number == "A-001"
    handed = door.hand_in(door.entry(booked, "A-700", at("10:00")), at("10:10"))
    assert handed == Handed("n-1", "known", "A-700")
    assert [(row.number, row.state) for row in door.rows(visits)] == [(700, "waiting")]
    assert door.rows(journal)[-1].data == {"number": "A-700", "was": "A-001", "at": at("10:00").isoformat()}
    assert door.scan(booked.token, at("10:11"), nonce="n-1").number == "A-700"


def test_who_was_called_meanwhile_keeps_the_number_that_was_called(door: Away) -> None:
    booked = door.book(1, at("10:00"))
    door.scan(booked.token, at("10:00"), nonce="n-1")
    counter = door.office.counters[0].id
    door.database.write(lambda c: c.execute(sa.update(visits).values(state="called", counter_id=counter)))
    assert door.hand_in(door.entry(booked, "A-700", at("10:00")), at("10:10")) == Handed("n-1", "known", "A-001")


def test_a_told_number_that_another_has_does_not_hold_the_answer_back(door: Away) -> None:
    """Two browsers of one copied profile gave one number; the network had let the second one in."""
    one, other = door.book(1, at("10:00")), door.book(2, at("10:15"))
    door.hand_in(door.entry(one, "A-700", at("10:00"), nonce="n-1"), at("10:05"))
    door.scan(other.token, at("10:15"), nonce="n-2")
    handed = door.hand_in(door.entry(other, "A-700", at("10:15"), nonce="n-2"), at("10:20"))
    assert handed == Handed("n-2", "known", "A-001")
    assert sorted(row.number for row in door.rows(visits)) == [1, 700]


def test_who_was_read_before_another_number_held_is_not_called_by_the_old_one(door: Away) -> None:
    booked = door.book(1, at("10:00"))
    door.scan(booked.token, at("10:00"), nonce="n-1")
    with door.database.read() as connection:
        read = row_of_number(connection, door.office, TODAY, "A-001")
    door.hand_in(door.entry(booked, "A-700", at("10:00")), at("10:10"))
    with pytest.raises(Refusal, match="not_waiting"):
        door.database.write(lambda c: acts.begin(c, door.office, at("10:10"), CLERK).change(read, state="gone"))


def test_a_door_without_numbers_left_gets_one_when_it_hands_in(door: Away) -> None:
    booked = door.book(1, at("10:00"))
    assert door.hand_in(door.entry(booked, None, at("10:00")), at("10:10")) == Handed("n-1", "admitted", "A-001")


def test_found_absent_meanwhile_is_let_in(door: Away) -> None:
    booked = door.book(1, at("10:00"), party=2)
    door.database.write(lambda c: (
        c.execute(sa.update(bookings).values(status="absent")),
        c.execute(sa.update(days).where(days.c.id == booked.day_id).values(absent=2))))
    assert door.hand_in(door.entry(booked, "A-700", at("10:00")), at("11:00")).outcome == "admitted"


# -- what a person must decide ---------------------------------------------------------------------------


def disagree(door: Away, why: str) -> Entry:
    """An entry the book does not agree with for that reason."""
    booked = door.book(1, at("10:00"))
    entry = door.entry(booked, "A-700", at("10:00"))
    if why == "twice":
        door.scan(booked.token, at("10:00"), nonce="another door's")
    elif why == "cancelled":
        door.cancel(booked)
    elif why == "moved":
        door.move(booked, at("10:00", 1))
    elif why == "unknown":
        return door.entry(None, "A-700", at("10:00"))
    elif why == "late_closed":
        return replace_at(entry, at("16:05"))
    return entry


def replace_at(entry: Entry, when: datetime) -> Entry:
    return Entry(entry.nonce, entry.mark, entry.date, when, entry.number)


@pytest.mark.parametrize("why", conflicts.REASONS)
def test_what_the_book_does_not_agree_with_is_set_aside(door: Away, why: str) -> None:
    entry = disagree(door, why)
    before = {row.id: row.status for row in door.rows(bookings)}
    handed = door.hand_in(entry, at("17:00"))
    assert handed == Handed("n-1", "conflict", "A-700", why)
    held, = [row for row in door.rows(visits) if row.number == 700]
    assert (held.state, held.booking_id) == ("held", None)
    assert {row.id: row.status for row in door.rows(bookings)} == before
    with door.database.read() as connection:
        listed, = conflicts.undecided(connection, door.office)
        assert conflicts.count(connection, door.office.id) == 1
    assert (listed.number, listed.why, listed.at, listed.staff_id) == ("A-700", why, entry.at, DOOR)
    assert listed.other == ("A-001" if why == "twice" else None)
    assert door.kinds()[-2:] == ["handed_in", "conflict"]
    assert door.hand_in(entry, at("17:01")) == handed
    assert len(door.rows(conflicts.conflicts)) == 1


@pytest.mark.parametrize(("keep", "state"), [(True, "waiting"), (False, "gone")])
def test_a_person_decides_once(door: Away, keep: bool, state: str) -> None:
    door.hand_in(disagree(door, "cancelled"), at("11:00"))
    row, = door.rows(conflicts.conflicts)

    def settle(choice: bool) -> bool:
        return door.database.write(lambda c: conflicts.settle(
            c, door.office, row.id, keep=choice, now=at("11:05"), staff_id=CLERK))

    assert settle(keep)
    assert not settle(not keep)
    visit, = door.rows(visits)
    assert (visit.state, visit.since) == (state, at("11:05"))
    row, = door.rows(conflicts.conflicts)
    assert (row.settled_by, row.kept, row.settled_at) == (CLERK, int(keep), at("11:05"))
    assert door.kinds()[-1] == "conflict_settled"
    with door.database.read() as connection:
        assert conflicts.undecided(connection, door.office) == []


def test_no_other_office_decides(door: Away) -> None:
    door.hand_in(disagree(door, "cancelled"), at("11:00"))
    row, = door.rows(conflicts.conflicts)
    other = replace(door.office, id=door.office.id + 1)
    assert not door.database.write(lambda c: conflicts.settle(c, other, row.id, keep=True, now=at("11:05"),
                                                              staff_id=CLERK))


# -- what no door can have made --------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["A-725", "A-001", "B-700", "A-699", "A700", "", "a-700", "A-99999"])
def test_a_number_outside_every_block_is_refused(door: Away, number: str) -> None:
    booked = door.book(1, at("10:00"))
    with pytest.raises(Refusal) as refused:
        door.hand_in(door.entry(booked, number, at("10:00")), at("11:00"))
    assert refused.value.details["field"] == "number"
    assert door.rows(visits) == []


def test_a_number_somebody_has_is_refused(door: Away) -> None:
    one, other = door.book(1, at("10:00")), door.book(2, at("10:15"))
    door.hand_in(door.entry(one, "A-700", at("10:00")), at("11:00"))
    with pytest.raises(Refusal) as refused:
        door.hand_in(door.entry(other, "A-700", at("10:15"), nonce="n-2"), at("11:00"))
    assert refused.value.details == {"field": "number", "why": "taken"}


def test_a_moment_of_another_date_is_refused_and_one_to_come_is_now(door: Away) -> None:
    booked = door.book(1, at("10:00"))
    with pytest.raises(Refusal):
        door.hand_in(door.entry(booked, "A-700", at("10:00", -1)), at("11:00"))
    door.hand_in(door.entry(booked, "A-700", at("10:30")), at("10:10"))
    assert door.rows(visits)[0].arrived_at == at("10:10")


def test_a_day_that_is_over_gets_its_visitors_but_nobody_waits(door: Away) -> None:
    booked, cancelled = door.book(1, at("10:00")), door.book(2, at("10:15"))
    door.cancel(cancelled)
    tomorrow = at("08:00", 1)
    door.hand_in(door.entry(booked, "A-700", at("10:00")), tomorrow)
    door.hand_in(door.entry(cancelled, "A-701", at("10:00"), nonce="n-2"), tomorrow)
    assert [(row.date, row.state) for row in door.rows(visits)] == [(TODAY, "gone")] * 2
    assert [row.status for row in door.rows(bookings)] == ["arrived", "cancelled"]


def test_the_series_of_the_network_never_meets_a_block(door: Away) -> None:
    from ticketing import numbers
    from ticketing.tables import numberings

    door.database.write(lambda c: c.execute(numberings.insert(), {
        "office_id": door.office.id, "date": TODAY, "letter": "A", "last": 698}))
    taken = [door.database.write(lambda c: numbers.take(c, door.office.id, TODAY, "A")) for _ in range(2)]
    assert taken == [699, 1000]


def test_every_mark_of_the_list_leads_to_its_booking(door: Away) -> None:
    stays, moved, dropped = (door.book(n, at("10:00") + timedelta(minutes=15 * n)) for n in range(3))
    door.move(moved, at("10:00", 1))
    door.cancel(dropped)
    key = door.mint.day_key(door.office.id, TODAY)
    with door.database.read() as connection:
        listed = day_list.of_day(connection, door.office, TODAY, key)
        found = day_list.booking_ids(connection, door.office, TODAY, door.mint.day_keys(door.office.id, TODAY))
    assert [(one.status, one.moved, one.date) for one in listed] == [
        ("booked", False, TODAY), ("cancelled", False, TODAY), ("booked", True, TODAY + timedelta(days=1))]
    assert [found[one.ticket] for one in listed] == [stays.id, dropped.id, moved.id]
    assert found[day_list.mark(key, "code", stays.code or "")] == stays.id
    assert found[day_list.mark(key, "ticket", moved.token)] == moved.id
    assert all(stays.token not in one.ticket and (stays.code or "-") not in (one.code or "") for one in listed)

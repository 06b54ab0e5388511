"""Bookings: what is refused and why, what changes with a move or a cancel, and that sums always agree."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler import bookings, places
from scheduler.bookings import Booking, Request
from scheduler.bookings_at_once import KeptAnswer, book_at_once
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Person, Vault
from scheduler.tables import answers, days, slots
from scheduler.tables import bookings as rows
from tests import people
from tests.conftest import NOW, SECRET


class Desk:
    """Books, moves and cancels as a door does, one transaction each."""

    def __init__(self, database: Database, office: Any, vault: Any, mint: Any) -> None:
        self.database, self.office, self.vault, self.mint = database, office, vault, mint
        self.service = office.service("ktp-rekam")

    def request(self, n: int, start: datetime, **more: Any) -> Request:
        return Request(self.office, self.service, start, more.pop("person", people.person(n)), **more)

    def book(self, n: int, start: datetime, now: datetime = NOW, **more: Any) -> Booking:
        request = self.request(n, start, **more)
        return self.database.write(
            lambda c: bookings.book(c, request, vault=self.vault, mint=self.mint, now=now))

    def move(self, booking: Booking, start: datetime, now: datetime = NOW, **more: Any) -> Booking:
        return self.database.write(
            lambda c: bookings.move(c, self.office, self.service, booking, start, mint=self.mint, now=now, **more))

    def cancel(self, booking: Booking, now: datetime = NOW) -> Booking:
        return self.database.write(lambda c: bookings.cancel(c, booking, now=now))

    def free(self, days: int = 30, now: datetime = NOW) -> list[datetime]:
        today = self.office.today(now)
        with self.database.read() as c:
            found = places.free_slots(c, self.office, self.service, today, days, now)
        return [slot.start for day in found for slot in day.slots]

    def code_of(self, *args: Any, **more: Any) -> Refusal:
        with pytest.raises(Refusal) as refused:
            self.book(*args, **more)
        return refused.value

    def sums_agree(self) -> None:
        """What slots and days say is what the bookings add up to."""
        with self.database.read() as c:
            standing = sa.select(sa.func.coalesce(sa.func.sum(rows.c.party), 0)).where(rows.c.status != "cancelled")
            wrong_slots = c.execute(
                sa.select(slots.c.id).where(slots.c.taken != standing.where(rows.c.slot_id == slots.c.id)
                                            .scalar_subquery())).all()
            wrong_days = c.execute(
                sa.select(days.c.id).where(days.c.booked != standing.where(rows.c.day_id == days.c.id)
                                           .scalar_subquery())).all()
        assert (wrong_slots, wrong_days) == ([], [])

    def fill(self, start: datetime, left: int = 0) -> None:
        """Leave `left` places of the slot."""
        with self.database.read() as c:
            place = places.find(c, self.office, self.service, start, 1, NOW)
        for n in range(place.slot_left - left):
            self.book(5_000 + n + hash(start) % 1_000, start)


@pytest.fixture
def desk(database: Database, balikpapan: Any, vault: Any, mint: Any) -> Desk:
    return Desk(database, balikpapan, vault, mint)


def test_a_booking_is_found_by_its_token_and_holds_its_place(desk: Desk) -> None:
    start = desk.free()[0]
    booked = desk.book(1, start, party=2, priority="elderly")
    with desk.database.read() as c:
        assert bookings.find(c, booked.token) == booked
        assert c.execute(sa.select(slots.c.taken).where(slots.c.id == booked.slot_id)).scalar_one() == 2
        kinds = c.execute(sa.select(journal.c.kind, journal.c.unread).where(journal.c.booking_id == booked.id)).all()
    assert kinds == [("booked", True)]
    assert booked.sealed is not None
    assert desk.vault.open(booked.sealed) == people.person(1)
    desk.sums_agree()


def test_nothing_personal_is_readable_in_the_row(desk: Desk) -> None:
    desk.book(1, desk.free()[0])
    person = people.person(1)
    with desk.database.read() as c:
        row = repr(c.execute(sa.select(rows)).one())
    assert person.nik not in row
    assert person.phone[3:] not in row
    assert person.name not in row


def test_full_slots_and_days_refuse_with_starts_that_can_be_booked(desk: Desk) -> None:
    start = desk.free()[0]
    desk.fill(start)
    refusal = desk.code_of(1, start)
    assert refusal.code == "slot_full"
    offered = refusal.details["alternatives"]
    assert len(offered) == len(set(offered)) == 3
    for n, alternative in enumerate(offered):
        desk.book(10 + n, alternative)
    desk.database.write(lambda c: c.execute(
        sa.update(days).where(days.c.date == desk.office.today(start)).values(released=days.c.booked)))
    refusal = desk.code_of(2, desk.free()[0] - timedelta(days=1)) if desk.free()[0].date() != start.date() else None
    on_full_day = desk.code_of(2, offered[0])
    assert on_full_day.code == "day_full"
    assert all(desk.office.today(a) != desk.office.today(start) for a in on_full_day.details["alternatives"])
    desk.sums_agree()


def test_a_party_needs_as_many_places(desk: Desk) -> None:
    start = desk.free()[0]
    desk.fill(start, left=1)
    assert desk.code_of(1, start, party=2).code == "slot_full"
    desk.book(1, start)
    desk.sums_agree()


def test_one_active_booking_a_nik_and_a_few_a_phone(desk: Desk) -> None:
    free = desk.free()
    first = desk.book(1, free[0])
    assert desk.code_of(1, free[5]).code == "already_booked"
    phone = people.person(1).phone
    for n in range(2, 6):
        child = people.person(n)
        desk.book(n, free[n * 3], person=type(child)(child.nik, child.name, phone))
    sixth = people.person(6)
    refusal = desk.code_of(6, free[40], person=type(sixth)(sixth.nik, sixth.name, phone))
    assert (refusal.code, refusal.details["limit"]) == ("too_many_for_phone", 5)
    desk.cancel(first)
    desk.book(1, free[50])
    desk.sums_agree()


def test_who_cannot_book_does_not_learn_whether_a_nik_has_a_booking(desk: Desk) -> None:
    free = desk.free()
    desk.book(1, free[0])
    desk.fill(free[20])
    phone = people.phone(2)
    for n in range(2, 7):
        child = people.person(n)
        desk.book(n, free[n * 3], person=type(child)(child.nik, child.name, phone))
    known, unknown = people.person(1), people.person(7)
    for start, code in ((free[20], "slot_full"), (free[30], "too_many_for_phone")):
        for person in (known, unknown):
            assert desk.code_of(1, start, person=type(person)(person.nik, person.name, phone)).code == code
    assert desk.code_of(1, free[30]).code == "already_booked"


def test_notice_horizon_hours_and_closed_days(desk: Desk) -> None:
    rules, free = desk.office.rules, desk.free()
    assert desk.code_of(1, NOW + timedelta(minutes=rules.notice_minutes - 1)).code == "too_soon"
    assert desk.code_of(1, NOW - timedelta(days=1)).code == "too_soon"
    assert desk.code_of(1, NOW + timedelta(days=rules.horizon_days + 2)).code == "too_far"
    assert desk.code_of(1, free[0] + timedelta(minutes=1)).code == "outside_hours"
    sunday = free[0].replace(month=11, day=29)
    closed = desk.code_of(1, sunday)
    assert closed.code == "office_closed"
    assert set(closed.details["alternatives"]) <= set(free)
    assert len(closed.details["alternatives"]) == 3


def test_a_move_takes_the_new_place_and_frees_the_old(desk: Desk) -> None:
    free = desk.free()
    booked = desk.book(1, free[0], party=2)
    same_day = next(start for start in free[1:] if desk.office.today(start) == desk.office.today(free[0]))
    moved = desk.move(booked, same_day)
    assert (moved.token, moved.code, moved.sequence, moved.moves) == (booked.token, booked.code, 1, 1)
    other_day = next(start for start in free if desk.office.today(start) != desk.office.today(free[0]))
    moved = desk.move(moved, other_day)
    assert moved.token != booked.token
    with desk.database.read() as c:
        assert bookings.find_with_trace(c, booked.token) == (moved, True)
        assert bookings.find_with_trace(c, moved.token) == (moved, False)
    desk.sums_agree()
    assert desk.move(moved, other_day) == moved
    moved = desk.move(moved, free[0])
    with pytest.raises(Refusal) as refused:
        desk.move(moved, free[1])
    assert refused.value.code == "move_limit"
    desk.move(moved, free[1], staff_id=1)
    desk.sums_agree()


def test_a_refused_move_changes_nothing(desk: Desk) -> None:
    free = desk.free()
    booked = desk.book(1, free[0])
    desk.fill(free[9])
    with pytest.raises(Refusal) as refused:
        desk.move(booked, free[9])
    assert refused.value.code == "slot_full"
    with desk.database.read() as c:
        assert bookings.find(c, booked.token) == booked
    desk.sums_agree()


def test_a_cancelled_booking_frees_its_place_and_stays_cancelled(desk: Desk) -> None:
    start = desk.free()[0]
    desk.fill(start, left=1)
    booked = desk.book(1, start)
    cancelled = desk.cancel(booked)
    assert (cancelled.status, cancelled.sequence) == ("cancelled", 1)
    for change in (lambda: desk.cancel(booked), lambda: desk.move(booked, desk.free()[3])):
        with pytest.raises(Refusal) as refused:
            change()
        assert refused.value.code == "already_cancelled"
    desk.book(2, start)
    desk.sums_agree()


def test_who_arrived_can_neither_cancel_nor_move(desk: Desk) -> None:
    booked = desk.book(1, desk.free()[0])
    assert desk.database.write(lambda c: bookings.arrive(c, booked, now=NOW))
    assert not desk.database.write(lambda c: bookings.arrive(c, booked, now=NOW))
    with pytest.raises(Refusal) as refused:
        desk.cancel(booked)
    assert refused.value.code == "already_admitted"
    with desk.database.read() as c:
        assert c.execute(sa.select(days.c.arrived).where(days.c.id == booked.day_id)).scalar_one() == 1


def test_an_unknown_token(desk: Desk) -> None:
    with desk.database.read() as c, pytest.raises(Refusal) as refused:
        bookings.find(c, "NONE")
    assert refused.value.code == "unknown_booking"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_at_once_books_as_the_long_way_does_and_leaves_every_refusal_to_it(desk: Desk) -> None:
    engine = desk.database.engine.execution_options(isolation_level="AUTOCOMMIT")

    def at_once(n: int, start: datetime, key: bytes = b"", **more: Any) -> Booking | None:
        made = bookings.draft(desk.request(n, start, **more), vault=desk.vault, mint=desk.mint, now=NOW)
        kept = KeptAnswer(key.ljust(16), b"f" * 16, 201, "{}") if key else None
        with engine.connect() as connection:
            return book_at_once(connection, made, NOW, kept)

    free = desk.free()
    booked = at_once(1, free[0], key=b"first", party=2, priority="infant", reason="help")
    assert booked is not None
    with desk.database.read() as c:
        assert bookings.find(c, booked.token) == booked
        assert c.execute(sa.select(answers.c.body)).scalar_one() == "{}"
    assert at_once(1, free[1]) is None
    assert at_once(2, free[0] + timedelta(minutes=1)) is None
    assert at_once(2, NOW) is None
    desk.fill(free[3])
    assert at_once(2, free[3]) is None
    phone = people.person(1).phone
    for n in range(2, 6):
        assert at_once(n, free[20 + n], person=type(people.person(n))(people.nik(n), "Ani", phone)) is not None
    assert at_once(6, free[30], person=type(people.person(6))(people.nik(6), "Ani", phone)) is None
    with pytest.raises(sa.exc.IntegrityError):
        at_once(7, free[31], key=b"first")
    desk.sums_agree()


def test_who_booked_under_the_old_secret_is_known_before_the_rekey(desk: Desk) -> None:
    """One booking a NIK and five a phone hold while rows still carry the hashes of the secret before."""
    free, phone = desk.free(), people.person(0).phone
    for n in range(5):
        desk.book(n, free[n * 3], person=Person(people.nik(n), "Ani", phone))
    desk.vault = Vault(["a new secret that was put before the old one", SECRET])
    for n, person, code in ((1, people.person(1), "already_booked"),
                            (6, Person(people.nik(6), "Ani", phone), "too_many_for_phone")):
        if not desk.database.embedded:
            made = bookings.draft(desk.request(n, free[30], person=person), vault=desk.vault, mint=desk.mint, now=NOW)
            with desk.database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                assert book_at_once(connection, made, NOW) is None
        assert desk.code_of(n, free[30], person=person).code == code


Step = st.tuples(st.sampled_from(["book", "book", "move", "cancel", "arrive"]), st.integers(0, 12), st.integers(0, 20),
                 st.integers(1, 3))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(Step, max_size=25))
def test_sums_agree_after_any_history(desk: Desk, history: list[tuple[str, int, int, int]]) -> None:
    free = desk.free()
    held: dict[int, Booking] = {}
    for act, who, where, party in history:
        try:
            if act == "book":
                held[who] = desk.book(who, free[where], party=party)
            elif who in held and act == "move":
                held[who] = desk.move(held[who], free[where * 3 % len(free)])
            elif who in held and act == "cancel":
                held[who] = desk.cancel(held[who])
            elif who in held:
                booking = held[who]
                desk.database.write(lambda c, booking=booking: bookings.arrive(c, booking, now=NOW))
        except Refusal:
            continue
    desk.sums_agree()

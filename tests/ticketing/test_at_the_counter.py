"""What a counter's page reads, on both databases: who is next there, who sits where, what undo takes back, notes, the
clerk's day."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices
from tests.in_the_hall import arrive
from tests.ticketing.door import CLERK, at
from tests.ticketing.floor import Floor
from ticketing import ahead, called, clerk_day, hall, notes, seats
from ticketing.codes import Mint
from ticketing.seats import Seat, Step
from ticketing.tables import visits


@pytest.fixture
def floor(database: Database, balikpapan: Office, offices: Offices, vault: Vault, mint: Mint) -> Floor:
    floor = Floor(database, balikpapan, offices, vault, mint)
    floor.now = at("09:00")
    return floor


def come(floor: Floor, *services: str, now: str = "08:30", priority: str | None = None) -> list[str]:
    return arrive(floor.database, floor.office, at(now), *services, priority=priority)


def numbers_ahead(floor: Floor, counter: str, most: int = 9) -> tuple[list[str], int]:
    """Who is next at the counter by number, and how many wait for it."""
    with floor.database.read() as connection:
        found = ahead.ahead_of(connection, floor.office, called.office_counter(floor.office, counter), floor.now, most)
        rows = connection.execute(sa.select(visits.c.id, visits.c.letter, visits.c.number))
        names = {row.id: f"{row.letter}-{row.number:03}" for row in rows}
    return [names[visit] for visit in found.first], len(found.every)


# -- who is next -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("counter", ["loket-1", "loket-3", "loket-6"])
def test_who_is_shown_as_next_is_whom_the_counter_calls(floor: Floor, counter: str) -> None:
    come(floor, "ktp-rekam", "pengaduan", "ikd", "akta", "ktp-ambil", "pengaduan")
    come(floor, "ktp-rekam", "pengaduan", now="08:40", priority="elderly")
    come(floor, "ikd", "kk", now="08:45", priority="pregnant")
    shown, many = numbers_ahead(floor, counter)
    assert many == len(shown) > 3
    really = [floor.next(counter) for _ in shown]
    assert really == shown
    assert numbers_ahead(floor, counter) == ([], 0)


def test_only_so_many_are_asked_for_and_asking_changes_nothing(floor: Floor) -> None:
    come(floor, *["ktp-rekam"] * 4)
    before = floor.standing()
    assert numbers_ahead(floor, "loket-1", 2) == (["A-001", "A-002"], 4)
    assert floor.standing() == before


def test_who_was_sent_to_another_counter_is_not_next_here(floor: Floor) -> None:
    come(floor, "ktp-rekam", "ktp-rekam")
    floor.next("loket-1")
    floor.act("transfer", "loket-1", to="loket-2")
    assert numbers_ahead(floor, "loket-1") == (["A-002"], 1)
    assert numbers_ahead(floor, "loket-2") == (["A-001", "A-002"], 2)


# -- who sits where ----------------------------------------------------------------------------------------


def test_every_counter_is_listed_with_who_sits_there_and_whom_they_serve(floor: Floor) -> None:
    come(floor, "ktp-rekam")
    floor.act("sit", "loket-2", now=at("08:00"))
    floor.next("loket-2")
    with floor.database.read() as connection:
        found = seats.seats_of(connection, floor.office)
        own = seats.own_counter(connection, floor.office, CLERK)
        assert seats.own_counter(connection, floor.office, CLERK + 1) is None
    assert own is not None
    assert own.slug == "loket-2"
    assert [seat.counter for seat in found] == list(floor.office.counters)
    assert found[1] == Seat(own, CLERK, at("08:00"), "A-001", "called")
    assert found[0] == Seat(floor.office.counters[0])


def test_the_stamp_changes_with_every_act_and_every_arrival(floor: Floor) -> None:
    def stamp() -> str:
        with floor.database.read() as connection:
            return hall.stamp_of(connection, floor.office, floor.now)

    seen = [stamp()]
    come(floor, "ktp-rekam", "ktp-rekam")
    seen.append(stamp())
    for act in ("call_next", "recall", "start", "hold"):
        floor.act(act, "loket-1")
        seen.append(stamp())
    assert len(set(seen)) == len(seen)
    assert stamp() == seen[-1]


@pytest.mark.parametrize(("acts", "step"), [
    ([], None),
    (["call_next"], Step("call_next", "A-001")),
    (["call_next", "call_next"], Step("call_next", "A-002")),
    (["call_next", "call_next", "call_next"], Step("finish", "A-002")),
    (["call_next", "recall"], Step("recall", "A-001")),
    (["call_next", "start", "hold"], Step("hold", "A-001")),
    (["call_next", "undo"], None),
])
def test_what_undo_would_take_back_is_told(floor: Floor, acts: list[str], step: Step | None) -> None:
    come(floor, "ktp-rekam", "ktp-rekam")
    for act in acts:
        floor.act(act, "loket-1")
    with floor.database.read() as connection:
        assert seats.last_of(connection, floor.office, floor.office.counters[0], floor.now) == step
        assert seats.last_of(connection, floor.office, floor.office.counters[0], floor.now + timedelta(days=1)) is None


def test_who_can_be_brought_back_and_who_can_be_called(floor: Floor) -> None:
    come(floor, *["ktp-rekam"] * 4)
    for act in ("call_next", "hold", "call_next", "finish", "call_next"):
        floor.act(act, "loket-1")
    for _ in range(floor.office.rules.absent_calls - 1):
        floor.act("absent", "loket-1")
        floor.act("call_number", "loket-1", "A-003")
    floor.act("absent", "loket-1")
    with floor.database.read() as connection:
        aside = seats.aside_of(connection, floor.office, floor.now)
        assert [(one.number, one.state, one.service) for one in aside] == [
            ("A-001", "held", "ktp-rekam"), ("A-003", "absent", "ktp-rekam")]
        assert sorted(seats.numbers_of(connection, floor.office, floor.now)) == ["A-001", "A-003", "A-004"]


# -- notes -------------------------------------------------------------------------------------------------


def note_of(floor: Floor, vault: Vault) -> str:
    with floor.database.read() as connection:
        return notes.read(connection.execute(sa.select(visits.c.note)).scalar_one(), vault)


def test_a_note_is_sealed_replaced_and_taken_away(floor: Floor, vault: Vault) -> None:
    come(floor, "ktp-rekam")
    visit = floor.act("call_next", "loket-1").visit_id

    def write(text: str) -> None:
        floor.database.write(lambda c: notes.write(c, floor.office, visit, text, vault=vault, now=floor.now,
                                                   staff_id=CLERK))

    write(" Fotokopi\tKK \x00 kurang\n")
    assert b"KK" not in floor.rows(visits)[0]["note"]
    assert note_of(floor, vault) == "Fotokopi KK kurang"
    write("x" * 500)
    assert note_of(floor, vault) == "x" * notes.LONGEST
    write("  ")
    assert floor.rows(visits)[0]["note"] is None


def test_a_note_whose_key_is_gone_says_nothing(floor: Floor, vault: Vault) -> None:
    sealed = vault.seal_bytes(b"Fotokopi KK kurang")
    assert notes.read(sealed, vault) == "Fotokopi KK kurang"
    assert notes.read(sealed, Vault(["another-secret-of-tests-0123456789"])) == ""
    assert notes.read(None, vault) == ""


@pytest.mark.parametrize(("days", "left"), [(0, True), (1, True), (2, False), (20, False)])
def test_notes_are_gone_when_their_day_is_over_everywhere(floor: Floor, vault: Vault, days: int, left: bool) -> None:
    come(floor, "ktp-rekam")
    visit = floor.act("call_next", "loket-1").visit_id
    floor.database.write(lambda c: notes.write(c, floor.office, visit, "KK", vault=vault, now=floor.now,
                                               staff_id=CLERK))
    floor.database.write(lambda c: notes.forget(c, floor.now + timedelta(days=days)))
    assert (floor.rows(visits)[0]["note"] is not None) is left


# -- the clerk's day ---------------------------------------------------------------------------------------


def test_a_clerks_day_counts_their_own_people_alone(floor: Floor) -> None:
    come(floor, *["ktp-rekam"] * 6)
    serve = [("call_next", 0), ("start", 1), ("finish", 5),      # four minutes
             ("call_next", 6), ("start", 7), ("finish", 17),     # ten
             ("call_next", 18), ("finish", 20),                  # nobody said when it began
             ("call_next", 21), ("absent", 23), ("call_next", 24)]
    for act, minute in serve:
        floor.act(act, "loket-1", now=at("09:00") + timedelta(minutes=minute))
    floor.act("transfer", "loket-1", service="pengaduan", now=at("09:30"))
    floor.act("call_next", "loket-1", now=at("09:31"))  # still there

    with floor.database.read() as connection:
        day = clerk_day.day_of(connection, floor.office, CLERK, floor.office.today(floor.now))
        other = clerk_day.day_of(connection, floor.office, CLERK + 1, floor.office.today(floor.now))
        tomorrow = clerk_day.day_of(connection, floor.office, CLERK, floor.office.today(floor.now) + timedelta(days=1))
    assert [one.started for one in day.served] == [at("09:01"), at("09:07"), at("09:18")]
    assert (day.mean, day.longest) == (timedelta(minutes=7), timedelta(minutes=10))
    assert (day.absent, day.transferred) == (1, 1)
    assert (other.served, other.mean, other.longest, other.absent) == ([], None, None, 0)
    assert (tomorrow.served, tomorrow.transferred) == ([], 0)

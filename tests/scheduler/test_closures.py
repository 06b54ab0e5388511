"""Closures: what is closed, whom that touches, what a trial says, and taking it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler import closure_lists, closures, jobs, opening, rebooking, reports
from scheduler.closures import Closing
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.keeping_tables import closure_people
from scheduler.offices import Office, Offices
from scheduler.tables import days as day_rows
from tests.booked import TODAY, TOMORROW, Book, at, laid_out, planned, work
from tests.closing import AFTERNOON, MORNING, STAFF, WHOLE, close, end, fill, listed, refresh, sums_agree
from tests.conftest import NOW
from tests.threads import all_at_once

LOST = replace(WHOLE, counter="loket-3", reason="Petugas sakit")


@pytest.fixture
def book(database: Database, balikpapan: Office, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


# -- what is closed ------------------------------------------------------------------------------------------


def test_a_closed_day_offers_nothing_lists_who_must_leave_and_says_why(book: Book) -> None:
    start = book.starts(TOMORROW, NOW)[3]
    first, second = book.book(1, start, NOW), book.book(2, start, NOW, party=2)
    closure = close(book, WHOLE)
    assert laid_out(book, TOMORROW) == {("A", start): (3, 3)}
    assert book.day(TOMORROW).closed
    assert listed(book.database, closure) == [(first.id, "pending"), (second.id, "pending")]
    with pytest.raises(Refusal, match="office_closed") as refused:
        book.book(3, start, NOW)
    assert refused.value.details["because"] == "Pelatihan pegawai"
    assert book.entries("closure_made") == [{
        "closure": closure.id, "date": "2026-11-25", "from": None, "to": None, "counter": None,
        "reason": "Pelatihan pegawai", "touched": 2}]
    assert book.entries("day_closed", book.day(TOMORROW))[-1]["because"]["reason"] == "Pelatihan pegawai"


def test_a_part_of_a_day_keeps_the_starts_outside_of_it_as_they_were(book: Book) -> None:
    before = planned(book, TOMORROW)
    noon = at(TOMORROW, "12:00", book.office)
    stays, leaves = book.book(1, at(TOMORROW, "08:00", book.office), NOW), book.book(2, noon + timedelta(hours=2), NOW)
    closure = close(book, AFTERNOON)
    assert listed(book.database, closure) == [(leaves.id, "pending")]
    assert book.status(stays) == "booked"
    assert planned(book, TOMORROW) == {key: of for key, of in before.items() if key[1] < noon}
    assert not book.day(TOMORROW).closed
    with pytest.raises(Refusal, match="office_closed"):
        book.book(3, at(TOMORROW, "13:00", book.office), NOW)
    assert book.book(3, at(TOMORROW, "09:00", book.office), NOW)


def test_a_start_that_reaches_into_a_closure_goes_and_the_others_keep_their_times(book: Book) -> None:
    closure = close(book, replace(WHOLE, since="09:10", until="09:40"))
    offered = {f"{book.office.local(start):%H:%M}" for letter, start in laid_out(book, TOMORROW) if letter == "A"}
    assert {"08:45", "09:45", "10:00"} <= offered
    assert not {"09:00", "09:15", "09:30"} & offered
    assert listed(book.database, closure) == []


def test_a_lost_counter_takes_a_place_of_its_group_and_the_latest_to_book_must_leave(book: Book) -> None:
    start = book.starts(TOMORROW, NOW)[3]
    booked = [book.book(n, start, NOW + timedelta(minutes=n)) for n in range(3)]
    closure = close(book, LOST, NOW + timedelta(minutes=9))
    assert laid_out(book, TOMORROW)["A", start] == (3, 3)
    assert {places for (letter, _), (places, taken) in laid_out(book, TOMORROW).items() if letter == "A" and not taken
            } == {2}
    assert listed(book.database, closure) == [(booked[2].id, "pending")]
    with pytest.raises(Refusal, match="slot_full"):
        book.book(4, start, NOW)


def test_a_family_leaves_whole_and_nobody_leaves_where_there_is_room(book: Book) -> None:
    crowded, calm = book.starts(TOMORROW, NOW)[3:5]
    book.book(1, crowded, NOW)
    family = book.book(2, crowded, NOW + timedelta(minutes=1), party=2)
    book.book(3, calm, NOW, party=2)
    assert listed(book.database, close(book, LOST)) == [(family.id, "pending")]


def test_fair_is_priority_first_then_who_booked_first(book: Book) -> None:
    start = book.starts(TOMORROW, NOW)
    late, early, old = (book.book(n, start[n], NOW + timedelta(minutes=minute)) for n, minute in enumerate((9, 2, 5)))
    book.database.write(lambda c: c.execute(sa.text("UPDATE bookings SET priority = 'elderly' WHERE id = :of"),
                                            {"of": old.id}))
    assert [of for of, _ in listed(book.database, close(book, WHOLE))] == [old.id, early.id, late.id]


def test_who_came_or_missed_the_start_is_left_alone(book: Book) -> None:
    missed, expected, came = (book.book(n, start, NOW) for n, start in enumerate(book.starts(TODAY, NOW)[:3]))
    later = missed.start + timedelta(minutes=book.office.rules.late_minutes + 1)
    assert later < expected.start + timedelta(minutes=book.office.rules.late_minutes)
    book.arrive(came, later)
    assert listed(book.database, close(book, replace(WHOLE, date=TODAY), later)) == [(expected.id, "pending")]


def test_two_closures_of_one_day_do_not_fight_for_the_same_people(book: Book) -> None:
    start = at(TOMORROW, "08:00", book.office)
    booked = [book.book(n, start, NOW + timedelta(minutes=n)) for n in range(3)]
    lost, whole = close(book, LOST, NOW + timedelta(minutes=5)), close(book, WHOLE, NOW + timedelta(minutes=6))
    assert [of for of, _ in listed(book.database, lost)] == [booked[2].id]
    assert [of for of, _ in listed(book.database, whole)] == [booked[0].id, booked[1].id]
    end(book, lost)
    assert {of for of, state in listed(book.database, whole) if state == "pending"} == {one.id for one in booked}


def test_a_day_beyond_the_horizon_opens_closed(book: Book) -> None:
    later = TODAY + timedelta(days=book.office.rules.horizon_days + 5)  # a Tuesday
    close(book, replace(WHOLE, date=later))
    jobs.open_days(book.database, Offices(), NOW + timedelta(days=7))
    assert book.day(later).closed
    assert book.entries("day_closed", book.day(later))[0]["because"]["reason"] == "Pelatihan pegawai"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("closing", "field", "why"), [
    (replace(WHOLE, date=TODAY - timedelta(days=1)), "date", "past"),
    (replace(WHOLE, date=date.max), "date", "date"),
    (replace(WHOLE, date=TODAY + timedelta(days=5)), "date", "nothing"),  # a Sunday
    (replace(WHOLE, since="12:00", until="13:00"), "date", "nothing"),    # the break
    (replace(WHOLE, since="8:00"), "from", "time"), (replace(WHOLE, until="24:01"), "to", "time"),
    (replace(WHOLE, since="12:00", until="09:00"), "to", "order"),
    (replace(WHOLE, counter="loket-9"), "counter", "counter"),
    (replace(WHOLE, reason=" x "), "reason", "reason"), (replace(WHOLE, reason="satu\ndua"), "reason", "reason"),
    (replace(WHOLE, reason="x" * 121), "reason", "reason"),
])
def test_senseless_closures_are_refused_also_when_only_tried(
    book: Book, closing: Closing, field: str, why: str,
) -> None:
    for act in (lambda c: closures.preview(c, book.office, closing, NOW),
                lambda c: closures.close(c, book.office, closing, STAFF, NOW)):
        with pytest.raises(Refusal, match="invalid_request") as refused:
            book.database.write(act)
        assert refused.value.details == {"field": field, "why": why}
    refresh(book)
    assert book.office.closures == {}


def test_two_managers_who_close_the_same_day_close_it_once(book: Book) -> None:
    fill(book, 4)
    ended = all_at_once(*[lambda: book.database.write(
        lambda c: closures.close(c, book.office, WHOLE, STAFF, NOW))] * 3)
    assert sorted(type(one).__name__ for one in ended) == ["Closure", "Refusal", "Refusal"]
    with book.database.read() as c:
        assert c.execute(sa.select(sa.func.count()).select_from(closure_people)).scalar_one() == 4


# -- an outdated picture of the office ---------------------------------------------------------------------------


def test_a_worker_with_an_older_picture_of_the_office_opens_nothing_again(book: Book) -> None:
    before = book.office
    close(book, WHOLE)
    opened = book.database.write(lambda c: opening.lay_out(c, before, NOW))
    assert (opened.added, opened.changed, opened.unfinished) == (0, 0, True)
    assert book.day(TOMORROW).closed
    # The guard is what held it: the same picture, taken for the newest, opens the day.
    book.database.write(lambda c: opening.lay_out(c, replace(before, revision=before.revision + 1), NOW))
    assert not book.day(TOMORROW).closed


def test_who_gets_onto_a_closed_start_all_the_same_is_listed_by_the_job(book: Book, mint: Any) -> None:
    before = book.office
    closure = close(book, WHOLE)
    assert rebooking.place_all(book.database, Offices(), mint, NOW) == 0
    book.database.write(lambda c: opening.lay_out(c, replace(before, revision=before.revision + 1), NOW))
    book.database.write(lambda c: c.execute(sa.update(day_rows).where(
        day_rows.c.id == book.day(TOMORROW).id).values(released=5)))
    book.office = before
    late = book.book(1, at(TOMORROW, "08:00", before), NOW)
    refresh(book)
    assert rebooking.place_all(book.database, Offices(), mint, NOW) == 1
    assert listed(book.database, closure) == [(late.id, "moved")]


# -- trying ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closing", [WHOLE, MORNING, LOST, replace(LOST, since="07:30", until="11:00")])
def test_what_a_trial_says_is_what_then_happens(book: Book, mint: Any, closing: Closing) -> None:
    fill(book, 12)
    book.book(50, book.starts(TOMORROW, NOW)[2], NOW + timedelta(minutes=1), party=1)
    with book.database.read() as c:
        tried = closures.preview(c, book.office, closing, NOW)
    assert book.day(TOMORROW).booked == 13
    assert tried.people
    closure = close(book, closing)
    rebooking.place_all(book.database, Offices(), mint, NOW)
    with book.database.read() as c:
        people = closure_lists.people(c, closure)
    assert [(one.booking_id, one.start) for one in people] == [
        (one.booking_id, where.start if where else None) for one, where in tried.people]
    assert tried.placed == sum(one.state == "moved" for one in people)
    assert sums_agree(book.database)


# -- taking back -------------------------------------------------------------------------------------------------


def test_taken_back_the_old_hours_hold_and_who_was_not_moved_stays(book: Book) -> None:
    before, start = planned(book, TOMORROW), book.starts(TOMORROW, NOW)[3]
    booked = book.book(1, start, NOW)
    closure = close(book, WHOLE)
    assert end(book, closure)
    assert not end(book, closure)
    assert book.office.closures == {}
    assert laid_out(book, TOMORROW) == before | {("A", start): (3, 1)}
    assert not book.day(TOMORROW).closed
    assert listed(book.database, closure) == [(booked.id, "gone")]
    assert book.entries("closure_ended") == [{
        "closure": closure.id, "date": "2026-11-25", "from": None, "to": None, "counter": None,
        "reason": "Pelatihan pegawai"}]
    jobs.keep_capacity(book.database, Offices(), NOW)
    assert book.book(2, start, NOW)
    assert book.entries("moved") == []


def test_who_was_told_that_there_is_no_place_is_told_that_the_old_one_holds(book: Book, mint: Any) -> None:
    booked = book.book(1, book.starts(TOMORROW, NOW)[3], NOW)
    nothing_free(book)
    closure = close(book, WHOLE)
    rebooking.place_all(book.database, Offices(), mint, NOW)
    assert listed(book.database, closure) == [(booked.id, "unplaced")]
    end(book, closure)
    assert book.entries("moved") == [{"from": booked.start.isoformat(), "reopened": closure.id}]
    with book.database.read() as c:
        stands = c.execute(sa.text("SELECT sequence, moves FROM bookings")).one()
    assert tuple(stands) == (1, 0)


def test_who_another_closure_still_sends_away_is_not_told_that_the_old_time_holds(book: Book, mint: Any) -> None:
    stays, leaves = (book.book(n, at(TOMORROW, clock, book.office), NOW) for n, clock in enumerate(("08:00", "11:00")))
    nothing_free(book)
    morning, noon = close(book, MORNING), close(book, replace(WHOLE, since="10:00", until="14:00"))
    book.database.write(lambda c: c.execute(sa.text("UPDATE slots SET places = taken")))  # nor later on the same day
    rebooking.place_all(book.database, Offices(), mint, NOW)
    assert listed(book.database, morning) == [(stays.id, "unplaced"), (leaves.id, "unplaced")]
    end(book, morning)
    assert listed(book.database, noon) == [(leaves.id, "pending")]
    assert [datetime.fromisoformat(told["from"]) for told in book.entries("moved")] == [stays.start]
    with book.database.read() as c:
        sequences = c.execute(sa.text("SELECT id, sequence FROM bookings")).all()
    assert {row.id: row.sequence for row in sequences} == {stays.id: 1, leaves.id: 0}


def nothing_free(book: Book) -> None:
    """No day has anything left to book."""
    book.database.write(lambda c: c.execute(sa.update(day_rows).values(released=day_rows.c.booked)))


# -- the list ----------------------------------------------------------------------------------------------------


def test_how_a_closure_stands_and_whom_to_call(book: Book, mint: Any) -> None:
    booked = fill(book, 3)
    nothing_free(book)
    closure = close(book, WHOLE)
    other = close(book, replace(WHOLE, date=TOMORROW + timedelta(days=1)))
    book.cancel(booked[0], NOW)
    rebooking.place_all(book.database, Offices(), mint, NOW)
    with book.database.read() as c:
        stand = closure_lists.progress(c, [closure, other])
    assert stand[other.id] == closure_lists.Progress()
    assert (stand[closure.id].touched, stand[closure.id].gone, stand[closure.id].unplaced) == (3, 1, 2)
    call = booked[1].id
    note = [lambda c, act=act: act(c, closure, call, STAFF, NOW)
            for act in (closure_lists.note_called, closure_lists.note_called, closure_lists.take_back_call,
                        closure_lists.take_back_call, closure_lists.note_called)]
    assert [book.database.write(act) for act in note] == [True, False, True, False, True]
    assert not book.database.write(lambda c: closure_lists.note_called(c, closure, booked[0].id, STAFF, NOW))
    assert not book.database.write(lambda c: closure_lists.take_back_call(c, closure, call, STAFF + 1, NOW))
    with book.database.read() as c:
        assert closure_lists.progress(c, [closure])[closure.id].called == 1
        waiting = [closure_lists.to_call(c, book.office, NOW + timedelta(days=n)) for n in (0, 30)]
        assert waiting == [1, 0], "the other one; and nobody when the date is over"
        assert [one.booking_id for one in closure_lists.people(c, closure) if one.called_at] == [call]
    assert book.entries("closure_called") == [
        {"closure": closure.id}, {"closure": closure.id, "undone": True}, {"closure": closure.id}]


def test_all_jobs_together_leave_a_closed_day_empty_and_every_sum_right(book: Book, mint: Any) -> None:
    fill(book, 10)
    close(book, WHOLE)
    rebooking.place_all(book.database, Offices(), mint, NOW)
    work(book, NOW + timedelta(minutes=1))
    assert laid_out(book, TOMORROW) == {}
    day = book.day(TOMORROW)
    assert (day.closed, day.booked, day.released, day.plan) == (True, 0, 0, opening.CLOSED_PLAN)
    assert sums_agree(book.database)
    with book.database.read() as c:
        reported = reports.report(c, book.office, TOMORROW, NOW)
    assert reported is not None
    assert reported.decisions[0].because["reason"] == "Pelatihan pegawai"


def test_moments_are_read_back_as_they_were_written(book: Book) -> None:
    closure = close(book, replace(WHOLE, since="09:00", until="24:00", counter="loket-1"))
    with book.database.read() as c:
        assert closures.find(c, book.office, closure.id) == closure
        assert closures.of_office(c, book.office) == [closure] == closures.in_force(c, TODAY)
        assert closures.in_force(c, TOMORROW + timedelta(days=1)) == []
        assert closures.find(c, replace(book.office, id=99), closure.id) is None
    assert closure.at == NOW.astimezone(UTC) == datetime(2026, 11, 24, tzinfo=UTC)

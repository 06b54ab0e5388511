"""What the hall sees of what the counters do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from scheduler.foundation.database import Database
from scheduler.offices import Office, Offices
from tests import people
from tests.conftest import NOW
from tests.ticketing.door import CLERK, at
from tests.ticketing.floor import Floor
from ticketing import board, hall, notices
from ticketing.board import CALLS, Board

MINUTE = timedelta(minutes=1)


@pytest.fixture
def floor(database: Database, balikpapan: Office, offices: Offices, vault: Any, mint: Any) -> Floor:
    floor = Floor(database, balikpapan, offices, vault, mint)
    floor.now = NOW
    return floor


def seen(floor: Floor, now: Any = NOW) -> Board:
    with floor.database.read() as c:
        return board.shape(floor.office, hall.look(c, floor.office, now), notices.standing(c, floor.office, now), now)


def test_an_empty_hall_has_a_line_for_each_queue(floor: Floor) -> None:
    shown = seen(floor)
    assert (shown.office, shown.name, shown.calls, shown.messages) == ("balikpapan", floor.office.name, [], [])
    assert [(one.letter, one.count, one.estimate) for one in shown.waiting] == [
        (letter, 0, None) for letter in floor.office.letters]
    assert [one.slug for one in shown.waiting[0].services] == ["ktp-rekam", "ktp-ambil", "ikd"]


def test_the_newest_call_comes_first_and_a_recall_is_new(floor: Floor) -> None:
    for _ in range(2):
        floor.walk_in(NOW)
    first, second = floor.next("loket-1"), floor.next("loket-2", NOW + MINUTE)
    shown = seen(floor, NOW + MINUTE)
    assert [(one.number, one.counter, one.name, one.state, one.times) for one in shown.calls] == [
        (second, "loket-2", "Loket 2", "called", 1), (first, "loket-1", "Loket 1", "called", 1)]
    assert shown.calls[0].since == NOW + MINUTE
    assert shown.calls[0].say == ["nomor-antrean", "A", "0", "0", "2", "silakan-menuju", "loket", "2."]
    floor.act("recall", "loket-1", now=NOW + 2 * MINUTE)
    again = seen(floor, NOW + 2 * MINUTE)
    assert [(one.number, one.times) for one in again.calls] == [(first, 2), (second, 1)]
    assert again.calls[0].call > shown.calls[0].call
    assert again.calls[0].since == NOW + 2 * MINUTE
    assert again.version > shown.version


def test_a_call_says_whether_the_visit_is_still_there(floor: Floor) -> None:
    floor.walk_in(NOW)
    floor.next("loket-1")
    floor.act("start", "loket-1")
    assert [one.state for one in seen(floor).calls] == ["serving"]
    floor.act("finish", "loket-1")
    assert [one.state for one in seen(floor).calls] == ["over"]


def test_who_was_sent_on_stands_at_the_counter_that_called_last_alone(floor: Floor) -> None:
    for _ in range(2):
        floor.walk_in(NOW)
    first, second = floor.next("loket-1"), floor.next("loket-2", NOW + MINUTE)
    floor.act("transfer", "loket-1", to="loket-3", now=NOW + 2 * MINUTE)
    floor.next("loket-3", NOW + 3 * MINUTE)
    assert [(one.number, one.counter) for one in seen(floor, NOW + 3 * MINUTE).calls] == [
        (first, "loket-3"), (second, "loket-2")]


def test_what_is_undone_was_not_called(floor: Floor) -> None:
    floor.walk_in(NOW)
    floor.next("loket-1")
    floor.act("undo", "loket-1")
    shown = seen(floor)
    assert shown.calls == []
    assert shown.waiting[0].count == 1


def test_so_many_calls_as_the_screen_has_rows(floor: Floor) -> None:
    for n in range(CALLS + 1):
        floor.walk_in(NOW)
        floor.next(f"loket-{n % 3 + 1}", NOW + n * MINUTE)
    assert len(seen(floor, NOW + 10 * MINUTE).calls) == CALLS


def test_who_waits_is_counted_by_queue_with_the_last_ones_turn(floor: Floor) -> None:
    for _ in range(5):
        floor.walk_in(NOW)
    floor.walk_in(NOW, service="kk")
    line = [one for one in floor.look().waiting if one.queue == "A" and one.from_ and one.to]
    shown = {one.letter: one for one in seen(floor).waiting}
    assert {letter: one.count for letter, one in shown.items()} == {"A": 5, "B": 1, "C": 0}
    estimate = shown["A"].estimate
    assert estimate is not None
    assert estimate.from_ == max(one.from_ for one in line if one.from_)
    assert estimate.to == max(one.to for one in line if one.to) > NOW
    assert shown["C"].estimate is None


def test_messages_stand_in_both_languages(floor: Floor) -> None:
    for words in ({"id": "Gratis.", "en": "Free."}, {"id": "Tertib."}):
        floor.database.write(lambda c, words=words: notices.put(c, floor.office, words, None, now=NOW, staff_id=CLERK))
    assert [(one.id, one.en) for one in seen(floor).messages] == [("Gratis.", "Free."), ("Tertib.", "Tertib.")]


def test_nothing_of_a_person_is_on_it(floor: Floor) -> None:
    booked = floor.book(1, at("08:00"), NOW - timedelta(days=1))
    floor.scan(booked.code, NOW)
    floor.next("loket-1")
    text = msgspec.json.encode(seen(floor)).decode()
    person = people.person(1)
    assert "A-001" in text
    for private in (person.nik, person.name, person.name.split()[0], person.phone, booked.code, booked.token):
        assert private not in text

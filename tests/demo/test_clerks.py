"""Invented clerks: they call, serve and end, and leave a counter to whoever sits there."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import requests

from api import staff
from api.demo.clerks import Clerks
from api.demo.demo import Demo
from api.demo.office import taken_counters
from tests.conftest import CHEAP, NOW
from tests.web.conftest import PASSWORD
from ticketing import desks, seats

MINUTE = timedelta(minutes=1)


class Hall:
    """Two counters and so many people; keeps what was done at each counter."""

    def __init__(self, people: int) -> None:
        self.people = people
        self.done: dict[str, list[str]] = {"loket-1": [], "loket-2": []}
        self.answers = True

    def counters(self) -> list[str]:
        return list(self.done)

    def somebody_waits(self) -> bool:
        return self.people > 0

    def services(self) -> list[dict[str, Any]]:
        return [{"slug": "kk", "minutes": 10}]

    def act(self, counter: str, what: str) -> dict[str, Any] | None:
        if not self.answers:
            raise requests.ConnectionError
        if what == "call-next":
            if not self.people:
                return None
            self.people -= 1
        self.done[counter].append(what)
        return {"service": "kk"}


def test_who_sits_at_a_counter_sits_there_still_when_the_clock_has_jumped(demo: Demo) -> None:
    database, office = demo.antre.database, demo.office
    clerk = database.write(lambda c: staff.add(c, office.id, "loket", PASSWORD, "counter", NOW, hasher=CHEAP))
    database.write(lambda c: desks.sit(c, office, "loket-1", now=demo.clock.now(), staff_id=clerk))
    demo.advance(timedelta(hours=1))
    with database.read() as connection:
        assert seats.own_counter(connection, office, clerk) is not None
    assert taken_counters(database) == {"loket-1"}


def clerks(hall: Hall, taken: set[str] | None = None, seed: int = 1) -> Clerks:
    return Clerks(hall, lambda: taken or set(), random.Random(seed))  # type: ignore[arg-type]


def test_each_counter_calls_serves_and_calls_again() -> None:
    hall = Hall(people=40)
    played = clerks(hall)
    for minute in range(120):
        played.play(NOW + minute * MINUTE)
    for done in hall.done.values():
        assert done[:2] == ["call-next", "start"]
        assert 8 <= done.count("call-next") <= 20  # ten minutes each
    assert played.tally["served"] == sum(done.count("start") for done in hall.done.values())


def test_a_jump_of_the_clock_serves_as_many_as_its_minutes() -> None:
    hall = Hall(people=100)
    played = clerks(hall)
    played.play(NOW)
    played.play(NOW + 120 * MINUTE)
    assert 14 <= 100 - hall.people <= 42


def test_a_counter_at_which_somebody_sits_is_left_alone() -> None:
    hall = Hall(people=40)
    played = clerks(hall, {"loket-2"})
    for minute in range(60):
        played.play(NOW + minute * MINUTE)
    assert hall.done["loket-1"]
    assert hall.done["loket-2"] == []


def test_some_do_not_answer_and_the_next_is_called() -> None:
    hall = Hall(people=300)
    played = clerks(hall)
    played.play(NOW)
    played.play(NOW + timedelta(days=1))
    assert 0 < played.tally["did not answer"] < 40
    assert hall.people == 0 or played.tally["served"] > 100


def test_without_an_answer_they_go_on_later() -> None:
    hall = Hall(people=4)
    hall.answers = False
    played = clerks(hall)
    played.play(NOW)
    hall.answers = True
    played.play(NOW + MINUTE)
    assert hall.done["loket-1"] == ["call-next"]

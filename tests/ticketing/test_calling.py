"""What counters do, on both databases: who is called, and how each act leaves visits, stays and the journal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices
from tests.ticketing.door import at
from tests.ticketing.floor import Floor
from ticketing.codes import Mint
from ticketing.hall_tables import halls, servings
from ticketing.tables import visits


@pytest.fixture
def floor(database: Database, balikpapan: Office, offices: Offices, vault: Vault, mint: Mint) -> Floor:
    floor = Floor(database, balikpapan, offices, vault, mint)
    floor.now = at("09:00")
    return floor


def test_call_start_finish_and_who_is_next(floor: Floor) -> None:
    for minute in range(3):
        floor.walk_in(at("08:30") + timedelta(minutes=minute))
    called = floor.act("call_next", "loket-1")
    assert (called.number, called.state, called.counter, called.calls) == ("A-001", "called", "loket-1", 1)
    assert floor.next("loket-2") == "A-002"
    started = floor.act("start", "loket-1", now=at("09:01"))
    assert (started.state, started.started_at) == ("serving", at("09:01"))
    assert floor.act("start", "loket-1", now=at("09:02")) == started, "once begun, nothing changes"
    done = floor.act("finish", "loket-1", now=at("09:09"))
    assert (done.state, done.counter, done.calls) == ("done", None, 0)
    assert floor.there("loket-1") is None
    assert floor.next("loket-1", at("09:10")) == "A-003"
    stays = floor.rows(servings)
    assert [(row["first_call"], row["outcome"], row["ended_at"]) for row in stays] == [
        (1, "finished", at("09:09")), (2, None, None), (3, None, None)]
    with floor.database.read() as connection:
        told = connection.execute(sa.select(journal.c.kind, journal.c.data, journal.c.staff_id).where(
            journal.c.kind.in_(("called", "started", "served"))).order_by(journal.c.id)).all()
    assert [(row.kind, row.data["counter"]) for row in told] == [
        ("called", "loket-1"), ("called", "loket-2"), ("started", "loket-1"), ("served", "loket-1"),
        ("called", "loket-1")]
    assert {row.staff_id for row in told} == {4}


def test_the_next_call_finishes_who_is_there_also_when_nobody_waits(floor: Floor) -> None:
    floor.walk_in(at("08:30"))
    assert floor.next() == "A-001"
    assert floor.next() is None
    assert floor.state("A-001") == "done"
    assert floor.next() is None


def test_a_recall_is_a_new_call(floor: Floor) -> None:
    floor.walk_in(at("08:30"))
    first = floor.act("call_next", "loket-1")
    again = floor.act("recall", "loket-1", now=at("09:02"))
    assert (first.call, again.call, again.calls, again.called_at) == (1, 2, 2, at("09:00"))
    assert floor.look().calls[0].at == at("09:02")


def test_who_is_absent_comes_again_after_some_others_and_then_no_more(floor: Floor) -> None:
    for minute in range(6):
        floor.walk_in(at("08:30") + timedelta(minutes=minute))
    assert floor.next() == "A-001"
    left = floor.act("absent", "loket-1")
    assert (left.state, left.missed) == ("waiting", 1)
    assert [floor.next() for _ in range(3)] == ["A-002", "A-003", "A-004"]
    assert floor.next() == "A-001", "after three others"
    assert floor.act("absent", "loket-1").state == "absent"
    assert [floor.next(), floor.next(), floor.next()] == ["A-005", "A-006", None]
    back = floor.act("put_back", "A-001")
    assert (back.state, back.missed) == ("waiting", 0)
    assert floor.next() == "A-001", "nobody else is left"


def test_held_and_put_back_keeps_the_place_and_only_the_door_brings_back_who_left(floor: Floor) -> None:
    for minute in range(3):
        floor.walk_in(at("08:30") + timedelta(minutes=minute))
    assert floor.next() == "A-001"
    assert floor.act("hold", "loket-1").state == "held"
    assert [one.number for one in floor.look().held] == ["A-001"]
    assert floor.next() == "A-002"
    floor.act("put_back", "a1")
    assert floor.next() == "A-001"
    assert floor.act("take_off", "A-003").state == "gone"
    assert floor.next() is None
    for act, number in (("take_off", "A-003"), ("put_back", "A-001")):
        with pytest.raises(Refusal, match="not_waiting"):
            floor.act(act, number)
    with pytest.raises(Refusal, match="unknown_number"):
        floor.act("put_back", "A-009")
    floor.act("put_back", "A-003")
    assert floor.next() == "A-003"


def test_out_of_turn_also_who_is_held_or_was_absent(floor: Floor) -> None:
    for minute in range(4):
        floor.walk_in(at("08:30") + timedelta(minutes=minute))
    assert floor.act("call_number", "loket-1", "A-003").number == "A-003"
    floor.act("hold", "loket-1")
    assert floor.act("call_number", "loket-2", "a 3").counter == "loket-2"
    with pytest.raises(Refusal, match="not_waiting"):
        floor.act("call_number", "loket-1", "A-003")
    assert floor.act("call_number", "loket-2", "A-004").number == "A-004"
    assert floor.state("A-003") == "done"
    with pytest.raises(Refusal, match="unknown_counter"):
        floor.act("call_number", "loket-9", "A-001")


def test_transferred_to_a_service_a_counter_or_both(floor: Floor) -> None:
    for minute in range(2):
        floor.walk_in(at("08:30") + timedelta(minutes=minute))
    floor.walk_in(at("08:20"), service="kk")
    floor.walk_in(at("08:40"), service="kk")
    assert floor.next() == "A-001"
    sent = floor.act("transfer", "loket-1", service="kk")
    assert (sent.number, sent.service, sent.state) == ("A-001", "kk", "waiting")
    assert [floor.next("loket-4") for _ in range(3)] == ["B-001", "A-001", "B-002"]
    floor.act("transfer", "loket-4", to="loket-5", keep=False)
    assert floor.next("loket-4") is None, "only the counter it was sent to"
    assert floor.next("loket-5") == "B-002"
    for wrong, field in (({}, "service"), ({"service": "kk"}, "service"), ({"to": "loket-5"}, "to"),
                         ({"to": "loket-1"}, "to"), ({"service": "ktp-rekam", "to": "loket-4"}, "to")):
        with pytest.raises(Refusal, match="invalid_request") as refused:
            floor.act("transfer", "loket-5", **wrong)
        assert refused.value.details == {"field": field}


def test_sent_to_the_end_of_the_line(floor: Floor) -> None:
    floor.walk_in(at("08:30"))
    for minute in range(2):
        floor.walk_in(at("08:40") + timedelta(minutes=minute), service="kk")
    assert floor.next() == "A-001"
    floor.act("transfer", "loket-1", service="kk", keep=False)
    assert [floor.next("loket-4") for _ in range(3)] == ["B-001", "B-002", "A-001"]


def test_acts_about_nobody(floor: Floor) -> None:
    for act in ("recall", "start", "finish", "absent", "hold", "transfer"):
        with pytest.raises(Refusal, match="nobody_called"):
            floor.act(act, "loket-1")
        with pytest.raises(Refusal, match="unknown_counter"):
            floor.act(act, "loket-9")
    assert floor.rows(halls) == [], "a refusal undoes all of it"


UNDONE: list[tuple[str, dict[str, Any]]] = [
    ("call_next", {}), ("recall", {}), ("start", {}), ("finish", {}), ("absent", {}), ("hold", {}),
    ("transfer", {"service": "kk", "keep": False}), ("call_number", {"number": "A-004"}),
]


@pytest.mark.parametrize(("act", "more"), UNDONE, ids=[act for act, _ in UNDONE])
def test_undo_restores_exactly(floor: Floor, act: str, more: dict[str, Any]) -> None:
    for minute in range(5):
        floor.walk_in(at("08:30") + timedelta(minutes=minute))
    floor.next("loket-2")
    floor.act("absent", "loket-2")
    floor.next("loket-1")
    before, there = floor.standing(), floor.there("loket-1")
    floor.act(act, "loket-1", now=at("09:20"), **more)
    assert floor.standing() != before
    assert floor.act("undo", "loket-1", now=at("09:21")) == there
    assert floor.standing() == before
    with pytest.raises(Refusal, match="nothing_to_undo"):
        floor.act("undo", "loket-1")


def test_what_happened_since_stands(floor: Floor) -> None:
    for minute in range(2):
        floor.walk_in(at("08:30") + timedelta(minutes=minute))
    floor.next("loket-1")
    floor.act("absent", "loket-1")
    floor.next("loket-2")
    floor.act("take_off", "A-001")
    before = floor.standing()
    with pytest.raises(Refusal, match="nothing_to_undo"):
        floor.act("undo", "loket-1")
    assert floor.standing() == before


def test_a_counter_calls_its_own_group_first_and_then_helps(floor: Floor) -> None:
    floor.walk_in(at("08:20"), service="kk")
    floor.walk_in(at("08:30"), service="pengaduan")
    floor.now = at("08:31")
    floor.act("sit", "loket-4")
    assert floor.next("loket-6") == "C-001", "its own, although the other came first"
    assert floor.next("loket-6") == "B-001"
    assert floor.next("loket-1") is None


def test_a_group_whose_counters_are_away_belongs_to_all_who_serve_it(floor: Floor) -> None:
    floor.walk_in(at("08:20"), service="kk")
    floor.walk_in(at("08:30"), service="pengaduan")
    assert floor.next("loket-6") == "B-001", "nobody at work calls it their own"


def test_where_a_version_is_for(floor: Floor) -> None:
    floor.walk_in(at("08:30"))
    versions = [floor.look().version]
    for act in ("call_next", "recall", "start", "finish", "undo"):
        floor.act(act, "loket-1")
        versions.append(floor.look().version)
    assert versions == [0, 1, 2, 3, 4, 5]
    assert floor.rows(visits)[0]["version"] == 5

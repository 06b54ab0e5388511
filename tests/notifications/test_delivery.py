"""One courier: what each outcome leads to, what is dropped, and what a failing database does to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from notifications.delivery import Courier
from notifications.gateways.base import Ambiguous, Outcome, Permanent, Temporary
from notifications.rounds import ATTEMPTS, FIRST_WAIT, LONGEST_WAIT
from notifications.tables import outbox
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from tests import people
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.notifications.desk import courier_of, failures, messages, queue, states
from tests.threads import in_thread


@pytest.fixture
def courier(database: Database, vault: Vault, gateway: FakeGateway, clock: SettableClock) -> Iterator[Courier]:
    courier = courier_of(database, vault, clock, gateway, threads=4)
    yield courier
    courier.close()


def test_everything_due_goes_once_and_is_marked(
    database: Database, vault: Vault, gateway: FakeGateway, courier: Courier
) -> None:
    queue(database, vault, 25)
    assert courier.deliver() == 25
    assert courier.deliver() == 0
    assert sorted((one.phone, one.text) for one in gateway.carried) == sorted(
        (people.phone(n), f"Pesan {n}") for n in range(25))
    first = messages(database)[0]
    assert (first.state, first.attempts, first.cost, first.currency) == ("sent", 1, Decimal("325.0000"), "IDR")
    assert (first.gateway, first.sent_at, first.settled_at, first.error) == ("fake", NOW, NOW, None)
    assert len({row.vendor_id for row in messages(database)}) == 25


class _Stuck(FakeGateway):
    """Answers nobody until it is let go, except those after the first."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.let_go = threading.Event(), threading.Event()

    def send(self, phone: str, text: str) -> Outcome:
        if text == "Pesan 0":
            self.reached.set()
            assert self.let_go.wait(30)
        return super().send(phone, text)


def test_one_that_waits_for_its_answer_keeps_no_other_waiting(
    database: Database, vault: Vault, clock: SettableClock
) -> None:
    gateway = _Stuck()
    with closing(courier_of(database, vault, clock, gateway, threads=4)) as courier:
        queue(database, vault, 2, due_at=NOW + timedelta(minutes=5))
        database.write(lambda c: c.execute(sa.update(outbox).where(outbox.c.text == "Pesan 0").values(due_at=NOW)))
        first = in_thread(courier.deliver)
        assert gateway.reached.wait(30)
        clock.advance(timedelta(minutes=5))
        try:
            for _ in range(500):
                if gateway.carried:
                    break
                time.sleep(0.01)
            assert [one.text for one in gateway.carried] == ["Pesan 1"]
        finally:
            gateway.let_go.set()
        assert first.result(30) == 2
    assert states(database) == {"sent": 2}


def test_one_that_hangs_does_not_end_the_turn_of_those_behind_a_limit(
    database: Database, vault: Vault, clock: SettableClock
) -> None:
    """The timetable asks for some at a time: the next call must go on while one of the last still waits."""
    gateway = _Stuck()
    with closing(courier_of(database, vault, clock, gateway, threads=4)) as courier:
        queue(database, vault, 12)
        try:
            handed = [courier.deliver(limit=4) for _ in range(3)]
            assert handed == [4, 4, 4]
            assert states(database) == {"sent": 11, "sending": 1}
        finally:
            gateway.let_go.set()
    assert states(database) == {"sent": 12}, "closing marks it"


def test_a_limit_leaves_the_rest_for_the_next_time(
    database: Database, vault: Vault, gateway: FakeGateway, courier: Courier
) -> None:
    queue(database, vault, 10)
    assert courier.deliver(limit=7) == 7
    assert states(database) == {"sent": 7, "queued": 3}
    assert courier.deliver() == 3


def test_what_is_not_due_yet_waits(database: Database, vault: Vault, courier: Courier, clock: SettableClock) -> None:
    queue(database, vault, 1, due_at=NOW + timedelta(minutes=5))
    assert courier.deliver() == 0
    clock.advance(timedelta(minutes=5))
    assert courier.deliver() == 1


def test_what_came_too_late_is_dropped_however_much_it_is(
    database: Database, vault: Vault, gateway: FakeGateway, courier: Courier, clock: SettableClock
) -> None:
    queue(database, vault, 30, expires_at=NOW + timedelta(minutes=5))
    clock.advance(timedelta(minutes=5))
    assert courier.deliver() == 0
    assert gateway.carried == []
    assert states(database) == {"dropped": 30}
    assert messages(database)[0].error == "too late"


def test_what_is_temporary_is_tried_again_later_and_then_taken(
    database: Database, vault: Vault, gateway: FakeGateway, courier: Courier, clock: SettableClock
) -> None:
    gateway.answer(Temporary("405 balance too low"), Temporary("HTTP 503"))
    queue(database, vault, 1)
    assert courier.deliver() == 1
    waiting = messages(database)[0]
    assert (waiting.state, waiting.attempts, waiting.error, waiting.settled_at) == (
        "queued", 1, "405 balance too low", None)
    assert NOW + FIRST_WAIT * 3 / 4 <= waiting.due_at <= NOW + FIRST_WAIT
    assert courier.deliver() == 0, "not before its time"
    clock.advance(FIRST_WAIT)
    courier.deliver()
    clock.advance(2 * FIRST_WAIT)
    courier.deliver()
    assert (messages(database)[0].state, messages(database)[0].attempts) == ("sent", 3)
    assert failures(database) == []


def test_tries_are_bounded_and_the_end_is_journalled(
    database: Database, vault: Vault, gateway: FakeGateway, courier: Courier, clock: SettableClock
) -> None:
    gateway.answer(*[Temporary("no connection")] * 50)
    queue(database, vault, 1)
    for _ in range(ATTEMPTS + 5):
        courier.deliver()
        clock.advance(LONGEST_WAIT)
    assert len(gateway.carried) == ATTEMPTS
    assert (messages(database)[0].state, messages(database)[0].error) == ("failed", "no connection")
    (entry,) = failures(database)
    assert entry.data == {"message": messages(database)[0].id, "kind": "notice", "error": "no connection"}


def test_no_try_is_planned_past_the_end_of_its_use(
    database: Database, vault: Vault, gateway: FakeGateway, courier: Courier
) -> None:
    gateway.answer(Temporary("no connection"))
    queue(database, vault, 1, expires_at=NOW + timedelta(seconds=20))
    courier.deliver()
    assert states(database) == {"failed": 1}


@pytest.mark.parametrize(("outcome", "state", "journalled"), [
    (Permanent("403 no such number"), "failed", 1), (Ambiguous("no answer in time"), "unknown", 0),
])
def test_what_is_permanent_or_ambiguous_is_never_sent_again(
    database: Database, vault: Vault, gateway: FakeGateway, courier: Courier, clock: SettableClock,
    outcome: Outcome, state: str, journalled: int,
) -> None:
    gateway.answer(outcome)
    queue(database, vault, 1)
    for _ in range(5):
        courier.deliver()
        clock.advance(timedelta(hours=2))
    assert len(gateway.carried) == 1
    assert states(database) == {state: 1}
    assert len(failures(database)) == journalled


class Breaking(FakeGateway):
    """Does what a gateway must not do."""

    def send(self, phone: str, text: str) -> Outcome:
        super().send(phone, text)
        raise RuntimeError(phone)


def test_a_gateway_that_raises_settles_nothing_and_stops_nobody(
    database: Database, vault: Vault, clock: SettableClock
) -> None:
    courier = courier_of(database, vault, clock, Breaking(), threads=2)
    queue(database, vault, 3)
    assert courier.deliver() == 3
    courier.close()
    assert states(database) == {"unknown": 3}
    assert messages(database)[0].error == "the gateway raised RuntimeError", "without the number"


def test_a_broken_seal_stops_its_own_message_only(
    database: Database, vault: Vault, gateway: FakeGateway, courier: Courier
) -> None:
    queue(database, vault, 3)
    database.write(lambda c: c.execute(
        sa.update(outbox).where(outbox.c.key == "notice:1").values(address=b"not sealed by us")))
    courier.deliver()
    assert [row.state for row in messages(database)] == ["sent", "failed", "sent"]


def test_an_erased_number_is_dropped(database: Database, vault: Vault, courier: Courier) -> None:
    queue(database, vault, 1)
    database.write(lambda c: c.execute(sa.update(outbox).values(address=None)))
    courier.deliver()
    assert (messages(database)[0].state, messages(database)[0].error) == ("dropped", "no number")


def test_after_closing_nothing_is_handed_over(
    database: Database, vault: Vault, gateway: FakeGateway, clock: SettableClock
) -> None:
    courier = courier_of(database, vault, clock, gateway)
    queue(database, vault, 1)
    courier.close()
    assert courier.deliver() == 0
    assert states(database) == {"queued": 1}
    assert gateway.closed


class Fragile(Database):
    """A database whose n-th write fails: before it does anything, or after its commit, which nobody is told of."""

    fail_at, after_commit, writes = -1, False, 0

    def write(self, work: object) -> object:  # type: ignore[override]
        self.writes += 1
        if self.writes != self.fail_at:
            return super().write(work)  # type: ignore[arg-type]
        if self.after_commit:
            super().write(work)  # type: ignore[arg-type]
        raise OSError("the database went away")


@pytest.mark.parametrize("after_commit", [False, True])
@pytest.mark.parametrize("fail_at", [1, 2, 3, 4, 5])
def test_a_database_that_fails_at_any_moment_loses_and_doubles_nothing(
    database_url: str, vault: Vault, gateway: FakeGateway, clock: SettableClock, fail_at: int, after_commit: bool
) -> None:
    database = Fragile(database_url, connections=2, durable=False)
    queue(database, vault, 9)
    gateway.answer(Permanent("403 no such number"))
    courier = courier_of(database, vault, clock, gateway, threads=3)
    database.writes, database.fail_at, database.after_commit = 0, fail_at, after_commit
    for _ in range(4):
        try:
            courier.deliver()
        except OSError:
            clock.advance(timedelta(minutes=10))  # far past every lease
    courier.close()
    assert database.writes >= fail_at, "it did fail"
    assert len(gateway.carried) == len({one.phone for one in gateway.carried}) == 9
    assert states(database) == {"sent": 8, "failed": 1}
    assert {row.attempts for row in messages(database)} == {1}
    assert len(failures(database)) == 1
    database.close()

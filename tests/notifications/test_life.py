"""A message's whole life in invented stories: carriers that do anything, workers that die anywhere, reports in any
order. None is lost, and none is handed on once a carrier may have it."""

from __future__ import annotations

import itertools
import threading
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from notifications import reports
from notifications.claims import LEASE
from notifications.gateways.base import Ambiguous, Outcome, Permanent, Sent, Temporary
from notifications.rounds import LONGEST_WAIT
from notifications.tables import delivery_reports, outbox
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from tests import people
from tests.conftest import NOW
from tests.notifications.desk import courier_of, messages, queue

MANY = 6
MONTH = timedelta(days=30)
Does = Literal["takes", "takes, no id", "refuses", "never", "elsewhere", "silent, took it", "silent"]
DOES: tuple[Does, ...] = ("takes", "takes, no id", "refuses", "never", "elsewhere", "silent, took it", "silent")
# What a carrier may have after this: once it has, nobody may hand the message on.
MAY_HAVE = ("takes", "takes, no id", "silent, took it", "silent")


class Fickle:
    """Does what the story says next, and keeps what it did with whom. Several may share the story."""

    def __init__(self, name: str, world: World) -> None:
        self.name, self._world = name, world

    def send(self, phone: str, text: str) -> Outcome:
        return self._world.hand(self.name, phone, text)

    def close(self) -> None:
        pass


class World:
    """What really happened, as nobody on our side can know."""

    def __init__(self) -> None:
        self.plan: list[Does] = []
        self.did: dict[str, list[tuple[str, Does]]] = defaultdict(list)
        self.ids: list[tuple[str, str, str]] = []  # carrier, vendor's id, phone
        self._count, self._lock = itertools.count(1), threading.Lock()

    def hand(self, carrier: str, phone: str, text: str) -> Outcome:
        with self._lock:
            does = self.plan.pop(0) if self.plan else "takes"
            self.did[text].append((carrier, does))
            return self._outcome(carrier, phone, does)

    def _outcome(self, carrier: str, phone: str, does: Does) -> Outcome:
        number = str(next(self._count))
        if does in ("takes", "silent, took it"):
            self.ids.append((carrier, number, phone))
        answers: dict[Does, Outcome] = {
            "takes": Sent(number), "takes, no id": Sent(), "refuses": Temporary("down"),
            "never": Permanent("no number"), "elsewhere": Permanent("no route", elsewhere=True),
        }
        return answers.get(does, Ambiguous("no answer"))


class Mortal(Database):
    """The process dies at its n-th write: before it, or after its commit, which it does not live to see."""

    dies_at, after_commit, writes = -1, False, 0

    def write(self, work: Any) -> Any:
        self.writes += 1
        if self.writes != self.dies_at:
            return super().write(work)
        if self.after_commit:
            super().write(work)
        raise SystemExit


Step = tuple[Any, ...]
does = st.lists(st.sampled_from(DOES), max_size=8)
steps = st.one_of(
    st.tuples(st.just("work"), does, st.integers(1, 12), st.booleans()),
    st.tuples(st.just("report"), st.integers(0, 20), st.sampled_from(["Sent", "Success", "Failed", "Weird"])),
    st.tuples(st.just("later"), st.sampled_from([1, 31, 61, 700, 4000])),
)


@given(story=st.lists(steps, min_size=2, max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_lost_and_nothing_goes_on_that_a_carrier_may_have(
    database: Database, database_url: str, vault: Vault, story: list[Step]
) -> None:
    for table in (delivery_reports, outbox, journal):
        database.write(lambda c, table=table: c.execute(table.delete()))
    queue(database, vault, MANY, expires_at=NOW + MONTH)
    world, clock = World(), SettableClock(NOW)
    for step in (*story, ("later", LEASE.total_seconds())):
        _play(step, world, clock, database, database_url, vault)
        _nothing_doubled(world, messages(database))
    _to_the_end(world, clock, database, vault)
    rows = messages(database)
    _nothing_doubled(world, rows)
    _all_settled_truly(world, rows)
    for state in {row.state for row in rows}:
        event(state)


def _play(step: Step, world: World, clock: SettableClock, database: Database, url: str, vault: Vault) -> None:
    if step[0] == "later":
        clock.advance(timedelta(seconds=step[1]))
    elif step[0] == "report":
        _report(step, world, clock, database, vault)
    else:
        _work(step[1], step[2], step[3], world, clock, url, vault)


def _work(
    plan: Sequence[Does], dies_at: int, after_commit: bool, world: World, clock: SettableClock, url: str, vault: Vault
) -> None:
    """A worker begins, and dies or comes to the end of what is due."""
    world.plan = list(plan)
    mortal = Mortal(url, connections=1, durable=False)
    mortal.dies_at, mortal.after_commit = dies_at, after_commit
    courier = courier_of(mortal, vault, clock, Fickle("africastalking", world), Fickle("gammu", world), threads=2)
    try:
        courier.deliver()
    except SystemExit:
        event("died")
    courier.close()
    mortal.close()


def _report(step: Step, world: World, clock: SettableClock, database: Database, vault: Vault) -> None:
    if world.ids:
        carrier, vendor_id, phone = world.ids[step[1] % len(world.ids)]
        database.write(lambda c: reports.take(c, vault, gateway=carrier, vendor_id=vendor_id, status=step[2],
                                              phone=phone, fields={}, now=clock.now()))


def _to_the_end(world: World, clock: SettableClock, database: Database, vault: Vault) -> None:
    world.plan = []
    courier = courier_of(database, vault, clock, Fickle("africastalking", world), Fickle("gammu", world))
    for _ in range(4):
        clock.advance(LONGEST_WAIT)
        courier.deliver()
    courier.close()


def _nothing_doubled(world: World, rows: Sequence[Any]) -> None:
    assert len(rows) == MANY
    for tries in world.did.values():
        assert all(does not in MAY_HAVE for _, does in tries[:-1]), tries


def _all_settled_truly(world: World, rows: Sequence[Any]) -> None:
    for row in rows:
        last = world.did[row.text][-1][1] if world.did[row.text] else None
        assert row.state in ("sent", "delivered", "failed", "unknown")
        if row.state == "sent":
            assert last in MAY_HAVE
        if row.state == "unknown":
            assert last != "never" or row.error == "the worker that sent it stopped"
        if last is None:
            assert row.state == "unknown", "claimed by one that died before it sent"
        if last == "takes" and row.gateway is not None:
            assert row.state != "failed" or row.error in ("Failed", None)


def test_without_the_claim_a_story_of_two_sends_is_found(database: Database, vault: Vault) -> None:
    """What the stories above would catch: sending first and marking afterwards, and dying in between."""
    queue(database, vault, 1)
    world = World()
    for _ in range(2):
        (row,) = database.write(lambda c: c.execute(sa.select(outbox).where(outbox.c.state == "queued")).all())
        world.hand("africastalking", people.phone(0), row.text)  # and the worker dies before it notes that
    with pytest.raises(AssertionError, match="takes"):
        _nothing_doubled(world, [None] * MANY)

"""Several workers at once, and workers that are killed: nothing goes out twice, nothing is lost."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from api.demo.standin import Trouble
from notifications import claims
from notifications.claims import LEASE
from notifications.tables import outbox
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from tests import people
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.notifications.desk import claim, courier_of, failures, marked, messages, queue, states
from tests.phone.vendor import Vendor, serving
from tests.threads import all_at_once

MANY = 120
THREADS = 4


@pytest.fixture
def vendor(clock: SettableClock) -> Iterator[Vendor]:
    with serving(clock) as vendor:
        yield vendor


def arrived(vendor: Vendor) -> Counter[str]:
    return Counter(text.text for _, text in vendor.standin.received())


# -- two at once ---------------------------------------------------------------------------------------------


def test_without_the_guard_two_workers_do_claim_the_same(database: Database, vault: Vault) -> None:
    """Claiming as one would write it without thinking of others: read what is queued, then say that it is ours."""
    queue(database, vault, 10)
    both_have_read = Barrier(2)

    def claim_all() -> list[int]:
        with database.read() as c:
            ids = list(c.scalars(sa.select(outbox.c.id).where(outbox.c.state == "queued")))
        both_have_read.wait(10)
        database.write(lambda c: c.execute(sa.update(outbox).where(outbox.c.id.in_(ids)).values(state="sending")))
        return ids

    first, second = all_at_once(claim_all, claim_all)
    assert len(first) == 10
    assert sorted(first) == sorted(second), "each would send them all"


def test_with_the_guard_each_message_is_claimed_by_one(database: Database, vault: Vault) -> None:
    queue(database, vault, 40)

    def claim_all(word: str) -> list[int]:
        mine: list[int] = []
        while True:
            taken, due = database.write(lambda c: claim(c, vault, word, 3))
            mine += [one.id for one in taken]
            if not due:
                return mine

    claimed = all_at_once(*(lambda word=word: claim_all(word) for word in "abcd"))
    everything = [one for ids in claimed for one in ids]
    assert len(everything) == len(set(everything)) == 40


def test_couriers_in_threads_send_each_message_once(
    database: Database, vault: Vault, clock: SettableClock
) -> None:
    queue(database, vault, MANY)
    gateway = FakeGateway()
    couriers = [courier_of(database, vault, clock, gateway, threads=THREADS) for _ in range(4)]
    handed = all_at_once(*(courier.deliver for courier in couriers))
    for courier in couriers:
        courier.deliver()
        courier.close()
    assert len(gateway.carried) == len({one.phone for one in gateway.carried}) == MANY
    assert sum(handed) <= MANY
    assert states(database) == {"sent": MANY}


@contextmanager
def workers(database_url: str, vendor: Vendor, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """So many worker processes, begun at the same moment."""
    started = [
        subprocess.Popen([sys.executable, "-m", "tests.notifications.worker", database_url, vendor.url, str(THREADS)],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def test_workers_in_processes_send_each_message_once(
    database: Database, database_url: str, vault: Vault, vendor: Vendor
) -> None:
    queue(database, vault, MANY)
    vendor.standin.fail(Trouble(wait_s=0.01))
    with workers(database_url, vendor, 2) as processes:
        handed = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(handed) == MANY
    assert min(handed) > 0, "both had some"
    assert arrived(vendor) == Counter({f"Pesan {n}": 1 for n in range(MANY)})
    assert states(database) == {"sent": MANY}


# -- killed --------------------------------------------------------------------------------------------------


def wait_until(condition: Any, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_worker_killed_half_way_loses_nothing_and_doubles_nothing(
    database: Database, database_url: str, vault: Vault, vendor: Vendor, clock: SettableClock
) -> None:
    queue(database, vault, MANY)
    vendor.standin.fail(Trouble(wait_s=0.02))
    with workers(database_url, vendor, 1) as (process,):
        wait_until(lambda: len(vendor.standin.received()) > MANY // 4)
        process.kill()
        process.wait()
    before = states(database)
    assert before.get("queued"), "it was killed half-way"

    gateway = FakeGateway()
    courier = courier_of(database, vault, clock, gateway)
    courier.deliver()
    assert states(database).get("sending", 0) == before.get("sending", 0), "its lease may still be running"
    clock.advance(LEASE)
    courier.deliver()
    courier.close()

    after = states(database)
    assert after.get("unknown", 0) <= THREADS, "only what was on the network"
    assert after["sent"] + after.get("unknown", 0) == MANY
    taken = arrived(vendor) + Counter(one.text for one in gateway.carried)
    assert max(taken.values()) == 1
    unknown = {row.text for row in messages(database) if row.state == "unknown"}
    assert {f"Pesan {n}" for n in range(MANY)} - set(taken) <= unknown


def test_what_a_dead_worker_left_is_told_apart_from_what_it_never_took(
    database: Database, vault: Vault, clock: SettableClock
) -> None:
    queue(database, vault, 5)
    taken, _ = database.write(lambda c: claim(c, vault, "dead", 2))
    clock.advance(LEASE - timedelta(seconds=1))
    gateway = FakeGateway()
    courier = courier_of(database, vault, clock, gateway)
    courier.deliver()
    assert states(database) == {"sending": 2, "sent": 3}
    clock.advance(timedelta(seconds=1))
    courier.deliver()
    courier.close()
    assert states(database) == {"unknown": 2, "sent": 3}
    assert {one.phone for one in gateway.carried}.isdisjoint(people.phone(one.id - 1) for one in taken)
    assert {row.error for row in messages(database) if row.state == "unknown"} == {"the worker that sent it stopped"}


def test_a_worker_that_was_only_slow_still_knows_best(database: Database, vault: Vault) -> None:
    """Its lease lapsed and another declared its message unknown; what it then says is the truth."""
    queue(database, vault, 2)
    (first, second), _ = database.write(lambda c: claim(c, vault, "slow", 2))
    late = NOW + LEASE
    database.write(lambda c: claims.lapse(c, late))
    assert states(database) == {"unknown": 2}
    database.write(lambda c: claims.mark(c, [
        marked(first, "sent", late, "fake-1"), marked(second, "queued", late, error="refused")]))
    assert [row.state for row in messages(database)] == ["sent", "queued"]


def test_nobody_marks_what_another_has_claimed(database: Database, vault: Vault) -> None:
    queue(database, vault, 1)
    (mine,), _ = database.write(lambda c: claim(c, vault, "first", 1))
    database.write(lambda c: claims.give_back(c, ["first"]))
    database.write(lambda c: claim(c, vault, "second", 1))
    database.write(lambda c: claims.mark(c, [marked(mine, "failed", error="refused")]))
    (message,) = messages(database)
    assert (message.state, message.claim, message.attempts) == ("sending", "second", 0)
    assert failures(database) == []

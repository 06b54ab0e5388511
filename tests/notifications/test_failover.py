"""Several carriers: the next takes what one refuses, one that is down is left alone, nothing goes twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifications.breaker import FAILURES, FIRST_REST
from notifications.carriers import Carriers
from notifications.gateways.base import Ambiguous, Outcome, Permanent, Temporary
from notifications.rounds import FIRST_WAIT, LONGEST_WAIT
from notifications.tables import outbox
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from tests.conftest import NOW
from tests.notifications.desk import Named, courier_of, failures, messages, queue, states

DOWN = Temporary("no connection")
DAY = timedelta(days=1)


def changes(database: Database) -> list[tuple[str, dict[str, Any]]]:
    with database.read() as c:
        rows = c.execute(sa.select(journal.c.kind, journal.c.data).where(
            journal.c.kind.in_(("carrier_down", "carrier_up"))).order_by(journal.c.id))
        return [(row.kind, row.data) for row in rows]


@pytest.mark.parametrize("refusal", [DOWN, Permanent("no route", elsewhere=True)])
def test_the_next_takes_at_once_what_the_first_refuses(
    database: Database, vault: Vault, clock: SettableClock, refusal: Outcome
) -> None:
    first, second = Named("first", refusal), Named("second")
    queue(database, vault, 1)
    courier = courier_of(database, vault, clock, first, second)
    assert courier.deliver() == 2
    courier.close()
    (message,) = messages(database)
    assert (message.state, message.gateway, message.attempts, message.tried, message.error) == (
        "sent", "second", 1, None, None)
    assert (len(first.carried), len(second.carried)) == (1, 1)
    assert (first.closed, second.closed) == (True, True)


@pytest.mark.parametrize(("outcome", "state"), [
    (Ambiguous("no answer in time"), "unknown"), (Permanent("403 no such number"), "failed"),
])
def test_what_may_have_been_taken_or_never_can_be_goes_nowhere_else(
    database: Database, vault: Vault, clock: SettableClock, outcome: Outcome, state: str
) -> None:
    first, second = Named("first", outcome), Named("second")
    queue(database, vault, 1)
    courier = courier_of(database, vault, clock, first, second)
    for _ in range(3):
        courier.deliver()
        clock.advance(LONGEST_WAIT)
    courier.close()
    assert (states(database), second.carried) == ({state: 1}, [])
    assert messages(database)[0].gateway == "first"


def test_when_all_refuse_it_waits_and_the_order_begins_anew(
    database: Database, vault: Vault, clock: SettableClock
) -> None:
    first, second = Named("first", DOWN), Named("second", DOWN)
    queue(database, vault, 1)
    courier = courier_of(database, vault, clock, first, second)
    assert courier.deliver() == 2
    waiting = messages(database)[0]
    assert (waiting.state, waiting.attempts, waiting.tried) == ("queued", 1, None)
    assert waiting.due_at > NOW
    clock.advance(FIRST_WAIT)
    courier.deliver()
    courier.close()
    assert (messages(database)[0].gateway, len(second.carried)) == ("first", 1)


def test_a_carrier_that_is_down_is_left_alone_and_comes_back_by_one_message(
    database: Database, vault: Vault, clock: SettableClock
) -> None:
    first, second = Named("first", *[DOWN] * FAILURES), Named("second")
    queue(database, vault, 30)
    courier = courier_of(database, vault, clock, first, second, threads=1)
    courier.deliver()
    assert (len(first.carried), states(database)) == (FAILURES, {"sent": 30})
    assert {row.gateway for row in messages(database)} == {"second"}
    assert changes(database) == [("carrier_down", {"carrier": "first", "error": "no connection"})]
    clock.advance(FIRST_REST)
    database.write(lambda c: c.execute(sa.text("DELETE FROM outbox")))
    queue(database, vault, 30)
    courier.deliver()
    courier.close()
    assert {row.gateway for row in messages(database)} == {"first"}
    assert changes(database)[1:] == [("carrier_up", {"carrier": "first"})]


def test_an_outage_of_the_only_carrier_uses_up_no_tries(
    database: Database, vault: Vault, clock: SettableClock
) -> None:
    gateway = Named("only", *[DOWN] * 50)
    queue(database, vault, 100, expires_at=NOW + DAY)
    courier = courier_of(database, vault, clock, gateway, threads=1)
    for _ in range(3 * 60 * 60 // 30):  # three hours
        courier.deliver()
        clock.advance(timedelta(seconds=30))
    assert len(gateway.carried) < 30, "a probe now and then"
    assert sum(row.attempts for row in messages(database)) == len(gateway.carried)
    assert (states(database), len(changes(database))) == ({"queued": 100}, 1)
    gateway.mend()
    clock.advance(LONGEST_WAIT)
    courier.deliver()
    courier.close()
    assert states(database) == {"sent": 100}
    assert [kind for kind, _ in changes(database)] == ["carrier_down", "carrier_up"]


def test_time_outs_cost_a_handful_of_messages_and_not_all(
    database: Database, vault: Vault, clock: SettableClock
) -> None:
    gateway = Named("only", *[Ambiguous("no answer in time")] * 500)
    queue(database, vault, 200)
    courier = courier_of(database, vault, clock, gateway, threads=4)
    courier.deliver()
    courier.close()
    after = states(database)
    assert after["unknown"] < FAILURES + 4
    assert after["queued"] == 200 - after["unknown"]


def test_what_an_outage_outlasts_fails_for_all_to_see(database: Database, vault: Vault, clock: SettableClock) -> None:
    gateway = Named("only", *[DOWN] * 50)
    queue(database, vault, 20, expires_at=NOW + timedelta(minutes=1))
    courier = courier_of(database, vault, clock, gateway, threads=1)
    courier.deliver()
    for _ in range(4):
        clock.advance(timedelta(seconds=25))
        courier.deliver()
    courier.close()
    assert states(database) == {"failed": 20}
    assert {row.error for row in messages(database)} == {"no connection", "no carrier"}
    assert len(failures(database)) == 20


def test_one_that_waits_for_a_carrier_keeps_no_other_waiting(
    database: Database, vault: Vault, clock: SettableClock
) -> None:
    """The second never takes it and the first is left alone just now: it waits for that one, the rest goes on."""
    first, second = Named("first", *[DOWN] * FAILURES), Named("second")
    queue(database, vault, FAILURES)
    courier = courier_of(database, vault, clock, first, second, threads=1)
    courier.deliver()
    database.write(lambda c: c.execute(sa.text("DELETE FROM outbox")))
    queue(database, vault, 5)
    database.write(lambda c: c.execute(sa.update(outbox).where(outbox.c.text == "Pesan 0").values(tried="second!")))
    courier.deliver()
    assert states(database) == {"sent": 4, "queued": 1}
    waiting = messages(database)[0]
    assert (waiting.due_at, waiting.attempts, waiting.tried, waiting.held) == (NOW + FIRST_REST, 0, "second!", None)
    clock.advance(FIRST_REST)
    courier.deliver()
    courier.close()
    assert (messages(database)[0].state, messages(database)[0].gateway) == ("sent", "first")


def test_a_new_process_knows_who_was_down(database: Database, vault: Vault, clock: SettableClock) -> None:
    queue(database, vault, 20)
    before = courier_of(database, vault, clock, Named("first", *[DOWN] * 50), Named("second"), threads=1)
    before.deliver()
    before.close()
    database.write(lambda c: c.execute(sa.text("DELETE FROM outbox")))
    queue(database, vault, 20)
    first = Named("first", DOWN)
    courier = courier_of(database, vault, clock, first, Named("second"), threads=4)
    courier.deliver()
    assert len(first.carried) == 1, "one message to see how it is"
    clock.advance(2 * FIRST_REST)
    database.write(lambda c: c.execute(sa.text("DELETE FROM outbox")))
    queue(database, vault, 20)
    courier.deliver()
    courier.close()
    assert len(first.carried) > 1
    assert [kind for kind, _ in changes(database)] == ["carrier_down", "carrier_up"]


def test_a_broken_seal_says_nothing_about_the_carrier(database: Database, vault: Vault, clock: SettableClock) -> None:
    queue(database, vault, 20)
    database.write(lambda c: c.execute(sa.text("UPDATE outbox SET address = :x"), {"x": b"not sealed by us"}))
    gateway = Named("only", *[DOWN] * (FAILURES - 1))
    courier = courier_of(database, vault, clock, gateway)
    courier.deliver()
    courier.close()
    assert (states(database), changes(database), gateway.carried) == ({"failed": 20}, [], [])


def test_a_carrier_that_was_taken_off_the_list_is_not_waited_for(
    database: Database, vault: Vault, clock: SettableClock
) -> None:
    queue(database, vault, 3, tried="gone,only")
    courier = courier_of(database, vault, clock, Named("only"))
    courier.deliver()
    courier.close()
    assert states(database) == {"sent": 3}


def test_without_any_carrier_a_message_fails_clearly(database: Database, vault: Vault, clock: SettableClock) -> None:
    queue(database, vault, 2)
    courier = courier_of(database, vault, clock)
    courier.deliver()
    courier.close()
    assert {(row.state, row.error) for row in messages(database)} == {("failed", "no carrier of sms")}
    assert len(failures(database)) == 2


def test_prices_are_those_told_last(clock: SettableClock) -> None:
    gateway = Named("first")
    carriers = Carriers([gateway])
    carriers.landed("first", carriers.given("first"), gateway.send("+6281200000000", "x"), clock.now())
    assert str(carriers.ways("sms", NOW).prices["first"][0]) == "325.0000"

"""What is held back at its turn: by the wish of a phone, by quiet hours, by the day's money; and who goes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
import sqlalchemy as sa

from notifications import opt_outs, spending
from notifications.delivery import Courier
from notifications.gateways.base import Ambiguous, Outcome, Sent
from notifications.outbox import ASKED, FACT, REMINDER
from notifications.tables import outbox
from scheduler import tables
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices
from scheduler.rules import Spending
from tests import people
from tests.conftest import NOW, SECRET
from tests.fakes import FakeGateway
from tests.notifications.desk import courier_of, failures, messages, queue, states

WITA = ZoneInfo("Asia/Makassar")
NIGHT = datetime(2026, 11, 24, 22, tzinfo=WITA)
MORNING = datetime(2026, 11, 25, 6, 30, tzinfo=WITA)


@contextmanager
def courier_at(
    database: Database, vault: Vault, gateway: FakeGateway, at: datetime = NOW, **more: Any
) -> Iterator[tuple[Courier, SettableClock]]:
    clock = SettableClock(at)
    courier = courier_of(database, vault, clock, gateway, **more)
    yield courier, clock
    courier.close()


# -- who goes first ------------------------------------------------------------------------------------------


def test_an_answer_overtakes_ten_thousand_reminders(database: Database, vault: Vault, gateway: FakeGateway) -> None:
    sealed = vault.seal_bytes(people.phone(0).encode())
    values = {"office_id": 1, "kind": "reminder_eve", "state": "queued", "created_at": NOW, "due_at": NOW,
              "address": sealed, "expires_at": NOW + timedelta(days=1)}
    rows = [{"key": f"reminder:{n}", "text": f"Ingat {n}", "rank": REMINDER, **values} for n in range(10_000)]
    rows.append({"key": "confirmation:1", "text": "Jadi", "rank": FACT, **values})
    rows.append({"key": "answer:1", "text": "Jawaban", "rank": ASKED, **values})
    database.write(lambda c: c.execute(outbox.insert(), rows))
    with courier_at(database, vault, gateway, threads=1) as (courier, _):
        courier.deliver(limit=3)
    assert [one.text for one in gateway.carried] == ["Jawaban", "Jadi", "Ingat 0"]


# -- opting out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rank", "state"), [(ASKED, "sent"), (FACT, "dropped"), (REMINDER, "dropped")])
def test_who_opted_out_gets_answers_only(
    database: Database, vault: Vault, gateway: FakeGateway, rank: int, state: str
) -> None:
    queue(database, vault, 2, rank=rank)
    database.write(lambda c: opt_outs.stop(c, vault, people.phone(0), "sms", NOW))
    with courier_at(database, vault, gateway) as (courier, _):
        courier.deliver()
    first, second = messages(database)
    assert (first.state, second.state) == (state, "sent")
    assert first.error == (None if rank == ASKED else "opted out")


def test_a_wish_noted_under_an_older_key_holds_before_all_is_rekeyed(
    database: Database, gateway: FakeGateway
) -> None:
    old, new = Vault([SECRET]), Vault(["another secret of the tests, longer than 32", SECRET])
    database.write(lambda c: opt_outs.stop(c, old, people.phone(0), "vendor", NOW))
    queue(database, new, 2)
    with courier_at(database, new, gateway) as (courier, _):
        courier.deliver()
    assert [row.state for row in messages(database)] == ["dropped", "sent"]
    assert database.write(lambda c: opt_outs.stop(c, new, people.phone(0), "sms", NOW)) is False, "known already"
    assert database.write(lambda c: opt_outs.start(c, new, people.phone(0), "sms", NOW)) is True
    with database.read() as c:
        assert not opt_outs.is_out(c, new, people.phone(0))
        assert [row.kind for row in c.execute(sa.select(journal.c.kind).where(journal.c.kind.like("opted%")))] == [
            "opted_out", "opted_in"]


# -- quiet hours ---------------------------------------------------------------------------------------------


def test_at_night_what_nobody_waits_for_waits_for_the_morning(
    database: Database, balikpapan: Office, vault: Vault, gateway: FakeGateway
) -> None:
    queue(database, vault, 2, now=NIGHT, office_id=balikpapan.id, kind="cancellation", rank=FACT)
    with courier_at(database, vault, gateway, NIGHT) as (courier, clock):
        assert courier.deliver() == 0
        (held, _) = messages(database)
        assert (held.state, held.held, held.due_at, held.attempts) == ("queued", "quiet", MORNING, 0)
        clock.advance(MORNING - NIGHT - timedelta(seconds=1))
        assert courier.deliver() == 0
        clock.advance(timedelta(seconds=1))
        assert courier.deliver() == 2
    assert {(row.state, row.held) for row in messages(database)} == {("sent", None)}


@pytest.mark.parametrize("more", [
    {"rank": ASKED}, {"rank": REMINDER}, {"kind": "confirmation"}, {"expires_at": MORNING},
    {"medium": "email"}, {"office_id": 99},
], ids=str)
def test_at_night_other_messages_go(
    database: Database, balikpapan: Office, vault: Vault, gateway: FakeGateway, more: dict[str, Any]
) -> None:
    """Somebody waits for it, it has windows of its own, they booked just now, or the morning would be too late."""
    queue(database, vault, 1, now=NIGHT, **{"office_id": balikpapan.id, "rank": FACT, **more})
    with courier_at(database, vault, gateway, NIGHT) as (courier, _):
        courier.deliver()
    assert messages(database)[0].held is None
    assert messages(database)[0].state == ("failed" if "medium" in more else "sent")


def test_an_old_confirmation_does_not_wake_anybody(
    database: Database, balikpapan: Office, vault: Vault, gateway: FakeGateway
) -> None:
    queue(database, vault, 1, now=NIGHT - timedelta(hours=3), office_id=balikpapan.id, kind="confirmation",
          expires_at=NIGHT + timedelta(days=2))
    with courier_at(database, vault, gateway, NIGHT) as (courier, _):
        courier.deliver()
    assert messages(database)[0].held == "quiet"


# -- money ---------------------------------------------------------------------------------------------------


class Billing(FakeGateway):
    """Bills every message alike."""

    price: str | None = "0.80"

    def _taken(self) -> Sent:
        taken = super()._taken()
        return Sent(taken.vendor_id) if self.price is None else Sent(taken.vendor_id, Decimal(self.price), "KES")


@pytest.fixture
def limited(database: Database, balikpapan: Office) -> Callable[[str | None, str], None]:
    """Sets the office's limit, as an import does."""

    def limit(amount: str | None, currency: str = "KES") -> None:
        limit = None if amount is None else Spending(Decimal(amount), currency)
        rules = msgspec.to_builtins(msgspec.structs.replace(balikpapan.rules, daily_spending=limit))
        database.write(lambda c: c.execute(sa.update(tables.offices).values(
            rules=rules, revision=tables.offices.c.revision + 1)))

    return limit


def held_told(database: Database) -> list[Any]:
    with database.read() as c:
        return [row.data for row in c.execute(sa.select(journal.c.data).where(journal.c.kind == "messages_held"))]


def test_the_day_s_money_is_not_overspent_and_the_rest_waits_for_tomorrow(
    database: Database, balikpapan: Office, vault: Vault, limited: Any
) -> None:
    limited("8")
    queue(database, vault, 30, office_id=balikpapan.id, rank=ASKED, expires_at=NOW + timedelta(days=2))
    with courier_at(database, vault, Billing(), threads=1) as (courier, clock):
        courier.deliver()
        assert states(database) == {"sent": 10, "queued": 20}
        waiting = [row for row in messages(database) if row.state == "queued"]
        assert {(row.held, row.due_at, row.attempts) for row in waiting} == {("spending", MORNING, 0)}
        assert held_told(database) == [{"limit": "8", "currency": "KES"}]
        courier.deliver()
        clock.advance(MORNING - NOW)
        courier.deliver()
    assert states(database) == {"sent": 20, "queued": 10}
    assert len(held_told(database)) == 2, "once a day"


def test_with_many_threads_only_the_first_messages_can_go_beyond(
    database: Database, balikpapan: Office, vault: Vault, limited: Any
) -> None:
    limited("8")
    queue(database, vault, 60, office_id=balikpapan.id, expires_at=NOW + timedelta(days=2))
    with courier_at(database, vault, Billing(), threads=16) as (courier, _):
        courier.deliver()
        assert 10 <= states(database)["sent"] <= 16, "no price was known when these left"
    database.write(lambda c: c.execute(outbox.delete()))
    queue(database, vault, 60, office_id=balikpapan.id, expires_at=NOW + timedelta(days=2))
    with courier_at(database, vault, Billing(), threads=16) as (courier, _):
        courier._carriers._prices["fake"] = (Decimal("0.80"), "KES")
        courier.deliver()
    assert states(database) == {"sent": 10, "queued": 50}, "and not one once it is known"


def test_a_new_process_reads_the_price_from_the_day(
    database: Database, balikpapan: Office, vault: Vault, limited: Any
) -> None:
    limited("8")
    queue(database, vault, 60, office_id=balikpapan.id, expires_at=NOW + timedelta(days=2))
    for _ in range(9):
        with courier_at(database, vault, Billing(), threads=16) as (courier, _):
            courier.deliver(limit=1)
    with courier_at(database, vault, Billing(), threads=16) as (courier, _):
        courier.deliver()
    assert states(database) == {"sent": 10, "queued": 50}


def test_a_message_of_unknown_fate_counts_as_paid(
    database: Database, balikpapan: Office, vault: Vault, limited: Any
) -> None:
    limited("8")
    gateway = Billing()
    gateway.answer(*_alternating(8))
    queue(database, vault, 30, office_id=balikpapan.id, expires_at=NOW + timedelta(days=2))
    with courier_at(database, vault, gateway, threads=1) as (courier, _):
        courier.deliver()
    after = states(database)
    assert after["sent"] + after["unknown"] == 10


def _alternating(count: int) -> list[Outcome]:
    taken = Sent("x", Decimal("0.80"), "KES")
    return [Ambiguous("no answer") if n % 4 == 3 else taken for n in range(count)]


def test_what_cannot_wait_for_tomorrow_fails_for_all_to_see(
    database: Database, balikpapan: Office, vault: Vault, limited: Any
) -> None:
    limited("0.80")
    queue(database, vault, 5, office_id=balikpapan.id, expires_at=NOW + timedelta(hours=3))
    with courier_at(database, vault, Billing(), threads=1) as (courier, _):
        courier.deliver()
    assert states(database) == {"sent": 1, "failed": 4}
    assert {row.error for row in messages(database) if row.state == "failed"} == {"spending limit"}
    assert (len(failures(database)), len(held_told(database))) == (4, 1)


@pytest.mark.parametrize(("limit", "price"), [((None,), "0.80"), (("8", "IDR"), "0.80"), (("8",), None)], ids=str)
def test_without_a_limit_in_the_carrier_s_money_nothing_is_held(
    database: Database, balikpapan: Office, vault: Vault, limited: Any, limit: tuple[str, ...], price: str | None
) -> None:
    limited(*limit)
    gateway = Billing()
    gateway.price = price
    queue(database, vault, 30, office_id=balikpapan.id)
    with courier_at(database, vault, gateway) as (courier, _):
        courier.deliver()
    assert states(database) == {"sent": 30}


def test_a_limit_that_is_raised_lets_go_what_was_held(
    database: Database, balikpapan: Office, vault: Vault, limited: Any
) -> None:
    limited("1.60")
    queue(database, vault, 5, office_id=balikpapan.id, expires_at=NOW + timedelta(days=2))
    offices = Offices()
    with courier_at(database, vault, Billing(), threads=1, offices=offices) as (courier, _):
        courier.deliver()
        spending.release_all(database, offices, NOW)
        assert courier.deliver() == 0, "it is spent"
        limited("3.20")
        offices.forget()
        spending.release_all(database, offices, NOW)
        assert courier.deliver() == 2
        limited(None)
        offices.forget()
        spending.release_all(database, offices, NOW)
        assert courier.deliver() == 1
    assert states(database) == {"sent": 5}

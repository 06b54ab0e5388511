"""Messages in numbers: by the office's own days, with parts and cost; what waits and why; how the ways fare."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from notifications import ledger
from notifications.ledger import Down, Tally, Waiting
from notifications.tables import opt_outs
from scheduler.foundation.journal import record
from scheduler.offices import Office
from tests import people
from tests.conftest import NOW
from tests.notifications.desk import queue

TODAY = date(2026, 11, 24)
MIDNIGHT = datetime.fromisoformat("2026-11-24T00:00:00+08:00")
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def put(database: Any, balikpapan: Office, vault: Any) -> Any:
    """Puts one message with these values."""
    keys = iter(range(100))

    def one(**more: Any) -> None:
        queue(database, vault, 1, **{"office_id": balikpapan.id, "key": f"test:{next(keys)}"} | more)

    return one


def tallies(database: Any, office: Office, first: date = TODAY, last: date = TODAY) -> list[Tally]:
    with database.read() as c:
        return ledger.tallies(c, office, first, last)


def test_days_are_the_offices_own_and_by_when_it_last_went_out(database: Any, balikpapan: Office, put: Any) -> None:
    put(state="sent", created_at=MIDNIGHT - HOUR, sent_at=MIDNIGHT - SECOND)
    put(state="sent", created_at=MIDNIGHT - HOUR, sent_at=MIDNIGHT)
    put(state="failed", created_at=MIDNIGHT + DAY - SECOND)  # expired before it went
    put(state="failed", created_at=MIDNIGHT + DAY)
    put(state="sent", created_at=MIDNIGHT, sent_at=MIDNIGHT, office_id=99)
    found = tallies(database, balikpapan, TODAY - DAY, TODAY)
    assert [(one.day, one.state, one.count) for one in found] == [
        (TODAY - DAY, "sent", 1), (TODAY, "failed", 1), (TODAY, "sent", 1)]
    assert len(tallies(database, balikpapan, TODAY, TODAY + 91 * DAY)) == 3


def test_parts_and_cost_add_up_by_currency(database: Any, balikpapan: Office, put: Any) -> None:
    price = {"state": "delivered", "sent_at": NOW, "cost": Decimal("0.8000"), "currency": "KES"}
    put(**price, text="x" * 160)
    put(**price, text="x" * 161)
    put(**price, text="")  # erased since
    put(**price | {"currency": "IDR", "cost": Decimal("350.5")})
    put(state="delivered", sent_at=NOW, medium="email")
    assert tallies(database, balikpapan) == [
        Tally(TODAY, "notice", "delivered", 1, 0, None, None),
        Tally(TODAY, "notice", "delivered", 1, 1, Decimal("350.5"), "IDR"),
        Tally(TODAY, "notice", "delivered", 3, 4, Decimal("2.4"), "KES"),
    ]


def test_a_kind_and_state_sent_and_never_sent_is_one_line(database: Any, balikpapan: Office, put: Any) -> None:
    put(state="failed", sent_at=NOW)
    put(state="failed")
    assert [(one.state, one.count) for one in tallies(database, balikpapan)] == [("failed", 2)]


def test_what_waits_says_why_and_until_when(database: Any, balikpapan: Office, put: Any) -> None:
    put(due_at=NOW + 2 * HOUR, held="quiet")
    put(due_at=NOW + HOUR, held="quiet")
    put(due_at=NOW + DAY, held="spending")
    put(due_at=NOW - HOUR, held="quiet")  # due again: it only waits for its turn
    put(due_at=NOW + SECOND)
    put(state="sent", held="quiet")
    put(due_at=NOW + HOUR, held="quiet", office_id=99)
    with database.read() as c:
        found = ledger.waiting(c, balikpapan, NOW)
    assert sorted(found, key=lambda one: str(one.held)) == [
        Waiting(None, 2, NOW - HOUR), Waiting("quiet", 2, NOW + HOUR), Waiting("spending", 1, NOW + DAY)]


def test_how_the_ways_fare(database: Any, balikpapan: Office, vault: Any, put: Any) -> None:
    def note(kind: str, at: datetime, office: int | None = None, **data: Any) -> None:
        database.write(lambda c: record(c, kind, at=at, office_id=office, data=data))

    def ways(now: datetime = NOW) -> Any:
        with database.read() as c:
            return ledger.ways(c, balikpapan, now)

    assert ways() == ledger.Ways([], None, None, False, 0)
    note("carrier_down", NOW - 3 * HOUR, carrier="one", error="refused")
    note("carrier_up", NOW - 2 * HOUR, carrier="one")
    note("carrier_down", NOW - HOUR, carrier="two", error="timed out")
    note("messages_held", NOW - HOUR, balikpapan.id, limit="400", currency="KES")
    note("answers_paused", NOW - HOUR / 2, balikpapan.id, limit=300)
    note("answers_paused", NOW, 99, limit=300)
    rows = [{"phone_hash": vault.hash_phone(people.phone(n)), "address": b"x", "at": NOW, "source": "sms"}
            for n in range(2)]
    database.write(lambda c: c.execute(opt_outs.insert(), rows))
    assert ways() == ledger.Ways([Down("two", NOW - HOUR, "timed out")], "KES 400", NOW - HOUR / 2, True, 2)
    tomorrow = ways(NOW + DAY)
    assert (tomorrow.limit_reached, tomorrow.paused_now) == (None, False)
    put(state="sent", gateway="two", sent_at=NOW)  # the worker that found it down is gone, another one sends by it
    assert ways().down == []


def test_a_span_of_any_length_comes_as_one(database: Any, balikpapan: Office, put: Any) -> None:
    sent = {"state": "delivered", "cost": Decimal("0.8"), "currency": "KES", "text": "x"}
    put(sent_at=MIDNIGHT - 300 * DAY, **sent)
    put(sent_at=MIDNIGHT + DAY - SECOND, **sent)
    put(sent_at=MIDNIGHT + DAY, **sent)              # the day after
    put(sent_at=MIDNIGHT - 300 * DAY - SECOND, **sent)  # the day before
    put(state="failed", created_at=MIDNIGHT)
    first = TODAY - 300 * DAY
    with database.read() as c:
        found = ledger.totals(c, balikpapan, first, TODAY)
    assert sorted((one.day, one.state, one.count, one.cost) for one in found) == [
        (first, "delivered", 2, Decimal("1.6")), (first, "failed", 1, None)]

"""The short way in on PostgreSQL: it writes what the long way writes, and leaves alone what that must decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault, mask_name
from scheduler.offices import Office, Offices
from scheduler.tables import bookings, days
from tests import people
from tests.conftest import NOW
from tests.ticketing.door import CLERK, Door, at
from tests.ticketing.test_checkin_races import together
from ticketing.checkin_at_once import admit_at_once
from ticketing.codes import Mint
from ticketing.tables import numberings, scans, visits
from ticketing.verdict import Verdict

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
CHANGED = (bookings, days, numberings, visits, scans, journal)


@pytest.fixture
def door(database: Database, balikpapan: Office, offices: Offices, vault: Vault, mint: Mint) -> Door:
    return Door(database, balikpapan, offices, vault, mint)


def short(door: Door, text: str, now: Any, nonce: str | None = None) -> Verdict | None:
    with door.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return admit_at_once(connection, door.office, text=text, nonce=nonce, now=now, vault=door.vault,
                             mint=door.mint, staff_id=CLERK)


def everything(door: Door) -> dict[str, list[Any]]:
    with door.database.read() as connection:
        return {table.name: [row._asdict() for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
                for table in CHANGED}


def test_it_writes_what_the_long_way_writes(door: Door) -> None:
    one, other = (door.book(n, at("10:00") + timedelta(minutes=15 * n), party=2, priority="infant") for n in range(2))
    text = f"HTTPS://ANTRE.TEST/T/{one.token}"
    quick = short(door, text, at("10:10"), nonce="n-quick")
    slow = door.scan(f"HTTPS://ANTRE.TEST/T/{other.token}", at("10:10"), nonce="n-slow")
    assert quick is not None
    assert (quick.number, slow.number) == ("A-001", "A-002")
    own = {"number": None, "start": None, "booking_id": None, "name": None}
    assert msgspec.structs.replace(quick, **own) == msgspec.structs.replace(slow, **own)
    assert (quick.start, quick.booking_id, quick.name) == (one.start, one.id, mask_name(people.name(0)))
    written = everything(door)
    of_each = {"id", "number", "booking_id", "due", "visit_id", "nonce", "code", "token", "slot_id", "start",
               "nik_hash", "phone_hash", "sealed"}
    for name in ("bookings", "visits", "journal"):
        first, second = (row for row in written[name] if row.get("kind", "admitted") == "admitted")
        assert {k: v for k, v in first.items() if k not in of_each} == {
            k: v for k, v in second.items() if k not in of_each}, name
    assert [row["last"] for row in written["numberings"]] == [2]
    assert next(row for row in written["days"] if row["id"] == one.day_id)["arrived"] == 4
    assert door.scan(text, at("12:00"), nonce="n-quick") == quick  # the answer it kept is understood


def test_what_the_long_way_must_decide_is_left_as_it_was(door: Door) -> None:
    came, cancelled, booked = (door.book(n, at("10:00") + timedelta(minutes=15 * n)) for n in range(3))
    tomorrow = door.book(3, at("10:00", 1))
    door.scan(came.token, at("10:00"))
    door.cancel(cancelled)
    before = everything(door)
    forged = booked.token[:-1] + ("0" if booked.token[-1] != "0" else "1")
    for text, now in ((came.token, "10:00"), (cancelled.token, "10:15"), (booked.token, "09:59"),
                      (booked.token, "11:01"), (tomorrow.token, "10:00"), (forged, "10:30"), ("halo", "10:30"),
                      (str(booked.code), "10:30"), (door.mint.token(door.office.id + 1, NOW.date()), "10:30")):
        assert short(door, text, at(now), nonce=f"n{now}") is None
    assert everything(door) == before
    assert short(door, booked.token, at("11:00")) is not None  # the last moment in time


def test_nobody_is_let_in_on_the_day_before_however_early_one_may_come(door: Door) -> None:
    door.office = replace(door.office, rules=msgspec.structs.replace(door.office.rules, early_minutes=24 * 60))
    tomorrow = door.book(1, at("10:00", 1))
    assert short(door, tomorrow.token, at("10:00")) is None
    assert door.scan(tomorrow.token, at("10:00")).verdict == "wrong_day"


def test_a_used_nonce_undoes_all_of_it(door: Door) -> None:
    one, other = door.book(1, at("10:00")), door.book(2, at("10:15"))
    assert short(door, one.token, at("10:00"), nonce="n") is not None
    before = everything(door)
    with pytest.raises(sa.exc.IntegrityError):
        short(door, other.token, at("10:15"), nonce="n")
    with pytest.raises(Refusal, match="invalid_request"):
        short(door, other.token, at("10:15"), nonce="x" * 65)
    assert everything(door) == before


def test_short_and_long_at_once_give_each_ticket_one_number(door: Door) -> None:
    booked = [door.book(n, at("10:00") + timedelta(minutes=15 * (n // 2))) for n in range(4)]

    def act(n: int) -> str | None:
        token = booked[n % 4].token
        verdict = short(door, token, at("10:15")) if n < 8 else door.scan(token, at("10:15"))
        return verdict.number if verdict else None

    answers = together(act, 12)
    numbers = sorted(row["number"] for row in everything(door)["visits"])
    assert numbers == [1, 2, 3, 4]
    for n in range(4):
        assert len({answer for answer in answers[n::4] if answer}) == 1

"""The rules of the schema hold by themselves: a caller with a mistake, or someone at the database's prompt, meets them.

Each case takes rows that stand, changes one thing that would sell a place, a number or a code twice, and is refused by
the database. The same change within the rule is accepted, so that it is that rule which refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from api.phone.tables import heard
from api.schema import metadata
from api.tables import staff
from notifications.tables import delivery_reports, opt_outs, outbox
from scheduler.foundation.database import Database
from scheduler.keeping_tables import closure_people, closures, learnt, learnt_days, offers, overrides, waiting
from scheduler.tables import bookings, counters, days, offices, opening_hours, services, slots, special_days
from tests import hall_cases
from tests.conftest import NOW, Copies
from tests.hall_cases import visit
from ticketing.tables import numberings, scans

Sql = sa.sql.expression.Executable


@dataclass(frozen=True)
class Ground:
    """Ids of rows that stand."""

    office: int
    service: int
    day: int
    slot: int


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def standing(request: pytest.FixtureRequest, copies: Copies) -> Iterator[Database]:
    """One database for all cases: each is rolled back."""
    with copies(request.param, True) as url, closing(Database(url, connections=1, durable=False)) as database:
        yield database


@pytest.fixture
def ground(standing: Database) -> Ground:
    with standing.read() as connection:
        slot = connection.execute(sa.select(slots).order_by(slots.c.start.desc()).limit(1)).one()
        service = sa.select(services.c.id).where(services.c.letter == slot.letter).limit(1)
        return Ground(slot.office_id, connection.execute(service).scalar_one(), slot.day_id, slot.id)


def booking(ground: Ground, n: int, **other: Any) -> Sql:
    values = {
        "office_id": ground.office, "service_id": ground.service, "day_id": ground.day, "slot_id": ground.slot,
        "code": f"{n:09}", "token": f"TOKEN{n}", "sequence": 0, "status": "booked", "start": NOW, "party": 1,
        "moves": 0, "channel": "web", "language": "id", "created_at": NOW, "nik_hash": bytes([n] * 16),
        "phone_hash": b"one phone, 16 by", "phone_seat": n,
    }
    return bookings.insert().values({**values, **other})


def message(key: str, **other: Any) -> Sql:
    values = {"key": key, "office_id": 1, "kind": "booked", "text": "t", "state": "queued", "created_at": NOW,
              "due_at": NOW}
    return outbox.insert().values({**values, **other})


def opted_out(n: int, source: str = "sms") -> Sql:
    return opt_outs.insert().values(phone_hash=b"%016d" % n, address=b"sealed", at=NOW, source=source)


def sms_heard(vendor_id: str) -> Sql:
    return heard.insert().values(at=NOW, gateway="fake", vendor_id=vendor_id, phone_hash=b"p" * 16, words=b"w" * 16)


def report(status: str) -> Sql:
    return delivery_reports.insert().values(at=NOW, gateway="fake", vendor_id="1", status=status, fields={})


def account(name: str, role: str = "counter") -> Sql:
    return staff.insert().values(office_id=1, username=name, password="x", role=role, active=True, created_at=NOW)


def entry(g: Ground, n: int, **other: Any) -> Sql:
    values = {
        "office_id": g.office, "service_id": g.service, "first": NOW.date(), "last": NOW.date(), "party": 1,
        "channel": "web", "language": "id", "token": f"ENTRY{n}", "state": "waiting", "created_at": NOW,
        "nik_hash": bytes([n] * 16), "phone_hash": b"one phone, 16 by", "phone_seat": n,
    }
    return waiting.insert().values({**values, **other})


def offer(g: Ground, **other: Any) -> Sql:
    """An offer to the first entry there is."""
    values = {
        "office_id": g.office, "waiting_id": sa.select(sa.func.min(waiting.c.id)).scalar_subquery(), "day_id": g.day,
        "slot_id": g.slot, "start": NOW, "party": 1, "state": "open", "made_at": NOW, "lapses_at": NOW,
    }
    return offers.insert().values({**values, **other})


def slot(g: Ground, **values: Any) -> Sql:
    return slots.update().where(slots.c.id == g.slot).values(values)


def day(g: Ground, **values: Any) -> Sql:
    return days.update().where(days.c.id == g.day).values(values)


def hours(opens: str, closes: str, weekday: int = 6) -> Sql:
    return opening_hours.insert().values(office_id=1, weekday=weekday, opens=opens, closes=closes)


# name: (what stands before, what the rule allows, what it refuses)
Case = tuple[Callable[[Ground], list[Sql]], Callable[[Ground], Sql], Callable[[Ground], Sql]]
nothing: Callable[[Ground], list[Sql]] = lambda _: []  # noqa: E731
CASES: dict[str, Case] = {
    "slot oversold": (nothing, lambda g: slot(g, taken=slots.c.places), lambda g: slot(g, taken=slots.c.places + 1)),
    "slot below nothing": (nothing, lambda g: slot(g, taken=0), lambda g: slot(g, taken=-1)),
    "slot shrunk under the sold": (
        lambda g: [slot(g, taken=slots.c.places)],
        lambda g: slot(g, places=slots.c.taken), lambda g: slot(g, places=slots.c.taken - 1)),
    "day oversold": (nothing, lambda g: day(g, booked=days.c.released), lambda g: day(g, booked=days.c.released + 1)),
    "day below nothing": (nothing, lambda g: day(g, booked=0), lambda g: day(g, booked=-1)),
    "release below the sold": (
        lambda g: [day(g, booked=days.c.released)],
        lambda g: day(g, released=days.c.booked), lambda g: day(g, released=days.c.booked - 1)),
    "more walk-ins than room": (
        nothing, lambda g: day(g, walk_ins=days.c.walk_in_room), lambda g: day(g, walk_ins=days.c.walk_in_room + 1)),
    "more came than were booked": (
        lambda g: [day(g, booked=2)], lambda g: day(g, arrived=1, absent=1), lambda g: day(g, arrived=2, absent=1)),
    "fewer than nobody sent home": (nothing, lambda g: day(g, turned_away=0), lambda g: day(g, turned_away=-1)),
    "fewer than no place held": (nothing, lambda g: day(g, held=0), lambda g: day(g, held=-1)),
    "a day counted twice": (
        lambda g: [counted(g, 0)], lambda g: counted(g, 1, day_id=g.day - 1), lambda g: counted(g, 2)),
    "a date counted twice": (
        lambda g: [counted(g, 0)], lambda g: counted(g, 1, day_id=g.day - 1),
        lambda g: counted(g, 0, day_id=g.day - 2)),
    "rates of an office twice": (
        nothing, lambda g: learnt.insert().values(office_id=g.office, at=NOW, rates={}),
        lambda g: learnt.insert().values(office_id=g.office, at=NOW, rates={})),
    "two numbers of a manager in force": (
        lambda g: [override(g)], lambda g: override(g, ended_at=NOW, ended_by=1), lambda g: override(g)),
    "a manager's number below nothing": (
        nothing, lambda g: override(g, released=0), lambda g: override(g, released=-1, ended_at=NOW)),
    "one booking moved twice by a closure": (
        lambda g: [booking(g, 1), booking(g, 2), closure(g)], lambda g: touched(),
        lambda g: touched(state="gone")),
    "an unknown state of who is moved": (
        lambda g: [booking(g, 1), booking(g, 2), closure(g)], lambda g: touched(state="unplaced"),
        lambda g: touched(state="x", booking_id=sa.select(sa.func.max(bookings.c.id)).scalar_subquery())),
    "one slot twice": (
        nothing,
        lambda g: slots.insert().values(day_id=g.day, office_id=g.office, letter="Z", start=NOW, places=1),
        lambda g: slots.insert().from_select(
            ["day_id", "office_id", "letter", "start", "places"],
            sa.select(slots.c.day_id, slots.c.office_id, slots.c.letter, slots.c.start, slots.c.places)
            .where(slots.c.id == g.slot))),
    "one date twice": (
        nothing,
        lambda g: copy_day(g, timedelta(days=-400)),
        lambda g: copy_day(g, timedelta(0))),
    "one NIK, two active bookings": (
        lambda g: [booking(g, 1)],
        lambda g: booking(g, 2, nik_hash=bytes([1] * 16), status="cancelled"),
        lambda g: booking(g, 3, nik_hash=bytes([1] * 16))),
    "one seat of a phone twice": (
        lambda g: [booking(g, 1)],
        lambda g: booking(g, 2, phone_seat=1, status="arrived"), lambda g: booking(g, 3, phone_seat=1)),
    "one code twice": (
        lambda g: [booking(g, 1), booking(g, 2, code=None)],
        lambda g: booking(g, 3, code=None), lambda g: booking(g, 4, code="000000001")),
    "one token twice": (lambda g: [booking(g, 1)], lambda g: booking(g, 2), lambda g: booking(g, 3, token="TOKEN1")),
    "a booking of nobody": (nothing, lambda g: booking(g, 1), lambda g: booking(g, 2, party=0)),
    "a booking in no state": (nothing, lambda g: booking(g, 1), lambda g: booking(g, 2, status="lost")),
    "a priority nobody has": (
        nothing, lambda g: booking(g, 1, priority="elderly"), lambda g: booking(g, 2, priority="friend")),
    "a booking of no slot": (nothing, lambda g: booking(g, 1), lambda g: booking(g, 2, slot_id=99_999_999)),
    "a slot taken from under a booking": (
        lambda g: [booking(g, 1)],
        lambda g: slots.delete().where(slots.c.id == g.slot - 1), lambda g: slots.delete().where(slots.c.id == g.slot)),
    "one NIK twice in line": (
        lambda g: [entry(g, 1)],
        lambda g: entry(g, 2, nik_hash=bytes([1] * 16), state="left"),
        lambda g: entry(g, 3, nik_hash=bytes([1] * 16), state="offered")),
    "one seat of a phone twice in line": (
        lambda g: [entry(g, 1)], lambda g: entry(g, 2, phone_seat=1, state="lapsed"),
        lambda g: entry(g, 3, phone_seat=1)),
    "one entry's token twice": (
        lambda g: [entry(g, 1)], lambda g: entry(g, 2), lambda g: entry(g, 3, token="ENTRY1")),
    "an entry of nobody": (nothing, lambda g: entry(g, 1), lambda g: entry(g, 2, party=0)),
    "an entry in no state": (nothing, lambda g: entry(g, 1), lambda g: entry(g, 2, state="lost")),
    "an entry whose dates end before they begin": (
        nothing, lambda g: entry(g, 1), lambda g: entry(g, 2, last=NOW.date() - timedelta(days=1))),
    "two offers for one need": (
        lambda g: [entry(g, 1), offer(g)], lambda g: offer(g, state="withdrawn"), lambda g: offer(g, state="lapsed")),
    "an offer in no state": (
        lambda g: [entry(g, 1)], lambda g: offer(g, state="withdrawn"), lambda g: offer(g, state="lost")),
    "one queue number twice": (
        lambda g: [visit(g, 1)], lambda g: visit(g, 1, letter="B"), lambda g: visit(g, 1)),
    "a visit of nobody": (nothing, lambda g: visit(g, 1), lambda g: visit(g, 2, party=0)),
    "queue number nought": (nothing, lambda g: visit(g, 1), lambda g: visit(g, 0)),
    "one booking admitted twice": (
        lambda g: [booking(g, 1), visit(g, 1, booking_id=first_booking())],
        lambda g: visit(g, 2), lambda g: visit(g, 3, booking_id=first_booking())),
    "one letter numbered twice": (
        lambda g: [numberings.insert().values(office_id=1, date=NOW.date(), letter="A", last=1)],
        lambda g: numberings.insert().values(office_id=1, date=NOW.date(), letter="B", last=1),
        lambda g: numberings.insert().values(office_id=1, date=NOW.date(), letter="A", last=2)),
    "one scan answered twice": (
        lambda g: [scans.insert().values(office_id=1, nonce="n", at=NOW, answer={})],
        lambda g: scans.insert().values(office_id=1, nonce="m", at=NOW, answer={}),
        lambda g: scans.insert().values(office_id=1, nonce="n", at=NOW, answer={})),
    "one message twice": (lambda g: [message("k")], lambda g: message("l"), lambda g: message("k")),
    "a message in no state": (nothing, lambda g: message("k", state="unknown"), lambda g: message("l", state="lost")),
    "a medium nobody has": (
        nothing, lambda g: message("k", medium="email"), lambda g: message("l", medium="telex")),
    "held for no reason": (nothing, lambda g: message("k", held="quiet"), lambda g: message("l", held="shy")),
    "a phone that opted out twice": (
        lambda g: [opted_out(1)], lambda g: opted_out(2), lambda g: opted_out(1, "vendor")),
    "an opt-out from nowhere": (nothing, lambda g: opted_out(1), lambda g: opted_out(2, "dream")),
    "one SMS heard twice": (lambda g: [sms_heard("1")], lambda g: sms_heard("2"), lambda g: sms_heard("1")),
    "one report twice": (lambda g: [report("Sent")], lambda g: report("Success"), lambda g: report("Sent")),
    "one account twice": (lambda g: [account("ani")], lambda g: account("budi"), lambda g: account("ani")),
    "a role nobody has": (nothing, lambda g: account("ani", "admin"), lambda g: account("budi", "king")),
    "hours that end before they begin": (
        nothing, lambda g: hours("08:00", "08:01"), lambda g: hours("09:00", "09:00")),
    "an eighth weekday": (nothing, lambda g: hours("08:00", "09:00"), lambda g: hours("08:00", "09:00", 7)),
    "a service without time": (
        nothing, lambda g: services.update().values(minutes=1), lambda g: services.update().values(minutes=0)),
    "a visit neither required nor fallback": (
        nothing, lambda g: services.update().values(visit="required"), lambda g: services.update().values(visit="x")),
    "a special day from nowhere": (
        nothing,
        lambda g: special_days.update().values(source="manager"), lambda g: special_days.update().values(source="x")),
    "one office twice": (
        nothing, lambda g: offices.update().values(slug="samarinda"), lambda g: again(offices)),
    "one service twice": (
        nothing, lambda g: again(services, slug=services.c.slug + "-2"), lambda g: again(services)),
    "one counter twice": (
        nothing, lambda g: again(counters, slug=counters.c.slug + "-2"), lambda g: again(counters)),
    "one beginning of hours twice": (
        nothing, lambda g: hours("08:00", "09:00"), lambda g: hours("08:00", "10:00")),
    "two exceptions on one date": (
        nothing, lambda g: again(special_days, date=date(2031, 1, 1)), lambda g: again(special_days)),
    **hall_cases.CASES,
}


def counted(g: Ground, n: int, **other: Any) -> Sql:
    values = {"office_id": g.office, "day_id": g.day, "date": NOW.date() + timedelta(days=n), "shown": {}}
    return learnt_days.insert().values({**values, **other})


def override(g: Ground, **other: Any) -> Sql:
    values = {"office_id": g.office, "day_id": g.day, "released": 1, "reason": "Rapat", "staff_id": 1, "at": NOW}
    return overrides.insert().values({**values, **other})


def closure(g: Ground) -> Sql:
    return closures.insert().values(office_id=g.office, date=NOW.date(), reason="Banjir", staff_id=1, at=NOW)


def touched(**other: Any) -> Sql:
    values = {
        "closure_id": sa.select(sa.func.min(closures.c.id)).scalar_subquery(), "booking_id": first_booking(),
        "position": 1, "state": "pending", "was": NOW,
    }
    return closure_people.insert().values({**values, **other})


def first_booking() -> sa.ScalarSelect[int]:
    return sa.select(sa.func.min(bookings.c.id)).scalar_subquery()


def copy_day(g: Ground, by: timedelta) -> Sql:
    return days.insert().values(
        office_id=g.office, date=(NOW + by).date(), low=60, high=70, released=0, walk_in_room=0, closed=False, plan="")


def again(table: sa.Table, **other: Any) -> Sql:
    """The table's first row once more, with some of it other."""
    columns = [column for column in table.c if column.name != "id"]
    values = [sa.literal(other[c.name], c.type) if isinstance(other.get(c.name), date) else other.get(c.name, c)
              for c in columns]
    first = sa.select(sa.func.min(table.c.id)).scalar_subquery()
    return table.insert().from_select([c.name for c in columns], sa.select(*values).where(table.c.id == first))


def break_it(database: Database, ground: Ground, name: str) -> str | None:
    """Do what stands before and what is allowed, then what must be refused; answers which rule did, if told."""
    before, allowed, refused = CASES[name]
    with database.engine.connect() as connection:  # without the house's transactions, which would try again
        for statement in [*before(ground), allowed(ground)]:
            assert connection.execute(statement).rowcount != 0
        with pytest.raises(IntegrityError) as error:
            connection.execute(refused(ground))
        connection.rollback()
    diagnosis = getattr(error.value.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None)


@pytest.mark.parametrize("name", CASES)
def test_the_database_itself_refuses(standing: Database, ground: Ground, name: str) -> None:
    break_it(standing, ground, name)


@pytest.mark.parametrize("standing", ["postgresql"], indirect=True)  # which tells the rule's name
def test_every_rule_of_the_schema_has_a_case(standing: Database, ground: Ground) -> None:
    assert rules() <= {break_it(standing, ground, name) for name in CASES}


def rules() -> set[str]:
    """Every CHECK, UNIQUE and unique index of the rooms' tables."""
    tables = metadata.tables.values()
    constraints = {str(one.name) for table in tables for one in table.constraints
                   if isinstance(one, sa.CheckConstraint | sa.UniqueConstraint)}
    return constraints | {str(index.name) for table in tables for index in table.indexes if index.unique}

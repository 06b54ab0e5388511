"""Offers: to whom a free place goes, for how long, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from scheduler import bookings, offering, offers, places
from scheduler.foundation.errors import Refusal
from scheduler.keeping_tables import offers as offer_rows
from scheduler.keeping_tables import waiting as entries
from scheduler.offices import Office, Offices
from scheduler.tables import days, slots
from scheduler.tables import offices as office_rows
from tests import people
from tests.booked import TODAY, TOMORROW, Book, at
from tests.conftest import NOW
from tests.counting import questions
from tests.line import Line


@pytest.fixture
def book(database: Any, balikpapan: Any, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


@pytest.fixture
def line(book: Book) -> Line:
    """A line at an office whose days have nothing left."""
    line = Line(book)
    line.fill()
    return line


def test_a_freed_place_is_held_for_the_first_in_line_and_for_nobody_else(line: Line) -> None:
    first, second = line.join(1), line.join(2)
    line.free(TOMORROW)
    before = line.book.day(TOMORROW)
    assert line.tend() == (0, 1)
    assert (line.state(first), line.state(second)) == ("offered", "waiting")
    (offer,) = line.offers_of(first)
    assert offer.start == at(TOMORROW, "07:30", line.book.office)
    day = line.book.day(TOMORROW)
    assert (day.held, day.released, day.booked) == (1, before.released, 0)
    assert line.book.starts(TOMORROW, NOW) == [], "a bystander is shown none of it"
    assert line.tend() == (0, 0), "there is no second place"
    line.sums()
    assert [(e.kind, e.data, e.day_id) for e in line.facts("offered")] == [("offered", {"offer": offer.id}, day.id)]


def test_a_taken_offer_is_a_booking(line: Line) -> None:
    entry = line.join(1, priority="elderly", language="en")
    line.free(TOMORROW)
    line.tend()
    booked = line.accept(entry, via="sms")
    assert (booked.priority, booked.language, booked.channel, booked.status) == ("elderly", "en", "sms", "booked")
    assert (line.state(entry), line.entry(entry).booking_id) == ("booked", booked.id)
    day = line.book.day(TOMORROW)
    assert (day.held, day.booked, day.released) == (0, 1, 1)
    line.sums()
    assert [e.kind for e in line.facts("booked")] == ["booked"], "so the ordinary confirmation goes out"
    (ended,) = line.facts("offer_ended")
    assert (ended.data["how"], ended.data["via"], ended.booking_id) == ("taken", "sms", booked.id)
    with pytest.raises(Refusal) as problem:
        line.accept(entry)
    assert problem.value.code == "offer_over"


@pytest.mark.parametrize("how", ["declined", "lapsed", "left"])
def test_a_place_that_is_not_taken_goes_to_the_next(line: Line, how: str) -> None:
    first, second = line.join(1), line.join(2)
    line.free(TOMORROW)
    line.tend()
    later = NOW + timedelta(hours=4)
    if how == "declined":
        line.decline(first)
    elif how == "left":
        line.leave(first)
    assert line.book.starts(TOMORROW, NOW) == [], "between the two nobody else can have it"
    line.tend(later)
    assert (line.state(first), line.state(second)) == (how, "offered")
    assert line.book.day(TOMORROW).freed_at == (later if how == "lapsed" else NOW)
    line.sums()
    assert [e.data["how"] for e in line.facts("offer_ended")] == ["declined" if how == "left" else how]
    with pytest.raises(Refusal):
        line.accept(first, later)


def test_nobody_is_offered_twice_for_the_same_need(line: Line) -> None:
    entry = line.join(1)
    line.free(TOMORROW, 3)
    line.tend()
    line.decline(entry)
    assert line.tend() == (0, 0)
    (offer,) = line.offers_of(entry)
    values = {name: getattr(offer, name) for name in ("office_id", "waiting_id", "day_id", "slot_id", "start", "party")}
    with pytest.raises(IntegrityError):
        line.book.database.write(lambda c: c.execute(offer_rows.insert().values(
            **values, state="open", made_at=NOW, lapses_at=NOW)))


def test_an_offer_can_be_taken_until_it_lapses_and_not_after(line: Line) -> None:
    entry = line.join(1)
    line.free(TOMORROW)
    line.tend()
    (offer,) = line.offers_of(entry)
    with pytest.raises(Refusal) as problem:
        line.take(offer, offer.lapses_at)
    assert problem.value.code == "offer_over"
    line.tend(offer.lapses_at - timedelta(seconds=1))
    assert line.take(offer, offer.lapses_at - timedelta(seconds=1)).start == offer.start


def test_nothing_is_offered_at_night(line: Line) -> None:
    entry = line.join(1)
    line.free(TOMORROW)
    assert line.tend(at(TODAY, "20:00", line.book.office)) == (0, 0)
    assert line.tend(at(TOMORROW, "06:30", line.book.office)) == (0, 1)
    (offer,) = line.offers_of(entry)
    assert offer.start >= at(TOMORROW, "07:40", line.book.office), "an hour's notice and ten minutes to answer"


def test_a_party_gets_places_together_or_waits(line: Line) -> None:
    family, single = line.join(1, party=2), line.join(2)
    line.free(TOMORROW, 1)
    line.tend()
    assert (line.state(family), line.state(single)) == ("waiting", "offered")
    line.free(TOMORROW, 2)
    line.tend()
    assert line.accept(family).party == 2
    line.sums()


def test_free_places_of_the_public_are_held_too_where_the_line_is_first(line: Line) -> None:
    entry = line.join(1, party=2)
    line.book.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == TOMORROW).values(
        released=1, wanted=2)))  # one the public could book, one that waits
    line.tend()
    day = line.book.day(TOMORROW)
    assert (line.state(entry), day.released, day.held) == ("offered", 0, 2)
    line.sums()


def test_dates_services_and_closed_days_are_kept_to(line: Line) -> None:
    wrong = [line.join(1, TODAY, TODAY), line.join(2, service="kia")]
    line.free(TOMORROW, 5)
    line.book.database.write(lambda c: c.execute(sa.text("UPDATE slots SET places = taken WHERE letter <> 'A'")))
    line.tend()
    assert [line.state(entry) for entry in wrong] == ["waiting", "waiting"]
    right = line.join(3)
    line.book.database.write(lambda c: c.execute(sa.update(days).values(closed=True)))
    assert line.tend() == (0, 0)
    line.book.database.write(lambda c: c.execute(sa.update(days).values(closed=False)))
    line.tend()
    assert line.state(right) == "offered"


def test_a_cancelled_place_is_the_lines_before_it_is_a_bystanders(line: Line) -> None:
    line.book.database.write(lambda c: c.execute(sa.update(days).values(released=1, wanted=1)))
    booked = line.book.book(9, line.book.starts(TOMORROW, NOW)[0], NOW)
    entry = line.join(1, TOMORROW, TOMORROW)
    line.book.cancel(booked, NOW)
    with pytest.raises(Refusal) as problem:
        line.book.book(8, booked.start, NOW)
    assert problem.value.code == "day_full"
    line.tend()
    assert line.accept(entry).start == booked.start
    line.sums()


def test_without_the_guard_a_bystander_is_faster_than_the_line(line: Line) -> None:
    """What withholding is for: the place goes back to the public with the cancellation."""
    line.book.database.write(lambda c: c.execute(sa.update(days).values(released=1, wanted=1)))
    booked = line.book.book(9, line.book.starts(TOMORROW, NOW)[0], NOW)
    entry = line.join(1, TOMORROW, TOMORROW)

    def sell_at_once(connection: Any) -> None:
        bookings.cancel(connection, bookings.by_id(connection, booked.id), now=NOW)
        connection.execute(sa.update(days).where(days.c.id == booked.day_id).values(released=1))

    line.book.database.write(sell_at_once)
    line.book.book(8, booked.start, NOW)
    line.tend()
    assert line.state(entry) == "waiting"


def test_who_booked_otherwise_loses_the_offer_at_the_next_run(line: Line) -> None:
    entry, other = line.join(1), line.join(2)
    line.free(TOMORROW)
    line.tend()
    line.book.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == TODAY).values(released=1)))
    line.book.book(1, line.book.starts(TODAY, NOW)[0], NOW)
    with pytest.raises(Refusal) as problem:
        line.accept(entry)
    assert problem.value.code == "already_booked"
    assert line.tend() == (1, 1)
    assert (line.state(entry), line.state(other)) == ("booked", "offered")
    line.sums()


def test_what_the_office_takes_back_leaves_people_where_they_stood(line: Line) -> None:
    first, second = line.join(1), line.join(2)
    line.free(TOMORROW)
    line.tend()
    (made,) = line.offers_of(first)
    (offer,) = line.book.database.write(lambda c: offers.withdraw(c, NOW, [made.slot_id]))
    assert (offer.state, line.state(first), line.ahead(second)) == ("withdrawn", "waiting", 1)
    line.sums()
    line.tend()
    assert [one.state for one in line.offers_of(first)] == ["withdrawn", "open"], "the need was not met"
    (slot,) = {one.slot_id for one in line.offers_of(first)}
    assert len(line.book.database.write(lambda c: offers.withdraw(c, NOW, [slot]))) == 1


def test_a_phone_knows_its_offers(line: Line) -> None:
    entries = [line.join(n, phone=1) for n in (1, 2)]
    line.free(TOMORROW, 2)
    line.tend()

    def asked(function: Any, now: Any = NOW) -> list[int]:
        with line.book.database.read() as c:
            return [entry.id for _, entry in function(c, line.book.vault, people.phone(1), now)]

    assert asked(offers.open_of_phone) == [entry.id for entry in entries]
    assert asked(offers.lately_lapsed_of_phone) == []
    later = NOW + timedelta(hours=5)
    assert asked(offers.open_of_phone, later) == []
    assert len(asked(offers.lately_lapsed_of_phone, later)) == 2, "even before anybody marked them"
    again = line.rejoin(entries[0], later)
    assert (line.state(entries[0]), line.state(again)) == ("lapsed", "waiting")
    assert asked(offers.lately_lapsed_of_phone, later) == [entries[1].id]
    line.tend(later)
    assert entries[1].id not in asked(offers.lately_lapsed_of_phone, later + timedelta(days=1))
    line.sums()


def test_many_are_offered_in_several_short_transactions(line: Line) -> None:
    for n in range(offering.AT_ONCE + 3):
        line.join(n)
    line.free(TOMORROW, 40)
    assert line.tend() == (0, offering.AT_ONCE + 3)
    line.sums()


def test_a_place_that_goes_between_look_and_update_is_not_offered(line: Line) -> None:
    entry = line.join(1, TOMORROW, TOMORROW)
    line.free(TOMORROW)
    office = line.book.office
    with line.book.database.read() as c:
        (seen,) = offering.look(c, office, NOW)
    line.book.database.write(lambda c: places.take(c, seen.free.slot_id, seen.free.left))

    def make(connection: Any) -> list[Any]:
        return offering._hold(connection, [seen])

    assert line.book.database.write(make) == []
    line.book.database.write(lambda c: places.give_back(c, seen.free.slot_id, seen.free.left))
    line.book.database.write(lambda c: c.execute(sa.update(days).values(wanted=0)))
    assert line.book.database.write(make) == []
    line.sums()
    assert line.state(entry) == "waiting"


def test_offices_without_anything_to_do_are_passed_by(line: Line) -> None:
    line.join(1, TODAY, TODAY)
    line.free(TOMORROW)
    with line.book.database.read() as c:
        assert offering.offices_due(c, Offices(), NOW) == []
    line.free(TODAY)
    with line.book.database.read() as c:
        assert [office.slug for office in offering.offices_due(c, Offices(), NOW)] == ["balikpapan"]


def another_office(c: Connection, n: int, line: Line, *, fits: bool) -> None:
    """A copy of the line's office with somebody in line and a day that has places left, of the wished date or not."""
    def copied(table: sa.Table, changes: dict[str, Any], *where: sa.ColumnElement[bool]) -> int:
        row = dict(c.execute(sa.select(table).where(*where).limit(1)).mappings().one())
        return int(c.execute(table.insert().values(
            {name: value for name, value in row.items() if name != "id"} | changes).returning(table.c.id)).scalar_one())

    service = line.book.office.service("akta")
    office = copied(office_rows, {"slug": f"kota-{n}"}, office_rows.c.id == line.book.office.id)
    day = copied(days, {"office_id": office, "wanted": 5}, days.c.date == TOMORROW)
    copied(slots, {"office_id": office, "day_id": day}, slots.c.letter == service.letter, slots.c.places > 0,
           slots.c.day_id == line.book.day(TOMORROW).id)
    on = TOMORROW if fits else TODAY
    c.execute(entries.insert(), {
        "office_id": office, "service_id": service.id, "first": on, "last": on, "party": 1, "channel": "web",
        "language": "id", "token": f"W{n}", "state": "waiting", "created_at": NOW})


def test_many_offices_are_looked_at_with_a_few_questions(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(6):
        line.book.database.write(partial(another_office, n=n, line=line, fits=n in (1, 4)))
    offices, found = Offices(), list[list[str]]()

    def look() -> None:
        with line.book.database.read() as c:
            found.append([office.slug for office in offering.offices_due(c, offices, NOW)])

    look()
    assert questions(line.book.database, look) <= 7
    monkeypatch.setattr(offering, "LOOKED_AT", 2)
    look()
    assert found == [["kota-1", "kota-4"]] * 3


class Meanwhile(Offices):
    """While it is asked for an office, something happens."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self._happens = happens

    def by_id(self, connection: Connection, office_id: int) -> Office:
        self._happens()
        return super().by_id(connection, office_id)


def test_who_joins_at_another_office_during_the_look_is_seen_by_the_next(line: Line) -> None:
    line.join(1)
    line.free(TOMORROW)
    database = line.book.database

    def write(c: Connection) -> None:
        row = dict(c.execute(sa.select(office_rows)).mappings().one())
        other = c.execute(office_rows.insert().values(row | {"id": 99, "slug": "samarinda"}).returning(
            office_rows.c.id)).scalar_one()
        c.execute(entries.insert(), {
            "office_id": other, "service_id": line.book.office.service("akta").id, "first": TODAY, "last": TODAY,
            "party": 1, "channel": "web", "language": "id", "token": "W", "state": "waiting", "created_at": NOW})

    with database.read() as c:
        due = offering.offices_due(c, Meanwhile(lambda: database.write(write)), NOW)
    assert [office.slug for office in due] == ["balikpapan"]

"""Random histories: several processes book, move, cancel, admit, close and release the same two days at once.

Managers set numbers and close hours, residents wait in line and answer offers, days are learnt from. In any order
nothing but a Refusal comes out, the sums agree, nobody is moved without a message, each decision has its reason.
"""

from __future__ import annotations

import random
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler import (
    absences,
    bookings,
    closures,
    holding,
    jobs,
    offers,
    office_file,
    opening,
    overrides,
    rebooking,
    releasing,
    waiting,
)
from scheduler import days as days_of
from scheduler.bookings import Booking
from scheduler.bookings_at_once import book_at_once
from scheduler.capacity import words
from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from scheduler.jobs import NO_KEY
from scheduler.keeper import Keeper
from scheduler.keeping_tables import OPEN, closure_people
from scheduler.keeping_tables import offers as held_for
from scheduler.offices import Office, Offices
from scheduler.tables import bookings as rows
from scheduler.tables import days, slots
from tests import people
from tests.booked import EXAMPLE, TODAY, at
from tests.conftest import NOW, SECRET
from tests.processes import meet, together
from ticketing import checkin, checkin_at_once
from ticketing.codes import Mint
from ticketing.tables import numberings, visits

PROCESSES, THREADS, STEPS, PEOPLE = 3, 3, 36, 60
FEWER = EXAMPLE.replace('"07:30-12:00", "13:00-16:00"', '"08:10-11:30"')  # other starts, and fewer of them


class Player:
    """One thread's doings, by chance but repeatable."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database, self.chance = database, random.Random(seed)
        self.vault, self.offices = Vault([SECRET]), Offices()
        self.mint = Mint(self.vault.derive("ticket"))
        self.plans = [office_file.parse(text, "balikpapan.toml") for text in (EXAMPLE, FEWER)]

    def play(self) -> str:
        """Do one thing; answers what came of it, `!` before what must not happen."""
        acts = {self.book: 14, self.cancel: 4, self.move: 6, self.admit: 8, self.walk_in: 3, self.release: 3,
                self.replan: 1, self.absent: 3, self.override: 2, self.close: 1, self.reopen: 1, self.wait: 4,
                self.tend: 3, self.answer: 3, self.learn: 1}
        doing = self.chance.choices(list(acts), list(acts.values()))[0]
        now = NOW + timedelta(minutes=self.chance.randrange(240))
        with self.database.read() as connection:
            office = self.offices.get(connection, "balikpapan")
        try:
            return f"{doing.__name__} {doing(office, now)}"
        except Refusal as refusal:
            return f"{doing.__name__} {refusal.code}"
        except Exception:
            return "!" + traceback.format_exc()

    def book(self, office: Office, now: datetime) -> str:
        person = people.person(self.chance.randrange(PEOPLE))
        asked = bookings.Request(office, self._service(office), self._start(now), person,
                                 party=self.chance.choice((1, 1, 2)))
        made = bookings.draft(asked, vault=self.vault, mint=self.mint, now=now)
        if not self.database.embedded and self.chance.random() < 0.5:
            short = self.database._try_at_once(lambda c: book_at_once(c, made, now))
            if short is not None:
                return "done at once"
        self.database.write(lambda c: bookings.book(c, asked, vault=self.vault, mint=self.mint, now=now))
        return "done"

    def cancel(self, _office: Office, now: datetime) -> str:
        booking = self._any_booking()
        if booking:
            self.database.write(lambda c: bookings.cancel(c, booking, now=now))
        return "done"

    def move(self, office: Office, now: datetime) -> str:
        booking, start = self._any_booking(), self._start(now)
        if booking:
            service = office.by_id[booking.service_id]
            self.database.write(lambda c: bookings.move(
                c, office, service, booking, start, mint=self.mint, now=now, staff_id=1))
        return "done"

    def admit(self, office: Office, now: datetime) -> str:
        booking = self._any_booking(TODAY)
        if booking is None:
            return "nobody"
        asked: dict[str, Any] = {"text": booking.token, "nonce": None, "now": booking.start, "vault": self.vault,
                                 "mint": self.mint, "staff_id": 1}
        if not self.database.embedded and self.chance.random() < 0.5:
            short = self.database._try_at_once(lambda c: checkin_at_once.admit_at_once(c, office, **asked))
            if short is not None:
                return short.verdict
        return self.database.write(lambda c: checkin.scan(c, office, **asked, offices=self.offices)).verdict

    def walk_in(self, office: Office, now: datetime) -> str:
        service = self._service(office)
        try:
            self.database.write(lambda c: checkin.walk_in(
                c, office, service, party=1, priority=None, now=now, staff_id=1))
        except Refusal as refusal:
            if checkin.is_turned_away(refusal):
                self.database.write(lambda c: checkin.note_turned_away(c, office, 1, now, 1))
            raise
        return "done"

    def override(self, office: Office, now: datetime) -> str:
        """A manager sets a number or takes it back, applied at once or by the next run."""
        with self.database.read() as connection:
            day = days_of.day_of(connection, office.id, TODAY + timedelta(days=self.chance.randrange(2)))
        assert day is not None
        keeper = self.chance.choice((None, Keeper(NO_KEY)))
        if self.chance.random() < 0.4:
            return "ended" if self.database.write(
                lambda c: overrides.end(c, office, day.id, 1, now, keeper)) else "nothing"
        number = self.chance.randrange(120)
        self.database.write(lambda c: overrides.set_day(c, office, day.id, number, "Rapat", 1, now, keeper))
        return "done"

    def close(self, office: Office, now: datetime) -> str:
        """Hours of tomorrow are closed, and who was there is placed elsewhere by whoever comes first."""
        hours = self.chance.choice((("09:00", "10:00"), ("13:00", None)))
        closing = closures.Closing(TODAY + timedelta(days=1), *hours, None, "Listrik padam")
        self.database.write(lambda c: closures.close(c, office, closing, 1, now))
        rebooking.place_all(self.database, self.offices, self.mint, now)
        return "done"

    def reopen(self, office: Office, now: datetime) -> str:
        with self.database.read() as connection:
            found = closures.in_force(connection, TODAY)
        if not found:
            return "nothing"
        closure = self.chance.choice(found)
        self.database.write(lambda c: closures.end(c, office, closure, 1, now))
        return "done"

    def wait(self, office: Office, now: datetime) -> str:
        person, service = people.person(self.chance.randrange(PEOPLE)), self._service(office)
        wish = waiting.Wish(office, service, TODAY, TODAY + timedelta(days=1), person)
        self.database.write(lambda c: waiting.join(c, wish, vault=self.vault, now=now))
        return "done"

    def tend(self, _office: Office, now: datetime) -> str:
        return "done" if any(offers.tend(self.database, self.offices, now)) else "nothing"

    def answer(self, office: Office, now: datetime) -> str:
        with self.database.read() as connection:
            row = connection.execute(sa.select(*holding.COLUMNS).where(OPEN).limit(1)).one_or_none()
        if row is None:
            return "nobody"
        offer = holding.Offer(*row)
        if self.chance.random() < 0.3:
            self.database.write(lambda c: offers.decline(c, offer, now=now))
        else:
            self.database.write(lambda c: offers.accept(
                c, office, offer, vault=self.vault, mint=self.mint, now=now))
        return "done"

    def learn(self, _office: Office, now: datetime) -> str:
        return "done" if jobs.learn(self.database, self.offices, now + timedelta(hours=8)) else "nothing"

    def release(self, office: Office, now: datetime) -> str:
        return "done" if self.database.write(lambda c: releasing.release(c, [office], now, Keeper(NO_KEY))) else "same"

    def replan(self, _office: Office, now: datetime) -> str:
        plan = self.chance.choice(self.plans)
        self.database.write(lambda c: office_file.import_office(c, plan, now))
        with self.database.read() as connection:
            office = Offices().get(connection, "balikpapan")
        opened = self.database.write(lambda c: opening.lay_out(c, office, now))
        return f"done, unfinished: {opened.unfinished}"

    def absent(self, _office: Office, now: datetime) -> str:
        with self.database.read() as connection:
            overdue = absences.overdue_days(connection, now + timedelta(hours=5))
        later = now + timedelta(hours=5)
        marked = sum(self.database.write(partial(absences.mark_day, day=day, now=later)) for day in overdue)
        return "done" if marked else "nobody"

    def _service(self, office: Office) -> Any:
        return self.chance.choice([service for service in office.services if service.active])

    def _start(self, now: datetime) -> datetime:
        with self.database.read() as connection:
            office = self.offices.get(connection, "balikpapan")
            starts: list[datetime] = list(connection.scalars(sa.select(slots.c.start).distinct().where(
                slots.c.start > now + timedelta(hours=1), slots.c.start < at(TODAY, "23:00", office) + timedelta(days=1)
            )))
        return self.chance.choice(starts)

    def _any_booking(self, on: Any = None) -> Booking | None:
        asked = sa.select(rows.c.id).where(rows.c.status == "booked")
        if on is not None:
            asked = asked.where(rows.c.day_id.in_(sa.select(days.c.id).where(days.c.date == on)))
        with self.database.read() as connection:
            ids = connection.scalars(asked.order_by(rows.c.id)).all()
            return bookings.by_id(connection, self.chance.choice(ids)) if ids else None


def play(url: str, seed: int) -> Counter[str]:
    """One process's part."""
    database = Database(url, connections=THREADS, durable=False)
    meet()

    def one(n: int) -> list[str]:
        player = Player(database, seed * THREADS + n)
        return [player.play() for _ in range(STEPS)]

    with ThreadPoolExecutor(THREADS) as threads:
        ended = Counter(word for words in threads.map(one, range(THREADS)) for word in words)
    database.close()
    return ended


def book_some(database: Database) -> None:
    """Some come today whatever the dice say: else a history may have nobody to admit, cancel or move."""
    player = Player(database, -1)
    with database.read() as connection:
        office = player.offices.get(connection, "balikpapan")
    for n, hour in enumerate(range(10, 12)):
        for quarter in (0, 15, 30, 45):
            asked = bookings.Request(office, office.service("akta"), at(TODAY, f"{hour}:{quarter:02}", office),
                                     people.person(PEOPLE + 4 * n + quarter // 15))
            database.write(partial(bookings.book, request=asked, vault=player.vault, mint=player.mint, now=NOW))


def sums(connection: Any, by: Any, *statuses: str) -> dict[int, int]:
    people_of = sa.select(by, sa.func.sum(rows.c.party)).where(rows.c.status.in_(statuses)).group_by(by)
    return {key: int(count) for key, count in connection.execute(people_of)}


def check_sums(database: Database) -> None:
    """Every counter is what the rows it counts add up to."""
    with database.read() as c:
        held = sums(c, rows.c.day_id, "booked", "arrived", "absent")
        came, stayed = sums(c, rows.c.day_id, "arrived"), sums(c, rows.c.day_id, "absent")
        by_day = sa.select(visits.c.day_id, sa.func.sum(visits.c.party)).group_by(visits.c.day_id)
        walked = {day_id: int(count) for day_id, count in c.execute(by_day.where(visits.c.booking_id.is_(None)))}
        for day in c.execute(sa.select(days)):
            assert (day.booked, day.arrived, day.absent, day.walk_ins) == tuple(
                found.get(day.id, 0) for found in (held, came, stayed, walked)), day
            assert day.booked <= day.released, day
        by_slot = sums(c, rows.c.slot_id, "booked", "arrived", "absent")
        offered = {row.slot_id: int(row.people) for row in c.execute(
            sa.select(held_for.c.slot_id, sa.func.sum(held_for.c.party).label("people")).where(OPEN).group_by(
                held_for.c.slot_id))}
        for slot in c.execute(sa.select(slots)):
            assert slot.taken == by_slot.get(slot.id, 0) + offered.get(slot.id, 0), slot
        assert sum(offered.values()) == c.scalar(sa.select(sa.func.sum(days.c.held)))
        for series in c.execute(sa.select(numberings)):
            given = c.scalars(sa.select(visits.c.number).where(
                visits.c.date == series.date, visits.c.letter == series.letter).order_by(visits.c.number)).all()
            assert given == list(range(1, series.last + 1))
        seen = c.scalars(sa.select(visits.c.booking_id).where(visits.c.booking_id.is_not(None))).all()
        assert sorted(seen) == sorted(c.scalars(sa.select(rows.c.id).where(rows.c.status == "arrived")))
        assert c.execute(sa.select(rows).join(slots, slots.c.id == rows.c.slot_id).where(sa.or_(
            rows.c.start != slots.c.start, rows.c.day_id != slots.c.day_id))).all() == []


def check_entries(database: Database) -> None:
    """Nobody was moved without an entry that tells them, and each decision has a sentence with its number."""
    with database.read() as c:
        told = {(row.booking_id, row.data["closure"]) for row in c.execute(
            sa.select(journal.c.booking_id, journal.c.data).where(journal.c.kind == "moved", journal.c.unread))
            if "closure" in row.data}
        moved = c.execute(sa.select(closure_people.c.booking_id, closure_people.c.closure_id).where(
            closure_people.c.state == "moved")).all()
        assert {tuple(one) for one in moved} <= told
        for data in c.scalars(sa.select(journal.c.data).where(journal.c.kind == "day_released")):
            for language in ("id", "en"):
                sentence = words(data["because"], language)
                assert sentence.endswith("."), sentence
                assert data["because"]["code"] == "closed" or str(data["released"]) in sentence, (data, sentence)


@pytest.mark.usefixtures("balikpapan")
def test_histories_of_several_processes_add_up(database: Database, database_url: str) -> None:
    book_some(database)
    ended = sum(together(play, [(database_url, seed) for seed in range(PROCESSES)]), Counter[str]())
    assert [word for word in ended if word.startswith("!")] == []
    check_sums(database)
    check_entries(database)
    done = {word.split()[0] for word in ended if word.split()[1] in ("done", "done,", "admitted")}
    assert done >= {"book", "cancel", "move", "admit", "walk_in", "release", "replan", "override", "wait"}, ended
    jobs.open_days(database, Offices(), NOW)
    jobs.keep_capacity(database, Offices(), NOW)
    check_sums(database)

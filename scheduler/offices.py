"""What an office is: an immutable picture each process reads and keeps, never longer stale than a second.

`scheduler/office_file.py` writes these rows from a TOML file; everything else asks `Offices`.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from scheduler import keeping_tables as keeping
from scheduler import tables as t
from scheduler.foundation.errors import Refusal
from scheduler.foundation.kept import reader
from scheduler.rules import Rules

MAX_AGE_S = 1.0

Interval = tuple[str, str]  # local "HH:MM" from, to


_rules_of = reader(Rules)


@dataclass(frozen=True)
class Service:
    """One thing people come for. `letter` is its queue group; `visit` is required or fallback."""

    id: int
    slug: str
    letter: str
    name: dict[str, str]
    short: str
    visit: str
    minutes: int
    bring: dict[str, list[str]]
    online_url: str | None
    words: tuple[str, ...]
    active: bool = True


@dataclass(frozen=True)
class Counter:
    """A counter and the services it serves, by slug; its own group is the first one's letter."""

    id: int
    slug: str
    name: str
    serves: tuple[str, ...]


@dataclass(frozen=True)
class SpecialDay:
    """A dated exception: `intervals` empty means closed."""

    intervals: tuple[Interval, ...]
    reason: str
    source: str
    estimated: bool


@dataclass(frozen=True)
class Gap:
    """A closure in force, local `HH:MM`: no `since` is from the beginning, no `until` to the end of its date.

    `counter` is the slug of the one that is lost; without it the whole office is closed.
    """

    id: int
    since: str | None
    until: str | None
    counter: str | None
    reason: str


@dataclass(frozen=True)
class Office:
    """One office as it stands. `hours` maps weekday (Monday 0) to its open intervals, local time."""

    id: int
    slug: str
    name: str
    timezone: str
    phone: str
    sms_number: str | None
    address: str
    rules: Rules
    revision: int
    services: tuple[Service, ...]
    counters: tuple[Counter, ...]
    hours: dict[int, tuple[Interval, ...]]
    special: dict[date, SpecialDay] = field(default_factory=dict)
    closures: dict[date, tuple[Gap, ...]] = field(default_factory=dict)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def by_slug(self) -> dict[str, Service]:
        """Active services by slug."""
        return {service.slug: service for service in self.services if service.active}

    @cached_property
    def by_id(self) -> dict[int, Service]:
        """Every service by id, retired ones too."""
        return {service.id: service for service in self.services}

    @cached_property
    def counters_by_slug(self) -> dict[str, Counter]:
        """Every counter by slug."""
        return {counter.slug: counter for counter in self.counters}

    @cached_property
    def counters_by_id(self) -> dict[int, Counter]:
        """Every counter by id; one that was taken out of the office's file is not among them."""
        return {counter.id: counter for counter in self.counters}

    def service(self, slug: str) -> Service:
        """The active service of that slug. Raises Refusal unknown_service."""
        try:
            return self.by_slug[slug]
        except KeyError:
            raise Refusal("unknown_service", field="service") from None

    def today(self, now: datetime) -> date:
        """The office's own date at `now`."""
        return now.astimezone(self.zone).date()

    def local(self, moment: datetime) -> datetime:
        """The moment with the office's offset."""
        return moment.astimezone(self.zone)

    def because(self, on: date) -> str | None:
        """Why that date is not as its weekday is: a closure of the office before one of a counter, then a holiday."""
        gaps = sorted(self.closures.get(on, ()), key=lambda gap: gap.counter is not None)
        special = self.special.get(on)
        return gaps[0].reason if gaps else special.reason if special is not None else None

    @cached_property
    def letters(self) -> dict[str, tuple[Service, ...]]:
        """Active services by queue group."""
        groups: dict[str, list[Service]] = {}
        for service in self.by_slug.values():
            groups.setdefault(service.letter, []).append(service)
        return {letter: tuple(group) for letter, group in sorted(groups.items())}


class Offices:
    """The process's picture of all offices; looks at the revisions at most once a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_slug: dict[str, Office] = {}
        self._by_id: dict[int, Office] = {}
        self._looked = float("-inf")

    def get(self, connection: Connection, slug: str) -> Office:
        """The office of that slug. Raises Refusal unknown_office."""
        self._refresh(connection)
        try:
            return self._by_slug[slug]
        except KeyError:
            raise Refusal("unknown_office", field="office") from None

    def by_id(self, connection: Connection, office_id: int) -> Office:
        """The office of that id, which must exist."""
        self._refresh(connection)
        return self._by_id[office_id]

    def all(self, connection: Connection) -> list[Office]:
        """Every office, by slug."""
        self._refresh(connection)
        return sorted(self._by_slug.values(), key=lambda office: office.slug)

    def peek(self, slug: str) -> Office | None:
        """The office if this process has read it within the last second; never asks the database."""
        if time.monotonic() - self._looked >= MAX_AGE_S:
            return None
        return self._by_slug.get(slug)

    def peek_by_id(self, office_id: int) -> Office | None:
        """As `peek`, by id."""
        if time.monotonic() - self._looked >= MAX_AGE_S:
            return None
        return self._by_id.get(office_id)

    def forget(self) -> None:
        """Read everything anew at the next question (after an import in this process)."""
        self._looked = float("-inf")

    def _refresh(self, connection: Connection) -> None:
        if time.monotonic() - self._looked < MAX_AGE_S:
            return
        with self._lock:
            if time.monotonic() - self._looked < MAX_AGE_S:
                return
            asked = time.monotonic()
            revisions = {row.id: row.revision for row in connection.execute(_REVISIONS)}
            stale = [i for i, revision in revisions.items()
                     if i not in self._by_id or self._by_id[i].revision != revision]
            if stale:
                fresh = {i: office for i, office in self._by_id.items() if i in revisions}
                fresh |= {office.id: office for office in read_offices(connection, stale)}
                self._by_id = fresh
                self._by_slug = {office.slug: office for office in fresh.values()}
            self._looked = asked


_REVISIONS = sa.select(t.offices.c.id, t.offices.c.revision)


def read_offices(connection: Connection, ids: list[int]) -> list[Office]:
    """These offices from their rows, in six queries however many there are.

    The revision is read first: what an import commits in between is then newer than it says, and read once more at
    the next look, instead of old rows being kept under the new revision.
    """
    rows = connection.execute(sa.select(t.offices).where(_among(t.offices.c.id, ids))).all()
    services = _grouped(connection, t.services, ids, t.services.c.position)
    counters = _grouped(connection, t.counters, ids, t.counters.c.position)
    hours = _grouped(connection, t.opening_hours, ids, t.opening_hours.c.opens)
    special = _grouped(connection, t.special_days, ids, t.special_days.c.date)
    closures = _grouped(connection, keeping.closures, ids, keeping.closures.c.id, keeping.CLOSED_NOW)
    return [_office(row, services.get(row.id, []), counters.get(row.id, []), hours.get(row.id, []),
                    special.get(row.id, []), closures.get(row.id, [])) for row in rows]


def _among(column: sa.Column[int], ids: list[int]) -> sa.ColumnElement[bool]:
    return column.in_(ids) if len(ids) < 500 else sa.true()


def _grouped(
    connection: Connection, table: sa.Table, ids: list[int], order: sa.Column[Any], *only: sa.TextClause,
) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for row in connection.execute(sa.select(table).where(_among(table.c.office_id, ids), *only).order_by(order)):
        groups.setdefault(row.office_id, []).append(row)
    return groups


def _office(
    row: Any, services: list[Any], counters: list[Any], hours: list[Any], special: list[Any], closures: list[Any],
) -> Office:
    week: dict[int, list[Interval]] = {}
    gaps: dict[date, list[Gap]] = {}
    for one in closures:
        gaps.setdefault(one.date, []).append(Gap(one.id, one.opens, one.closes, one.counter, one.reason))
    for hour in hours:
        week.setdefault(hour.weekday, []).append((hour.opens, hour.closes))
    return Office(
        id=row.id, slug=row.slug, name=row.name, timezone=row.timezone, phone=row.phone, sms_number=row.sms_number,
        address=row.address, rules=_rules_of(row.rules), revision=row.revision,
        services=tuple(
            Service(s.id, s.slug, s.letter, s.name, s.short, s.visit, s.minutes, s.bring, s.online_url,
                    tuple(s.words), s.active) for s in services),
        counters=tuple(Counter(c.id, c.slug, c.name, tuple(c.serves)) for c in counters if c.active),
        hours={day: tuple(intervals) for day, intervals in week.items()},
        special={d.date: SpecialDay(tuple((a, b) for a, b in d.intervals), d.reason, d.source, d.estimated)
                 for d in special},
        closures={on: tuple(those) for on, those in gaps.items()},
    )

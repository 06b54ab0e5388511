"""One visit as it stands in the hall, read with its stay at a counter if it is at one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam, text

from scheduler.foundation.errors import Refusal
from scheduler.offices import Counter, Office
from ticketing import numbers
from ticketing.hall_tables import servings
from ticketing.order import Waiting
from ticketing.tables import AT_COUNTER, visits

_NUMBER = re.compile(r"\s*([A-Za-z])[\s.-]*(\d{1,6})\s*", re.ASCII)

COLUMNS = (
    visits.c.id, visits.c.letter, visits.c.number, visits.c.service_id, visits.c.booking_id, visits.c.day_id,
    visits.c.party, visits.c.priority, visits.c.due, visits.c.arrived_at, visits.c.state, visits.c.since,
    visits.c.queue, visits.c.counter_id, visits.c.for_counter_id, visits.c.rejoined_at, visits.c.rests,
    visits.c.missed, visits.c.version, visits.c.note, visits.c.date,
)
# What the order needs of each who waits: there may be thousands, so no more is read.
LINE = (
    visits.c.id, visits.c.due, visits.c.arrived_at, visits.c.priority, visits.c.service_id, visits.c.queue,
    visits.c.rests, visits.c.for_counter_id, visits.c.rejoined_at, visits.c.party,
)
STAY = (
    servings.c.id.label("serving_id"), servings.c.call, servings.c.calls, servings.c.called_at,
    servings.c.last_called_at, servings.c.started_at,
)
# The open stay of a visit, by the index that holds those alone.
WITH_STAY = visits.outerjoin(servings, sa.and_(servings.c.visit_id == visits.c.id, text("servings.ended_at IS NULL")))
_READ = sa.select(*COLUMNS, *STAY).select_from(WITH_STAY)
# The condition of the partial index must stand in the query literally, not as bound values.
_AT = _READ.where(visits.c.counter_id == bindparam("counter"), text(f"visits.{AT_COUNTER}"))
_OF_ID = _READ.where(visits.c.id == bindparam("visit"))
_OF_NUMBER = _READ.where(
    visits.c.office_id == bindparam("office"), visits.c.date == bindparam("date"),
    visits.c.letter == bindparam("letter"), visits.c.number == bindparam("number"))


@dataclass(frozen=True, slots=True)
class Called:
    """One visit as it stands. `service` and `counter` are slugs, moments in UTC; `since` is that of the state.

    `called_at` is the first call of the stay at the counter, `calls` how often it was called there; `missed` counts
    the calls the visitor did not answer, `note` is a clerk's, sealed. `call` is the number of the last call of the day.
    """

    visit_id: int
    number: str
    service: str
    state: str
    counter: str | None
    party: int
    priority: str | None
    booking_id: int | None
    due: datetime
    arrived_at: datetime
    since: datetime
    called_at: datetime | None
    started_at: datetime | None
    calls: int
    missed: int
    note: bytes | None
    call: int | None = None


def shown(office: Office, row: Any) -> Called:
    """A row of `COLUMNS` and `STAY` as it is told to others."""
    return of_values(office, row._mapping)


def of_values(office: Office, values: Mapping[str, Any]) -> Called:
    """The same from the values by their names."""
    counter = office.counters_by_id.get(values["counter_id"])
    stays = values["counter_id"] is not None
    return Called(
        visit_id=values["id"], number=numbers.show(values["letter"], values["number"]),
        service=office.by_id[values["service_id"]].slug, state=values["state"],
        counter=counter.slug if counter else None, party=values["party"], priority=values["priority"],
        booking_id=values["booking_id"], due=values["due"], arrived_at=values["arrived_at"], since=values["since"],
        called_at=values["called_at"] if stays else None, started_at=values["started_at"] if stays else None,
        calls=(values["calls"] or 0) if stays else 0, missed=values["missed"], note=values["note"],
        call=values["call"] if stays else None,
    )


def office_counter(office: Office, slug: str, field: str = "counter") -> Counter:
    """The counter of that slug. Raises Refusal unknown_counter, which names the `field` it came in."""
    try:
        return office.counters_by_slug[slug]
    except KeyError:
        raise Refusal("unknown_counter", field=field) from None


def row_at(connection: Connection, counter: Counter) -> Any | None:
    """The row of the visit that is at the counter, if there is one."""
    return connection.execute(_AT, {"counter": counter.id}).one_or_none()


def row_of(connection: Connection, visit_id: int) -> Any:
    """The row of the visit of that id, which must exist."""
    return connection.execute(_OF_ID, {"visit": visit_id}).one()


def row_of_number(connection: Connection, office: Office, on: date, number: str) -> Any:
    """The row of the visit of that number on a date; `a1` is `A-001`. Raises Refusal unknown_number."""
    found = _NUMBER.fullmatch(number)
    row = None if found is None else connection.execute(_OF_NUMBER, {
        "office": office.id, "date": on, "letter": found[1].upper(), "number": int(found[2])}).one_or_none()
    if row is None:
        raise Refusal("unknown_number", field="number")
    return row


def waiting_of(row: Any) -> Waiting:
    """A row that begins with `LINE`, as the order sees it."""
    return Waiting(*row[:len(LINE)])

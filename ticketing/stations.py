"""Which counters are at work, and whom each of them calls.

A counter's own line is the group of its first service. A group that no counter at work calls its own belongs to every
counter that serves it: nobody waits for a clerk who is not there.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import calendar
from scheduler.offices import Counter, Office
from ticketing.hall_tables import desks, servings
from ticketing.order import Station
from ticketing.tables import visits

AT_WORK = timedelta(minutes=20)  # since its last call, or since its page was last seen

_AT_WORK = sa.union(
    sa.select(desks.c.counter_id).where(
        desks.c.office_id == bindparam("office"), desks.c.seen_at >= bindparam("since")),
    sa.select(servings.c.counter_id).where(
        servings.c.office_id == bindparam("office"), servings.c.date == bindparam("date"),
        servings.c.last_called_at >= bindparam("since")),
    sa.select(visits.c.counter_id).where(
        visits.c.office_id == bindparam("office"), visits.c.date == bindparam("date"),
        visits.c.state.in_(("called", "serving"))),
)


def at_work(connection: Connection, office: Office, today: date, now: datetime) -> set[int]:
    """The ids of the counters at work: somebody is at them, or they called or were seen within `AT_WORK`."""
    return set(connection.scalars(_AT_WORK, {"office": office.id, "date": today, "since": now - AT_WORK}))


def station_of(connection: Connection, office: Office, counter: Counter, now: datetime) -> Station:
    """Whom the counter, which is at work, calls; the others are asked for only if it serves more than one group."""
    today, working = office.today(now), {counter.id}
    if len(_groups(office, counter)) > 1:
        working |= at_work(connection, office, today, now)
    return station(office, counter, working)


def station(office: Office, counter: Counter, working: Collection[int]) -> Station:
    """Whom the counter calls while the counters of the ids `working` are at work (pure)."""
    groups = _groups(office, counter)
    taken = {own(office, other) for other in office.counters if other.id in working}
    mine = {letter for letter in groups if letter == own(office, counter) or letter not in taken}
    return Station(
        counter.id, own=frozenset().union(*(groups[letter] for letter in mine)), queues=frozenset(mine),
        helps={letter: services for letter, services in groups.items() if letter not in mine})


def all_stations(office: Office, today: date, working: Collection[int]) -> list[Station]:
    """Every counter at work; and for services that none of these serves, those that do and are manned that date (pure).

    Before anybody is at work these are all that are manned.
    """
    present = [station(office, counter, working) for counter in office.counters if counter.id in working]
    served = frozenset().union(*(_of(one) for one in present))
    awaited = [station(office, counter, ()) for counter in calendar.manned(office, today).counters
               if counter.id not in working]
    return present + [Station(one.counter, one.own - served, {}, one.queues) for one in awaited if one.own - served]


def _of(station: Station) -> frozenset[int]:
    return station.own.union(*station.helps.values())


def own(office: Office, counter: Counter) -> str | None:
    """The letter of the counter's own group; None for one that serves nothing."""
    return next(iter(_groups(office, counter)), None)


def _groups(office: Office, counter: Counter) -> dict[str, frozenset[int]]:
    """The ids of the services a counter serves by their letter, its own first; retired ones too."""
    groups: dict[str, set[int]] = {}
    by_slug = {service.slug: service for service in office.services}
    for slug in counter.serves:
        if slug in by_slug:
            groups.setdefault(by_slug[slug].letter, set()).add(by_slug[slug].id)
    return {letter: frozenset(ids) for letter, ids in groups.items()}

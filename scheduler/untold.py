"""Offers that nobody heard of: their message never got out, as when the carrier was down all the while.

Whoever did not hear of an offer did not let it lapse. The place goes on to the next as ever, but the offer counts as
taken back by the office, and the person keeps the place in line. They rest for a while, so that the place really goes
on; and only so often, as a number that nobody can reach would else hold back place after place.

The messages are another room's: what it knows is handed in as `Untold`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.holding import Offer
from scheduler.keeping_tables import offers, waiting
from scheduler.offices import Office
from scheduler.tables import days

MOST = 3                   # so many offers to an entry may go by unheard; the next one lapses like any other
REST = timedelta(hours=1)  # so long after one the others in line come first


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An offer of that start (UTC) that the office took back: `unheard` of, else as the office is closed then."""

    start: datetime
    unheard: bool


# Of these offers, the ids of those whose message did not get out.
Untold = Callable[[Connection, Sequence[Offer]], Collection[int]]

# What the office took back for another reason, it took back before its time was over.
_UNHEARD = sa.and_(offers.c.state == "withdrawn", offers.c.ended_at >= offers.c.lapses_at)
_RESTING = (
    sa.select(offers.c.waiting_id).join_from(days, offers, offers.c.day_id == days.c.id)
    .where(days.c.office_id.in_(bindparam("offices", expanding=True)), days.c.date >= bindparam("today"), _UNHEARD,
           offers.c.ended_at > bindparam("since"))
)
# By the days that an entry waits for, as offers are found by their day.
_OF_ENTRY = waiting.join(days, sa.and_(
    days.c.office_id == waiting.c.office_id, days.c.date.between(waiting.c.first, waiting.c.last),
)).join(offers, sa.and_(offers.c.day_id == days.c.id, offers.c.waiting_id == waiting.c.id))
_BEFORE = sa.select(waiting.c.id, sa.func.count().label("times")).select_from(_OF_ENTRY).where(
    waiting.c.id.in_(bindparam("entries", expanding=True)), _UNHEARD).group_by(waiting.c.id)
_TAKEN_BACK = sa.select(offers.c.start, _UNHEARD.label("unheard")).select_from(_OF_ENTRY).where(
    waiting.c.id == bindparam("entry"), offers.c.state == "withdrawn", offers.c.start > bindparam("now"),
).order_by(offers.c.id.desc()).limit(1)


def nobody(_connection: Connection, _offers: Sequence[Offer]) -> Collection[int]:
    """Where no messages are sent, everybody counts as told."""
    return ()


def among(connection: Connection, overdue: Sequence[Offer], untold: Untold) -> list[Offer]:
    """Those of the overdue offers that nobody heard of, unless that happened to the entry too often."""
    unheard = untold(connection, overdue) if overdue else ()
    found = [offer for offer in overdue if offer.id in unheard]
    if not found:
        return []
    before: dict[int, int] = {
        row.id: row.times for row in connection.execute(_BEFORE, {"entries": [one.waiting_id for one in found]})}
    return [offer for offer in found if before.get(offer.waiting_id, 0) < MOST]


def taken_back(connection: Connection, entry_id: int, now: datetime) -> TakenBack | None:
    """The last offer to the entry that the office took back, until its start; None where there is none."""
    row = connection.execute(_TAKEN_BACK, {"entry": entry_id, "now": now}).one_or_none()
    return None if row is None else TakenBack(row.start, bool(row.unheard))


def resting(connection: Connection, offices: Sequence[Office], now: datetime) -> set[int]:
    """The entries at these offices, of which there is one at least, that are passed by for a while."""
    asked = {"offices": [office.id for office in offices], "today": min(office.today(now) for office in offices),
             "since": now - REST}
    return set(connection.scalars(_RESTING, asked))

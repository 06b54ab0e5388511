"""What was sent, what became of it, what it cost, and how the ways fare: for the manager.

A message counts on the day it last went out, or was written if it never did; days are the office's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications.tables import QUEUED, opt_outs, outbox
from scheduler.foundation.journal import TELLING, journal
from scheduler.offices import Office

MOST_DAYS = 92
LOOKED_BACK = timedelta(days=7)
MOST_ENTRIES = 500
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Tally:
    """Messages of a day, kind and state: how many, in how many parts as carriers bill them, for how much together in
    units of `currency`; both None where no price was told."""

    day: date
    kind: str
    state: str
    count: int
    parts: int
    cost: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages that wait: `held` is why although they were due (`quiet`, `spending`), None for those that only wait
    for their turn or another try. `until` is when the first of them goes."""

    held: str | None
    count: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Down:
    """A carrier that is left alone since then, and what it said."""

    carrier: str
    since: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Ways:
    """How the ways fare. `limit_reached` is the day's spending limit if it was reached today, as it was journalled;
    `paused` when answers by SMS were last paused within seven days, and `paused_now` whether they still are."""

    down: list[Down]
    limit_reached: str | None
    paused: datetime | None
    paused_now: bool
    opted_out: int


# Sentences of ours hold no characters that count twice, so the length says the parts. An erased text was one.
_LENGTH = sa.func.length(outbox.c.text)
_PARTS = sa.case(
    (outbox.c.medium == "email", 0), (_LENGTH <= 160, 1), (_LENGTH <= 306, 2), (_LENGTH <= 459, 3), else_=4)


@lru_cache(maxsize=2 * MOST_DAYS)
def _tallied(days: int, sent: bool) -> sa.Select[Any]:
    """The counts of so many days; their edges are bound as `edge_0` .. `edge_{days}`."""
    moment = outbox.c.sent_at if sent else outbox.c.created_at
    day = sa.case(*((moment < bindparam(f"edge_{n + 1}"), sa.literal_column(str(n))) for n in range(days)))
    rows = sa.select(
        day.label("day"), outbox.c.kind, outbox.c.state, outbox.c.currency, outbox.c.cost, _PARTS.label("parts"),
    ).where(
        outbox.c.office_id == bindparam("office"),
        outbox.c.sent_at.is_not(None) if sent else outbox.c.sent_at.is_(None),
        moment >= bindparam("edge_0"), moment < bindparam(f"edge_{days}"),
    ).subquery()
    return sa.select(
        rows.c.day, rows.c.kind, rows.c.state, rows.c.currency, sa.func.count().label("messages"),
        sa.func.sum(rows.c.parts).label("parts"), sa.func.sum(rows.c.cost).label("cost"),
    ).group_by(rows.c.day, rows.c.kind, rows.c.state, rows.c.currency)


_LATER = sa.case((outbox.c.due_at > bindparam("now"), outbox.c.held))
_QUEUE = sa.select(_LATER.label("held"), outbox.c.due_at).where(
    QUEUED, outbox.c.office_id == bindparam("office")).subquery()
_WAITING = sa.select(
    _QUEUE.c.held, sa.func.count().label("messages"), sa.func.min(_QUEUE.c.due_at).label("until"),
).group_by(_QUEUE.c.held)
_ENTRIES = sa.select(journal.c.at, journal.c.kind, journal.c.data).where(
    TELLING, journal.c.at >= bindparam("since"),
    sa.or_(journal.c.office_id == bindparam("office"), journal.c.office_id.is_(None)),
).order_by(journal.c.at.desc(), journal.c.id.desc()).limit(MOST_ENTRIES)
_CARRIED = sa.select(sa.exists().where(
    outbox.c.office_id == bindparam("office"), outbox.c.sent_at.is_not(None), outbox.c.sent_at > bindparam("since"),
    outbox.c.gateway == bindparam("carrier"), outbox.c.state.in_(("sent", "delivered")),
))
_OPTED_OUT = sa.select(sa.func.count()).select_from(opt_outs)


def tallies(connection: Connection, office: Office, first: date, last: date) -> list[Tally]:
    """The counts from `first` to `last`, both included, by day, kind, state and currency; at most `MOST_DAYS` days."""
    days = (last - first).days + 1
    edges = {f"edge_{n}": datetime.combine(first + n * DAY, time(), office.zone) for n in range(days + 1)}
    found = [
        Tally(first + row.day * DAY, row.kind, row.state, row.messages, int(row.parts), row.cost, row.currency)
        for sent in (True, False)
        for row in connection.execute(_tallied(days, sent), {"office": office.id, **edges})
    ]
    return sorted(_together(found), key=lambda one: (one.day, one.kind, one.state, one.currency or ""))


def totals(connection: Connection, office: Office, first: date, last: date) -> list[Tally]:
    """As `tallies`, of all days together, however many; each names the first day."""
    edges = {"edge_0": datetime.combine(first, time(), office.zone),
             "edge_1": datetime.combine(last + DAY, time(), office.zone)}
    return _together([
        Tally(first, row.kind, row.state, row.messages, int(row.parts), row.cost, row.currency)
        for sent in (True, False) for row in connection.execute(_tallied(1, sent), {"office": office.id, **edges})
    ])


def _together(found: list[Tally]) -> list[Tally]:
    """What was sent and what was not of the same day, kind and state, as one."""
    alike: dict[tuple[Any, ...], list[Tally]] = defaultdict(list)
    for one in found:
        alike[one.day, one.kind, one.state, one.currency].append(one)
    return [
        Tally(day, kind, state, sum(one.count for one in them), sum(one.parts for one in them),
              None if currency is None else sum((one.cost or Decimal(0) for one in them), Decimal(0)), currency)
        for (day, kind, state, currency), them in alike.items()
    ]


def waiting(connection: Connection, office: Office, now: datetime) -> list[Waiting]:
    """What waits now, by why."""
    return [Waiting(*row) for row in connection.execute(_WAITING, {"office": office.id, "now": now})]


def ways(connection: Connection, office: Office, now: datetime) -> Ways:
    """How the ways of the office's messages fare."""
    entries = connection.execute(_ENTRIES, {"office": office.id, "since": now - LOOKED_BACK}).all()
    midnight = datetime.combine(office.today(now), time(), office.zone)
    limit = next((row for row in entries if row.kind == "messages_held" and row.at >= midnight), None)
    paused = next((row.at for row in entries if row.kind == "answers_paused"), None)
    return Ways(
        down=[one for one in _down(entries) if not _carried(connection, office, one)],
        limit_reached=None if limit is None else _limit(limit.data or {}),
        paused=paused, paused_now=paused is not None and paused > now - HOUR,
        opted_out=int(connection.execute(_OPTED_OUT).scalar_one()),
    )


def _down(entries: Sequence[Any]) -> list[Down]:
    """The carriers whose newest entry says that they are down; `entries` are the newest first."""
    newest: dict[str, Any] = {}
    for row in entries:
        if row.kind in ("carrier_down", "carrier_up"):
            newest.setdefault(str((row.data or {}).get("carrier", "")), row)
    return [Down(carrier, row.at, str((row.data or {}).get("error") or ""))
            for carrier, row in newest.items() if row.kind == "carrier_down"]


def _carried(connection: Connection, office: Office, one: Down) -> bool:
    """Whether it took a message since: a worker that stopped cannot say that its carrier is up again."""
    asked = {"office": office.id, "since": one.since, "carrier": one.carrier}
    return bool(connection.execute(_CARRIED, asked).scalar_one())


def _limit(data: dict[str, Any]) -> str:
    return " ".join(str(data[name]) for name in ("currency", "limit") if data.get(name))

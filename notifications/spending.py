"""What an office spent on SMS today, and whether one more fits into its limit.

Counted is what carriers billed for messages handed over on the office's own date, and for those whose answer is out
(on the network, or of unknown fate) the dearest the carrier billed for one today. A carrier that has not told a price
yet, today or to this process, counts nothing: what is on the network then, one message for each sending thread of a
process, can go beyond the limit, and else only what a price rises above those of the day so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from functools import partial

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications.carriers import Price
from notifications.tables import QUEUED, outbox
from notifications.windows import DAY, Habit
from scheduler.foundation.database import Database
from scheduler.foundation.journal import TELLING, journal, record
from scheduler.offices import Office, Offices
from scheduler.rules import Spending

REASON = "spending limit"
_NOTHING = Decimal(0)

_SPENT = (
    sa.select(
        outbox.c.gateway,
        sa.func.sum(sa.case((outbox.c.currency == bindparam("unit"), outbox.c.cost))).label("billed"),
        sa.func.sum(sa.case((sa.and_(outbox.c.cost.is_(None), outbox.c.state.in_(("sending", "unknown"))), 1), else_=0))
        .label("out"),
        sa.func.max(sa.case((outbox.c.currency == bindparam("unit"), outbox.c.cost))).label("dearest"),
    )
    .where(outbox.c.office_id == bindparam("office"), outbox.c.sent_at >= bindparam("midnight"))
    .group_by(outbox.c.gateway)
)
_TOLD = (
    sa.select(journal.c.id)
    .where(TELLING, journal.c.kind == "messages_held", journal.c.at >= bindparam("midnight"),
           journal.c.office_id == bindparam("office"))
    .limit(1)
)
_HELD_OFFICES = (
    sa.select(outbox.c.office_id).distinct()
    .where(QUEUED, outbox.c.held == "spending", outbox.c.due_at > bindparam("now"))
)
_RELEASE = (
    sa.update(outbox)
    .where(QUEUED, outbox.c.office_id == bindparam("office"), outbox.c.held == "spending",
           outbox.c.due_at > bindparam("at"))
    .values(due_at=bindparam("at"))
)


def _midnight(office: Office, now: datetime) -> datetime:
    return Habit.of(office).at(office.today(now), time.min)


def resumes(office: Office, now: datetime) -> datetime:
    """When what is held today goes: at the office's next midnight, or the end of the quiet hours it lies in."""
    habit = Habit.of(office)
    midnight = habit.at(office.today(now) + DAY, time.min)
    return habit.quiet(midnight)[1] if habit.is_quiet(midnight) else midnight


class _Day:
    """An office's day: what was spent, and what each carrier takes for a message in the limit's currency."""

    def __init__(self, connection: Connection, office: Office, limit: Spending, known: Mapping[str, Price],
                 now: datetime) -> None:
        rows = connection.execute(
            _SPENT, {"office": office.id, "midnight": _midnight(office, now), "unit": limit.currency}).all()
        self.prices = {name: cost for name, (cost, currency) in known.items() if currency == limit.currency}
        self.prices |= {row.gateway: row.dearest for row in rows if row.dearest is not None}
        self.spent = sum(((row.billed or _NOTHING) + row.out * self.price(row.gateway) for row in rows), _NOTHING)

    def price(self, carrier: str) -> Decimal:
        return self.prices.get(carrier, _NOTHING)


class Purse:
    """What offices can still spend, as one claim sees it; counts what the claim gives away."""

    def __init__(self, connection: Connection, known: Mapping[str, Price], now: datetime) -> None:
        self._connection = connection
        self._known = known
        self._now = now
        self._days: dict[int, _Day] = {}

    def fits(self, office: Office, carrier: str) -> bool:
        """Whether a message more with that carrier stays within the office's limit."""
        limit = office.rules.daily_spending
        if limit is None:
            return True
        day = self._day(office, limit)
        return day.spent < limit.amount and day.spent + day.price(carrier) <= limit.amount

    def fits_any(self, office: Office) -> bool:
        """Whether it does with each carrier whose price is known."""
        limit = office.rules.daily_spending
        return limit is None or all(self.fits(office, carrier) for carrier in ("", *self._day(office, limit).prices))

    def spend(self, office: Office, carrier: str) -> None:
        """A message goes."""
        limit = office.rules.daily_spending
        if limit is not None:
            day = self._day(office, limit)
            day.spent += day.price(carrier)

    def _day(self, office: Office, limit: Spending) -> _Day:
        if office.id not in self._days:
            self._days[office.id] = _Day(self._connection, office, limit, self._known, self._now)
        return self._days[office.id]


def tell_once(connection: Connection, office: Office, now: datetime) -> None:
    """Journal that messages are held, once on each of the office's days."""
    limit = office.rules.daily_spending
    if limit is None or connection.execute(
            _TOLD, {"midnight": _midnight(office, now), "office": office.id}).first() is not None:
        return
    record(connection, "messages_held", at=now, office_id=office.id,
           data={"limit": str(limit.amount), "currency": limit.currency})


def release_all(database: Database, offices: Offices, now: datetime) -> None:
    """Let go what is held of offices whose limit was raised or taken away since."""
    with database.read() as connection:
        held = list(connection.execute(_HELD_OFFICES, {"now": now}).scalars())
    for office_id in held:
        database.write(partial(_release, offices, office_id, now))


def _release(offices: Offices, office_id: int, now: datetime, connection: Connection) -> None:
    office = offices.by_id(connection, office_id)
    if Purse(connection, {}, now).fits_any(office):
        connection.execute(_RELEASE, {"office": office_id, "at": now})

"""Messages in numbers for the manager: today and the seven days before, by day and by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from api.web import dates
from api.web.pictures import messages
from api.web.pictures.messages import Stack
from notifications import ledger, shows
from notifications.ledger import Tally, Waiting, Ways
from notifications.shows import ShowRates
from scheduler.offices import Office

BEFORE = 7  # days besides today
# What a state comes to for who reads the numbers.
OUTCOMES = {"delivered": "delivered", "sent": "sent", "unknown": "unknown", "failed": "failed", "queued": "open",
            "sending": "open", "dropped": "dropped"}
_WENT_OUT = ("delivered", "sent", "unknown", "failed")


@dataclass(frozen=True)
class Line:
    """Messages by outcome (`OUTCOMES`), the parts of those that went out, and their cost by currency."""

    outcomes: Counter[str]
    parts: int
    costs: dict[str, Decimal]

    @property
    def count(self) -> int:
        """Those that were to be sent: what was no longer true when its turn came is not in it."""
        return self.outcomes.total() - self.outcomes["dropped"]


@dataclass(frozen=True)
class Traffic:
    """What the section shows: a line a day (today last) and a kind, all together, what waits, how the ways fare, and
    who comes."""

    days: dict[date, Line]
    kinds: dict[str, Line]
    all: Line
    waiting: list[Waiting]
    ways: Ways
    rates: ShowRates

    @property
    def today(self) -> Line:
        """The line of today."""
        return list(self.days.values())[-1]


def read(connection: Connection, office: Office, now: datetime) -> Traffic:
    """Everything the section shows, as it stands at `now`."""
    today = office.today(now)
    days = [today - timedelta(days=n) for n in range(BEFORE, -1, -1)]
    tallies = ledger.tallies(connection, office, days[0], today)
    kinds = sorted({one.kind for one in tallies})
    return Traffic(
        days={day: line(one for one in tallies if one.day == day) for day in days},
        kinds={kind: line(one for one in tallies if one.kind == kind) for kind in kinds},
        all=line(tallies), waiting=ledger.waiting(connection, office, now), ways=ledger.ways(connection, office, now),
        rates=shows.show_rates(connection, office, now),
    )


def line(tallies: Iterable[Tally]) -> Line:
    """The tallies added up."""
    outcomes: Counter[str] = Counter()
    parts, costs = 0, dict[str, Decimal]()
    for one in tallies:
        outcomes[OUTCOMES[one.state]] += one.count
        parts += one.parts if one.state in _WENT_OUT else 0
        if one.currency is not None and one.cost is not None:
            costs[one.currency] = costs.get(one.currency, Decimal(0)) + one.cost
    return Line(outcomes, parts, costs)


def picture(traffic: Traffic, today: date, words: dict[str, Any]) -> Markup:
    """The days as a drawing."""
    stacks = [_stack(day, one, today, words["dates"]) for day, one in traffic.days.items()]
    return messages.draw(stacks, words["traffic"])


def _stack(day: date, one: Line, today: date, words: dates.Words) -> Stack:
    unsure = one.outcomes["sent"] + one.outcomes["unknown"] + one.outcomes["open"]
    return Stack((words["weekdays"][day.weekday()], f"{day.day} {words['months_short'][day.month - 1]}"),
                 one.outcomes["delivered"], unsure, one.outcomes["failed"], today=day == today)


def money(costs: dict[str, Decimal], words: dict[str, Any]) -> str:
    """`KES 1.234,50`, joined by commas where there are several currencies; empty where no price was told."""
    marks = str.maketrans({",": words["thousands"], ".": words["decimal"]})
    return ", ".join(f"{currency} {f'{amount:,.2f}'.translate(marks)}" for currency, amount in sorted(costs.items()))

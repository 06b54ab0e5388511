"""A span of an office's days as its doors show it: figures of the hall, messages and their cost, opinions.

Rooms that are strangers are put together here: what was counted in the hall, and what telling people cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from notifications import ledger
from notifications.ledger import Tally
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from ticketing import statistics, survey
from ticketing.figures import Figures
from ticketing.ikm import Opinions
from ticketing.statistics import MOST_DAYS

WENT_OUT = ("delivered", "sent", "unknown", "failed")


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages that went out in a span, in so many SMS as carriers bill them, and their cost by currency."""

    count: int
    parts: int
    costs: Mapping[str, Decimal]

    @staticmethod
    def of(tallies: Iterable[Tally]) -> Messages:
        """The tallies added up."""
        went = [one for one in tallies if one.state in WENT_OUT]
        costs: dict[str, Decimal] = {}
        for one in went:
            if one.currency is not None:
                costs[one.currency] = costs.get(one.currency, Decimal(0)) + (one.cost or Decimal(0))
        return Messages(sum(one.count for one in went), sum(one.parts for one in went), dict(sorted(costs.items())))


@dataclass(frozen=True, slots=True)
class Counted:
    """All of a span. `opinions` are those of its whole months, by month and service id."""

    figures: Figures
    messages: Messages
    opinions: Mapping[date, Mapping[int, Opinions]]

    @property
    def by_service(self) -> dict[int, Opinions]:
        """What was thought of each service, by its id."""
        found: dict[int, Opinions] = {}
        for services in self.opinions.values():
            for service, opinions in services.items():
                found[service] = found.get(service, Opinions()) + opinions
        return found

    @property
    def of_all(self) -> Opinions:
        """What was thought of all services together."""
        return sum(self.by_service.values(), Opinions())


def read(connection: Connection, office: Office, first: date, last: date) -> Counted:
    """From `first` to `last`, both included; nine questions."""
    return Counted(
        statistics.read(connection, office, first, last),
        Messages.of(ledger.totals(connection, office, first, last)),
        survey.sums(connection, office, first, last))


def span(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """The days asked for: without a last one until `today`, without a first one from the beginning of its month.

    What lies ahead is cut off. Raises Refusal invalid_request where nothing is left, or more than `MOST_DAYS`.
    """
    until = min(last or today, today)
    since = first or until.replace(day=1)
    if since < date(1970, 1, 2):  # the edges of days would pass the end of the calendar
        raise Refusal("invalid_request", why="date", field="from")
    if not timedelta(0) <= until - since < timedelta(days=MOST_DAYS):
        raise Refusal("invalid_request", why="date", field="from" if first else "to")
    return since, until


def quarters(opinions: Mapping[date, Mapping[int, Opinions]], year: int) -> list[Opinions]:
    """The opinions of each quarter of the year, all services together."""
    found = [Opinions() for _ in range(4)]
    for month, services in opinions.items():
        if month.year == year:
            found[(month.month - 1) // 3] += sum(services.values(), Opinions())
    return found

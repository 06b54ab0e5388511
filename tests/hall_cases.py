"""Rows of the hall for `test_rules.py`: what stands before, what the rule allows, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from scheduler.tables import counters
from tests.conftest import NOW
from ticketing.hall_tables import conflicts, ranges, servings
from ticketing.survey_tables import invitations, opinions
from ticketing.tables import visits

Sql = sa.sql.expression.Executable
Case = tuple[Callable[[Any], list[Sql]], Callable[[Any], Sql], Callable[[Any], Sql]]


def visit(ground: Any, n: int, **other: Any) -> Sql:
    values = {
        "office_id": ground.office, "day_id": ground.day, "date": NOW.date(), "letter": "A", "number": n,
        "service_id": ground.service, "party": 1, "due": NOW, "arrived_at": NOW, "state": "waiting", "since": NOW,
        "queue": "A",
    }
    return visits.insert().values({**values, **other})


def of_number(n: int) -> sa.ScalarSelect[int]:
    return sa.select(visits.c.id).where(visits.c.number == n).scalar_subquery()


def counter(n: int) -> sa.ScalarSelect[int]:
    return sa.select(counters.c.id).order_by(counters.c.id).offset(n).limit(1).scalar_subquery()


def serving(ground: Any, call: int, **other: Any) -> Sql:
    values = {
        "office_id": ground.office, "date": NOW.date(), "visit_id": of_number(call), "counter_id": counter(0),
        "service_id": ground.service, "queue": "A", "first_call": call, "call": call, "calls": 1, "called_at": NOW,
        "last_called_at": NOW,
    }
    return servings.insert().values({**values, **other})


def kept(ground: Any, first: int, last: int) -> Sql:
    return ranges.insert().values(office_id=ground.office, date=NOW.date(), letter="A", first=first, last=last,
                                  staff_id=1)


def conflict(ground: Any, n: int) -> Sql:
    return conflicts.insert().values(office_id=ground.office, date=NOW.date(), visit_id=of_number(n), why="twice",
                                     staff_id=1, at=NOW, handed_at=NOW)


def invitation(ground: Any, n: int, of: int) -> Sql:
    return invitations.insert().values(token_hash=bytes([n] * 16), office_id=ground.office, visit_id=of_number(of),
                                       until=NOW)


def opinion(ground: Any, n: int, channel: str) -> Sql:
    return opinions.insert().values(id=bytes([n] * 16), office_id=ground.office, service_id=ground.service,
                                    month=NOW.date(), channel=channel, answers=[4] * 9)


CASES: dict[str, Case] = {
    "a visit in no state": (lambda _: [], lambda g: visit(g, 1, state="gone"), lambda g: visit(g, 2, state="lost")),
    "called to no counter": (
        lambda _: [], lambda g: visit(g, 1, state="called", counter_id=counter(0)),
        lambda g: visit(g, 2, state="called")),
    "fewer than nobody before": (lambda _: [], lambda g: visit(g, 1, rests=0), lambda g: visit(g, 2, rests=-1)),
    "two people at one counter": (
        lambda g: [visit(g, 1, state="called", counter_id=counter(0))],
        lambda g: visit(g, 2, state="serving", counter_id=counter(1)),
        lambda g: visit(g, 3, state="serving", counter_id=counter(0))),
    "one call twice": (
        lambda g: [visit(g, 1), visit(g, 2), serving(g, 1)],
        lambda g: serving(g, 2), lambda g: serving(g, 1, visit_id=of_number(2), ended_at=NOW, outcome="held")),
    "served at two counters": (
        lambda g: [visit(g, 1), serving(g, 1, ended_at=NOW, outcome="transferred")],
        lambda g: serving(g, 2, visit_id=of_number(1)), lambda g: serving(g, 3, visit_id=of_number(1))),
    "ended by nothing": (
        lambda g: [visit(g, 1), visit(g, 2)],
        lambda g: serving(g, 1, ended_at=NOW, outcome="finished"), lambda g: serving(g, 2, ended_at=NOW)),
    "an outcome nobody knows": (
        lambda g: [visit(g, 1), visit(g, 2)],
        lambda g: serving(g, 1, ended_at=NOW, outcome="absent"),
        lambda g: serving(g, 2, ended_at=NOW, outcome="lost")),
    "numbers that end before they begin": (lambda _: [], lambda g: kept(g, 700, 700), lambda g: kept(g, 710, 709)),
    "one conflict twice": (
        lambda g: [visit(g, 1), visit(g, 2), conflict(g, 1)], lambda g: conflict(g, 2), lambda g: conflict(g, 1)),
    "asked twice what one thinks": (
        lambda g: [visit(g, 1), visit(g, 2), invitation(g, 1, 1)],
        lambda g: invitation(g, 2, 2), lambda g: invitation(g, 3, 1)),
    "an opinion from nowhere": (lambda _: [], lambda g: opinion(g, 1, "sms"), lambda g: opinion(g, 2, "dream")),
}

"""The manager's day: what is released, who came, what is expected, and why."""

from __future__ import annotations

import sqlalchemy as sa
from litestar import get
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from sqlalchemy import Connection, bindparam

from api import errors
from api.doorway import FromAntre
from api.guards import at_own_office, needs, session_of
from api.openapi import Doc
from api.rest import answering, examples, reading
from api.rest.day_answers import DayAnswer, DecisionAnswer, NextAnswer, OverrideAnswer
from api.rest.reading import HttpRequest
from scheduler import capacity, reports
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from scheduler.override_rows import Override
from scheduler.reports import DayReport
from ticketing.tables import visits

_SERVED = sa.select(sa.func.coalesce(sa.func.sum(visits.c.party), 0)).where(
    visits.c.day_id == bindparam("day"), visits.c.state == "done"
)


@get("/api/v1/offices/{office:str}/days/{date:str}", guards=[needs("manager")], opt={"doc": Doc(
    tag="staff", summary="A day and why it is so", answer=DayAnswer, example=examples.DAY, role="manager",
    text="All numbers are people. Decisions stand newest first, with the numbers they rest on; `override` is a "
         "manager's own number of places. `next` says what opens by itself, and when: nobody else is to know.",
    codes=("unknown_office", "invalid_request", "too_far"),
)})
async def day(request: HttpRequest, antre: FromAntre, office: FromPath[str], date: FromPath[str]) -> ASGIResponse:
    """The day of the manager's own office. A day that is not open yet is too_far, one before the first invalid."""
    found = await reading.office_of(request, antre, office)
    at_own_office(session_of(request), found)
    on = reading.day(date, "date")
    now, language = antre.clock.now(), errors.language_of(request)

    def work(connection: Connection) -> bytes:
        report = reports.report(connection, found, on, now, antre.opening_key)
        if report is None:
            if on > found.today(now):
                raise Refusal("too_far", field="date", alternatives=[])
            raise Refusal("invalid_request", why="unknown_day", field="date")
        served = int(connection.execute(_SERVED, {"day": report.day.id}).scalar_one())
        return answering.encode(_answer(found, report, served, language))

    return answering.json(await antre.database.fetch(work), headers=errors.in_language(language))


def _answer(office: Office, report: DayReport, served: int, language: str) -> DayAnswer:
    day, outlook = report.day, report.outlook
    return DayAnswer(
        date=day.date.isoformat(), low=day.low, high=day.high, released=day.released, booked=day.booked,
        arrived=day.arrived, walk_ins=day.walk_ins, walk_in_room=day.walk_in_room, served=served, absent=day.absent,
        expected=report.expected, p_over=outlook.p_over, closed=day.closed, held=day.held, wanted=day.wanted,
        turned_away=day.turned_away, expected_low=outlook.least, expected_high=outlook.most, p_under=outlook.p_under,
        override=_override(office, report.override),
        next=[NextAnswer(answering.local(office, step.at), step.what, step.share) for step in report.next],
        decisions=[DecisionAnswer(answering.local(office, d.at), d.released, d.because,
                                  capacity.words(d.because, language)) for d in report.decisions],
    )


def _override(office: Office, one: Override | None) -> OverrideAnswer | None:
    return None if one is None else OverrideAnswer(one.released, one.reason, answering.local(office, one.at))


ROUTES = [day]

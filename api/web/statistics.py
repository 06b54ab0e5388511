"""Statistics for the manager: a span of days in sentences, then as pictures, then in tables; and the monthly report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from litestar import Request, get
from litestar.response import Response
from markupsafe import Markup
from sqlalchemy import Connection

from api import counted
from api.counted import Counted
from api.doorway import FromAntre
from api.guards import needs
from api.web.choices import read_day
from api.web.desk import own_office, staff_page
from api.web.numbers import decimal, percent
from api.web.pictures import rush, spans
from api.web.render import language, words_of
from api.web.traffic import money
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from ticketing import report, survey
from ticketing.figures import FAIR, QUICK, UNANSWERED, Figures
from ticketing.ikm import LEAST_ANSWERS, Opinions, tellable

SPANS = (5, 10, QUICK, FAIR, 60)  # minutes, the edges of the picture's bars

Asker = Request[Any, Any, Any]


@dataclass(frozen=True)
class Seen:
    """The span, and the survey's quarters of the year it ends in."""

    counted: Counted
    quarters: list[Opinions]


@get("/manage/statistics", include_in_schema=False, guards=[needs("manager")])
async def statistics(request: Asker, antre: FromAntre) -> Response[Any]:
    """The days from `?from=` to `?to=`, else this month so far."""
    office = await own_office(request, antre)
    today = office.today(antre.clock.now())
    (first, last), wrong = _span(request, today)
    seen = await antre.database.fetch(lambda connection: _look(connection, office, first, last))
    figures, lang = seen.counted.figures, language(request)
    words = words_of(lang)
    answer = await staff_page(
        request, antre, "manage_statistics.html", office, first=first, last=last, today=today, wrong=wrong,
        figures=figures, counted=seen.counted, quarters=seen.quarters, opinions=seen.counted.of_all,
        told=tellable(seen.counted.by_service), months=_months(first, last, today), usual=_usual_spans(today),
        services=[one for one in office.services if one.active or figures.visits_for(one.id)],
        spans=_spans(figures), rush_picture=_rush(figures, words), spans_picture=_spans_picture(figures, words),
        bare=lambda value: "–" if value is None else decimal(value, words["traffic"]),
        percent=lambda share: percent(share, words["numbers"]),
        unanswered=figures.visits(lambda one: one.state == UNANSWERED), quick=QUICK, fair=FAIR, least=LEAST_ANSWERS,
        money=lambda costs: money(costs, words["traffic"]))
    answer.status_code = 422 if wrong else 200
    return answer


@get("/manage/statistics/report.pdf", include_in_schema=False, guards=[needs("manager")])
async def monthly(request: Asker, antre: FromAntre) -> Response[Any]:
    """The month's report on one page, in Indonesian, to be signed: `?month=2026-11`, else last month's.

    Raises Refusal invalid_request for a month that is none, or lies ahead.
    """
    office, now = await own_office(request, antre), antre.clock.now()
    first = _month(request.query_params.get("month"), office, now)
    last = min(_next(first) - timedelta(days=1), office.today(now))
    found = await antre.database.fetch(lambda connection: counted.read(connection, office, first, last))
    messages = report.Told(found.messages.count, found.messages.parts, dict(found.messages.costs))
    body = report.pdf(report.Month(office, found.figures, found.of_all, messages, office.today(now)))
    return Response(body, media_type="application/pdf", headers={
        "Cache-Control": "no-store", "X-Robots-Tag": "noindex",
        "Content-Disposition": f'inline; filename="laporan-{office.slug}-{first:%Y-%m}.pdf"'})


def _look(connection: Connection, office: Office, first: date, last: date) -> Seen:
    year = survey.sums(connection, office, date(last.year, 1, 1), date(last.year, 12, 31))
    return Seen(counted.read(connection, office, first, last), counted.quarters(year, last.year))


def _span(request: Asker, today: date) -> tuple[tuple[date, date], bool]:
    """The days, and whether what was asked for was none: then this month's are shown."""
    asked = {name: request.query_params.get(name, "").strip() for name in ("from", "to")}
    read = {name: read_day(text) for name, text in asked.items() if text}
    try:
        if None in read.values():
            raise Refusal("invalid_request", field="from")
        return counted.span(read.get("from"), read.get("to"), today), False
    except Refusal:
        return counted.span(None, None, today), True


def _usual_spans(today: date) -> dict[str, tuple[date, date]]:
    """What managers look at most: this month, the one before, the year so far."""
    this = today.replace(day=1)
    before = this - timedelta(days=1)
    return {"this_month": (this, today), "last_month": (before.replace(day=1), before),
            "this_year": (today.replace(month=1, day=1), today)}


def _months(first: date, last: date, today: date) -> list[date]:
    """The months a report can be made of: those of the span, and the last whole one; the newest first."""
    months = [(today.replace(day=1) - timedelta(days=1)).replace(day=1)]
    month = last.replace(day=1)
    while month >= first.replace(day=1):
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return sorted(set(months), reverse=True)


def _month(text: str | None, office: Office, now: datetime) -> date:
    this = office.today(now).replace(day=1)
    if text is None:
        return (this - timedelta(days=1)).replace(day=1)
    found = read_day(f"{text}-01")
    if found is None or found > this:
        raise Refusal("invalid_request", why="date", field="month")
    return found


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _spans(figures: Figures) -> list[tuple[str, int]]:
    """How many people waited in each span of minutes."""
    waits, edges = figures.wait(), (-1, *SPANS)
    named = [(f"{max(edges[n], 0)}–{most}", waits.between(edges[n], most)) for n, most in enumerate(SPANS)]
    return [*named, (f"> {SPANS[-1]}", waits.between(SPANS[-1], None))]


def _spans_picture(figures: Figures, words: dict[str, Any]) -> Markup:
    return spans.draw(_spans(figures), words["statistics"])


def _rush(figures: Figures, words: dict[str, Any]) -> Markup | None:
    """The people of each weekday and hour, on average over the days the office was open; None if nobody came."""
    cells, hours = figures.average_hours, list(figures.by_hour)
    if not cells:
        return None
    weekdays = sorted({weekday for weekday, _ in cells})
    return rush.draw(cells, weekdays, hours, words["statistics"], words["dates"]["weekdays"])

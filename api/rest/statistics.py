"""A span of days counted: visits, waits, service times, who stayed away, and what it cost to tell people."""

from __future__ import annotations

from datetime import date

from litestar import get
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from sqlalchemy import Connection

from api import counted, errors
from api.doorway import FromAntre
from api.guards import at_own_office, needs, session_of
from api.openapi import JSON, Doc, Parameter
from api.rest import answering, csv_table, examples, figures, reading
from api.rest.figures import StatisticsAnswer
from api.rest.reading import HttpRequest
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from ticketing import tidy
from ticketing.statistics import MOST_DAYS

FORMATS = ("json", "csv")
_DATE = {"type": "string", "format": "date"}


@get("/api/v1/offices/{office:str}/statistics", guards=[needs("manager")], opt={"doc": Doc(
    tag="staff", summary="A span of days counted", answer=StatisticsAnswer, example=examples.STATISTICS,
    other={csv_table.MEDIA_TYPE: examples.STATISTICS_CSV}, role="manager", codes=("unknown_office", "invalid_request"),
    headers={"Vary": "Accept, as the same address answers JSON or CSV."},
    text="As JSON in sums; as CSV (`Accept: text/csv`, or `format=csv`) a row for each date and service, and for each "
         "counter besides, in which every column can be added up. Nothing in it is about a person.",
    parameters=(
        Parameter("from", "The first day, of the office's calendar; the first of the last day's month without it.",
                  _DATE, "2026-11-01"),
        Parameter("to", f"The last day, today without it and at most; {MOST_DAYS} days in all.", _DATE, "2026-11-24"),
        Parameter("format", "Wins over `Accept`.", {"type": "string", "enum": list(FORMATS)}, "json"),
    ),
)})
async def statistics(request: HttpRequest, antre: FromAntre, office: FromPath[str]) -> ASGIResponse:
    """The counts of the manager's own office."""
    found = await reading.office_of(request, antre, office)
    at_own_office(session_of(request), found)
    values = reading.query(request, "from", "to", "format")
    first, last = counted.span(_day(values, "from"), _day(values, "to"), found.today(antre.clock.now()))
    if _wants_csv(request, values):
        language = errors.language_of(request)
        rows = await antre.database.fetch(lambda connection: tidy.read(connection, found, first, last))
        return _table(found, csv_table.write(found, rows, language), first, last, language)

    def work(connection: Connection) -> bytes:
        return answering.encode(figures.answer(found, counted.read(connection, found, first, last)))

    return answering.json(await antre.database.fetch(work), headers={"vary": "accept"})


def _day(values: dict[str, str], name: str) -> date | None:
    return reading.day(values[name], name) if name in values else None


def _wants_csv(request: HttpRequest, values: dict[str, str]) -> bool:
    """Raises Refusal invalid_request for a format that is none."""
    if "format" in values:
        if values["format"] not in FORMATS:
            raise Refusal("invalid_request", field="format")
        return values["format"] == "csv"
    return request.accept.best_match([JSON, csv_table.MEDIA_TYPE], default=JSON) == csv_table.MEDIA_TYPE


def _table(office: Office, body: bytes, first: date, last: date, language: str) -> ASGIResponse:
    name = f"antre-{office.slug}-{first}-{last}.csv"
    return ASGIResponse(body=body, media_type=csv_table.MEDIA_TYPE, encoding="utf-8", headers={
        **errors.in_language(language), "vary": "accept, accept-language",
        "content-disposition": f'attachment; filename="{name}"'})


ROUTES = [statistics]

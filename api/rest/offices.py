"""Offices and their services."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from api import errors
from api.assembly import Antre
from api.doorway import FromAntre
from api.openapi import Doc, Parameter
from api.rest import answering, examples, reading
from api.rest.reading import HttpRequest
from api.rest.schemas import CounterAnswer, OfficeAnswer, OfficesAnswer, ServiceAnswer, ServicesAnswer
from scheduler.offices import Office, Service

MOST_A_PAGE = 600
PAGE = Parameter("page", "Which page, from 1.", {"type": "integer", "minimum": 1, "maximum": 100_000}, 1)
SIZE = Parameter("size", "How many a page.", {"type": "integer", "minimum": 1, "maximum": MOST_A_PAGE}, 50)


@get("/api/v1/offices", opt={"doc": Doc(
    tag="offices", summary="All offices, by their short names", answer=OfficesAnswer,
    example={"items": [examples.OFFICE], "page": 1, "pages": 1, "total": 1}, parameters=(PAGE, SIZE),
)})
async def offices(request: HttpRequest, antre: Antre) -> ASGIResponse:
    """One page of the list."""
    number, size = page_asked(request)
    found = await antre.database.fetch(antre.offices.all)
    items, pages = answering.page_of(found, number, size)
    return answering.json(answering.encode(OfficesAnswer([_office(o) for o in items], number, pages, len(found))))


@get("/api/v1/offices/{office:str}", opt={"doc": Doc(
    tag="offices", summary="One office with its counters", answer=OfficeAnswer, example=examples.OFFICE,
    codes=("unknown_office",),
)})
async def office(request: HttpRequest, antre: Antre, office: str) -> ASGIResponse:
    """The office of that short name."""
    return answering.json(answering.encode(_office(await reading.office_of(request, antre, office))))


@get("/api/v1/offices/{office:str}/services", opt={"doc": Doc(
    tag="offices", summary="What one can come for", answer=ServicesAnswer,
    example={"items": [examples.SERVICE], "page": 1, "pages": 1, "total": 1}, parameters=(PAGE, SIZE),
    codes=("unknown_office",), text="Names and papers to bring come in the asker's language.",
)})
async def services(request: HttpRequest, antre: FromAntre, office: FromPath[str]) -> ASGIResponse:
    """The office's active services, in its own order."""
    number, size = page_asked(request)
    found = list((await reading.office_of(request, antre, office)).by_slug.values())
    items, pages = answering.page_of(found, number, size)
    language = errors.language_of(request)
    body = answering.encode(ServicesAnswer([_service(s, language) for s in items], number, pages, len(found)))
    return answering.json(body, headers=errors.in_language(language))


def page_asked(request: HttpRequest) -> tuple[int, int]:
    """The page that is asked for, from 1, and how many items it has. Raises Refusal invalid_request."""
    values = reading.query(request, "page", "size")
    return reading.whole(values, "page", 1, 1, 100_000), reading.whole(values, "size", 50, 1, MOST_A_PAGE)


def _office(office: Office) -> OfficeAnswer:
    return OfficeAnswer(
        slug=office.slug, name=office.name, timezone=office.timezone, phone=office.phone, sms_number=office.sms_number,
        address=office.address, counters=[CounterAnswer(c.slug, c.name, list(c.serves)) for c in office.counters],
    )


def _service(service: Service, language: str) -> ServiceAnswer:
    return ServiceAnswer(
        slug=service.slug, name=service.name.get(language) or service.name["id"],
        visit=service.visit,  # type: ignore[arg-type]
        minutes=service.minutes, bring=service.bring.get(language) or service.bring.get("id", []),
        online_url=service.online_url,
    )


ROUTES = [offices, office, services]

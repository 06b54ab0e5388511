"""What the phones drawn on the page ask for beside the routes for programs: news, what a text costs, hanging up."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.di import Provide

from api.demo import seen
from api.demo.demo import Demo
from api.demo.measure import measure
from api.demo.page import WORDS
from api.guards import same_site
from api.rest.reading import Body
from api.web import dates, render
from scheduler.people import parse_phone

LONGEST_TEXT = 1600


class Text(msgspec.Struct, forbid_unknown_fields=True):
    """What is being written; it stands in no address, as it may hold a NIK."""

    text: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]


HttpRequest = Request[Any, Any, Any]
_text = Body(Text)


@get("/demo/look", sync_to_thread=True)
def look(request: HttpRequest, demo: Demo) -> dict[str, Any]:
    """The office clock and the messages of each `phone`, in words of the page's language. Raises Refusal."""
    lang = render.language(request)
    words, calendar, office = WORDS[lang]["screen"], render.WORDS[lang]["dates"], demo.office
    now = demo.now()

    def when(line: seen.Line) -> str:
        at = office.local(line.at)
        hour = dates.hour(calendar, at)
        return hour if at.date() == now.date() else f"{dates.short_day(calendar, at.date())}, {hour}"

    asked = [parse_phone(number) for number in request.query_params.getall("phone", [])[:seen.MOST]]
    return {
        "moment": dates.moment(calendar, now), "hour": dates.hour(calendar, now),
        "date": dates.short_day(calendar, now.date()),
        "phones": {number: [
            {"n": line.n, "mine": line.mine, "peer": seen.peer(line.peer), "text": line.text, "when": when(line),
             "size": seen.cost(words, line.size)} for line in seen.lines(demo, number)] for number in asked},
    }


@post("/demo/measure", status_code=200)
async def weigh(request: HttpRequest) -> dict[str, Any]:
    """What a text costs: parts, and how much of their room it takes."""
    lang = render.language(request)
    size = measure((await _text.of(request)).text)
    return {"parts": size.parts, "used": size.used, "room": size.room, "wide": size.wide,
            "words": seen.cost(WORDS[lang]["screen"], size)}


@post("/demo/phones/{msisdn:str}/hang-up", status_code=204, guards=[same_site])
async def hang_up(msisdn: str, demo: Demo) -> None:
    """Break off the phone's USSD session."""
    demo.handset.hang_up(parse_phone(msisdn))


def router(demo: Demo) -> Router:
    """These routes over a demo."""
    return Router("/", route_handlers=[look, weigh, hang_up], include_in_schema=False, opt={"limit": None},
                  dependencies={"demo": Provide(lambda: demo, sync_to_thread=False)})

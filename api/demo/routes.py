"""The demo for programs: its clock and its phones as JSON. Described in no schema, as no installation has them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import Provide

from api.demo.demo import LONGEST_JUMP, Demo
from api.demo.handset import NoDoor
from api.errors import MEDIA_TYPE
from api.rest.reading import Body
from scheduler.people import parse_phone

LONGEST_TEXT = 1600
_LONGEST_S = LONGEST_JUMP.total_seconds()


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    """How far to put the clock forward, in seconds."""

    advance_s: Annotated[float, msgspec.Meta(ge=0, le=_LONGEST_S)]


class Sms(msgspec.Struct, forbid_unknown_fields=True):
    """What a resident writes."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]


class Ussd(msgspec.Struct, forbid_unknown_fields=True):
    """What a resident types in a session; empty to begin one."""

    session: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    input: Annotated[str, msgspec.Meta(max_length=182)] = ""


HttpRequest = Request[Any, Any, Any]
_advance, _sms, _ussd = Body(Advance), Body(Sms), Body(Ussd)


@get("/demo/clock", sync_to_thread=True)
def read_clock(demo: Demo) -> dict[str, str]:
    """What the office clock says, with the office's offset."""
    return {"now": demo.now().isoformat()}


@post("/demo/clock", status_code=200)
async def advance_clock(request: HttpRequest, demo: Demo) -> dict[str, str]:
    """Put the clock forward; answers when the jobs that fell due on the way have run."""
    by = timedelta(seconds=(await _advance.of(request)).advance_s)
    now = await demo.in_thread(lambda: demo.advance(by))
    return {"now": now.isoformat()}


@get("/demo/phones/{msisdn:str}", sync_to_thread=True)
def read_phone(msisdn: str, demo: Demo) -> dict[str, Any]:
    """The messages on a phone, oldest first."""
    office = demo.office
    return {"messages": [
        {"at": office.local(message.at).isoformat(), "from": message.sender, "text": message.text,
         "parts": message.parts}
        for message in demo.standin.inbox(parse_phone(msisdn))
    ]}


@post("/demo/phones/{msisdn:str}/sms", status_code=202)
async def send_sms(msisdn: str, request: HttpRequest, demo: Demo) -> Response[Any]:
    """A resident sends an SMS: it reaches the office's hook as the vendor would bring it."""
    phone, sms = parse_phone(msisdn), await _sms.of(request)
    try:
        return Response({"id": demo.handset.write(phone, sms.text)})
    except NoDoor:
        return _no_door("SMS")


@post("/demo/phones/{msisdn:str}/ussd", status_code=200)
async def type_ussd(msisdn: str, request: HttpRequest, demo: Demo) -> Response[Any]:
    """A resident types in a USSD session; answers the next screen."""
    phone, typed = parse_phone(msisdn), await _ussd.of(request)
    try:
        dialogue = await demo.in_thread(lambda: demo.handset.dial(phone, typed.session, typed.input))
    except NoDoor:
        return _no_door("USSD")
    return Response({"text": dialogue.text, "end": dialogue.end})


def _no_door(kind: str) -> Response[Any]:
    """The office cannot be reached that way: said as it is, instead of taking a message nobody will read."""
    return Response(
        {"type": "/problems/no_such_door", "title": f"{kind} cannot be sent here", "status": 501,
         "detail": f"This version has no hook for {kind} from residents.", "code": "no_such_door"},
        status_code=501, media_type=MEDIA_TYPE,
    )


def router(demo: Demo) -> Router:
    """These routes over a demo."""
    return Router(
        "/", route_handlers=[read_clock, advance_clock, read_phone, send_sms, type_ussd], include_in_schema=False,
        dependencies={"demo": Provide(lambda: demo, sync_to_thread=False)}, opt={"limit": None},
    )



"""What the forms of `/demo` do. Each answers with the page again: the same phones, and a word on what came of it."""

from __future__ import annotations

import secrets
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Router, post
from litestar.di import Provide
from litestar.response import Redirect

from api.demo import seen
from api.demo.demo import LONGEST_JUMP, Demo
from api.demo.faults import Faults
from api.demo.handset import NoDoor
from api.guards import same_site
from api.web import render
from scheduler.foundation.errors import Refusal
from scheduler.people import parse_phone

MORNING = time(7)  # local: before the doors open
LONGEST_TEXT, LONGEST_INPUT = 640, 182

HttpRequest = Request[Any, Any, Any]


@post("/demo/turn", guards=[same_site])
async def turn(request: HttpRequest, demo: Demo) -> Redirect:
    """Put the clock forward: `by` seconds, or to the next `morning`."""
    form = await request.form()
    by = _to_morning(demo) if form.get("by") == "morning" else _seconds(str(form.get("by", "")))
    if by is not None:
        await demo.in_thread(lambda: demo.advance(by))
    return _back(form, None if by is not None else "clock")


@post("/demo/write", guards=[same_site])
async def write(request: HttpRequest, demo: Demo) -> Redirect:
    """Send an SMS from the phone `from`."""
    form = await request.form()
    text = str(form.get("text", "")).strip()[:LONGEST_TEXT]
    try:
        if text:
            demo.handset.write(_sender(form), text)
        return _back(form, "sent" if text else "empty")
    except NoDoor:
        return _back(form, "no_sms")
    except Refusal:
        return _back(form, None)


@post("/demo/dial", guards=[same_site])
async def dial(request: HttpRequest, demo: Demo) -> Redirect:
    """Type in the USSD session of the phone `from`, or begin one."""
    form = await request.form()
    session = str(form.get("session", "")) or secrets.token_hex(8)
    typed = str(form.get("input", "")).strip()[:LONGEST_INPUT]
    try:
        phone = _sender(form)
        await demo.in_thread(lambda: demo.handset.dial(phone, session, typed))
        return _back(form, None)
    except NoDoor:
        return _back(form, "no_ussd")
    except Refusal:
        return _back(form, None)


@post("/demo/hang-up", guards=[same_site])
async def hang_up(request: HttpRequest, demo: Demo) -> Redirect:
    """Break off the USSD session of the phone `from`."""
    form = await request.form()
    try:
        demo.handset.hang_up(_sender(form))
    except Refusal:
        return _back(form, None)
    return _back(form, "hung_up")


@post("/demo/faults", guards=[same_site])
async def go_wrong(request: HttpRequest, demo: Demo) -> Redirect:
    """Have the vendor play faults, or none."""
    form = await request.form()
    try:
        phone = parse_phone(str(form["for"])) if form.get("for") else ""
    except Refusal:
        return _back(form, "faults")
    faults = Faults(str(form.get("arrival", "")), str(form.get("carrier", "")), str(form.get("report", "")), phone)
    if not faults.known:
        return _back(form, "faults")
    demo.go_wrong(faults)
    return _back(form, "mended" if faults.quiet else "wrong")


def _sender(form: Any) -> str:
    """The phone a form acts for: `from`, or the first one shown. Raises Refusal invalid_phone."""
    return parse_phone(str(form.get("from") or form.get("phone", "")))


def _seconds(text: str) -> timedelta | None:
    if text.isascii() and text.isdigit() and len(text) < 9 and timedelta(seconds=int(text)) <= LONGEST_JUMP:
        return timedelta(seconds=int(text))
    return None


def _to_morning(demo: Demo) -> timedelta:
    now = demo.now()
    morning = datetime.combine(now.date(), MORNING, now.tzinfo)
    return (morning if morning > now else morning + timedelta(days=1)) - now


def _back(form: Any, said: str | None) -> Redirect:
    """See the page again, with the same phones and a word on what came of it."""
    given = [str(value) for value in form.getall("phone", [])]
    values = [("phone", number) for number in (seen.numbers(given) if given else [])]
    return render.go("/demo?" + urlencode(values + ([("said", said)] if said else [])))


def router(demo: Demo) -> Router:
    """These forms over a demo."""
    return Router("/", route_handlers=[turn, write, dial, hang_up, go_wrong], include_in_schema=False,
                  opt={"limit": None}, dependencies={"demo": Provide(lambda: demo, sync_to_thread=False)})

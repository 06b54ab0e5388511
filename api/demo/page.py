"""`/demo` in a browser: the clock, a phone, who may sign in, and links to every page."""

from __future__ import annotations

import secrets
import tomllib
from datetime import datetime, time, timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Router, get, post
from litestar.di import Provide
from litestar.response import Redirect, Response

from api.demo.demo import LONGEST_JUMP, Demo
from api.demo.handset import NoDoor
from api.guards import same_site
from api.web import render
from scheduler.foundation.errors import Refusal
from scheduler.people import parse_phone

MORNING = time(7)  # local: before the doors open
FIRST_PHONE = "0812 0000 0001"
LONGEST_TEXT = 640
SCRIPT = files("api.demo").joinpath("static/demo.js").read_bytes()
WORDS = {code: tomllib.loads(files("api.demo").joinpath(f"words/{code}.toml").read_text("utf-8"))
         for code in render.NAMES}

HttpRequest = Request[Any, Any, Any]


@get("/demo", sync_to_thread=True)
def show(request: HttpRequest, demo: Demo) -> Response[str]:
    """The page; `phone` in the query is the phone that is looked at, `said` what came of the last form."""
    typed = request.query_params.get("phone", FIRST_PHONE)
    try:
        phone, wrong = parse_phone(typed), None
    except Refusal as refusal:
        phone, wrong = None, render.refusal_words(refusal, request, demo.office)
    office = demo.office
    return render.page(
        request, "demo.html", office=office, demo=demo, d=WORDS[render.language(request)], now=demo.clock.now(),
        typed=typed, phone=phone, wrong=wrong, said=request.query_params.get("said"),
        messages=demo.standin.inbox(phone)[::-1] if phone else [],
        dialogue=demo.handset.dialogue(phone) if phone else None,
        tally=sorted(demo.residents.tally.items()) if demo.residents else [],
    )


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
    """Send an SMS from the phone."""
    form = await request.form()
    text = str(form.get("text", "")).strip()[:LONGEST_TEXT]
    try:
        if text:
            demo.handset.write(parse_phone(str(form.get("phone", ""))), text)
        return _back(form, "sent" if text else "empty")
    except NoDoor:
        return _back(form, "no_sms")
    except Refusal:
        return _back(form, None)


@post("/demo/dial", guards=[same_site])
async def dial(request: HttpRequest, demo: Demo) -> Redirect:
    """Type in the phone's USSD session, or begin one."""
    form = await request.form()
    session, typed = str(form.get("session", "")) or secrets.token_hex(8), str(form.get("input", "")).strip()[:182]
    try:
        phone = parse_phone(str(form.get("phone", "")))
        await demo.in_thread(lambda: demo.handset.dial(phone, session, typed))
        return _back(form, None)
    except NoDoor:
        return _back(form, "no_ussd")
    except Refusal:
        return _back(form, None)


@get("/demo/demo.js", sync_to_thread=False)
def script() -> Response[bytes]:
    """What lets the page's clock run and new messages show; the page works without it."""
    return Response(SCRIPT, media_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


def _seconds(text: str) -> timedelta | None:
    if text.isascii() and text.isdigit() and len(text) < 9 and timedelta(seconds=int(text)) <= LONGEST_JUMP:
        return timedelta(seconds=int(text))
    return None


def _to_morning(demo: Demo) -> timedelta:
    now = demo.now()
    morning = datetime.combine(now.date(), MORNING, now.tzinfo)
    return (morning if morning > now else morning + timedelta(days=1)) - now


def _back(form: Any, said: str | None) -> Redirect:
    """See the page again, with the same phone and a word on what came of it."""
    values = {"phone": str(form.get("phone", ""))[:40], "said": said}
    return render.go("/demo?" + urlencode({name: value for name, value in values.items() if value}))


def router(demo: Demo) -> Router:
    """These pages over a demo."""
    return Router("/", route_handlers=[show, turn, write, dial, script], include_in_schema=False, opt={"limit": None},
                  dependencies={"demo": Provide(lambda: demo, sync_to_thread=False)})

"""The kiosk: big buttons for taking a number, a ticket scanned, the number very large and on paper.

A kiosk is used by people one after another, so every page finds its way back to the first by itself, and in Indonesian.
Everything works by forms; the script adds comfort.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response
from litestar.types import ControllerRouterHandler
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import needs, session_of
from api.web import door, giving, pressing, slips
from api.web.desk import own_office
from api.web.giving import Wish
from api.web.pressing import NotYet, Presses
from api.web.render import go, language, page
from api.web.slips import Paper
from scheduler import days
from scheduler.bookings import PRIORITIES
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Service
from ticketing import checkin, hall, pace
from ticketing.verdict import Verdict

START = "/kiosk?lang=id"
LONGEST_NONCE = 64

Asker = Request[Any, Any, Any]


@dataclass(frozen=True)
class Group:
    """Services that share a line: so many numbers wait, and who takes one now is called within so many minutes."""

    services: tuple[Service, ...]
    waiting: int
    minutes: int | None


# -- taking a number -------------------------------------------------------------------------------------


@get("/kiosk", include_in_schema=False, guards=[needs("kiosk")])
async def start(request: Asker, antre: FromAntre) -> Response[Any]:
    """What can be asked for, and how many wait."""
    office, staff_id, now = await own_office(request, antre), session_of(request).staff_id, antre.clock.now()
    groups, is_full, needed = await antre.database.fetch(lambda connection: (
        _groups(connection, office, now), _is_full(connection, office, now),
        pressing.pace_of(connection, office, staff_id, now)))
    return page(request, "kiosk.html", office=office, groups=groups, is_open=checkin.is_open_still(office, now),
                is_full=is_full, stopped=needed == pace.STOPPED, nonce=secrets.token_urlsafe(12), start=START)


@get("/kiosk/take", include_in_schema=False, guards=[needs("kiosk")])
async def ask(request: Asker, antre: FromAntre) -> Response[Any]:
    """Whether a number for that service is really wanted, and whether somebody is to be served first."""
    office, staff_id, now = await own_office(request, antre), session_of(request).staff_id, antre.clock.now()
    service = office.by_slug.get(request.query_params.get("service", ""))
    if service is None:
        return go(START)
    needed = await antre.database.fetch(lambda connection: pressing.pace_of(connection, office, staff_id, now))
    return _question(request, antre, office, service, needed if needed in (pace.DIGIT, pace.STOPPED) else pace.FREE)


@post("/kiosk/take", include_in_schema=False, guards=[needs("kiosk")], status_code=200)
async def take(request: Asker, antre: FromAntre) -> Response[Any]:
    """A number, one for each form and no faster than `ticketing.pace` allows; or what to do instead."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    office, now = await own_office(request, antre), antre.clock.now()
    service, nonce = office.by_slug.get(form.get("service", "")), form.get("nonce", "")[:LONGEST_NONCE]
    if service is None or not nonce:
        return go(START)
    priority = form["priority"] if form.get("priority") in PRIORITIES else None
    named = hmac.compare_digest(form.get("digit", "").encode(), pressing.digit_of(antre, nonce).encode())
    wish = Wish(service, 1, priority, nonce)
    try:
        given = await giving.give(request, antre, office, wish,
                                  Presses(office, session_of(request).staff_id, now, digit=named))
    except NotYet as not_yet:
        return _question(request, antre, office, service, not_yet.pace, priority, missed="digit" in form)
    except Refusal as refusal:
        shown = await giving.why_not(request, antre, office, wish, refusal)
        return page(request, "kiosk_none.html", office=office, shown=shown, url=antre.settings.public_url, start=START)
    paper = await slips.number(request, antre, office, given.visit, send=not given.again)
    return _number(request, office, paper, is_new=not given.again)


def _question(request: Asker, antre: Antre, office: Office, service: Service, needed: str,
              priority: str | None = None, *, missed: bool = False) -> Response[Any]:
    """The page that asks before a number is given; with what is missing if it was asked for too soon."""
    nonce = secrets.token_urlsafe(12)
    return page(request, "kiosk_take.html", office=office, service=service, needed=needed, nonce=nonce,
                digit=pressing.digit_of(antre, nonce), missed=missed, priority=priority, priorities=PRIORITIES,
                start=START)


def _number(request: Asker, office: Office, paper: Paper, *, is_new: bool,
            made: Verdict | None = None) -> Response[Any]:
    """The number, very large. A kiosk without a printer of its own has the browser print it, once."""
    by_browser = is_new and not paper.has_printer and session_of(request).role == "kiosk"
    say = door.shown(made, office, language(request)).say if made else None
    return page(request, "kiosk_number.html", office=office, paper=paper, by_browser=by_browser, say=say, start=START)


# -- a ticket --------------------------------------------------------------------------------------------


@get("/kiosk/ticket", include_in_schema=False, guards=[needs("kiosk")])
async def ask_code(request: Asker, antre: FromAntre) -> Response[Any]:
    """A field for a code that is typed; a scanner writes into that of the first page."""
    office = await own_office(request, antre)
    return page(request, "kiosk_ticket.html", office=office, nonce=secrets.token_urlsafe(12), start=START)


@post("/kiosk/scan", include_in_schema=False, guards=[needs("kiosk")], status_code=200)
async def scan(request: Asker, antre: FromAntre) -> Response[Any]:
    """Who shows a ticket gets their number as at the door, printed when it is new; else what to do."""
    form = await request.form()
    text, nonce = str(form.get("text", "")).strip()[:door.LONGEST], str(form.get("nonce", ""))[:LONGEST_NONCE]
    if not text or not nonce:
        return go(START)
    office, staff_id, now = await own_office(request, antre), session_of(request).staff_id, antre.clock.now()
    once = giving.once_of(antre, staff_id, nonce, "scan")

    def work(connection: Connection) -> tuple[Verdict, int | None, bool]:
        made = checkin.scan(connection, office, text=text, nonce=nonce, now=now, vault=antre.vault, mint=antre.mint,
                            offices=antre.offices, staff_id=staff_id)
        is_new = once.again(connection) is None
        if is_new:
            once.keep(connection, giving.DONE, now)
        visit = slips.visit_of(connection, made.booking_id) if made.number and made.booking_id else None
        return made, visit, is_new and made.verdict != "already_admitted"

    made, visit, is_new = await antre.database.run(work)
    if visit is None:
        return page(request, "kiosk_verdict.html", office=office, shown=door.shown(made, office, language(request)),
                    start=START)
    return _number(request, office, await slips.number(request, antre, office, visit, send=is_new), is_new=is_new,
                   made=made)


# -- on paper --------------------------------------------------------------------------------------------


@get("/kiosk/slip/{visit:int}", include_in_schema=False, guards=[needs("kiosk")])
async def slip(request: Asker, antre: FromAntre, visit: FromPath[int]) -> Response[Any]:
    """The number on 80 mm paper, for the browser's print."""
    office = await own_office(request, antre)
    return slips.sheet(request, office, await slips.number(request, antre, office, visit, send=False), back=START,
                       again=f"/kiosk/slip/{visit}")


@post("/kiosk/slip/{visit:int}", include_in_schema=False, guards=[needs("kiosk")], status_code=200)
async def once_more(request: Asker, antre: FromAntre, visit: FromPath[int]) -> Response[Any]:
    """The same number on paper once more."""
    office = await own_office(request, antre)
    await slips.spend_one_more(request)
    return _number(request, office, await slips.number(request, antre, office, visit, send=True), is_new=False)


# -- what the first page tells ---------------------------------------------------------------------------


def _groups(connection: Connection, office: Office, now: datetime) -> list[Group]:
    """The office's services by their line. Who comes now is called after the last one there."""
    waiting = hall.glance(connection, office, now).waiting
    groups = []
    for letter, services in office.letters.items():
        line = [one for one in waiting if one.queue == letter]
        last = max((one.to for one in line if one.to is not None), default=None)
        groups.append(Group(services, len(line), None if last is None else _minutes(last - now)))
    return groups


def _minutes(wait: timedelta) -> int:
    """Rounded up to five, as nobody knows better."""
    return max(5, -int(-wait.total_seconds() // 300) * 5)


def _is_full(connection: Connection, office: Office, now: datetime) -> bool:
    day = days.day_of(connection, office.id, office.today(now))
    return day is not None and day.walk_ins >= day.walk_in_room


ROUTES: list[ControllerRouterHandler] = [start, ask, take, ask_code, scan, slip, once_more]

"""Visitors without booking: a service by its key, Enter, a number, on paper where the device has a printer."""

from __future__ import annotations

import secrets
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response
from litestar.types import ControllerRouterHandler

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import needs, session_of
from api.web import giving, pressing, slips
from api.web.desk import own_office, staff_page
from api.web.door import Shown, at_the_door, show
from api.web.giving import Wish
from api.web.render import go, language, words_of
from scheduler.bookings import PRIORITIES
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from ticketing.verdict import Verdict

Asker = Request[Any, Any, Any]


@get("/walk-in", include_in_schema=False, guards=[needs("door")])
async def ask(request: Asker, antre: FromAntre) -> Response[Any]:
    """The services with their keys, and how much room the day has."""
    return await _form(request, antre, missing=False)


@post("/walk-in", include_in_schema=False, guards=[needs("door")], status_code=200)
async def give(request: Asker, antre: FromAntre) -> Response[Any]:
    """A number, once however often the form is sent, or what can be booked instead; then the door's field again."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    office = await own_office(request, antre)
    service = office.by_slug.get(form.get("service", ""))
    if service is None:
        return await _form(request, antre, missing=True)
    wish = Wish(service, *_who(office, form), form.get("nonce", ""))
    try:
        given = await giving.give(request, antre, office, wish)
    except Refusal as refusal:
        return await show(request, antre, office, await giving.why_not(request, antre, office, wish, refusal))
    words = words_of(language(request))["walk_in"]
    paper = await slips.number(request, antre, office, given.visit, send=not given.again)
    verdict = Verdict("admitted", number=given.number, party=wish.party, priority=wish.priority)
    shown = Shown("yes", words["given"].format(number=given.number), words["say"], service, verdict, paper=paper)
    return await show(request, antre, office, shown)


@get("/walk-in/slip/{visit:int}", include_in_schema=False, guards=[needs("door")])
async def slip(request: Asker, antre: FromAntre, visit: FromPath[int]) -> Response[Any]:
    """The number on 80 mm paper, for the browser's print."""
    office = await own_office(request, antre)
    paper = await slips.number(request, antre, office, visit, send=False)
    return slips.sheet(request, office, paper, back="/walk-in", again=f"/walk-in/slip/{visit}")


@post("/walk-in/slip/{visit:int}", include_in_schema=False, guards=[needs("door")], status_code=200)
async def once_more(request: Asker, antre: FromAntre, visit: FromPath[int]) -> Response[Any]:
    """The same number on paper once more."""
    office = await own_office(request, antre)
    await slips.spend_one_more(request)
    paper = await slips.number(request, antre, office, visit, send=True)
    return slips.sheet(request, office, paper, back="/walk-in", again=f"/walk-in/slip/{visit}")


@post("/walk-in/kiosk", include_in_schema=False, guards=[needs("door")])
async def resume(request: Asker, antre: FromAntre) -> Response[Any]:
    """Let kiosks go on that stopped because numbers went too fast: somebody has looked."""
    office, staff_id, now = await own_office(request, antre), session_of(request).staff_id, antre.clock.now()
    await antre.database.run(lambda connection: pressing.resume(connection, office, now, staff_id))
    return go("/walk-in")


async def _form(request: Asker, antre: Antre, *, missing: bool) -> Response[Any]:
    office, now = await own_office(request, antre), antre.clock.now()
    stopped = await antre.database.fetch(lambda connection: pressing.has_stopped(connection, office, now))
    return await staff_page(
        request, antre, "walk_in.html", office, services=list(office.by_slug.values()), priorities=PRIORITIES,
        missing=missing, stopped=stopped, nonce=secrets.token_urlsafe(12), **await at_the_door(antre, office))


def _who(office: Office, form: dict[str, str]) -> tuple[int, str | None]:
    """How many came, and why they are served first if they are."""
    party = form.get("party", "1")
    if not (len(party) < 10 and party.isascii() and party.isdigit() and 1 <= int(party) <= office.rules.max_party):
        raise Refusal("invalid_request", field="party", limit=office.rules.max_party)
    priority = form.get("priority") or None
    if priority is not None and priority not in PRIORITIES:
        raise Refusal("invalid_request", field="priority")
    return int(party), priority


ROUTES: list[ControllerRouterHandler] = [ask, give, slip, once_more, resume]

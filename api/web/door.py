"""At the door: one field takes a scan, a typed code, Enter; the verdict fills the screen and says what to say."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from litestar import Request, get, post
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import needs, session_of
from api.headers import CAMERA
from api.web import room
from api.web.desk import own_office, staff_page
from api.web.render import language, page
from scheduler.offices import Office, Service
from ticketing import checkin, conflicts, verdict
from ticketing.checkin_at_once import admit_at_once
from ticketing.verdict import Verdict

LONGEST = 400  # of one scan; an address of ours has some 90 characters
# What a verdict looks like: a tick, a clock, a cross; each in a colour that differs in lightness as well.
LOOKS = {"admitted": "yes", "already_admitted": "yes", "late": "wait", "early": "wait", "wrong_day": "wait",
         "moved": "wait"}

Asker = Request[Any, Any, Any]


@dataclass(frozen=True)
class Shown:
    """A verdict as the clerk sees it: its look (yes, wait or no), title, what to tell the person, and the booking."""

    look: str
    title: str
    say: str
    service: Service | None = None
    verdict: Verdict | None = None
    alternatives: tuple[Any, ...] = ()
    may_wait: bool = False  # the waiting list is a way on
    paper: Any = None       # the slip of a number without booking (slips.Paper)


@get("/scan", include_in_schema=False, guards=[needs("door")])
async def door(request: Asker, antre: FromAntre) -> Response[Any]:
    """The field, ready."""
    return await show(request, antre, await own_office(request, antre), None)


@get("/scan/room", include_in_schema=False, guards=[needs("door")])
async def renewed(request: Asker, antre: FromAntre) -> Response[Any]:
    """The sentence about room for people without booking alone, for the script that keeps it true."""
    office = await own_office(request, antre)
    return page(request, "room.html", office=office, **await at_the_door(antre, office))


@post("/scan", include_in_schema=False, guards=[needs("door")], status_code=200)
async def scan(request: Asker, antre: FromAntre) -> Response[Any]:
    """The verdict on what was scanned; as a part of the page for the script, which keeps the field as it is."""
    form = await request.form()
    text, nonce = str(form.get("text", "")).strip()[:LONGEST], str(form.get("nonce", ""))[:64] or None
    office, staff_id, now = await own_office(request, antre), session_of(request).staff_id, antre.clock.now()
    if not text:
        return await show(request, antre, office, None, missing=True)

    def work(connection: Connection) -> Verdict:
        return checkin.scan(connection, office, text=text, nonce=nonce, now=now, vault=antre.vault, mint=antre.mint,
                            offices=antre.offices, staff_id=staff_id)

    def at_once(connection: Connection) -> Verdict | None:
        return admit_at_once(connection, office, text=text, nonce=nonce, now=now, vault=antre.vault, mint=antre.mint,
                             staff_id=staff_id)

    made = await antre.database.run(work, at_once=at_once)
    return await show(request, antre, office, shown(made, office, language(request)))


def shown(made: Verdict, office: Office, lang: str) -> Shown:
    """The verdict in that language, with its look."""
    words = verdict.say(made, office, lang)
    look = "no" if made.variant in ("late_closed", "wrong_day_past") else LOOKS.get(made.verdict, "no")
    service = next((service for service in office.services if service.slug == made.service), None)
    return Shown(look, words.title, words.say, service, made)


async def show(request: Asker, antre: Antre, office: Office, shown: Shown | None, *,
               missing: bool = False) -> Response[Any]:
    """The page of the door with a verdict, or the verdict alone when the script asked: that one reads nothing more."""
    context: dict[str, Any] = {"shown": shown, "missing": missing, "nonce": secrets.token_urlsafe(12)}
    if request.headers.get("x-part") == "verdict":
        return page(request, "verdict.html", office=office, staff=session_of(request), **context)
    whole = await staff_page(request, antre, "scan.html", office, **context, **await at_the_door(antre, office))
    whole.headers["Permissions-Policy"] = CAMERA
    return whole


async def at_the_door(antre: Antre, office: Office) -> dict[str, Any]:
    """What `room.html` shows: how many without booking can be taken now, and why; and how many of those let in without
    network a person must decide about."""
    now = antre.clock.now()
    found, undecided = await antre.database.fetch(
        lambda connection: (room.now_at(connection, office, now), conflicts.count(connection, office.id)))
    return {"room": found, "now": now, "undecided": undecided}

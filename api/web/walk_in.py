"""Visitors without booking: a service by its key, Enter, a number."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import needs, session_of
from api.once import Once, Reply
from api.web.desk import own_office, staff_page
from api.web.door import Shown, show
from api.web.render import language, words_of
from scheduler import days
from scheduler.bookings import PRIORITIES
from scheduler.days import Day
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Service
from ticketing import checkin

Asker = Request[Any, Any, Any]


@get("/walk-in", include_in_schema=False, guards=[needs("counter")])
async def ask(request: Asker, antre: FromAntre) -> Response[Any]:
    """The services with their keys, and how much room the day has."""
    return await _form(request, antre, missing=False)


@post("/walk-in", include_in_schema=False, guards=[needs("counter")], status_code=200)
async def give(request: Asker, antre: FromAntre) -> Response[Any]:
    """A number, once however often the form is sent, or what can be booked instead; then the door's field again."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    office = await own_office(request, antre)
    service = office.by_slug.get(form.get("service", ""))
    if service is None:
        return await _form(request, antre, missing=True)
    lang = language(request)
    try:
        number = await antre.database.run(_work(request, antre, office, service, form))
    except Refusal as refusal:
        if "alternatives" not in refusal.details:
            raise
        return show(request, office, _full(service, refusal, lang))
    words = words_of(lang)["walk_in"]
    return show(request, office, Shown("yes", words["given"].format(number=number), words["say"], service))


async def _form(request: Asker, antre: Antre, *, missing: bool) -> Response[Any]:
    office, now = await own_office(request, antre), antre.clock.now()
    day = await antre.database.fetch(lambda connection: days.day_of(connection, office.id, office.today(now)))
    return staff_page(request, "walk_in.html", office, services=list(office.by_slug.values()), room=_room(day),
                      closed=day is None or day.closed, priorities=PRIORITIES, missing=missing,
                      nonce=secrets.token_urlsafe(12))


def _room(day: Day | None) -> int:
    return 0 if day is None or day.closed else day.walk_in_room - day.walk_ins


def _work(request: Asker, antre: Antre, office: Office, service: Service, form: dict[str, str]) -> Any:
    """The work of one transaction: answers the number, the first one's if this form was sent before."""
    staff_id, now = session_of(request).staff_id, antre.clock.now()
    party = form.get("party", "1")
    if not (party.isascii() and party.isdigit() and 1 <= int(party) <= office.rules.max_party):
        raise Refusal("invalid_request", field="party", limit=office.rules.max_party)
    priority = form.get("priority") or None
    if priority is not None and priority not in PRIORITIES:
        raise Refusal("invalid_request", field="priority")
    once = _once(antre, staff_id, form.get("nonce", ""))

    def work(connection: Connection) -> str:
        before = once.again(connection)
        if before is not None:
            return msgspec.json.decode(before.body, type=str)
        visit = checkin.walk_in(connection, office, service, party=int(party), priority=priority, now=now,
                                staff_id=staff_id)
        once.keep(connection, Reply(201, msgspec.json.encode(visit.number)), now)
        return visit.number

    return work


def _once(antre: Antre, staff_id: int, nonce: str) -> Once:
    text = f"walk-in {staff_id} {nonce or secrets.token_urlsafe(12)}".encode()
    key = hmac.digest(antre.vault.derive("pages")[0], text, hashlib.sha256)[:16]
    return Once(key, key)


def _full(service: Service, refusal: Refusal, lang: str) -> Shown:
    words = words_of(lang)["walk_in"]
    starts = tuple(refusal.details["alternatives"])
    title = words["closed_title"] if refusal.code == "office_closed" else words["full"]
    return Shown("no", title, words["full_say"] if starts else words["full_none"], service, alternatives=starts)

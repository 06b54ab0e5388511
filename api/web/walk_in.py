"""Visitors without booking: a service by its key, Enter, a number."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.errors import ask_again
from api.guards import needs, session_of
from api.once import Once, Reply
from api.web import dates
from api.web.desk import own_office, staff_page
from api.web.door import Shown, at_the_door, show
from api.web.render import language, words_of
from api.web.room import Room
from scheduler import calendar
from scheduler.bookings import PRIORITIES
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Service
from ticketing import checkin
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
    lang = language(request)
    party, priority = _who(office, form)
    try:
        number = await antre.database.run(_work(request, antre, office, service, party, priority, form))
    except Refusal as refusal:
        if "alternatives" not in refusal.details:
            raise
        if checkin.is_turned_away(refusal):
            await antre.database.run(_sent_home(request, antre, office, party, form))
        if refusal.code == "office_closed":
            shown = _closed(office, service, refusal, antre.clock.now(), lang)
        else:
            shown = _full(office, service, refusal, party, (await at_the_door(antre, office))["room"], lang)
        return await show(request, antre, office, shown)
    words = words_of(lang)["walk_in"]
    given = Verdict("admitted", number=number, party=party, priority=priority)
    shown = Shown("yes", words["given"].format(number=number), words["say"], service, given)
    return await show(request, antre, office, shown)


async def _form(request: Asker, antre: Antre, *, missing: bool) -> Response[Any]:
    office = await own_office(request, antre)
    return await staff_page(
        request, antre, "walk_in.html", office, services=list(office.by_slug.values()), priorities=PRIORITIES,
        missing=missing, nonce=secrets.token_urlsafe(12), **await at_the_door(antre, office))


def _who(office: Office, form: dict[str, str]) -> tuple[int, str | None]:
    """How many came, and why they are served first if they are."""
    party = form.get("party", "1")
    if not (len(party) < 10 and party.isascii() and party.isdigit() and 1 <= int(party) <= office.rules.max_party):
        raise Refusal("invalid_request", field="party", limit=office.rules.max_party)
    priority = form.get("priority") or None
    if priority is not None and priority not in PRIORITIES:
        raise Refusal("invalid_request", field="priority")
    return int(party), priority


def _work(request: Asker, antre: Antre, office: Office, service: Service, party: int, priority: str | None,
          form: dict[str, str]) -> Any:
    """The work of one transaction: answers the number, the first one's if this form was sent before."""
    staff_id, now = session_of(request).staff_id, antre.clock.now()
    once = _once(antre, staff_id, form.get("nonce", ""))

    def work(connection: Connection) -> str:
        before = once.again(connection)
        if before is not None:
            return msgspec.json.decode(before.body, type=str)
        visit = checkin.walk_in(connection, office, service, party=party, priority=priority, now=now,
                                staff_id=staff_id)
        once.keep(connection, Reply(201, msgspec.json.encode(visit.number)), now)
        return visit.number

    return work


def _sent_home(request: Asker, antre: Antre, office: Office, party: int, form: dict[str, str]) -> Any:
    """Count people who found no room, once however often their form is sent."""
    staff_id, now = session_of(request).staff_id, antre.clock.now()
    once = _once(antre, staff_id, form.get("nonce", ""), "sent home")

    def work(connection: Connection) -> None:
        if once.again(connection) is None:
            once.keep(connection, Reply(200, b"{}"), now)
            checkin.note_turned_away(connection, office, party, now, staff_id)

    return work


def _once(antre: Antre, staff_id: int, nonce: str, what: str = "walk-in") -> Once:
    text = f"{what} {staff_id} {nonce or secrets.token_urlsafe(12)}".encode()
    key = hmac.digest(antre.vault.derive("pages")[0], text, hashlib.sha256)[:16]
    return Once(key, key)


def _full(office: Office, service: Service, refusal: Refusal, party: int, room: Room, lang: str) -> Shown:
    """Why there is no number: no room at all, or less than so many people need; what to do instead: when to ask again,
    when to come, or to wait in line for a place."""
    words, starts = words_of(lang)["walk_in"], tuple(refusal.details["alternatives"])
    why = "short" if room.more > 0 else "full"
    say = (words[f"{why}_say"].format(room=room.more, party=party), ask_again(refusal, lang, office),
           _nearest(starts, lang))
    return Shown("no", words[f"{why}_title"], " ".join(filter(None, say)), service, alternatives=starts,
                 may_wait=refusal.details["may_wait"])


def _closed(office: Office, service: Service, refusal: Refusal, now: datetime, lang: str) -> Shown:
    """That the office is closed, why if there is a reason, and when it opens again."""
    words, starts, because = words_of(lang), tuple(refusal.details["alternatives"]), refusal.details.get("because")
    say = [words["walk_in"]["because_say" if because else "closed_say"].format(reason=because)]
    if (opens := calendar.next_opening(office, now)) is not None:
        local = office.local(opens)
        say.append(words["walk_in"]["opens"].format(day=dates.day_without_year(words["dates"], local),
                                                    hour=dates.hour(words["dates"], local)))
    return Shown("no", words["walk_in"]["closed_title"], " ".join([*say, _nearest(starts, lang)]), service,
                 alternatives=starts, may_wait=refusal.details["may_wait"])


def _nearest(starts: tuple[datetime, ...], lang: str) -> str:
    return str(words_of(lang)["walk_in"]["nearest" if starts else "none"])

"""The ticket: when, where, which number, what to bring, how to change it; and giving it up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response
from markupsafe import Markup
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import same_site
from api.web import after, files, held
from api.web.held import Held
from api.web.render import go, page
from scheduler import bookings
from scheduler.foundation.errors import Refusal
from ticketing import qr
from ticketing.ticket import door_opens

Asker = Request[Any, Any, Any]


@get(["/t/{name:str}", "/T/{name:str}"], include_in_schema=False)
async def ticket(request: Asker, antre: FromAntre, name: FromPath[str]) -> Response[Any]:
    """The page of the ticket, or with an ending its picture (.png, .svg), paper (.pdf) or calendar entry (.ics).

    Both cases of the path are known: the QR holds the upper one.
    """
    token, _, ending = name.partition(".")
    found = await held.read(request, antre, token)
    if ending:
        return files.answer(request, antre, found, ending.lower())
    now = antre.clock.now()
    return page(request, "ticket.html", office=found.office, held=found,
                qr=_picture(antre, found), opens=door_opens(found.office, found.booking.start),
                late=_is_late(found, now), over=_is_over(found, now), unanswered=_is_unanswered(found, now),
                watched=found.place is not None or _is_awaited_today(found, now), counter=_counter(found))


@get("/t/{token:str}/turn", include_in_schema=False)
async def turn(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """The place in the hall alone, for the page to show it as it is now; nothing (204) for who is not there."""
    found = await held.read(request, antre, token)
    if found.place is None:
        return Response(None, status_code=204)
    return page(request, "turn.html", office=found.office, held=found, counter=_counter(found))


def _is_late(found: Held, now: datetime) -> bool:
    """Whether the visitor is still awaited and later than the office's grace."""
    grace = timedelta(minutes=found.office.rules.late_minutes)
    return found.booking.status == "booked" and now > found.booking.start + grace


def _is_over(found: Held, now: datetime) -> bool:
    """Whether the visitor came and was served, left, or came on a day that has passed: the number is called no more."""
    office, booking = found.office, found.booking
    past = booking.status == "arrived" and office.today(now) > office.today(booking.start)
    return past or found.visit in ("done", "absent", "gone")


def _is_unanswered(found: Held, now: datetime) -> bool:
    """Whether the visitor came today and did not answer, or was taken off the list: a clerk can put them back."""
    office = found.office
    return found.visit in ("absent", "gone") and office.today(now) == office.today(found.booking.start)


def _is_awaited_today(found: Held, now: datetime) -> bool:
    """Whether the ticket may be scanned today, so that its page has to look whether it was."""
    office, booking = found.office, found.booking
    return booking.status == "booked" and office.today(now) == office.today(booking.start)


def _counter(found: Held) -> str | None:
    """The name of the counter that called the visitor."""
    counter = found.office.counters_by_slug.get(found.place.counter or "") if found.place else None
    return counter.name if counter else None


def _picture(antre: Antre, found: Held) -> Markup:
    """The QR as part of the page, drawn by us alone: one request less for a slow phone, and it prints."""
    return Markup(qr.svg(f"{antre.settings.public_url}{found.path}"))  # noqa: S704 - no part of it is anyone's text


@get("/t/{token:str}/cancel", include_in_schema=False)
async def ask_cancel(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """Ask once before the place goes to somebody else."""
    found = await held.read(request, antre, token)
    if found.booking.status != "booked":
        return go(found.path)
    return page(request, "cancel.html", office=found.office, held=found)


@post("/t/{token:str}/cancel", include_in_schema=False, guards=[same_site])
async def cancel(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """Give the place up. Where that is not possible any more, the ticket itself says what became of the booking."""
    found = await held.read(request, antre, token)
    now = antre.clock.now()

    def work(connection: Connection) -> None:
        bookings.cancel(connection, bookings.find(connection, found.booking.token), now=now)

    try:
        await antre.database.run(work)
    except Refusal:
        return go(found.path)
    after.tell(request, antre, found.office)
    return go(found.path)

"""Moving a booking: choose a day, an hour, confirm. The old place is kept until the new one is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import same_site
from api.web import after, free, held
from api.web.choices import read_day, read_start, show_start
from api.web.held import Held
from api.web.render import go, page, query, refusal_words
from scheduler import bookings, places
from scheduler.bookings import Booking
from scheduler.foundation.errors import CODES, Refusal
from scheduler.places import FreeSlot

Asker = Request[Any, Any, Any]


@dataclass(frozen=True)
class _Seen:
    """What one page of the move needs from the book."""

    held: Held
    week: free.Week | None = None
    parts: list[tuple[str, list[FreeSlot]]] | None = None
    alternatives: list[datetime] | None = None


@get("/t/{token:str}/move", include_in_schema=False)
async def ask(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """The days; with `day` its hours; with `start` the question whether to move there, or why that was refused."""
    given = request.query_params
    start, on, now = read_start(given.get("start", "")), read_day(given.get("day")), antre.clock.now()
    first = read_day(given.get("from"))
    await held.read(request, antre, token)
    seen = await antre.database.fetch(lambda connection: _look(connection, antre, token, start, on, first, now))
    found = seen.held
    if found.booking.status != "booked" or found.moves_left == 0:
        return go(found.path)
    if start is not None:
        return _confirm(request, seen, start, given.get("refused", ""))
    return _times(request, seen, on) if on is not None and seen.parts else _days(request, seen, gone=on is not None)


def _confirm(request: Asker, seen: _Seen, start: datetime, code: str) -> Response[Any]:
    found = seen.held
    refusal = Refusal(code, limit=found.office.rules.max_moves) if code in CODES else None
    return page(
        request, "move.html", office=found.office, held=found, start=start, alternatives=seen.alternatives,
        reason=refusal and refusal_words(refusal, request, found.office, found.booking.party), show=show_start,
        back=query(_path(found), day=found.office.today(start)),
    )


def _times(request: Asker, seen: _Seen, on: date) -> Response[Any]:
    found = seen.held
    return page(
        request, "move_times.html", office=found.office, held=found, day=on, parts=seen.parts,
        back=query(_path(found), **{"from": on}), time_url=lambda at: query(_path(found), start=show_start(at)),
    )


def _days(request: Asker, seen: _Seen, gone: bool) -> Response[Any]:
    found = seen.held
    return page(
        request, "move_days.html", office=found.office, held=found, week=seen.week, gone=gone,
        day_url=lambda day: query(_path(found), day=day),
        page_url=lambda first: query(_path(found), **{"from": first}),
    )


def _path(found: Held) -> str:
    return f"{found.path}/move"


def _look(connection: Connection, antre: Antre, token: str, start: datetime | None, on: date | None,
          first: date | None, now: datetime) -> _Seen:
    found = held.find(connection, antre, token)
    office, service, party = found.office, found.service, found.booking.party
    own = places.Own(found.booking.start, found.booking.day_id)
    if start is not None:
        return _Seen(found, alternatives=places.alternatives(
            connection, office, service.letter, party, start, now, besides=own))
    parts = free.times(connection, office, service, on, party, now, own) if on is not None else None
    if parts:
        return _Seen(found, parts=parts)
    return _Seen(found, week=free.week(connection, office, service, on or first, party, now, own))


@post("/t/{token:str}/move", include_in_schema=False, guards=[same_site])
async def move(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """Move to the start of the form, then show the ticket, which may have a new address."""
    found = await held.read(request, antre, token)
    start = read_start(str((await request.form()).get("start", "")))
    if start is None:
        return go(_path(found))
    now = antre.clock.now()

    def work(connection: Connection) -> Booking:
        booking = bookings.find(connection, found.booking.token)
        return bookings.move(connection, found.office, found.service, booking, start, mint=antre.mint, now=now)

    try:
        moved = await antre.database.run(work)
    except Refusal as refusal:
        return go(query(_path(found), start=show_start(start), refused=refusal.code))
    after.tell(request, antre, found.office)
    return go(f"/t/{moved.token}")

"""The page of an entry of the waiting list: where it stands, the place that is offered, and what comes after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.errors import OFFICE
from api.guards import same_site
from api.web import after
from api.web.render import go, page, query, refusal_words
from scheduler import bookings, holding, offers, untold, waiting, waiting_dates
from scheduler.foundation.errors import CODES, Refusal
from scheduler.holding import Offer
from scheduler.offices import Office, Service
from scheduler.untold import TakenBack
from scheduler.waiting import Waiting
from ticketing.checkin import masked_name

Asker = Request[Any, Any, Any]


@dataclass(frozen=True)
class Seen:
    """An entry with all its page shows: `offer` while it is open, `ahead` who come before it while it waits, and then
    the last offer that was taken `back`; `ticket` the token of what was booked."""

    entry: Waiting
    office: Office
    service: Service
    offer: Offer | None
    ahead: int
    back: TakenBack | None
    ticket: str | None

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"/w/{self.entry.token}"


def _find(connection: Connection, antre: Antre, token: str, now: datetime) -> Seen:
    entry = waiting.find(connection, token)
    waits = entry.state == "waiting"
    office = antre.offices.by_id(connection, entry.office_id)
    booked = bookings.by_id(connection, entry.booking_id) if entry.booking_id is not None else None
    return Seen(
        entry, office, office.by_id[entry.service_id], holding.open_of(connection, entry.id),
        waiting.ahead(connection, entry) if waits else 0,
        untold.taken_back(connection, entry.id, now) if waits else None, booked.token if booked else None,
    )


async def _read(request: Asker, antre: Antre, token: str) -> Seen:
    now = antre.clock.now()
    seen = await antre.database.fetch(lambda connection: _find(connection, antre, token, now))
    scope: dict[str, Any] = request.scope  # type: ignore[assignment]
    scope[OFFICE] = seen.office
    return seen


@get("/w/{token:str}", include_in_schema=False)
async def entry(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """The entry as it stands. An offer whose time is over is shown so even before anybody marked it."""
    seen, now = await _read(request, antre, token), antre.clock.now()
    over = seen.offer is not None and seen.offer.lapses_at <= now
    code = request.query_params.get("refused", "")
    refusal = Refusal(code, limit=seen.office.rules.per_phone) if code in _ANSWERS else None
    sealed, first, last = seen.entry.sealed, seen.entry.first, seen.entry.last
    return page(
        request, "entry.html", office=seen.office, entry=seen.entry, service=seen.service, offer=seen.offer,
        ahead=seen.ahead, back=seen.back, path=seen.path, ticket=seen.ticket,
        state="lapsed" if over else seen.entry.state, name=masked_name(antre.vault, sealed),
        reason=refusal and refusal_words(refusal, request, seen.office),
        can_again=sealed is not None and waiting_dates.has_open(seen.office, first, last, now),
    )


# What an answer may be refused with, as the address carries it.
_ANSWERS = frozenset({"offer_over", "already_booked", "already_waiting", "too_many_for_phone",
                      "office_closed"}) & set(CODES)


@post("/w/{token:str}/accept", include_in_schema=False, guards=[same_site], opt={"limit": "book"})
async def accept(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """Book the place that is offered, then show its ticket."""
    now = antre.clock.now()

    def work(connection: Connection, seen: Seen) -> str:
        booked = offers.accept(connection, seen.office, _open(seen), vault=antre.vault, mint=antre.mint, now=now)
        return f"/t/{booked.token}"

    return await _change(request, antre, token, work)


@post("/w/{token:str}/decline", include_in_schema=False, guards=[same_site])
async def decline(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """Give the place to the next in line."""
    now = antre.clock.now()

    def work(connection: Connection, seen: Seen) -> str:
        offers.decline(connection, _open(seen), now=now)
        return seen.path

    return await _change(request, antre, token, work)


@get("/w/{token:str}/leave", include_in_schema=False)
async def ask_leave(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """Ask once before the place in the line is lost."""
    seen = await _read(request, antre, token)
    if not seen.entry.is_active:
        return go(seen.path)
    return page(request, "entry_leave.html", office=seen.office, path=seen.path)


@post("/w/{token:str}/leave", include_in_schema=False, guards=[same_site])
async def leave(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """Take the entry off the list."""
    now = antre.clock.now()

    def work(connection: Connection, seen: Seen) -> str:
        waiting.leave(connection, seen.entry, now=now)
        return seen.path

    return await _change(request, antre, token, work)


@post("/w/{token:str}/again", include_in_schema=False, guards=[same_site], opt={"limit": "book"})
async def again(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """The same need once more, at the end of the line: a new entry with a page of its own."""
    now = antre.clock.now()

    def work(connection: Connection, seen: Seen) -> str:
        return f"/w/{waiting.rejoin(connection, seen.entry, vault=antre.vault, now=now).token}"

    return await _change(request, antre, token, work)


async def _change(request: Asker, antre: Antre, token: str, act: Callable[[Connection, Seen], str]) -> Response[Any]:
    """Do it in one transaction and go where it says; a refusal is shown by the entry's page."""
    seen, now = await _read(request, antre, token), antre.clock.now()
    try:
        path = await antre.database.run(lambda connection: act(connection, _find(connection, antre, token, now)))
    except Refusal as refusal:
        path = query(seen.path, refused=refusal.code)
    after.tell(request, antre, seen.office)
    return go(path)


def _open(seen: Seen) -> Offer:
    if seen.offer is None:
        raise Refusal("offer_over")
    return seen.offer

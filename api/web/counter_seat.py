"""Who sits where: a clerk chooses their counter once, takes one over, leaves it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from litestar import Request, get, post
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import needs, session_of
from api.tables import staff
from api.web.desk import own_office, staff_page
from api.web.render import YEAR_S, cookie, go, query
from scheduler.offices import Counter, Office
from ticketing import acts, calling, desks, hall, seats
from ticketing.called import Called
from ticketing.seats import Seat

REMEMBERED = "antre_counter"  # the counter at which this browser stands

Asker = Request[Any, Any, Any]


@get("/counter/seats", include_in_schema=False, guards=[needs("counter")])
async def who_sits_where(request: Asker, antre: FromAntre) -> Response[Any]:
    """Every counter, who sits there, and whom they serve."""
    return await choose(request, antre, await own_office(request, antre), "")


async def choose(request: Asker, antre: Antre, office: Office, said: str) -> Response[Any]:
    """The counters to choose from; for who sits at one, who sits where."""
    mine = session_of(request).staff_id

    def read(connection: Connection) -> tuple[list[Seat], dict[int, str], Counter | None]:
        found = seats.seats_of(connection, office)
        return found, _names(connection, {seat.staff_id for seat in found}), seats.own_counter(connection, office, mine)

    found, names, own = await antre.database.fetch(read)
    return await staff_page(
        request, antre, "counter_seats.html", office, seats=found, names=names, own=own, said=said,
        remembered=request.cookies.get(REMEMBERED, ""),
        short={service.slug: service.short for service in office.services})


@post("/counter/sit", include_in_schema=False, guards=[needs("counter")])
async def sit(request: Asker, antre: FromAntre) -> Response[Any]:
    """Sit down there; where somebody else sits, ask first. One's counter before is left."""
    form = await request.form()
    office, staff_id, now = await own_office(request, antre), session_of(request).staff_id, antre.clock.now()
    at, knows = hall.office_counter(office, str(form.get("counter", ""))), str(form.get("from", ""))

    def work(connection: Connection) -> str | None:
        """Where to ask first, if that is needed."""
        acts.begin(connection, office, now, staff_id)  # two who choose the same one follow each other
        before = seats.own_counter(connection, office, staff_id)
        if before is not None and before != at and calling.at_counter(connection, office, before.slug) is not None:
            return "/counter/leave"
        seat = _seat(connection, office, at)
        if seat.staff_id not in (None, staff_id) and str(seat.staff_id) != knows:
            return query("/counter/taken", counter=at.slug)
        if before is not None and before != at:
            desks.leave(connection, office, before.slug, now=now, staff_id=staff_id)
        desks.sit(connection, office, at.slug, now=now, staff_id=staff_id)
        return None

    asks = await antre.database.run(work)
    return go(asks or "/counter", cookies=[] if asks else [cookie(request, REMEMBERED, at.slug, YEAR_S)])


@get("/counter/taken", include_in_schema=False, guards=[needs("counter")])
async def taken(request: Asker, antre: FromAntre) -> Response[Any]:
    """Somebody else sits there: who, since when, and whether to take it over."""
    office = await own_office(request, antre)
    at = hall.office_counter(office, request.query_params.get("counter", ""))

    def read(connection: Connection) -> tuple[Seat, str]:
        seat = _seat(connection, office, at)
        return seat, _names(connection, {seat.staff_id}).get(seat.staff_id or 0, "–")

    seat, who = await antre.database.fetch(read)
    if seat.staff_id in (None, session_of(request).staff_id):
        return go("/counter")
    return await staff_page(request, antre, "counter_taken.html", office, seat=seat, who=who)


@post("/counter/seen", include_in_schema=False, guards=[needs("counter")], opt={"limit": "screen"})
async def seen(request: Asker, antre: FromAntre) -> Response[Any]:
    """The page says that it is there (204); 409 when its clerk sits nowhere any more."""
    office, staff_id, now = await own_office(request, antre), session_of(request).staff_id, antre.clock.now()

    def work(connection: Connection) -> bool:
        own = seats.own_counter(connection, office, staff_id)
        return own is not None and desks.seen(connection, office, own.slug, now=now, staff_id=staff_id)

    return Response(None, status_code=204 if await antre.database.run(work) else 409)


@get("/counter/leave", include_in_schema=False, guards=[needs("counter")])
async def ask_leave(request: Asker, antre: FromAntre) -> Response[Any]:
    """Somebody is at the counter that is to be left: are they finished, or do they wait again? `out` in the address:
    its clerk signs out, here or everywhere."""
    office, staff_id = await own_office(request, antre), session_of(request).staff_id

    def read(connection: Connection) -> Called | None:
        own = seats.own_counter(connection, office, staff_id)
        return None if own is None else calling.at_counter(connection, office, own.slug)

    person = await antre.database.fetch(read)
    if person is None:
        return go("/counter")
    return await staff_page(request, antre, "counter_leave.html", office, number=person.number,
                            out=request.query_params.get("out", ""))


@post("/counter/leave", include_in_schema=False, guards=[needs("counter")])
async def leave(request: Asker, antre: FromAntre) -> Response[Any]:
    """Leave the counter, which frees it; with somebody there, ask first."""
    return go("/counter" if await let_go(request, antre) else "/counter/leave")


async def let_go(request: Asker, antre: Antre) -> bool:
    """Free the clerk's counter, if there is one. False, and nothing done, when somebody is at it and the form does not
    say whether they are finished or wait again."""
    then = str((await request.form()).get("then", ""))
    office, staff_id, now = await own_office(request, antre), session_of(request).staff_id, antre.clock.now()

    def work(connection: Connection) -> bool:
        if seats.own_counter(connection, office, staff_id) is None:
            return True
        acts.begin(connection, office, now, staff_id)
        own = seats.own_counter(connection, office, staff_id)
        if own is None:  # somebody took it over in this moment: whoever is there now is theirs
            return True
        person = calling.at_counter(connection, office, own.slug)
        if person is not None:
            if then not in ("finish", "return"):
                return False
            _send_off(connection, office, own, person, then, now, staff_id)
        desks.leave(connection, office, own.slug, now=now, staff_id=staff_id)
        return True

    return await antre.database.run(work)


def _send_off(connection: Connection, office: Office, own: Counter, person: Called, then: str, now: datetime,
              staff_id: int) -> None:
    if then == "finish":
        calling.finish(connection, office, own.slug, now=now, staff_id=staff_id)
        return
    calling.hold(connection, office, own.slug, now=now, staff_id=staff_id)
    calling.put_back(connection, office, person.number, now=now, staff_id=staff_id)


def _seat(connection: Connection, office: Office, at: Counter) -> Seat:
    return next(seat for seat in seats.seats_of(connection, office) if seat.counter == at)


def _names(connection: Connection, ids: set[int | None]) -> dict[int, str]:
    """What people call these members of staff."""
    rows = connection.execute(sa.select(staff.c.id, staff.c.name, staff.c.username).where(staff.c.id.in_(ids)))
    return {row.id: row.name or row.username for row in rows}

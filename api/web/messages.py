"""Whom to call because a message did not arrive: the list, the number of one, and that they were told."""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.errors import DoorError
from api.guards import needs, session_of
from api.web import failures
from api.web.desk import own_office, staff_page
from api.web.failures import ToCall
from api.web.render import go, query
from notifications import trouble
from notifications.trouble import Told, Trouble
from scheduler import closure_lists
from scheduler.offices import Office

AT_ONCE = 50       # shown on a page; those told make room for others
LARGEST = 2**63 - 1  # a number of a row

Asker = Request[Any, Any, Any]


@get("/messages", include_in_schema=False, guards=[needs("counter")])
async def messages(request: Asker, antre: FromAntre) -> Response[Any]:
    """The list; after somebody was told (`?told=`) with a way to take that back, and `?gone` where there was nothing
    to do any more."""
    office, now = await own_office(request, antre), antre.clock.now()
    told, staff_id = number_of(request.query_params.get("told", "")), session_of(request).staff_id

    def work(connection: Connection) -> tuple[list[ToCall], int, Told | None]:
        just = trouble.about(connection, office, told) if told else None
        failed = failures.to_call(connection, antre.vault, office, now)
        return failed, closure_lists.to_call(connection, office, now), just

    waiting, unplaced, just = await antre.database.fetch(work)
    undo = told if just is not None and just.handled_by == staff_id else None
    return await staff_page(request, antre, "messages.html", office, to_call=len(waiting), waiting=waiting[:AT_ONCE],
                            unplaced=unplaced, undo=undo, gone="gone" in request.query_params)


@post("/messages/{message:str}/phone", include_in_schema=False, guards=[needs("counter")], status_code=200)
async def phone(request: Asker, antre: FromAntre, message: FromPath[str]) -> Response[Any]:
    """The whole number, on this answer alone; that it was looked at is journalled first."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    about = await _own(antre, office, message)

    def work(connection: Connection) -> Trouble | None:
        one = next((one for one in trouble.people(connection, office, now) if one.booking_id == about.booking_id), None)
        if one is not None:
            trouble.note_shown(connection, office, one, staff_id, now)
        return one

    one = await antre.database.run(work)
    if one is None:
        return go("/messages?gone=1")
    return await staff_page(request, antre, "message_phone.html", office, one=failures.seen(antre.vault, office, one),
                            number=failures.number(antre.vault, one.address))


@post("/messages/{message:str}/told", include_in_schema=False, guards=[needs("counter")])
async def told(request: Asker, antre: FromAntre, message: FromPath[str]) -> Response[Any]:
    """Somebody told the person: they leave the list."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    asked = (await _own(antre, office, message)).message
    await antre.database.run(lambda connection: trouble.handle(connection, office, asked, staff_id, now))
    return go(query("/messages", told=str(asked)))


@post("/messages/{message:str}/untold", include_in_schema=False, guards=[needs("counter")])
async def untold(request: Asker, antre: FromAntre, message: FromPath[str]) -> Response[Any]:
    """That was a mistake: they are on the list again."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    asked = (await _own(antre, office, message)).message
    await antre.database.run(lambda connection: trouble.reopen(connection, office, asked, staff_id, now))
    return go("/messages")


async def _own(antre: Antre, office: Office, text: str) -> Told:
    """The message of that number. Raises DoorError unknown_address: of another office, or none."""
    message = number_of(text)
    found = await antre.database.fetch(lambda connection: trouble.about(connection, office, message))
    if found is None:
        raise DoorError("unknown_address")
    return found


def number_of(text: str) -> int:
    """The number; 0 for what is none."""
    if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST:
        return int(text)
    return 0

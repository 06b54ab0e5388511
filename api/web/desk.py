"""What every staff page knows: who is signed in, at which office, and how many people are to be called."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.response import Response

from api.assembly import Antre
from api.guards import session_of
from api.web.render import page
from notifications import trouble
from scheduler.offices import Office

Asker = Request[Any, Any, Any]


async def own_office(request: Asker, antre: Antre) -> Office:
    """The office of the member of staff who is signed in."""
    office_id = session_of(request).office_id
    return await antre.database.fetch(lambda connection: antre.offices.by_id(connection, office_id))


async def staff_page(request: Asker, antre: Antre, template: str, office: Office, *, to_call: int | None = None,
                     **context: Any) -> Response[str]:
    """A page of the signed-in member of staff, with the links of their role; `to_call` if it is counted already."""
    if to_call is None:
        now = antre.clock.now()
        to_call = await antre.database.fetch(lambda connection: trouble.count(connection, office, now))
    return page(request, template, office=office, staff=session_of(request), to_call=to_call, **context)

"""What every staff page knows: who is signed in, at which office, and how many people are to be called."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.response import Response

from api.assembly import Antre
from api.guards import session_of
from api.sessions import Session
from api.web.render import page
from notifications import trouble
from scheduler.offices import Office

Asker = Request[Any, Any, Any]


async def own_office(request: Asker, antre: Antre) -> Office:
    """The office of the member of staff who is signed in."""
    office_id = session_of(request).office_id
    return await antre.database.fetch(lambda connection: antre.offices.by_id(connection, office_id))


def home_of(session: Session, office: Office) -> str:
    """Where somebody begins who has just signed in, or a device that has just got its key."""
    if session.may("manager"):
        return "/manage"
    return {"board": f"/board/{office.slug}", "kiosk": "/kiosk"}.get(session.role, "/scan")


async def staff_page(request: Asker, antre: Antre, template: str, office: Office, *, to_call: int | None = None,
                     **context: Any) -> Response[str]:
    """A page of the signed-in member of staff or device, with the links of their role; `to_call` if it is counted
    already."""
    if not session_of(request).may("counter"):
        to_call = 0
    if to_call is None:
        now = antre.clock.now()
        to_call = await antre.database.fetch(lambda connection: trouble.count(connection, office, now))
    return page(request, template, office=office, staff=session_of(request), to_call=to_call, **context)

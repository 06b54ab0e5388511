"""Slips of numbers and tickets: on the device's own printer after the commit, and as a page for the browser's print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response
from litestar.types import ControllerRouterHandler
from markupsafe import Markup
from sqlalchemy import Connection, bindparam

from api.assembly import Antre
from api.doorway import FromAntre, doorway_of
from api.guards import needs, session_if_any, session_of
from api.tables import staff
from api.web import held
from api.web.held import Held
from api.web.messages import LARGEST
from api.web.render import language, page
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from ticketing import escpos, hall, numbers, qr, slip
from ticketing.slip import Slip
from ticketing.tables import visits
from ticketing.ticket import Ticket

AGAIN = "slip"  # the class of limit for printing once more

_VISIT = sa.select(
    visits.c.letter, visits.c.number, visits.c.service_id, visits.c.party, visits.c.arrived_at, visits.c.state,
).where(visits.c.id == bindparam("visit"), visits.c.office_id == bindparam("office"),
        visits.c.date == bindparam("date"))
_OF_BOOKING = sa.select(visits.c.id).where(visits.c.booking_id == bindparam("booking"))
_PRINTER = sa.select(staff.c.printer).where(staff.c.id == bindparam("of"))

Asker = Request[Any, Any, Any]


@dataclass(frozen=True)
class Paper:
    """A slip as pages show it. `outcome` is what became of printing it (see `api.printing`), None where the device has
    no printer of its own, or nothing was to be printed; `visit` where it is of a number."""

    slip: Slip
    has_printer: bool
    outcome: str | None = None
    visit: int | None = None

    @property
    def picture(self) -> Markup | None:
        """The QR, where there is one."""
        url = self.slip.url
        return None if url is None else Markup(qr.svg(url))  # noqa: S704 - no part of it is anyone's text


def of_visit(connection: Connection, antre: Antre, office: Office, visit: int, lang: str) -> Slip:
    """The slip of today's number, with its place in the line as it is now. Raises Refusal unknown_number."""
    now = antre.clock.now()
    if not 0 < visit <= LARGEST:
        raise Refusal("unknown_number")
    row = connection.execute(_VISIT, {"visit": visit, "office": office.id, "date": office.today(now)}).one_or_none()
    if row is None:
        raise Refusal("unknown_number")
    lines = hall.look(connection, office, now).waiting if row.state == "waiting" else ()
    own = next((one for one in lines if one.visit_id == visit), None)
    before = expected = None
    if own is not None and own.from_ is not None and own.to is not None:  # else no counter serves it now
        before, expected = own.before, (office.local(own.from_), office.local(own.to))
    service = office.by_id[row.service_id]
    return slip.of_number(
        office.name, numbers.show(row.letter, row.number), service.name.get(lang) or service.name["id"],
        party=row.party, arrived=office.local(row.arrived_at), before=before, expected=expected, language=lang)


def visit_of(connection: Connection, booking: int) -> int:
    """The visit of a booking that was let in."""
    visit: int = connection.execute(_OF_BOOKING, {"booking": booking}).scalar_one()
    return visit


async def number(request: Asker, antre: Antre, office: Office, visit: int, *, send: bool) -> Paper:
    """The slip of a number, printed if `send` and the device has a printer. Raises Refusal unknown_number."""
    lang = language(request)
    found = await antre.database.fetch(lambda connection: (
        of_visit(connection, antre, office, visit, lang), _printer(connection, request)))
    return await _printed(request, *found, send=send, visit=visit)


async def spend_one_more(request: Asker) -> None:
    """Count a wish for the same paper once more. Raises Refusal too_many_requests: paper is not endless."""
    limiter = doorway_of(request).limiter
    if not limiter.is_off:
        await limiter.spend(f"staff {session_of(request).staff_id}", "print again", AGAIN)


# -- a ticket --------------------------------------------------------------------------------------------


@get("/t/{token:str}/slip", include_in_schema=False)
async def ticket(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """A ticket on 80 mm paper, for the browser's print; on the device's own printer for staff who have one."""
    found = await held.read(request, antre, token)
    session = await session_if_any(request)
    address = None
    if session is not None and session.may("door"):
        address = await antre.database.fetch(lambda connection: _printer(connection, request))
    return _ticket_sheet(request, found, Paper(_of_ticket(antre, found), address is not None))


@post("/t/{token:str}/slip", include_in_schema=False, guards=[needs("door")], status_code=200)
async def print_ticket(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """A ticket on the device's own printer."""
    found = await held.read(request, antre, token)
    await spend_one_more(request)
    address = await antre.database.fetch(lambda connection: _printer(connection, request))
    return _ticket_sheet(request, found, await _printed(request, _of_ticket(antre, found), address, send=True))


def _of_ticket(antre: Antre, found: Held) -> Slip:
    return slip.of_ticket(Ticket.of(found.office, found.service, found.booking, vault=antre.vault,
                                    public_url=antre.settings.public_url))


def _ticket_sheet(request: Asker, found: Held, paper: Paper) -> Response[str]:
    return sheet(request, found.office, paper, back=found.path, again=f"{found.path}/slip")


# -- printing --------------------------------------------------------------------------------------------


def sheet(request: Asker, office: Office, paper: Paper, *, back: str, again: str) -> Response[str]:
    """The page that prints on 80 mm paper by the browser; `again` is where the device's own printer is asked."""
    return page(request, "slip.html", office=office, paper=paper, back=back, again=again)


def _printer(connection: Connection, request: Asker) -> str | None:
    address: str | None = connection.execute(_PRINTER, {"of": session_of(request).staff_id}).scalar_one()
    return address


async def _printed(request: Asker, made: Slip, address: str | None, *, send: bool, visit: int | None = None) -> Paper:
    if address is None or not send:
        return Paper(made, address is not None, None, visit)
    outcome = await doorway_of(request).printers.send(address, escpos.encode(made))
    return Paper(made, True, outcome, visit)


ROUTES: list[ControllerRouterHandler] = [ticket, print_ticket]

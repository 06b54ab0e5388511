"""The ticket as files: the QR as a picture, the paper to print, the calendar entry. Kept by browsers by their ETag."""

from __future__ import annotations

import hashlib
from typing import Any

from litestar import Request
from litestar.response import Response

from api.assembly import Antre
from api.web.held import Held
from scheduler.foundation.errors import Refusal
from ticketing import document, qr
from ticketing.document import Paper, Ticket

KINDS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf", "ics": "text/calendar"}


def answer(request: Request[Any, Any, Any], antre: Antre, held: Held, ending: str) -> Response[bytes]:
    """The file of that ending, or 304 when the browser holds the same. `paper=a4` prints large.

    Raises Refusal unknown_booking for other endings.
    """
    if ending not in KINDS:
        raise Refusal("unknown_booking")
    paper: Paper = "a4" if request.query_params.get("paper", "").lower() == "a4" else "a6"
    mark = _mark(held, ending, paper)
    how = "attachment" if ending == "ics" else "inline"
    headers = {"ETag": mark, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex",
               "Content-Disposition": f'{how}; filename="antre-{held.code or "tiket"}.{ending}"'}
    if mark in [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]:
        return Response(b"", status_code=304, headers=headers)
    return Response(_body(antre, held, ending, paper), media_type=KINDS[ending], headers=headers)


def _mark(held: Held, ending: str, paper: Paper) -> str:
    """Another one with each change of what the file shows; it tells nothing of the token."""
    booking = held.booking
    shown = f"{booking.token} {booking.sequence} {booking.status} {held.office.revision} {ending} {paper}"
    return f'"{hashlib.sha256(shown.encode()).hexdigest()[:20]}"'


def _body(antre: Antre, held: Held, ending: str, paper: Paper) -> bytes:
    url = f"{antre.settings.public_url}{held.path}"
    if ending == "png":
        return qr.png(url)
    if ending == "svg":
        return qr.svg(url).encode()
    ticket = Ticket.of(held.office, held.service, held.booking, vault=antre.vault,
                       public_url=antre.settings.public_url)
    return document.pdf(ticket, paper) if ending == "pdf" else document.ics(ticket, antre.clock.now())

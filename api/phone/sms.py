"""`POST /hooks/africastalking/{secret}/sms`: what a resident wrote."""

from __future__ import annotations

import hashlib
from typing import Any

from litestar import MediaType, Request, post

from api.assembly import Antre
from api.doorway import doorway_of
from api.phone import inbound
from api.phone.hooks import MAX_BODY, knows_secret, require
from api.phone.inbound import Done, Sms

GATEWAY = "africastalking"
LONGEST = {"id": 80, "from": 40, "to": 40, "date": 40, "text": inbound.LONGEST}


@post(
    "/hooks/africastalking/{secret:str}/sms",
    status_code=200,
    media_type=MediaType.TEXT,
    guards=[knows_secret],
    opt={"limit": None},  # the vendor's few addresses bring everybody's messages; `limits` counts them by phone
    request_max_body_size=MAX_BODY,
    include_in_schema=False,
)
async def take_sms(antre: Antre, request: Request[Any, Any, Any]) -> str:
    """Work on the message; answered once that is committed. What residents write is never refused: the vendor would
    repeat it for twelve hours."""
    sms = await _read(request)
    now = antre.clock.now()
    done = await antre.database.run(lambda connection: inbound.hear(connection, antre, sms, now))
    tell(request, antre, done)
    return ""


def tell(request: Request[Any, Any, Any], antre: Antre, done: Done) -> None:
    """After the commit: answers and letters may go out, ready answers of the offices that changed are old."""
    antre.timetable.nudge()
    doorway = doorway_of(request)
    if done.booked is not None:
        doorway.metrics.booked(done.booked)
    for office_id in done.changed:
        doorway.shelf.changed(office_id)


async def _read(request: Request[Any, Any, Any]) -> Sms:
    """The vendor's form. Raises Refusal invalid_request when it has no id or no sender: then it is not the vendor's."""
    form = await request.form()
    values = {name: value if isinstance(value := form.get(name, ""), str) else "" for name in LONGEST}
    require(values, "id", "from")
    return Sms(GATEWAY, _short(values["id"]), values["from"][:LONGEST["from"]], values["to"][:LONGEST["to"]],
               values["text"][:LONGEST["text"]], _printable(values["date"])[:LONGEST["date"]] or None)


def _short(vendor_id: str) -> str:
    """The id as a column can hold it, and still unlike any other."""
    if len(vendor_id) <= LONGEST["id"] and vendor_id.isprintable():
        return vendor_id
    return hashlib.sha256(vendor_id.encode(errors="replace")).hexdigest()


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())

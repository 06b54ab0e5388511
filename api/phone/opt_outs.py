"""`POST /hooks/africastalking/{secret}/optout`: who told the vendor to be left alone."""

from __future__ import annotations

from typing import Any

from litestar import MediaType, Request, post
from sqlalchemy import Connection

from api.assembly import Antre
from api.phone import lines
from api.phone.hooks import MAX_BODY, knows_secret, read_form, require
from notifications import opt_outs
from scheduler.foundation.errors import Refusal
from scheduler.people import parse_phone

LONGEST = {"senderId": 40, "phoneNumber": 20}


@post(
    "/hooks/africastalking/{secret:str}/optout",
    status_code=200,
    media_type=MediaType.TEXT,
    guards=[knows_secret],
    opt={"limit": None},
    request_max_body_size=MAX_BODY,
    include_in_schema=False,
)
async def take_opt_out(antre: Antre, request: Request[Any, Any, Any]) -> str:
    """Note the wish; answered once that is committed. A number we never could send to is answered and not kept. Whoever
    it is waits no longer, as no place could be offered."""
    values = await read_form(request, LONGEST)
    require(values, "phoneNumber")
    try:
        phone = parse_phone(values["phoneNumber"])
    except Refusal:
        return ""
    now = antre.clock.now()

    def note(connection: Connection) -> None:
        if opt_outs.stop(connection, antre.vault, phone, "vendor", now):
            lines.leave_all(connection, antre, phone, channel="sms", now=now)

    await antre.database.run(note)
    return ""

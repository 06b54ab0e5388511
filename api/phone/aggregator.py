"""`/hooks/http/{secret}/sms` and `/delivery`: what the carrier of the template calls us with.

Which fields it uses, and what it wants to read in return, says the file that describes it. Aggregators call with GET or
POST, with fields behind a question mark, in a form or in JSON: all are read.
"""

from __future__ import annotations

import json
from typing import Any

from litestar import HttpMethod, MediaType, Request, route

from api.assembly import Antre
from api.errors import DoorError
from api.phone import inbound
from api.phone.hooks import MAX_BODY, knows_secret
from api.phone.sms import tell
from notifications import reports
from notifications.gateways.template import Template, flatten
from scheduler.foundation.errors import Refusal

GATEWAY = "http"
_CALLED: dict[str, Any] = {
    "http_method": [HttpMethod.GET, HttpMethod.POST], "status_code": 200, "media_type": MediaType.TEXT,
    "guards": [knows_secret], "opt": {"limit": None}, "request_max_body_size": MAX_BODY, "include_in_schema": False,
}


@route("/hooks/http/{secret:str}/sms", **_CALLED)
async def take_sms_by_template(antre: Antre, request: Request[Any, Any, Any]) -> str:
    """Work on a message; answered, in the carrier's own words, once that is committed."""
    template = _template(antre)
    if template.inbound is None:
        raise DoorError("unknown_address")
    sms = inbound.sms_of(GATEWAY, template.heard(await _fields(request)))
    now = antre.clock.now()
    tell(request, antre, await antre.database.run(lambda connection: inbound.hear(connection, antre, sms, now)))
    return template.inbound.reply


@route("/hooks/http/{secret:str}/delivery", **_CALLED)
async def take_report_by_template(antre: Antre, request: Request[Any, Any, Any]) -> str:
    """Keep a delivery report and do what it says."""
    template = _template(antre)
    if template.reports is None:
        raise DoorError("unknown_address")
    said, now = template.reported(await _fields(request)), antre.clock.now()
    await antre.database.run(lambda connection: reports.take(
        connection, antre.vault, gateway=GATEWAY, vendor_id=said.vendor_id, status=said.status, phone=said.phone,
        fields={}, now=now, becomes=said.means))
    return template.reports.reply


def _template(antre: Antre) -> Template:
    """The carrier's. Raises DoorError unknown_address where none is described."""
    if antre.template is None:
        raise DoorError("unknown_address")
    return antre.template


async def _fields(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The fields of the call by their names, or by their paths in JSON. Raises Refusal invalid_request (400) for a body
    that is neither."""
    fields = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
    if request.method == HttpMethod.GET:
        return fields
    if "json" in request.headers.get("content-type", ""):
        try:
            return fields | flatten(json.loads(await request.body()))
        except (ValueError, RecursionError):
            raise Refusal("invalid_request", field="body", status=400) from None
    form = await request.form()
    return fields | {name: value for name, value in form.items() if isinstance(value, str)}

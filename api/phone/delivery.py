"""`POST /hooks/africastalking/{secret}/delivery`: what became of a message we sent."""

from __future__ import annotations

from typing import Any

from litestar import MediaType, Request, post

from api.assembly import Antre
from api.phone.hooks import MAX_BODY, knows_secret, read_form, read_loosely, require
from notifications import reports

GATEWAY = "africastalking"
LONGEST = {"id": 80, "status": 40}
BESIDES = {"phoneNumber": 40, "networkCode": 20, "failureReason": 100, "retryCount": 10}
KEPT = ("networkCode", "failureReason", "retryCount")


@post(
    "/hooks/africastalking/{secret:str}/delivery",
    status_code=200,
    media_type=MediaType.TEXT,
    guards=[knows_secret],
    opt={"limit": None},  # the vendor's few addresses call as often as we send
    request_max_body_size=MAX_BODY,
    include_in_schema=False,
)
async def take_delivery_report(antre: Antre, request: Request[Any, Any, Any]) -> str:
    """Keep the report and do what it says; answered once that is committed, however often it comes."""
    values = await read_form(request, LONGEST) | await read_loosely(request, BESIDES)
    require(values, "id", "status")
    now = antre.clock.now()
    await antre.database.run(
        lambda connection: reports.take(
            connection,
            antre.vault,
            gateway=GATEWAY,
            vendor_id=values["id"],
            status=values["status"],
            phone=values["phoneNumber"],
            fields={name: values[name] for name in KEPT if values[name]},
            now=now,
        )
    )
    return ""

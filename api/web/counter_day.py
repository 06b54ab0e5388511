"""A clerk's own day at the counter, which nobody else is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from litestar import Request, get
from litestar.response import Response

from api.doorway import FromAntre
from api.guards import needs, session_of
from api.web.desk import own_office, staff_page
from api.web.pictures import clerk_day as picture
from api.web.pictures.clerk_day import Bar
from api.web.render import language, many, words_of
from scheduler.offices import Office
from ticketing import clerk_day
from ticketing.clerk_day import ClerkDay

Asker = Request[Any, Any, Any]


@get("/counter/day", include_in_schema=False, guards=[needs("counter")])
async def day(request: Asker, antre: FromAntre) -> Response[Any]:
    """How many one served today, how long it took, and who did not come."""
    office, staff_id, now = await own_office(request, antre), session_of(request).staff_id, antre.clock.now()
    found = await antre.database.fetch(
        lambda connection: clerk_day.day_of(connection, office, staff_id, office.today(now)))
    words = words_of(language(request))["counter"]["today"]
    return await staff_page(
        request, antre, "counter_day.html", office, day=found, minutes=lambda took: minutes(took, words),
        picture=picture.draw(_bars(office, found), words) if found.served else None)


def minutes(took: timedelta | None, words: Mapping[str, Any]) -> str:
    """A time as `7 menit`; a dash where it is not known."""
    if took is None:
        return "–"
    whole = round(took.total_seconds() / 60)
    return many(words["minutes"], whole) if whole else str(words["under"])


def _bars(office: Office, day: ClerkDay) -> list[Bar]:
    """Each service with a known length, from the local minute at which it began."""
    return [Bar(local.hour * 60 + local.minute + local.second / 60, one.took.total_seconds() / 60)
            for one in day.served if one.took is not None for local in [office.local(one.started)]]

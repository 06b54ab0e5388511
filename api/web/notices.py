"""What the office tells its hall: a manager sets a message for the screens, and ends it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import needs, session_of
from api.web.desk import own_office, staff_page
from api.web.messages import number_of
from api.web.render import go, language, words_of
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from ticketing import notices

FIELDS = ("id", "en", "until")
PAGE = "/manage/notices"

_HOUR = re.compile(r"([01]\d|2[0-3])[:.]([0-5]\d)")

Asker = Request[Any, Any, Any]


@get(PAGE, include_in_schema=False, guards=[needs("manager")])
async def every(request: Asker, antre: FromAntre) -> Response[Any]:
    """The form, and what is shown now."""
    return await _form(request, antre, dict.fromkeys(FIELDS, ""), None)


@post(PAGE, include_in_schema=False, guards=[needs("manager")], status_code=200)
async def put(request: Asker, antre: FromAntre) -> Response[Any]:
    """Show the message; or the form again with what is wrong."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    form = await request.form()
    typed = {name: str(form.get(name, ""))[:4 * notices.LONGEST].strip() for name in FIELDS}
    try:
        until = _until(office, typed["until"], now)
        await antre.database.run(
            lambda connection: notices.put(connection, office, typed, until, now=now, staff_id=staff_id))
    except Refusal as refusal:
        return await _form(request, antre, typed, refusal)
    return go(PAGE)


@post(PAGE + "/{notice:str}/end", include_in_schema=False, guards=[needs("manager")])
async def end(request: Asker, antre: FromAntre, notice: FromPath[str]) -> Response[Any]:
    """Take it off the screens."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    number = number_of(notice)
    await antre.database.run(
        lambda connection: notices.end(connection, office, number, now=now, staff_id=staff_id))
    return go(PAGE)


def _until(office: Office, text: str, now: datetime) -> datetime | None:
    """That time of today at the office. Raises Refusal invalid_request."""
    if not text:
        return None
    read = _HOUR.fullmatch(text)
    if read is None:
        raise Refusal("invalid_request", field="until", why="time")
    return datetime.combine(office.today(now), time(int(read[1]), int(read[2])), office.zone)


async def _form(request: Asker, antre: Antre, typed: Mapping[str, str], refusal: Refusal | None) -> Response[Any]:
    office, now = await own_office(request, antre), antre.clock.now()
    standing = await antre.database.fetch(lambda connection: notices.standing(connection, office, now))
    return await staff_page(
        request, antre, "notices.html", office, typed=typed, standing=standing, limit=notices.LONGEST,
        today=office.today(now), wrong=_wrong(refusal, language(request)))


def _wrong(refusal: Refusal | None, lang: str) -> dict[str, str]:
    """What is wrong with which field, in words. Raises the refusal when it is about none of them."""
    if refusal is None:
        return {}
    field, why = refusal.details.get("field"), refusal.details.get("why")
    if refusal.code != "invalid_request" or field not in FIELDS:
        raise refusal
    return {field: words_of(lang)["notices"]["wrong"][f"{field}_{why}"].format(limit=refusal.details.get("limit"))}


ROUTES = [every, put, end]

"""A manager sets how many places a day opens, with a reason, and gives it back to the rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date as Date  # noqa: N812 - the address has a `date`
from typing import Any

from litestar import Request, post
from litestar.params import FromPath
from litestar.response import Response
from sqlalchemy import Connection

from api.doorway import FromAntre
from api.errors import DoorError
from api.guards import needs, session_of
from api.web import manage
from api.web.choices import read_day
from api.web.desk import own_office
from api.web.manage import Wrong
from api.web.render import go, language, query, words_of
from scheduler import days, overrides
from scheduler.foundation.errors import Refusal
from scheduler.keeper import Keeper
from scheduler.offices import Office

LARGEST = 4  # digits of a number of places

Asker = Request[Any, Any, Any]


@post("/manage/days/{date:str}/override", include_in_schema=False, guards=[needs("manager")])
async def set_day(request: Asker, antre: FromAntre, date: FromPath[str]) -> Response[Any]:
    """The day opens so many places from now on; or the day's page again, with what is wrong at its field."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    on, form = day_named(date), await request.form()
    typed = {name: str(form.get(name, ""))[:400].strip() for name in ("released", "reason")}
    words = words_of(language(request))["override"]
    released = _number(typed["released"])
    wrong = {} if released is not None else {"released": words["released_wrong"]}
    if not typed["reason"]:
        wrong["reason"] = words["reason_missing"]
    if not wrong and released is not None:
        try:
            await antre.database.run(lambda connection: overrides.set_day(
                connection, office, id_of(connection, office, on), released, typed["reason"], staff_id, now,
                Keeper(antre.opening_key)))
            return _back(on)
        except Refusal as refusal:
            wrong = _wrong(refusal, words)
    return await manage.show(request, antre, office, on, wrong=Wrong(typed, wrong))


@post("/manage/days/{date:str}/override/end", include_in_schema=False, guards=[needs("manager")])
async def end(request: Asker, antre: FromAntre, date: FromPath[str]) -> Response[Any]:
    """The usual rule holds again."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    on = day_named(date)
    await antre.database.run(lambda connection: overrides.end(
        connection, office, id_of(connection, office, on), staff_id, now, Keeper(antre.opening_key)))
    return _back(on)


def _back(on: Date) -> Response[Any]:
    return go(query("/manage", date=on) + "#day")


def day_named(text: str) -> Date:
    """The date an address names. Raises DoorError unknown_address where it names none."""
    on = read_day(text)
    if on is None:
        raise DoorError("unknown_address")
    return on


def id_of(connection: Connection, office: Office, on: Date) -> int:
    """The day's row. Raises DoorError unknown_address: the office has no such day."""
    day = days.day_of(connection, office.id, on)
    if day is None:
        raise DoorError("unknown_address")
    return day.id


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LARGEST else None


def _wrong(refusal: Refusal, words: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong, by field. Raises the refusal itself when no field can mend it: the day is past, or closed."""
    field, why = refusal.details.get("field"), refusal.details.get("why")
    if field == "released":
        return {"released": words["released_over"].format(limit=refusal.details["high"])}
    if field == "reason":
        key = "reason_long" if why == "too_long" else "reason_missing"
        return {"reason": words[key].format(limit=refusal.details.get("limit"))}
    raise refusal

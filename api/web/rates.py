"""What was learnt about who comes, for the manager: in words, as a drawing, and the days it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response
from markupsafe import Markup
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import needs, session_of
from api.web.choices import read_day
from api.web.desk import own_office, staff_page
from api.web.numbers import signed
from api.web.override import day_named, id_of
from api.web.pictures import rates as picture
from api.web.pictures.rates import Dot
from api.web.render import go, language, words_of
from scheduler import learning, show_words
from scheduler.foundation.errors import Refusal
from scheduler.learning import CountedDay
from scheduler.offices import Office
from scheduler.show_words import Row

SHOWN = 30  # counted days on the page

Asker = Request[Any, Any, Any]


@dataclass(frozen=True)
class Line:
    """One thing that was learnt: of whom, and the numbers; `group` names the factor where it begins."""

    group: str
    who: str
    row: Row


@dataclass(frozen=True)
class Mistake:
    """What was typed as a reason for leaving out `day`, and what is wrong with it."""

    day: date
    typed: str
    says: str


@get("/manage/rates", include_in_schema=False, guards=[needs("manager")])
async def rates(request: Asker, antre: FromAntre) -> Response[Any]:
    """The rates; with `?leave=` and a date, the question why that day is to be left out."""
    return await _show(request, antre, read_day(request.query_params.get("leave")))


@post("/manage/rates/{date:str}/leave-out", include_in_schema=False, guards=[needs("manager")])
async def leave_out(request: Asker, antre: FromAntre, date: FromPath[str]) -> Response[Any]:
    """A day teaches nothing any more, with a reason."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    reason, on = str((await request.form()).get("reason", "")), day_named(date)
    try:
        await antre.database.run(lambda connection: learning.leave_out(
            connection, office, id_of(connection, office, on), reason, staff_id, now))
    except Refusal as refusal:
        if refusal.details.get("field") != "reason":
            raise
        return await _show(request, antre, on, Mistake(on, reason, _says(refusal, words_of(language(request)))))
    return go("/manage/rates?noted=out#days")


@post("/manage/rates/{date:str}/count", include_in_schema=False, guards=[needs("manager")])
async def count(request: Asker, antre: FromAntre, date: FromPath[str]) -> Response[Any]:
    """A day that was left out teaches again."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    on = day_named(date)
    await antre.database.run(lambda connection: learning.count_again(
        connection, office, id_of(connection, office, on), staff_id, now))
    return go("/manage/rates?noted=in#days")


async def _show(request: Asker, antre: Antre, leave: date | None, mistake: Mistake | None = None) -> Response[Any]:
    office = await own_office(request, antre)
    lang = language(request)
    words = words_of(lang)

    def work(connection: Connection) -> tuple[Any, list[CountedDay]]:
        return learning.read(connection, [office.id])[office.id], learning.counted(connection, office, SHOWN)

    learnt, counted = await antre.database.fetch(work)
    found = lines(office, show_words.rows(learnt), lang, words["learnt"])
    answer = await staff_page(
        request, antre, "manage_rates.html", office, lines=found, said=show_words.explain(learnt, lang),
        picture=draw(found, words["learnt"]) if found else None, counted=counted,
        leave=next((one for one in counted if one.date == leave and one.left_out_at is None), None), mistake=mistake,
        signed=signed, noted=request.query_params.get("noted"))
    answer.status_code = 422 if mistake else 200
    return answer


def lines(office: Office, rows: list[Row], lang: str, words: Mapping[str, Any]) -> list[Line]:
    """The rows with their words; each factor's name once."""
    names = {str(service.id): service.name[lang] for service in office.services}
    found, factor = [], "all"
    for row in rows:
        group = words[f"by_{row.factor}"] if row.factor != factor else ""
        who = words["all"] if row.factor == "all" else show_words.who(row, lang, names.get(row.level))
        found.append(Line(group, who, row))
        factor = row.factor
    return found


def draw(found: list[Line], words: Mapping[str, Any]) -> Markup:
    """The lines as dots with their intervals."""
    return picture.draw([Dot(line.who, line.row.share, line.row.low, line.row.high, line.group,
                             all=line.row.factor == "all") for line in found], words)


def _says(refusal: Refusal, words: Mapping[str, Any]) -> str:
    """What is wrong with a reason."""
    if refusal.details.get("why") == "too_long":
        return str(words["override"]["reason_long"]).format(limit=refusal.details["limit"])
    return str(words["override"]["reason_missing"])

"""Closing a date, a part of it or a counter: the form, a trial, the confirmation, how far it is, whom to call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.errors import DoorError
from api.guards import needs, session_of
from api.web import after, closing
from api.web.desk import own_office, staff_page
from api.web.messages import number_of
from api.web.render import go, language, query, words_of
from scheduler import closure_lists, closures
from scheduler.closure_lists import Listed, Progress
from scheduler.closures import Closing, Closure, Tried
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office

Asker = Request[Any, Any, Any]
Note = Callable[[Connection, Closure, int, int, Any], bool]


# -- trying and making -----------------------------------------------------------------------------------------


@get("/manage/closures", include_in_schema=False, guards=[needs("manager")])
async def every(request: Asker, antre: FromAntre) -> Response[Any]:
    """The form, filled in with what the address says, and the closures there are."""
    return await _form(request, antre, closing.typed(request.query_params), None)


@get("/manage/closures/try", include_in_schema=False, guards=[needs("manager")])
async def attempt(request: Asker, antre: FromAntre) -> Response[Any]:
    """Who would be touched and where each would go; or the form again with what is wrong."""
    office, now = await own_office(request, antre), antre.clock.now()
    asked, lang = closing.typed(request.query_params), language(request)
    try:
        wanted = closing.closing_of(asked)
        tried: Tried = await antre.database.fetch(
            lambda connection: closures.preview(connection, office, wanted, now))
    except Refusal as refusal:
        return await _form(request, antre, asked, refusal)
    people = [closing.would_go(antre.vault, office, lang, one, where) for one, where in tried.people]
    return await staff_page(
        request, antre, "closure_try.html", office, asked=asked, closing=wanted, people=people, tried=tried,
        again=query("/manage/closures", **asked), said=_said(office, wanted, lang))


@post("/manage/closures", include_in_schema=False, guards=[needs("manager")], status_code=200)
async def close(request: Asker, antre: FromAntre) -> Response[Any]:
    """Close it and show how far it is; the same form sent twice closes once."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    asked = closing.typed(await request.form())
    try:
        wanted = closing.closing_of(asked)
        made = await antre.database.run(
            lambda connection: closures.close(connection, office, wanted, staff_id, now))
    except Refusal as refusal:
        made_before = await _same(antre, office, asked) if refusal.details.get("why") == "nothing" else None
        if made_before is None:
            return await _form(request, antre, asked, refusal)
        return go(f"/manage/closures/{made_before.id}")
    _tell(request, antre, office)
    return go(f"/manage/closures/{made.id}")


async def _same(antre: Antre, office: Office, asked: Mapping[str, str]) -> Closure | None:
    """The closure this very form has made already."""
    wanted = closing.closing_of(asked)
    made = await antre.database.fetch(lambda connection: closures.on_date(connection, office, wanted.date))
    return next((one for one in made if _as_closing(one) == wanted), None)


def _as_closing(closure: Closure) -> Closing:
    return Closing(closure.date, closure.since, closure.until, closure.counter, closure.reason)


async def _form(request: Asker, antre: Antre, asked: Mapping[str, str], refusal: Refusal | None) -> Response[Any]:
    office, now, lang = await own_office(request, antre), antre.clock.now(), language(request)

    def work(connection: Connection) -> tuple[list[Closure], dict[int, Progress]]:
        made = closures.of_office(connection, office)
        return made, closure_lists.progress(connection, made)

    made, stand = await antre.database.fetch(work)
    today = office.today(now)
    return await staff_page(
        request, antre, "closures.html", office, asked=asked, wrong=_wrong(refusal, lang), today=today,
        made=[(one, stand[one.id], _said(office, one, lang)) for one in made])


def _wrong(refusal: Refusal | None, lang: str) -> dict[str, str]:
    """What is wrong with which field, in words. Raises the refusal when it is about none of them."""
    if refusal is None:
        return {}
    field, why = refusal.details.get("field"), refusal.details.get("why")
    if refusal.code != "invalid_request" or field not in closing.FIELDS:
        raise refusal
    return {field: words_of(lang)["closures"]["wrong"][f"{field}_{why}"]}


# -- how far it is ---------------------------------------------------------------------------------------------


@get("/manage/closures/{closure:str}", include_in_schema=False, guards=[needs("manager")])
async def one(request: Asker, antre: FromAntre, closure: FromPath[str]) -> Response[Any]:
    """Who was moved where, who waits, whom to call; `?called=` after a call, with a way to take that back."""
    office, lang = await own_office(request, antre), language(request)
    called, staff_id = number_of(request.query_params.get("called", "")), session_of(request).staff_id

    def work(connection: Connection) -> tuple[Closure, Progress, list[Listed]]:
        found = _found(connection, office, closure)
        stand = closure_lists.progress(connection, [found])[found.id]
        return found, stand, closure_lists.people(connection, found)

    found, stand, people = await antre.database.fetch(work)
    seen = [closing.listed(antre.vault, office, lang, found, each) for each in people]
    undo = next((each for each in seen if each.booking == called and each.called_by == staff_id), None)
    return await staff_page(
        request, antre, "closure.html", office, closure=found, stand=stand, people=seen, undo=undo,
        to_be_called=[each for each in seen if each.state == "unplaced" and each.called is None],
        past=found.date < office.today(antre.clock.now()), said=_said(office, found, lang))


@post("/manage/closures/{closure:str}/end", include_in_schema=False, guards=[needs("manager")])
async def end(request: Asker, antre: FromAntre, closure: FromPath[str]) -> Response[Any]:
    """Take it back."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id

    def work(connection: Connection) -> Closure:
        found = _found(connection, office, closure)
        closures.end(connection, office, found, staff_id, now)
        return found

    ended = await antre.database.run(work)
    _tell(request, antre, office)
    return go(f"/manage/closures/{ended.id}")


# -- calling ---------------------------------------------------------------------------------------------------


@post("/manage/closures/{closure:str}/{booking:str}/phone", include_in_schema=False, guards=[needs("manager")],
      status_code=200)
async def phone(request: Asker, antre: FromAntre, closure: FromPath[str], booking: FromPath[str]) -> Response[Any]:
    """The whole number, on this answer alone, of somebody who must be called; that it was looked at is journalled."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    asked = number_of(booking)

    def work(connection: Connection) -> tuple[Closure, Listed | None]:
        found = _found(connection, office, closure)
        people = closure_lists.people(connection, found) if found.ended_at is None else []
        person = next((each for each in people if each.booking_id == asked and each.state == "unplaced"), None)
        if person is not None:
            closure_lists.note_shown(connection, found, asked, staff_id, now)
        return found, person

    found, person = await antre.database.run(work)
    if person is None:
        return go(f"/manage/closures/{found.id}")
    lang = language(request)
    return await staff_page(
        request, antre, "closure_phone.html", office, closure=found, number=closing.number(antre.vault, person.sealed),
        one=closing.listed(antre.vault, office, lang, found, person))


@post("/manage/closures/{closure:str}/{booking:str}/called", include_in_schema=False, guards=[needs("manager")])
async def called(request: Asker, antre: FromAntre, closure: FromPath[str], booking: FromPath[str]) -> Response[Any]:
    """Somebody called them: they leave the list of those to be called."""
    found = await _note(request, antre, closure, booking, closure_lists.note_called)
    return go(query(f"/manage/closures/{found.id}", called=str(number_of(booking))))


@post("/manage/closures/{closure:str}/{booking:str}/not-called", include_in_schema=False, guards=[needs("manager")])
async def not_called(request: Asker, antre: FromAntre, closure: FromPath[str], booking: FromPath[str]) -> Response[Any]:
    """That was a mistake: they are on it again."""
    found = await _note(request, antre, closure, booking, closure_lists.take_back_call)
    return go(f"/manage/closures/{found.id}")


async def _note(request: Asker, antre: Antre, closure: str, booking: str, note: Note) -> Closure:
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id

    def work(connection: Connection) -> Closure:
        found = _found(connection, office, closure)
        note(connection, found, number_of(booking), staff_id, now)
        return found

    return await antre.database.run(work)


# -- inside ----------------------------------------------------------------------------------------------------


def _found(connection: Connection, office: Office, text: str) -> Closure:
    """The office's closure of that number. Raises DoorError unknown_address."""
    found = closures.find(connection, office, number_of(text))
    if found is None:
        raise DoorError("unknown_address")
    return found


def _said(office: Office, closure: Closing | Closure, lang: str) -> dict[str, str]:
    words = words_of(lang)
    return {"what": closing.what(closure, office, words), "hours": closing.hours(closure, words)}


def _tell(request: Asker, antre: Antre, office: Office) -> None:
    """After the commit: this process reads the office anew, people are to be moved, ready answers are old."""
    antre.offices.forget()
    after.tell(request, antre, office)


ROUTES = [every, attempt, close, one, end, phone, called, not_called]

"""Closures over HTTP: tried first, made, followed, taken back."""

from __future__ import annotations

from collections.abc import Callable

from litestar import get, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from sqlalchemy import Connection

from api import errors, once
from api.assembly import Antre
from api.doorway import FromAntre, doorway_of
from api.errors import DoorError
from api.guards import at_own_office, needs, session_of
from api.once import Reply
from api.openapi import Doc
from api.rest import answering, examples, reading
from api.rest.closing import ClosureAnswer, ClosureFacts, ClosurePerson, ClosureQuestion, ClosuresAnswer
from api.rest.offices import PAGE, SIZE, page_asked
from api.rest.reading import Body, HttpRequest
from scheduler import closure_lists, closures
from scheduler.closure_lists import Listed, Progress
from scheduler.closures import Closing, Closure, Tried
from scheduler.leaving import Touched
from scheduler.offices import Office
from scheduler.placing import Free
from ticketing.checkin import masked_name

_CLOSE = Body(ClosureQuestion)


@post("/api/v1/offices/{office:str}/closures", status_code=201, guards=[needs("manager")], opt={"doc": Doc(
    tag="staff", summary="Close a date, a part of it or a counter", status=201, also_answer=(200,),
    answer=ClosureAnswer, example=examples.CLOSURE, role="manager", once=True, body=ClosureQuestion,
    body_examples={"a whole day, tried first": {"date": "2026-11-25", "reason": "Pelatihan pegawai", "dry_run": True},
                   "a counter for a morning": {"date": "2026-11-25", "to": "12:00", "counter": "2",
                                               "reason": "Petugas sakit"}},
    codes=("unknown_office",),
    text="Everyone touched is moved to the nearest free places by a job, in fair order: who is served first by law, "
         "then who booked first; each is told. Who cannot be placed is told so too, is tried again as places appear, "
         "and stands in the list with the state `unplaced`, to be called. 200 for a dry run, which changes nothing.",
)})
async def close(request: HttpRequest, antre: FromAntre, office: FromPath[str]) -> ASGIResponse:
    """Close it, or say what that would do."""
    found = await _own(request, antre, office)
    repeated = await once.of_request(request, doorway_of(request).answers_key)
    async with once.judging(antre.database, repeated):
        asked = await _CLOSE.of(request)
        closing = Closing(reading.day(asked.date, "date"), asked.from_, asked.to, asked.counter, asked.reason.strip())
        if asked.dry_run:
            return await _try(antre, found, closing)
    now, staff_id = antre.clock.now(), session_of(request).staff_id

    def work(connection: Connection) -> Reply:
        made = closures.close(connection, found, closing, staff_id, now)
        return Reply(201, answering.encode(_answer(connection, antre, found, made)))

    reply = await antre.database.run(lambda connection: once.perform(
        connection, repeated, work, now=now, language=errors.language_of(request), office=found))
    if reply.status == 201 and not reply.again:
        _tell(request, antre, found)
    return answering.reply(reply)


async def _try(antre: Antre, office: Office, closing: Closing) -> ASGIResponse:
    now = antre.clock.now()

    def work(connection: Connection) -> bytes:
        tried = closures.preview(connection, office, closing, now)
        people = [_would_go(antre, office, one, where) for one, where in tried.people]
        return answering.encode(_tried(tried, people))

    return answering.json(await antre.database.fetch(work))


@get("/api/v1/offices/{office:str}/closures", guards=[needs("manager")], opt={"doc": Doc(
    tag="staff", summary="Closures and how they stand", answer=ClosuresAnswer, role="manager",
    example={"items": [examples.CLOSURE], "page": 1, "pages": 1, "total": 1}, parameters=(PAGE, SIZE),
    codes=("unknown_office",), text="The latest dates first, at most a hundred; the people of each by its own address.",
)})
async def every(request: HttpRequest, antre: FromAntre, office: FromPath[str]) -> ASGIResponse:
    """The closures of the manager's own office."""
    found = await _own(request, antre, office)
    number, size = page_asked(request)

    def work(connection: Connection) -> bytes:
        made = closures.of_office(connection, found)
        items, pages = answering.page_of(made, number, size)
        stand = closure_lists.progress(connection, items)
        return answering.encode(ClosuresAnswer(
            [_summary(found, one, stand[one.id]) for one in items], number, pages, len(made)))

    return answering.json(await antre.database.fetch(work))


@get("/api/v1/offices/{office:str}/closures/{closure:str}", guards=[needs("manager")], opt={"doc": Doc(
    tag="staff", summary="A closure and everyone it touched", answer=ClosureAnswer, example=examples.CLOSURE,
    role="manager", codes=("unknown_office", "unknown_address"),
)})
async def one(request: HttpRequest, antre: FromAntre, office: FromPath[str], closure: FromPath[str]) -> ASGIResponse:
    """How far it is: who was moved where, who waits, whom to call."""
    found = await _own(request, antre, office)

    def work(connection: Connection) -> bytes:
        return answering.encode(_answer(connection, antre, found, _found(connection, found, closure)))

    return answering.json(await antre.database.fetch(work))


@post("/api/v1/offices/{office:str}/closures/{closure:str}/end", status_code=200, guards=[needs("manager")],
      opt={"doc": Doc(
          tag="staff", summary="Take a closure back", answer=ClosureAnswer, example=examples.CLOSURE, role="manager",
          codes=("unknown_office", "unknown_address"), once=True,
          text="The old hours hold again. Who was moved stays moved, others keep the old time. Twice is no fault.",
      )})
async def end(request: HttpRequest, antre: FromAntre, office: FromPath[str], closure: FromPath[str]) -> ASGIResponse:
    """Take it back."""
    found = await _own(request, antre, office)
    repeated = await once.of_request(request, doorway_of(request).answers_key)
    now, staff_id = antre.clock.now(), session_of(request).staff_id

    def work(connection: Connection) -> Reply:
        closures.end(connection, found, _found(connection, found, closure), staff_id, now)
        ended = _found(connection, found, closure)
        return Reply(200, answering.encode(_answer(connection, antre, found, ended)))

    reply = await antre.database.run(lambda connection: once.perform(
        connection, repeated, work, now=now, language=errors.language_of(request), office=found))
    if reply.status == 200 and not reply.again:
        _tell(request, antre, found)
    return answering.reply(reply)


# -- inside ----------------------------------------------------------------------------------------------


async def _own(request: HttpRequest, antre: Antre, slug: str) -> Office:
    office = await reading.office_of(request, antre, slug)
    at_own_office(session_of(request), office)
    return office


def _found(connection: Connection, office: Office, text: str) -> Closure:
    known = text.isascii() and text.isdigit() and len(text) < 19
    closure = closures.find(connection, office, int(text)) if known else None
    if closure is None:
        raise DoorError("unknown_address")
    return closure


def _tell(request: HttpRequest, antre: Antre, office: Office) -> None:
    """After the commit: people are to be moved, this process reads the office anew, ready answers of it are old."""
    antre.offices.forget()
    antre.timetable.nudge()
    doorway_of(request).shelf.changed(office.id)


def _answer(connection: Connection, antre: Antre, office: Office, closure: Closure) -> ClosureAnswer:
    stand = closure_lists.progress(connection, [closure])[closure.id]
    people = [_listed(antre, office, one) for one in closure_lists.people(connection, closure)]
    return _summary(office, closure, stand, people)


def _summary(office: Office, closure: Closure, stand: Progress,
             people: list[ClosurePerson] | None = None) -> ClosureAnswer:
    local: Callable[..., str] = answering.local
    facts = ClosureFacts(
        closure.id, closure.date.isoformat(), closure.reason, local(office, closure.at), closure.since, closure.until,
        closure.counter, local(office, closure.placed_at) if closure.placed_at else None,
        local(office, closure.ended_at) if closure.ended_at else None)
    return ClosureAnswer(touched=stand.touched, placed=stand.moved, pending=stand.pending, unplaced=stand.unplaced,
                         gone=stand.gone, closure=facts, people=people)


def _listed(antre: Antre, office: Office, one: Listed) -> ClosurePerson:
    return ClosurePerson(
        code=one.code, name=masked_name(antre.vault, one.sealed), service=office.by_id[one.service_id].slug,
        start=answering.local(office, one.was), party=one.party, state=one.state,  # type: ignore[arg-type]
        priority=one.priority,  # type: ignore[arg-type]
        to=answering.local(office, one.start) if one.start else None,
        called=answering.local(office, one.called_at) if one.called_at else None)


def _tried(tried: Tried, people: list[ClosurePerson]) -> ClosureAnswer:
    return ClosureAnswer(touched=len(people), placed=tried.placed, pending=0, unplaced=tried.unplaced, gone=0,
                         dry_run=True, people=people)


def _would_go(antre: Antre, office: Office, one: Touched, where: Free | None) -> ClosurePerson:
    return ClosurePerson(
        code=one.code, name=masked_name(antre.vault, one.sealed), service=office.by_id[one.service_id].slug,
        start=answering.local(office, one.start), party=one.party, state="moved" if where else "unplaced",
        priority=one.priority,  # type: ignore[arg-type]
        to=answering.local(office, where.start) if where else None)


ROUTES = [close, every, one, end]

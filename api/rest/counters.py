"""What a counter does: call, recall, start, finish, absent, hold, return, transfer, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from sqlalchemy import Connection

from api import errors, once
from api.doorway import FromAntre, doorway_of
from api.guards import needs, session_of
from api.once import Reply
from api.openapi import Doc
from api.rest import answering, examples, reading
from api.rest.counter_bodies import CallQuestion, CounterVisitAnswer, TransferQuestion
from api.rest.reading import Body, HttpRequest
from scheduler.offices import Office
from ticketing import calling
from ticketing.called import Called

_CALL, _TRANSFER = Body(CallQuestion), Body(TransferQuestion)

# What an act is: it gets the connection, the office and the counter, and `now` and `staff_id` by name.
_Work = Callable[..., Called | None]


def _doc(summary: str, text: str = "", *codes: str, **more: Any) -> dict[str, Doc]:
    return {"doc": Doc(tag="counters", summary=summary, text=text, answer=CounterVisitAnswer,
                       example=more.pop("example", examples.AT_WORK), role="counter",
                       codes=("unknown_counter", *codes), once=True, **more)}


async def _act(request: HttpRequest, antre: FromAntre, counter: str, judge: Callable[[], Any]) -> ASGIResponse:
    """Do an act at a counter of the clerk's own office, once for each Idempotency-Key; `judge` reads the body and
    answers the work."""
    session, now, language = session_of(request), antre.clock.now(), errors.language_of(request)
    office = await reading.office_by_id(request, antre, session.office_id)
    repeated = await once.of_request(request, doorway_of(request).answers_key)
    async with once.judging(antre.database, repeated):
        work: _Work = await judge()

    def whole(connection: Connection) -> Reply:
        done = work(connection, office, counter, now=now, staff_id=session.staff_id)
        return Reply(204, b"") if done is None else Reply(200, answering.encode(visit(office, done)))

    reply = await antre.database.run(lambda connection: once.perform(
        connection, repeated, whole, now=now, language=language, office=office))
    return ASGIResponse(status_code=204) if reply.status == 204 else answering.reply(reply)


def visit(office: Office, one: Called) -> CounterVisitAnswer:
    """A visit as it stands."""
    def local(moment: Any) -> str | None:
        return None if moment is None else answering.local(office, moment)

    return CounterVisitAnswer(
        number=one.number, service=one.service, state=one.state,  # type: ignore[arg-type]
        since=answering.local(office, one.since), party=one.party, calls=one.calls, missed=one.missed,
        counter=one.counter, priority=one.priority, called_at=local(one.called_at), started_at=local(one.started_at))


def _bodiless(name: str, work: _Work, doc: dict[str, Doc]) -> HTTPRouteHandler:
    """The route of an act that needs to be told nothing."""

    async def judge() -> _Work:
        return work

    async def handler(request: HttpRequest, antre: FromAntre, counter: FromPath[str]) -> ASGIResponse:
        return await _act(request, antre, counter, judge)

    handler.__name__ = name.replace("-", "_")
    return post(f"/api/v1/counters/{{counter:str}}/{name}", status_code=200, guards=[needs("counter")],
                opt=doc)(handler)


@post("/api/v1/counters/{counter:str}/call", status_code=200, guards=[needs("counter")], opt=_doc(
    "Call one out of turn", "Also who is held or was absent. Whoever is still at the counter is finished.",
    "unknown_number", "not_waiting", body=CallQuestion, body_examples={"a number": {"number": "A-012"}},
))
async def call(request: HttpRequest, antre: FromAntre, counter: FromPath[str]) -> ASGIResponse:
    """Call a number out of turn."""

    async def judge() -> _Work:
        return partial(_call_number, (await _CALL.of(request)).number)

    return await _act(request, antre, counter, judge)


@post("/api/v1/counters/{counter:str}/return", status_code=200, guards=[needs("counter")], opt=_doc(
    "Let one wait again", "Who was held, absent or taken off the list; who was absent is called after some others.",
    "unknown_number", "not_waiting", body=CallQuestion, body_examples={"a number": {"number": "A-012"}},
    example=examples.WAITS_AGAIN,
))
async def put_back(request: HttpRequest, antre: FromAntre, counter: FromPath[str]) -> ASGIResponse:
    """Let somebody wait again."""

    async def judge() -> _Work:
        return partial(_put_back, (await _CALL.of(request)).number)

    return await _act(request, antre, counter, judge)


@post("/api/v1/counters/{counter:str}/transfer", status_code=200, guards=[needs("counter")], opt=_doc(
    "Send the person elsewhere",
    "To another service, another counter, or both; the number stays. With `keep` the place in the order stays too.",
    "nobody_called", "unknown_service", body=TransferQuestion, example=examples.WAITS_AGAIN,
    body_examples={"to a service": {"service": "kk"},
                   "to a counter, to the end of the line": {"service": "kk", "to": "loket-4", "keep": False}},
))
async def transfer(request: HttpRequest, antre: FromAntre, counter: FromPath[str]) -> ASGIResponse:
    """Send the person at the counter to another service or counter."""

    async def judge() -> _Work:
        asked = await _TRANSFER.of(request)
        return partial(calling.transfer, service=asked.service, to=asked.to, keep=asked.keep)

    return await _act(request, antre, counter, judge)


def _call_number(number: str, connection: Connection, office: Office, counter: str, **by: Any) -> Called:
    return calling.call_number(connection, office, counter, number, **by)


def _put_back(number: str, connection: Connection, office: Office, counter: str, **by: Any) -> Called:
    calling.office_counter(office, counter)
    return calling.put_back(connection, office, number, **by)


ROUTES = [
    _bodiless("call-next", calling.call_next, _doc(
        "Call who is next", "Whoever is still at the counter is finished, also when nobody waits. Two counters never "
                            "call the same person.", also={204: "Nobody waits for this counter."})),
    _bodiless("recall", calling.recall, _doc(
        "Call the same person again", "Screens show it and say it once more.", "nobody_called")),
    _bodiless("start", calling.start, _doc(
        "The person is here", "Once begun, nothing changes.", "nobody_called", example=examples.SERVED)),
    _bodiless("finish", calling.finish, _doc("The visit is done", "", "nobody_called", example=examples.DONE)),
    _bodiless("absent", calling.absent, _doc(
        "Nobody came", "The visitor is called again after some others; after so many calls the state is `absent`.",
        "nobody_called", example=examples.WAITS_AGAIN)),
    _bodiless("hold", calling.hold, _doc(
        "Set the person aside", "Nobody calls them until they are put back.", "nobody_called", example=examples.HELD)),
    _bodiless("undo", calling.undo, _doc(
        "Take the last step back", "Answers who is at the counter then. A call that ended the visit before brings that "
        "one back.", "nothing_to_undo", also={204: "Nobody is at the counter now."})),
    call, put_back, transfer,
]

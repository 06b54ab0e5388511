"""Who waits in the hall, in which order and until when, and who is at a counter."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from sqlalchemy import Connection

from api.doorway import FromAntre
from api.guards import at_own_office, needs, session_of
from api.openapi import Doc
from api.rest import answering, examples, reading
from api.rest.counter_bodies import AtCounterAnswer, QueueAnswer, WaitingAnswer
from api.rest.reading import HttpRequest
from scheduler.offices import Office
from ticketing import hall
from ticketing.hall import Hall, InLine


@get("/api/v1/offices/{office:str}/queue", guards=[needs("counter")], opt={"doc": Doc(
    tag="staff", summary="Who waits in the hall", answer=QueueAnswer,
    example={"waiting": [examples.WAITING], "called": [examples.AT_COUNTER]}, role="counter",
    codes=("unknown_office",),
    text="In the order in which they are called; numbers, no names. `estimate` is when a turn is expected, four times "
         "in five; without it no counter serves the visitor. `called` is who is at a counter, the latest call first.",
)})
async def queue(request: HttpRequest, antre: FromAntre, office: FromPath[str]) -> ASGIResponse:
    """The hall of the clerk's own office today."""
    found = await reading.office_of(request, antre, office)
    at_own_office(session_of(request), found)
    now = antre.clock.now()

    def work(connection: Connection) -> bytes:
        return answering.encode(_answer(found, hall.glance(connection, found, now)))

    return answering.json(await antre.database.fetch(work))


def _answer(office: Office, seen: Hall) -> QueueAnswer:
    return QueueAnswer(
        waiting=[_waiting(office, one) for one in seen.waiting],
        called=[AtCounterAnswer(one.number, one.counter, one.state,  # type: ignore[arg-type]
                                answering.local(office, one.since))
                for one in seen.called])


def _waiting(office: Office, one: InLine) -> WaitingAnswer:
    return WaitingAnswer(one.number, one.service, answering.local(office, one.since), one.priority, one.before,
                         answering.estimate(office, one.from_, one.to))


ROUTES = [queue]

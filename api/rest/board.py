"""What the hall sees, for its screens: asked for, or as a stream of Server-Sent Events."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath
from litestar.response import Stream
from litestar.response.base import ASGIResponse

from api.addresses import network_of
from api.doorway import FromAntre, doorway_of
from api.openapi import Doc
from api.rest import answering, examples, reading
from api.rest.reading import HttpRequest
from ticketing.board import Board

# A proxy that gathers what it passes on (nginx) would keep the calls to itself.
_STREAM = {"X-Accel-Buffering": "no"}


@get("/api/v1/offices/{office:str}/board", opt={"limit": "screen", "doc": Doc(
    tag="hall", summary="What the hall sees", answer=Board, example=examples.BOARD, codes=("unknown_office",),
    text="The last calls, the newest first; how many wait in each queue, and between which moments the last of them is "
         "called; the office's messages. Numbers and counters, no names. A recall is another call of the same number. "
         "`say` names the sounds of the voice, in their order.",
)})
async def board(request: HttpRequest, antre: FromAntre, office: FromPath[str]) -> ASGIResponse:
    """The board as it is now."""
    found = await reading.office_of(request, antre, office)
    return answering.json(answering.encode(await doorway_of(request).hub.board(found)))


@get("/api/v1/offices/{office:str}/board/events", opt={"limit": "screen", "doc": Doc(
    tag="hall", summary="What the hall sees, as it changes", answer={"type": "string"}, media_type="text/event-stream",
    codes=("unknown_office",),
    text="Server-Sent Events. Each `message` is the whole board as `GET .../board` answers it, its `id` the board's "
         "`version`: the present one at once, then another whenever something changes, so that nothing need be asked "
         "again after a break. An event `beat` with the office's time comes every ten seconds while nothing changes; a "
         "stream that is silent for longer is dead. Streams are limited in number, for each client and in all.",
)})
async def events(request: HttpRequest, antre: FromAntre, office: FromPath[str]) -> Stream:
    """The board now, and each time it changes, until either side hangs up."""
    found, doorway = await reading.office_of(request, antre, office), doorway_of(request)
    client = network_of(doorway.addresses.client(request.scope))
    doorway.hub.admit(client)
    return Stream(doorway.hub.events(found, client), media_type="text/event-stream", headers=_STREAM)


ROUTES = [board, events]

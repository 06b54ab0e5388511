"""The hall's screen: what `ticketing.board` says, in both languages at once; its script keeps it true."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Response

from api.doorway import FromAntre, doorway_of
from api.guards import session_if_any
from api.web.render import page, words_of
from scheduler.calendar import MINUTE
from ticketing.board import CALLS, BoardEstimate

STEP = 5  # minutes: nobody can promise better


@get("/board/{name:str}", include_in_schema=False, opt={"limit": "screen"})
async def screen(request: Request[Any, Any, Any], antre: FromAntre, name: FromPath[str]) -> Response[Any]:
    """The screen of the office of that short name, as it is now. One that was paired is seen, and keeps its key."""
    await session_if_any(request)
    office = await antre.database.fetch(lambda connection: antre.offices.get(connection, name))
    board = await doorway_of(request).hub.board(office)
    return page(request, "board.html", office=office, board=board, rows=CALLS, minutes=minutes,
                id=words_of("id")["board"], en=words_of("en")["board"])


def minutes(now: datetime, estimate: BoardEstimate) -> str:
    """The wait as people read it: `10–20`, in steps of five minutes outward."""
    first = max(0, math.floor((estimate.from_ - now) / MINUTE / STEP) * STEP)
    return f"{first}–{max(first + STEP, math.ceil((estimate.to - now) / MINUTE / STEP) * STEP)}"

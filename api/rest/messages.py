"""Messages in numbers: what was sent each day, what became of it, what it cost."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from litestar import get
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from sqlalchemy import Connection

from api.doorway import FromAntre
from api.guards import at_own_office, needs, session_of
from api.openapi import Doc, Parameter
from api.rest import answering, examples, reading
from api.rest.counts import MessageCount, MessageDay, MessagesAnswer
from api.rest.reading import HttpRequest
from notifications import ledger
from notifications.ledger import MOST_DAYS, Tally
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office

USUAL = timedelta(days=7)


@get("/api/v1/offices/{office:str}/messages", guards=[needs("manager")], opt={"doc": Doc(
    tag="staff", summary="Messages by day, kind and state, and their cost", answer=MessagesAnswer,
    example=examples.MESSAGES, role="manager", codes=("unknown_office", "invalid_request"),
    text="A message counts on the day it last went out, or was written if it never did. Days without one are left out.",
    parameters=(
        Parameter("from", "The first day, of the office's calendar; seven days before the last without it.",
                  {"type": "string", "format": "date"}, "2026-11-17"),
        Parameter("to", f"The last day, today without it; at most {MOST_DAYS} days in all.",
                  {"type": "string", "format": "date"}, "2026-11-24"),
    ),
)})
async def messages(request: HttpRequest, antre: FromAntre, office: FromPath[str]) -> ASGIResponse:
    """The counts of the manager's own office."""
    found = await reading.office_of(request, antre, office)
    at_own_office(session_of(request), found)
    first, last = _days(reading.query(request, "from", "to"), found, antre.clock.now())

    def work(connection: Connection) -> bytes:
        return answering.encode(_answer(ledger.tallies(connection, found, first, last)))

    return answering.json(await antre.database.fetch(work))


def _days(values: dict[str, str], office: Office, now: datetime) -> tuple[date, date]:
    """The first day and the last. Raises Refusal invalid_request."""
    last = reading.day(values["to"], "to") if "to" in values else office.today(now)
    if not date(1970, 1, 1) <= last <= date(9999, 1, 1):  # the edges of days would pass the end of the calendar
        raise Refusal("invalid_request", why="date", field="to")
    first = reading.day(values["from"], "from") if "from" in values else last - USUAL
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Refusal("invalid_request", why="date", field="from")
    return first, last


def _answer(tallies: list[Tally]) -> MessagesAnswer:
    return MessagesAnswer([
        MessageDay(day.isoformat(), [
            MessageCount(one.kind, one.state, one.count, one.parts, _plain(one.cost), one.currency) for one in them])
        for day, them in groupby(tallies, key=lambda one: one.day)
    ])


def _plain(cost: Decimal | None) -> str | None:
    return None if cost is None else f"{cost:.4f}"


ROUTES = [messages]

"""What can be booked now: the most asked question, so the shortest way.

An answer that is ready goes out without a look at the query or the database.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from litestar import get
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre, doorway_of
from api.openapi import Doc, Parameter
from api.rest import answering, examples, reading
from api.rest.reading import HttpRequest
from api.rest.schemas import FreeDayAnswer, SlotAnswer, SlotsAnswer
from api.shelf import Fresh
from scheduler import places
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from scheduler.places import FreeDay

MOST_DAYS = 62
USUAL_DAYS = 14


@get("/api/v1/offices/{office:str}/slots", opt={"doc": Doc(
    tag="offices", summary="What can be booked now", text="Never older than a second.",
    answer=SlotsAnswer, example=examples.SLOTS, codes=("unknown_office", "unknown_service"),
    parameters=(
        Parameter("service", "The service's short name.", {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"},
                  "ktp-rekam", required=True),
        Parameter("from", "The first day, of the office's calendar; today without it.",
                  {"type": "string", "format": "date"}, "2026-11-25"),
        Parameter("days", f"How many days; {USUAL_DAYS} without it.",
                  {"type": "integer", "minimum": 1, "maximum": MOST_DAYS}, 7),
    ),
)})
async def slots(request: HttpRequest, antre: FromAntre, office: FromPath[str]) -> ASGIResponse:
    """The days asked for, with the starts that have room."""
    question = (office, request.scope["query_string"])
    now, shelf = antre.clock.now(), doorway_of(request).shelf
    ready = shelf.find(question, now)
    if ready is not None:
        return ready

    async def read() -> Fresh:
        return await _read(request, antre, office, now)

    return await shelf.read(question, now, read)


async def _read(request: HttpRequest, antre: Antre, slug: str, now: datetime) -> Fresh:
    office = await reading.office_of(request, antre, slug)
    values = reading.query(request, "service", "from", "days")
    service = office.service(reading.required(values, "service"))
    count = reading.whole(values, "days", USUAL_DAYS, 1, MOST_DAYS)
    first = _first(values.get("from"), office, now)

    def work(connection: Connection) -> Fresh:
        found = places.free_slots(connection, office, service, first, count, now)
        return Fresh(office.id, encode(office, found), _good_until(office, found, now))

    return await antre.database.fetch(work)


def _good_until(office: Office, found: list[FreeDay], now: datetime) -> datetime:
    """Time alone makes an answer wrong: when its first start comes too near, and when the office's day is over."""
    tomorrow = datetime.combine(office.today(now) + timedelta(days=1), time(), office.zone)
    first = next((slot.start for day in found for slot in day.slots), tomorrow)
    too_near = first - timedelta(minutes=office.rules.notice_minutes) + timedelta(microseconds=1)
    return min(tomorrow, too_near)


def _first(text: str | None, office: Office, now: datetime) -> date:
    today = office.today(now)
    if text is None:
        return today
    first = reading.day(text, "from")
    if first < today:
        raise Refusal("invalid_request", why="past", field="from")
    if first > date(9999, 1, 1):  # the days that follow would pass the end of the calendar
        raise Refusal("invalid_request", why="date", field="from")
    return first


def encode(office: Office, days: list[FreeDay]) -> bytes:
    """The days as JSON, times with the office's offset."""
    return answering.encode(SlotsAnswer([_day(office, day) for day in days]))


def _day(office: Office, day: FreeDay) -> FreeDayAnswer:
    free = [SlotAnswer(answering.local(office, s.start), answering.local(office, s.end), s.places) for s in day.slots]
    return FreeDayAnswer(day.date.isoformat(), day.open, day.places, free)


ROUTES = [slots]

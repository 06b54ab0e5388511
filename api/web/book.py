"""The way to a booking up to the time: office, service, reason, day, hour. One question a page, all in the address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.web import choices, draft, free, who
from api.web.choices import Choices
from api.web.draft import Draft
from api.web.render import REVISIT, go, page, query
from scheduler.bookings import REASONS
from scheduler.offices import Office
from scheduler.people import readable
from scheduler.places import FreeSlot

SHOWN = 20  # offices on one page of a search

Asker = Request[Any, Any, Any]


@dataclass(frozen=True)
class Times:
    """The hours of one day to choose from, by part of the day; `week` instead when the day has none."""

    day: date
    parts: list[tuple[str, list[FreeSlot]]]


Found = list[Office] | free.Week | Times | None


@get("/", include_in_schema=False)
async def start(request: Asker, antre: FromAntre) -> Response[Any]:
    """The next question for what the address holds."""
    now = antre.clock.now()
    given = request.query_params
    known = draft.read(request, antre.vault, now)
    chosen, found = await antre.database.fetch(lambda connection: _look(connection, antre, dict(given), known, now))
    if chosen.question == "who":
        return go(chosen.address("/who"))
    return _ANSWERS[chosen.question](request, antre, chosen, found)


@get("/b/{office:str}", include_in_schema=False, sync_to_thread=False)
def office_address(office: FromPath[str]) -> Response[Any]:
    """A short address for posters: the office's own first page."""
    return go(query("/", office=office[:40]))


def _look(connection: Connection, antre: Antre, given: dict[str, Any], known: Draft | None,
          now: datetime) -> tuple[Choices, Found]:
    chosen = choices.read(connection, antre.offices, given)
    if chosen.question == "office":
        return chosen, antre.offices.all(connection)
    if chosen.question == "when":
        return chosen, _when(connection, chosen, given, _party(antre, chosen, known), now)
    return chosen, None


def _party(antre: Antre, chosen: Choices, known: Draft | None) -> int:
    """How many places are looked for: for all who come, once the details say how many."""
    if known is None or not _is_ready(antre, chosen, known):
        return 1
    return int(known.party)


def _is_ready(antre: Antre, chosen: Choices, known: Draft) -> bool:
    return (chosen.office is not None and chosen.service is not None
            and not who.mistakes(known, chosen.office, chosen.service, antre))


def _when(connection: Connection, chosen: Choices, given: dict[str, Any], party: int, now: datetime) -> Found:
    assert chosen.office is not None
    assert chosen.service is not None
    on = choices.read_day(given.get("day"))
    if on is not None:
        parts = free.times(connection, chosen.office, chosen.service, on, party, now)
        if parts:
            return Times(on, parts)
    return free.week(connection, chosen.office, chosen.service, on or choices.read_day(given.get("from")), party, now)


def _ask_office(request: Asker, _antre: Antre, chosen: Choices, found: Found) -> Response[Any]:
    assert isinstance(found, list)
    wanted = request.query_params.get("q", "").strip()[:80]
    matches = [office for office in found if _matches(office, wanted)]
    return page(request, "office.html", keep=REVISIT, wanted=wanted, matches=matches[:SHOWN], count=len(matches),
                asked="q" in request.query_params, every=len(found) <= SHOWN, unknown=chosen.unknown,
                status=404 if chosen.unknown else 200)


def _matches(office: Office, wanted: str) -> bool:
    text = f"{office.name} {office.slug} {office.address}".casefold()
    return all(word in text for word in wanted.casefold().split())


def _ask_what(request: Asker, _antre: Antre, chosen: Choices, _found: Found) -> Response[Any]:
    assert chosen.office is not None
    return page(request, "what.html", keep=REVISIT, office=chosen.office, services=chosen.office.by_slug.values(),
                missing="asked" in request.query_params, unknown=chosen.unknown,
                sms=readable(chosen.office.sms_number or ""))


def _ask_reason(request: Asker, _antre: Antre, chosen: Choices, _found: Found) -> Response[Any]:
    return page(request, "reason.html", keep=REVISIT, office=chosen.office, chosen=chosen, reasons=REASONS,
                missing=request.query_params.get("asked") == "reason")


def _ask_when(request: Asker, antre: Antre, chosen: Choices, found: Found) -> Response[Any]:
    """Hours lead to the details, or straight to the check when they were given before and only the time changes."""
    known = draft.read(request, antre.vault, antre.clock.now())
    ready = known is not None and _is_ready(antre, chosen, known)
    if isinstance(found, Times):
        path = "/check" if ready else "/who"
        return page(request, "times.html", keep=REVISIT, office=chosen.office, chosen=chosen, day=found.day,
                    parts=found.parts, time_url=lambda start: chosen.at(start).address(path))
    return page(request, "days.html", keep=REVISIT, office=chosen.office, chosen=chosen, week=found,
                gone="day" in request.query_params, day_url=lambda day: chosen.address(day=day),
                page_url=lambda first: chosen.address(**{"from": first}), wait_url=chosen.to_wait())


_ANSWERS: dict[str, Callable[[Asker, Antre, Choices, Found], Response[Any]]] = {
    "office": _ask_office, "what": _ask_what, "reason": _ask_reason, "when": _ask_when,
}

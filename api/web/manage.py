"""The manager's day and weeks: sentences, pictures, numbers, and why each is what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from litestar import Request, get
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import needs
from api.web import failures, happened, horizon, room, running, traffic, waits
from api.web.choices import read_day
from api.web.desk import own_office, staff_page
from api.web.failures import ToCall
from api.web.happened import Entry, Happened
from api.web.horizon import DAYS, WEEKS, Horizon
from api.web.numbers import percent
from api.web.render import language, words_of
from api.web.room import Room
from api.web.running import Running
from api.web.traffic import Traffic
from scheduler import absences, capacity, closure_lists, reports
from scheduler.offices import Office
from scheduler.reports import DayReport

SOON = 2 * DAYS  # days from today of which one is open, as a rule

Asker = Request[Any, Any, Any]


@dataclass(frozen=True)
class Seen:
    """What the page reads: the weeks, what became of the chosen day, how it runs, the minutes people are expected to
    wait on it, the room at the door if it is today, whom to call, how many more because of closures, the messages."""

    reports: dict[date, DayReport]
    entries: list[Entry]
    running: Running | None
    wait: float | None
    room: Room | None
    waiting: list[ToCall]
    unplaced: int
    traffic: Traffic


@dataclass(frozen=True)
class Wrong:
    """What was typed into the form of a number of places, and what is wrong with it by field."""

    typed: dict[str, str]
    fields: dict[str, str]


@get("/manage", include_in_schema=False, guards=[needs("manager")])
async def manage(request: Asker, antre: FromAntre) -> Response[Any]:
    """The day asked for (`?date=`), else the office's today, in its weeks."""
    office = await own_office(request, antre)
    asked = request.query_params.get("date")
    chosen = read_day(asked)
    return await show(request, antre, office, chosen or office.today(antre.clock.now()),
                      unread=asked is not None and chosen is None)


async def show(request: Asker, antre: Antre, office: Office, chosen: date, *, unread: bool = False,
               wrong: Wrong | None = None) -> Response[Any]:
    """The page of a day; with what is wrong in its form, if something is."""
    now = antre.clock.now()
    seen = await antre.database.fetch(lambda connection: _look(connection, antre, office, chosen, now))
    lang, words = language(request), words_of(language(request))
    weeks = Horizon(office, seen.reports, chosen, now)
    report = seen.reports.get(chosen)
    answer = await staff_page(
        request, antre, "manage.html", office, weeks=weeks, today=weeks.today, day=chosen, report=report, now=now,
        next_open=weeks.next_open(), words=words, told=_told(report, seen.entries, lang), wrong=wrong, unread=unread,
        running=seen.running, wait=seen.wait, door=seen.room.sentence(lang) if seen.room else None,
        by=next((entry.who for entry in seen.entries if entry.kind == "day_overridden"), ""),
        why=lambda because: capacity.words(because, lang),
        percent=lambda chance: percent(chance, words["numbers"]),
        to_call=len(seen.waiting), waiting=seen.waiting, unplaced=seen.unplaced, traffic=seen.traffic,
        messages_picture=traffic.picture(seen.traffic, weeks.today, words),
        money=lambda costs: traffic.money(costs, words["traffic"]),
    )
    answer.status_code = 422 if wrong else 200
    return answer


def _look(connection: Connection, antre: Antre, office: Office, chosen: date, now: datetime) -> Seen:
    first, today = horizon.first_of(chosen), office.today(now)
    found = reports.reports(connection, office, first, WEEKS * DAYS, now, antre.opening_key)
    if not first <= today <= first + timedelta(days=WEEKS * DAYS - SOON):
        found += reports.reports(connection, office, today, SOON, now, antre.opening_key)
    by_date = {report.day.date: report for report in found}
    report = by_date.get(chosen)
    return Seen(
        by_date, happened.read(connection, report.day.id) if report else [],
        running.read(connection, office, report, now) if report else None,
        waits.minutes(connection, office, report) if report and _is_ahead(office, report, now) else None,
        room.of(office, report, now) if report and chosen == today else None,
        failures.to_call(connection, antre.vault, office, now), closure_lists.to_call(connection, office, now),
        traffic.read(connection, office, now))


def _is_ahead(office: Office, report: DayReport, now: datetime) -> bool:
    return not report.day.closed and not absences.is_over(office, report.day.date, now)


def _told(report: DayReport | None, entries: list[Entry], lang: str) -> list[Happened]:
    return [] if report is None else happened.tell(report.decisions, entries, words_of(lang)["happened"], lang)

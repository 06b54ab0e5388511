"""The manager's day and week: sentences, a picture, numbers, and why each is what it is."""

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
from api.web import dates, failures, traffic
from api.web.choices import read_day
from api.web.desk import own_office, staff_page
from api.web.failures import ToCall
from api.web.pictures import week as week_picture
from api.web.pictures.week import Bar
from api.web.render import language, words_of
from api.web.traffic import Traffic
from scheduler import absences, capacity, reports
from scheduler.offices import Office
from scheduler.reports import DayReport

DAYS = 7

Asker = Request[Any, Any, Any]


@dataclass(frozen=True)
class Seen:
    """What the page reads: the chosen day, its week from Monday, today and tomorrow, whom to call,
    and the messages in numbers."""

    reports: dict[date, DayReport]
    waiting: list[ToCall]
    traffic: Traffic


@get("/manage", include_in_schema=False, guards=[needs("manager")])
async def manage(request: Asker, antre: FromAntre) -> Response[Any]:
    """The day asked for (`?date=`), else the office's today, in its week."""
    office, now = await own_office(request, antre), antre.clock.now()
    asked = request.query_params.get("date")
    today = office.today(now)
    chosen = read_day(asked) or today
    monday = chosen - timedelta(days=chosen.weekday())
    seen = await antre.database.fetch(lambda connection: _look(connection, antre, office, monday, now))
    week = [monday + timedelta(days=n) for n in range(DAYS)]
    lang, words = language(request), words_of(language(request))
    return await staff_page(
        request, antre, "manage.html", office, today=today, tomorrow=today + timedelta(days=1), day=chosen, week=week,
        seen=seen, over=absences.is_over(office, today, now), report=seen.reports.get(chosen),
        picture=_picture(office, week, seen, today, chosen, lang),
        why=lambda because: capacity.words(because, lang), unread=asked is not None and read_day(asked) is None,
        before=monday - timedelta(days=DAYS), after=monday + timedelta(days=DAYS), now=now,
        to_call=len(seen.waiting), waiting=seen.waiting, traffic=seen.traffic,
        messages_picture=traffic.picture(seen.traffic, today, words),
        money=lambda costs: traffic.money(costs, words["traffic"]),
    )


def _look(connection: Connection, antre: Antre, office: Office, monday: date, now: datetime) -> Seen:
    found = reports.reports(connection, office, monday, DAYS, now)
    found += reports.reports(connection, office, office.today(now), 2, now)
    return Seen({report.day.date: report for report in found}, failures.to_call(connection, antre.vault, office, now),
                traffic.read(connection, office, now))


def _picture(office: Office, week: list[date], seen: Seen, today: date, chosen: date, lang: str) -> Any:
    words = words_of(lang)
    bars = [_bar(day, seen.reports.get(day), today, chosen, words["dates"]) for day in week]
    return week_picture.week(bars, office.rules.low, office.rules.high, words["manage"])


def _bar(day: date, report: DayReport | None, today: date, chosen: date, words: dates.Words) -> Bar:
    label = (words["weekdays"][day.weekday()], f"{day.day} {words['months_short'][day.month - 1]}")
    if report is None:
        return Bar(label, 0, 0, 0, closed=False, today=day == today, chosen=day == chosen)
    row = report.day
    return Bar(label, row.released, row.booked, row.arrived + row.walk_ins, closed=row.closed, today=day == today,
               chosen=day == chosen)

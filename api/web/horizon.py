"""The coming weeks for the manager: five of them from the week before the chosen day, as a drawing and as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup

from api.web.dates import Words
from api.web.pictures import week, weeks
from api.web.pictures.week import Bar
from api.web.pictures.weeks import Column, Spread
from scheduler import absences
from scheduler.offices import Office
from scheduler.reports import DayReport

DAYS = 7
WEEKS = 5
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Horizon:
    """Five weeks around `chosen`, seen at `now`; `reports` has every day of them that is in the book, and more."""

    office: Office
    reports: Mapping[date, DayReport]
    chosen: date
    now: datetime

    @property
    def today(self) -> date:
        """The office's date."""
        return self.office.today(self.now)

    @property
    def tomorrow(self) -> date:
        """The office's date after today."""
        return self.today + DAY

    @property
    def before(self) -> date:
        """The same weekday a week earlier."""
        return self.chosen - DAYS * DAY

    @property
    def after(self) -> date:
        """The same weekday a week later."""
        return self.chosen + DAYS * DAY

    @property
    def week(self) -> list[date]:
        """The chosen day's week from Monday."""
        monday = self.chosen - timedelta(days=self.chosen.weekday())
        return [monday + n * DAY for n in range(DAYS)]

    @property
    def weeks(self) -> list[list[date]]:
        """All five, the one before the chosen day's first."""
        first = first_of(self.chosen)
        return [[first + (DAYS * w + n) * DAY for n in range(DAYS)] for w in range(WEEKS)]

    def is_over(self, day: date) -> bool:
        """Whether nobody comes any more on that day."""
        return day < self.today or (day == self.today and absences.is_over(self.office, day, self.now))

    def next_open(self) -> DayReport | None:
        """The first day after today that is open, if it is seen here."""
        coming = (self.reports.get(self.today + n * DAY) for n in range(1, 2 * DAYS))
        return next((report for report in coming if report is not None and not report.day.closed), None)

    def picture(self, words: Mapping[str, Any]) -> Markup:
        """All five weeks."""
        rules = self.office.rules
        return weeks.draw(list(self._columns(words["dates"])), rules.low, rules.high, words["manage"])

    def week_picture(self, words: Mapping[str, Any]) -> Markup:
        """The chosen day's week, in large."""
        bars = [self._bar(day, words["dates"]) for day in self.week]
        return week.week(bars, self.office.rules.low, self.office.rules.high, words["manage"])

    def _columns(self, words: Words) -> Iterator[Column]:
        days = [day for seven in self.weeks for day in seven]
        for day in days:
            label = (words["weekdays_short"][day.weekday()], str(day.day))
            month = words["months"][day.month - 1] if day == days[0] or day.day == 1 else ""
            yield self._column(day, label, month)

    def _column(self, day: date, label: tuple[str, str], month: str) -> Column:
        report, today, chosen = self.reports.get(day), day == self.today, day == self.chosen
        weekly = not self.office.hours.get(day.weekday()) and day not in self.office.special
        if report is None or report.day.closed:
            return Column(label, month, closed=report is not None, unopened=report is None, weekly=weekly,
                          today=today, chosen=chosen)
        row, outlook, over = report.day, report.outlook, self.is_over(day)
        return Column(
            label, month, released=row.released, booked=row.booked,
            came=row.arrived + row.walk_ins if over or today else None,
            spread=None if over else Spread(outlook.expected, outlook.least, outlook.most),
            by_hand=report.override is not None, today=today, chosen=chosen)

    def _bar(self, day: date, words: Words) -> Bar:
        report, today, chosen = self.reports.get(day), day == self.today, day == self.chosen
        label = (words["weekdays"][day.weekday()], f"{day.day} {words['months_short'][day.month - 1]}")
        if report is None:
            return Bar(label, 0, 0, 0, closed=False, today=today, chosen=chosen)
        row = report.day
        return Bar(label, row.released, row.booked, row.arrived + row.walk_ins, closed=row.closed, today=today,
                   chosen=chosen)


def first_of(chosen: date) -> date:
    """The first day of the five weeks: the Monday of the week before the chosen day's."""
    return chosen - timedelta(days=chosen.weekday() + DAYS)

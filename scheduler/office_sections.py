"""What each section of an office file means, and which values make sense there (pure).

The readers here note every problem and go on; `office_file.parse` refuses the file when any was noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

import msgspec

from scheduler import public_holidays
from scheduler.foundation.errors import Refusal
from scheduler.offices import Interval
from scheduler.people import parse_phone
from scheduler.public_holidays import HolidayRule
from scheduler.rules import KeepStep, Rules, Spending
from scheduler.toml_sections import Form, Section, suggestion

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SLUG = Form(r"[a-z0-9]+(-[a-z0-9]+)*", "small letters, digits and single hyphens")
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
CLOCK = Form(_TIME, "a time of day with two digits each")
INTERVAL = Form(rf"{_TIME} ?- ?({_TIME}|24:00)", "two times of day with two digits each and - between them")
STEP = Form(rf"(-[1-9]\d?d )?{_TIME}", "a time of day, or so many days before and a time of day")
PHONE = Form(r"[+(]?[0-9][0-9 ().-]{2,}", "a telephone number")
MONEY = Form(r"[A-Z]{3} [0-9]{1,9}(\.[0-9]{1,4})?", "the three letters of a currency and an amount")
COUNTRY = Form(r"[A-Z]{2}", "the two capital letters of a country")
LONGEST_EXCEPTION_DAYS = 366


class FileDay(msgspec.Struct, frozen=True):
    """One date with hours of its own; no intervals is closed."""

    date: date
    intervals: tuple[Interval, ...]
    reason: str


def read_office(section: Section) -> dict[str, Any]:
    """[office]: who and where."""
    values: dict[str, Any] = {
        "slug": section.text("slug", 40, form=SLUG, like="balikpapan"),
        "name": section.text("name", 120, like="Disdukcapil Kota Balikpapan"),
        "timezone": _timezone(section),
        "phone": section.text("phone", 20, form=PHONE, like="(0542) 000-100"),
        "sms_number": _sms_number(section),
        "address": section.text("address", 200, like="Jalan Contoh 1, Balikpapan"),
    }
    section.close()
    return values


def _timezone(section: Section) -> str:
    name = section.text("timezone", 40, like="Asia/Makassar")
    if name and name not in available_timezones():
        near = suggestion(name, available_timezones())
        section.wrong("timezone", f'no time zone is called "{name}".{near} Indonesia has Asia/Jakarta (WIB), '
                                  "Asia/Makassar (WITA) and Asia/Jayapura (WIT).")
    return name


def _sms_number(section: Section) -> str | None:
    typed = section.text("sms_number", 20, like="+62 812 0000 9999", optional=True)
    if not typed or (typed.isdecimal() and 3 <= len(typed) <= 8):  # a short code stays as it is
        return typed or None
    try:
        return parse_phone(typed)
    except Refusal:
        section.wrong("sms_number", f'sms_number "{typed}" is neither a mobile number nor a short code of 3 to 8 '
                                    "digits; leave the line out if residents cannot write back.")
        return None


def read_rules(top: Section) -> Rules:
    """[band], [capacity], [booking], [arrival], [walk_ins], [reminders], [messages], [privacy], [hall]: the numbers."""
    band = top.section("band")
    low, high = band.whole("low", 0, 5000), band.whole("high", 1, 5000)
    if band.sound("low", "high") and low > high:
        band.wrong("low", f"low is {low}, above high, which is {high}; low must not be above high.")
    band.close()
    standard = Rules(low, high)
    return Rules(low, high, **(
        _capacity(top.section("capacity", optional=True), standard)
        | _booking(top.section("booking", optional=True), standard, band)
        | _arrival(top.section("arrival", optional=True), standard)
        | _walk_ins(top.section("walk_ins", optional=True), band, high)
        | _reminders(top.section("reminders", optional=True), standard)
        | _messages(top.section("messages", optional=True), standard)
        | _privacy(top.section("privacy", optional=True), standard)
        | _hall(top.section("hall", optional=True), standard)
    ))


def _capacity(section: Section, standard: Rules) -> dict[str, Any]:
    values = {
        "risk_percent": section.whole("risk", 1, 50, default=standard.risk_percent),
        "pace_percent": section.whole("pace", 30, 100, default=standard.pace_percent),
        "portions": section.whole("portions", 1, 12, default=standard.portions),
    }
    section.close()
    return values


def _booking(section: Section, standard: Rules, band: Section) -> dict[str, Any]:
    values = {
        "horizon_days": section.whole("horizon_days", 1, 365, default=standard.horizon_days),
        "notice_minutes": section.whole("notice_minutes", 0, 10_080, default=standard.notice_minutes),
        "per_phone": section.whole("per_phone", 1, 50, default=standard.per_phone),
        "max_moves": section.whole("max_moves", 0, 20, default=standard.max_moves),
        "max_party": section.whole("max_party", 1, 20, default=standard.max_party),
    }
    if band.sound("high") and section.sound("max_party") and values["max_party"] > standard.high:
        section.wrong("max_party", f"max_party is {values['max_party']}, above the {standard.high} visitors of a day.")
    section.close()
    return values


def _arrival(section: Section, standard: Rules) -> dict[str, Any]:
    values = {
        "early_minutes": section.whole("early_minutes", 0, 480, default=standard.early_minutes),
        "late_minutes": section.whole("late_minutes", 0, 480, default=standard.late_minutes),
    }
    section.close()
    return values


def _walk_ins(section: Section, band: Section, high: int) -> dict[str, Any]:
    keep = section.whole("keep", 0, 5000, default=0)
    if band.sound("high") and keep > high:
        section.wrong("keep", f"keep is {keep}, above the day's high of {high}; keep back fewer.")
    steps = section.sections("steps", like='steps = [{ at = "10:00", keep = 2 }]', most=24, optional=True)
    read = tuple(_keep_step(step, band, high) for step in steps)
    for (earlier, later), step in zip(pairwise(read), steps[1:], strict=True):
        if earlier.at and later.at and _order_of(earlier.at) >= _order_of(later.at):
            step.wrong("at", f'"{later.at}" does not come after "{earlier.at}"; write the steps in order of time.')
    section.close()
    return {"walk_in_keep": keep, "walk_in_steps": read}


def _keep_step(section: Section, band: Section, high: int) -> KeepStep:
    at = section.text("at", 10, form=STEP, like="-1d 16:00")
    keep = section.whole("keep", 0, 5000)
    if band.sound("high") and keep > high:
        section.wrong("keep", f"keep is {keep}, above the day's high of {high}; keep back fewer.")
    section.close()
    return KeepStep(at, keep)


def _order_of(at: str) -> tuple[int, str]:
    days, _, clock = at.rpartition(" ")
    return int(days.rstrip("d") or 0), clock


def _reminders(section: Section, standard: Rules) -> dict[str, Any]:
    evening = _clock(section, "evening", standard.evening_reminder)
    late_minutes = section.whole("late_minutes", 15, 720, default=standard.late_reminder_minutes)
    quiet_from = _clock(section, "quiet_from", standard.quiet_from)
    quiet_to = _clock(section, "quiet_to", standard.quiet_to)
    if section.sound("evening", "quiet_from", "quiet_to") and _is_within(evening, quiet_from, quiet_to):
        section.wrong("evening", f"evening {evening} lies in the quiet hours {quiet_from} to {quiet_to}: the reminder "
                                 "of the day before would never go out; choose a time outside them.")
    section.close()
    return {"evening_reminder": evening, "late_reminder_minutes": late_minutes,
            "quiet_from": quiet_from, "quiet_to": quiet_to}


def _is_within(clock: str, start: str, end: str) -> bool:
    return start <= clock < end if start <= end else clock >= start or clock < end


def _clock(section: Section, key: str, default: str) -> str:
    return section.text(key, 5, form=CLOCK, like=default, optional=True) or default


def _messages(section: Section, standard: Rules) -> dict[str, Any]:
    typed = section.text("daily_spending", 20, form=MONEY, like="KES 400", optional=True)
    values = {
        "answers_an_hour": section.whole("answers_an_hour", 10, 100_000, default=standard.answers_an_hour),
        "daily_spending": _spending(typed) if typed else None,
    }
    section.close()
    return values


def _spending(typed: str) -> Spending:
    currency, amount = typed.split()
    return Spending(Decimal(amount), currency)


def _privacy(section: Section, standard: Rules) -> dict[str, Any]:
    values = {"erase_after_days": section.whole("erase_after_days", 1, 365, default=standard.erase_after_days)}
    section.close()
    return values


def _hall(section: Section, standard: Rules) -> dict[str, Any]:
    values = {
        "priority_in_a_row": section.whole("priority_in_a_row", 1, 20, default=standard.priority_in_a_row),
        "absent_after": section.whole("absent_after", 0, 50, default=standard.absent_after),
        "absent_calls": section.whole("absent_calls", 1, 10, default=standard.absent_calls),
        "silent_minutes": section.whole("silent_minutes", 1, 60, default=standard.silent_minutes),
        "soon_minutes": section.whole("soon_minutes", 0, 120, default=standard.soon_minutes),
        "survey": section.has("survey") and section.yes("survey"),
    }
    section.close()
    return values


def read_hours(section: Section) -> dict[int, tuple[Interval, ...]]:
    """[hours]: the open intervals of each weekday (Monday 0); a day left out is closed."""
    week = {n: read_intervals(section, day) for n, day in enumerate(WEEKDAYS)}
    if section.sound(*WEEKDAYS) and not any(week.values()):
        section.problems.at(section.path, 'the office is never open; write for example: monday = ["07:30-12:00"]')
    section.close()
    return {day: intervals for day, intervals in week.items() if intervals}


def read_intervals(section: Section, key: str) -> tuple[Interval, ...]:
    """Intervals as `07:30-12:00`, in order and apart from each other."""
    written = section.texts(key, 13, form=INTERVAL, like="07:30-12:00", most=12, optional=True)
    halves = [tuple(part.strip() for part in text.split("-")) for text in written if text]
    read = tuple((opens, closes) for opens, closes in halves)
    if len(read) < len(written):
        return read
    for n, (opens, closes) in enumerate(read):
        if opens >= closes:
            section.wrong(key, f'"{written[n]}" ends before it begins; write the earlier time first.', n)
        elif n and opens < read[n - 1][1]:
            section.wrong(key, f'"{written[n]}" begins before "{written[n - 1]}" has ended; write the intervals in '
                               "order of time, not over each other.", n)
    return read


def read_exceptions(top: Section) -> tuple[FileDay, ...]:
    """[[exceptions]]: dates with other hours, or closed; each date once."""
    days: dict[date, FileDay] = {}
    for section in top.sections("exceptions", like="[[exceptions]]", most=500, optional=True):
        for day in _exception(section):
            if day.date in days:
                section.problems.at(section.path, f"{day.date} has an exception above already; write each date once.")
            days[day.date] = day
    return tuple(days[day] for day in sorted(days))


def _exception(section: Section) -> Iterator[FileDay]:
    first, last = _dates(section)
    closed, has_hours = section.yes("closed"), section.has("hours")
    intervals = read_intervals(section, "hours")
    reason = section.text("reason", 120, like="Jam kerja Ramadan")
    if section.sound("closed", "hours") and closed == bool(intervals):
        section.wrong("closed" if closed else "hours" if has_hours else "closed",
                      'write either closed = true or hours = ["08:00-12:00"], one of the two.')
    section.close()
    if first is None or last is None or not section.sound("from", "to"):
        return
    for n in range((last - first).days + 1):
        yield FileDay(first + timedelta(days=n), intervals, reason)


def _dates(section: Section) -> tuple[date | None, date | None]:
    if section.has("date"):
        for key in ("from", "to"):
            if section.has(key):
                section.wrong(key, "write either date, for one day, or from and to, for several.")
        day = section.day("date")
        return day, day
    if not section.has("from") and not section.has("to"):
        section.wrong("date", "the exception has no date; write for example: date = 2026-12-31")
        return None, None
    first, last = section.day("from"), section.day("to")
    if first and last and not 0 <= (last - first).days < LONGEST_EXCEPTION_DAYS:
        section.wrong("to", f"to is {last} and from is {first}; to must come after from, within a year.")
    return first, last


def read_holidays(section: Section) -> HolidayRule | None:
    """[holidays]: which public holidays the office keeps; none without the section."""
    country = section.text("country", 2, form=COUNTRY, like="ID")
    kinds = section.texts("categories", 40, like="public", most=20, optional=True) or ("public",)
    part = section.text("subdivision", 10, like="BB", optional=True) or None
    section.close()
    if not country or country not in public_holidays.countries():
        if country:
            section.wrong("country", f'no holidays are known for "{country}"; write the two letters of the country, '
                                     'for Indonesia "ID".')
        return None  # no section, or a country to correct first
    for n, kind in enumerate(kinds):
        known = public_holidays.categories(country)
        if kind and kind not in known:
            section.wrong("categories", f'{country} has no category "{kind}"; it has {", ".join(known)}.', n)
    parts = public_holidays.subdivisions(country)
    if part is not None and part not in parts:
        section.wrong("subdivision", f'{country} has no subdivision "{part}"; '
                      + (f"it has {', '.join(parts)}." if parts else "leave the line out."))
    return HolidayRule(country, kinds, part)

"""A day as one types it on a keypad: `2511`, `25/11`, `25-11-2026`, `25`, besok (pure)."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_MARKED = re.compile(r"(\d{1,2})[\s./#*-]+(\d{1,2})(?:[\s./#*-]+(\d{2}|\d{4}))?")
_DENSE = re.compile(r"(\d{2})(?:(\d{2})(\d{4}|\d{2})?)?")
_NEAR = {"hari ini": 0, "today": 0, "besok": 1, "tomorrow": 1, "lusa": 2}


def read(typed: str, today: date) -> date | None:
    """The day, without a year or month the next such one from `today` on; None when it is none."""
    text = " ".join(typed.lower().split())
    if text in _NEAR:
        return today + timedelta(days=_NEAR[text])
    if not text.isascii():
        return None
    found = _MARKED.fullmatch(text) or _DENSE.fullmatch(text)
    if found is None:
        return None
    day, month, year = (int(part) if part else None for part in found.groups())
    assert day is not None
    return _next(day, month, None if year is None else year + 2000 * (year < 100), today)


def _next(day: int, month: int | None, year: int | None, today: date) -> date | None:
    if month is None:
        return next((one for one in _months(day, today) if one >= today), None)
    years = [year] if year is not None else range(today.year, today.year + 5)
    days = (_date(one, month, day) for one in years)
    return next((one for one in days if one is not None and (year is not None or one >= today)), None)


def _months(day: int, today: date) -> list[date]:
    """That day of this month and the next ones, where they have it."""
    firsts = [today.replace(day=1)]
    for _ in range(2):
        firsts.append(firsts[-1] + timedelta(days=monthrange(firsts[-1].year, firsts[-1].month)[1]))
    return [one for first in firsts if (one := _date(first.year, first.month, day)) is not None]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

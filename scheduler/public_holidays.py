"""Public holidays of a country from the `holidays` package, in Indonesian where it knows the words (pure)."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from datetime import date
from typing import Any

import holidays
import msgspec

LANGUAGE = "id"


class HolidayRule(msgspec.Struct, frozen=True):
    """Which holidays an office keeps: ISO 3166 `country`, the package's `categories`, ISO 3166-2 `subdivision`."""

    country: str
    categories: tuple[str, ...]
    subdivision: str | None = None


class Holiday(msgspec.Struct, frozen=True):
    """One holiday; `estimated`: the date follows the moon or a decree that was not out yet."""

    date: date
    name: str
    estimated: bool


def countries() -> list[str]:
    """The countries the package knows, by their codes of two letters."""
    return sorted(code for code in holidays.list_supported_countries() if len(code) == 2)


def categories(country: str) -> tuple[str, ...]:
    """The kinds of holidays the package tells apart in that country."""
    return tuple(sorted(_empty(country).supported_categories))


def subdivisions(country: str) -> tuple[str, ...]:
    """The country's parts that have holidays of their own."""
    return tuple(sorted(_empty(country).subdivisions))


def holidays_of(rule: HolidayRule, years: Iterable[int]) -> list[Holiday]:
    """The holidays of these years by date, one a date. The rule's values must be ones the package knows."""
    country = _empty(rule.country)
    language = LANGUAGE if LANGUAGE in country.supported_languages else country.default_language
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns of years it only estimates; the rows say so themselves
        calendar = holidays.country_holidays(
            rule.country, subdiv=rule.subdivision, years=sorted(years), language=language, categories=rule.categories
        )
    before, after = _estimate_marks(calendar)
    return [_holiday(day, calendar.get_list(day), before, after) for day in sorted(calendar)]


def _empty(country: str) -> Any:
    return holidays.country_holidays(country, years=[])


def _estimate_marks(calendar: Any) -> tuple[str, str]:
    """What the package writes before and after the name of an estimate: `%s (perkiraan)` in Indonesian."""
    label = getattr(calendar, "estimated_label", None)
    before, _, after = calendar.tr(label).partition("%s") if label else ("", "", "")
    return before, after


def _holiday(day: date, names: list[str], before: str, after: str) -> Holiday:
    plain, estimated = [], False
    for name in names:
        marked = bool(before or after) and name.startswith(before) and name.endswith(after)
        plain.append(name.removeprefix(before).removesuffix(after) if marked else name)
        estimated = estimated or marked
    return Holiday(day, "; ".join(plain), estimated)

"""Moments and days as the words of a language say them (pure). Moments come in with the office's own offset."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

Words = Mapping[str, Any]


def day(words: Words, value: date) -> str:
    """`Rabu, 25 November 2026`."""
    return f"{words['weekdays'][value.weekday()]}, {value.day} {words['months'][value.month - 1]} {value.year}"


def day_without_year(words: Words, value: date) -> str:
    """`Rabu, 25 November`."""
    return f"{words['weekdays'][value.weekday()]}, {value.day} {words['months'][value.month - 1]}"


def short_day(words: Words, value: date) -> str:
    """`Rab 25 Nov`."""
    return f"{words['weekdays_short'][value.weekday()]} {value.day} {words['months_short'][value.month - 1]}"


def hour(words: Words, value: datetime) -> str:
    """`08.00`, or `08:00` in English."""
    return f"{value.hour:02}{words['hour_separator']}{value.minute:02}"


def zone(value: datetime) -> str:
    """`WITA`; an offset such as `GMT+02` where the zone has no letters of its own."""
    name = value.tzname() or ""
    return name if name.isalpha() else f"GMT{name}"


def moment(words: Words, value: datetime) -> str:
    """`Rabu, 25 November 2026, 08.00 WITA`."""
    return f"{day(words, value.date())}, {hour(words, value)} {zone(value)}"

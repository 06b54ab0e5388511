"""What this room says to people, in Indonesian and English, and how it writes dates and hours.

The words stand in `id.toml` and `en.toml` beside this file, under the same keys.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time
from functools import lru_cache
from importlib.resources import files
from typing import Any

from babel.dates import format_date, format_time

LANGUAGES = ("id", "en")
_LOCALES = {"id": "id_ID", "en": "en_GB"}


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> dict[str, Any]:
    """Every word of the language; Indonesian for a language that has none."""
    name = language if language in LANGUAGES else LANGUAGES[0]
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def say(language: str, key: str, **values: object) -> str:
    """The words under `key` (`ticket.heading`, `verdict.early.say`) with the values put in."""
    found: Any = catalogue(language)
    for part in key.split("."):
        found = found[part]
    words: str = found.format(**values)
    return words


@lru_cache(maxsize=512)
def day(language: str, when: date) -> str:
    """`Selasa, 24 November 2026`, `Tuesday 24 November 2026`."""
    return format_date(when, "full", locale=_LOCALES.get(language, "id_ID"))


def hour(language: str, local: datetime) -> str:
    """The hour of a moment in its own zone: `09.30 WITA`, `09:30 WITA`, `09:30 UTC-03` where a zone has no name."""
    zone = local.strftime("%Z")
    zone = f"UTC{zone}" if zone[:1] in "+-" else zone
    return f"{clock(language, local)} {zone}"


def clock(language: str, local: datetime) -> str:
    """The hour of a moment in its own zone, without the zone: `09.30`, `09:30`."""
    return _clock(language, local.time().replace(second=0, microsecond=0))


@lru_cache(maxsize=512)
def _clock(language: str, at: time) -> str:
    return format_time(at, "short", locale=_LOCALES.get(language, "id_ID"))

"""The sentences of the menu in both languages, from `api/phone/words/ussd.{id,en}.toml` (pure)."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

from api.languages import LANGUAGES

Words = dict[str, Any]


def _load(language: str) -> Words:
    return tomllib.loads((files("api.phone") / "words" / f"ussd.{language}.toml").read_text(encoding="utf-8"))


WORDS: dict[str, Words] = {language: _load(language) for language in LANGUAGES}

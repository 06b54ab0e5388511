"""Shares and amounts as people read them (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def percent(share: float, words: Mapping[str, Any]) -> str:
    """`5 %`; what is hardly anything or nearly all is said so and never rounded to nothing or to all."""
    if 0 < share < 0.005:
        return str(words["hardly"])
    if 0.995 < share < 1:
        return str(words["nearly"])
    return f"{round(share * 100)} %"


def signed(value: float) -> str:
    """`+3`, `−2`, `0`: a difference in whole numbers."""
    whole = round(value)
    return f"+{whole}" if whole > 0 else f"−{-whole}" if whole < 0 else "0"


def decimal(value: Any, words: Mapping[str, Any]) -> str:
    """`1.234`, `3,5`, `84,72`: a number with the marks of the language; fractions of a float to one decimal."""
    shown = f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
    return shown.translate(str.maketrans({",": words["thousands"], ".": words["decimal"]}))

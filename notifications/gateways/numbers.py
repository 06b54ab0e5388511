"""How carriers write telephone numbers (pure)."""

from __future__ import annotations

import re
from typing import Literal

Number = Literal["e164", "plain", "national"]

E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)  # ITU-T E.164: at most 15 digits
NOT_E164 = "not a number in E.164"
HOME = "62"  # the country whose numbers are written without it

_WAYS_TO_WRITE = (
    (re.compile(r"\+(.*)"), ""), (re.compile(r"00([1-9].*)"), ""), (re.compile(r"0([1-9][0-9]{7,})"), HOME),
    (re.compile(rf"({HOME}[0-9]{{8,}})"), ""),
)


def written(phone: str, number: Number) -> str:
    """An E.164 number as the carrier wants it: +62812..., 62812..., 0812... (another country's 00...)."""
    if number == "e164":
        return phone
    plain = phone.removeprefix("+")
    if number == "plain":
        return plain
    return "0" + plain.removeprefix(HOME) if plain.startswith(HOME) else "00" + plain


def to_e164(number: str) -> str:
    """The number a callback names, in E.164; short codes and names of senders stay as they are."""
    digits = re.sub(r"[ .()-]", "", number)
    for pattern, head in _WAYS_TO_WRITE:
        found = pattern.fullmatch(digits)
        if found and E164.fullmatch(f"+{head}{found[1]}"):
            return f"+{head}{found[1]}"
    return number

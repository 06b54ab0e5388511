"""The alphabet of SMS: what one part holds, and how to bring other text into it.

Source: 3GPP TS 23.038 (GSM 03.38), 6.2.1: the default alphabet and its extension table. A part carries 160
septets; a message of several parts carries 153 in each, as six octets go to the header that joins them
(3GPP TS 23.040, 9.2.3.24.1). Outside the alphabet a message goes as UCS-2: 70 and 67 characters of 16 bits.
"""

from __future__ import annotations

import math
import unicodedata

PART = 160
JOINED_PART = 153
UCS2_PART = 70
UCS2_JOINED_PART = 67

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

# What word processors and keyboards put where the alphabet has a plain sign.
_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
        "•": "-", "·": "-", "…": "...", "×": "x", "⁄": "/",
    }
)


def septets(text: str) -> int | None:
    """How many septets the text takes, characters of the extension table counted twice; None outside the alphabet."""
    total = 0
    for character in text:
        if character in _BASIC:
            total += 1
        elif character in _EXTENSION:
            total += 2
        else:
            return None
    return total


def fits(text: str) -> bool:
    """Whether the text goes as one GSM-7 part."""
    size = septets(text)
    return size is not None and size <= PART


def parts(text: str) -> int:
    """How many SMS a network bills for the text; an empty text is one."""
    size = septets(text)
    if size is None:
        units = len(text.encode("utf-16-be")) // 2
        return 1 if units <= UCS2_PART else math.ceil(units / UCS2_JOINED_PART)
    return 1 if size <= PART else _joined(text)


def _joined(text: str) -> int:
    """Parts of a long GSM-7 text, as an extension pair is never split between two."""
    count, room = 1, JOINED_PART
    for character in text:
        size = 2 if character in _EXTENSION else 1
        if size > room:
            count, room = count + 1, JOINED_PART
        room -= size
    return count


def mend(text: str) -> str:
    """The text on one line inside the alphabet: plain quotes and dashes, accents dropped where the alphabet lacks
    them, whatever else it lacks left out."""
    characters = "".join(_mended(character) for character in text.translate(_PLAIN))
    return " ".join(characters.split())


def _mended(character: str) -> str:
    if character.isspace():
        return " "
    if character in _BASIC or character in _EXTENSION:
        return character
    plain = unicodedata.normalize("NFKD", character).translate(_PLAIN)
    return "".join(letter for letter in plain if letter in _BASIC or letter in _EXTENSION)


def clip(text: str, size: int) -> str:
    """The longest beginning of a mended text that takes at most `size` septets."""
    kept = text
    while (septets(kept) or 0) > size:
        kept = kept[:-1]
    return kept.rstrip()

"""A call in sounds (pure): `Nomor antrean A, nol satu dua, silakan menuju loket tiga`, digit by digit.

A sound whose name ends in a dot is the same word with the voice going down, as at the end of a sentence.
"""

from __future__ import annotations

import re
from string import ascii_uppercase, digits

LEAD, ON, LOOK = "nomor-antrean", "silakan-menuju", "silakan-lihat-layar."
PLACES = ("loket", "meja", "ruang", "konter")  # what offices call a counter
SPELT = (*ascii_uppercase, *digits)
SOUNDS = (LEAD, ON, LOOK, *PLACES, *SPELT, *(f"{sign}." for sign in SPELT))
SHORT = 3  # letters: `KK` is spelt, `Prioritas` is not

_WORDS = re.compile(r"[A-Za-z]+|[0-9]+")


def of_call(number: str, counter: str) -> list[str]:
    """The sounds of a call of the number (`A-012`) to the counter of that name (`Loket 3`, `Meja B`).

    A name that cannot be spelt sends to the screen.
    """
    return [LEAD, *_spelt(number), *_way_to(counter)]


def _spelt(text: str) -> list[str]:
    return [sign for sign in text.upper() if sign in SPELT]


def _way_to(counter: str) -> list[str]:
    words = _WORDS.findall(counter)
    signs = [sign for word in words if word.isdigit() or len(word) <= SHORT for sign in _spelt(word)]
    if not signs:
        return [LOOK]
    place = next((word.lower() for word in words if word.lower() in PLACES), PLACES[0])
    return [ON, place, *signs[:-1], f"{signs[-1]}."]

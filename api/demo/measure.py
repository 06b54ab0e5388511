"""What a message costs, as a phone shows it while it is written (pure); the counting is the office's own."""

from __future__ import annotations

from dataclasses import dataclass

from notifications.wording import gsm7


@dataclass(frozen=True, slots=True)
class Size:
    """`used` of `room` in `parts` SMS: septets in the GSM alphabet, else (`wide`) characters of 16 bits."""

    parts: int
    used: int
    room: int
    wide: bool


def measure(text: str) -> Size:
    """How much room the text takes of the parts it needs."""
    parts, septets = gsm7.parts(text), gsm7.septets(text)
    if septets is None:
        used, single, joined = len(text.encode("utf-16-be")) // 2, gsm7.UCS2_PART, gsm7.UCS2_JOINED_PART
    else:
        used, single, joined = septets, gsm7.PART, gsm7.JOINED_PART
    return Size(parts, used, single if parts == 1 else parts * joined, septets is None)

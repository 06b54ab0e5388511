"""From the texts a carrier repeats to what was typed since (pure).

With each step the carrier sends all inputs so far, joined by `*`, and an input may hold a `*` itself. So the new input
is what follows the text of before, whatever it holds; only when several inputs come at once are they taken apart.
"""

from __future__ import annotations

from dataclasses import dataclass

STAR = "*"
NIK_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Typed:
    """`rest` is what has not been worked on; `again` says that nothing is new, `anew` that the session starts over."""

    rest: str | None
    again: bool = False
    anew: bool = False


def since(before: str, text: str) -> Typed:
    """What `text` brings after `before`, the text of the last step.

    The same text, or one that the last had passed already, is a callback that came twice or late. An empty text, or one
    that leads elsewhere, means that the carrier began anew.
    """
    if text == before:
        return Typed(None, again=True)
    if before == "":
        return Typed(text)
    if text.startswith(before + STAR):
        return Typed(text[len(before) + 1:])
    if text and before.startswith(text + STAR):
        return Typed(None, again=True)
    return Typed(text or None, anew=True)


def first_of(rest: str, asked: str) -> tuple[str, str | None]:
    """The first input of `rest`, and what follows it; `asked` is the screen that stands.

    A NIK typed with `*` between its groups and a name with a `*` inside are one input.
    """
    head, star, tail = rest.partition(STAR)
    if not star:
        return rest, None
    pieces = rest.split(STAR)
    if asked == "nik":
        return _nik(pieces)
    digits = [piece.strip().isdigit() for piece in pieces]
    if asked == "name" and not digits[0] and not all(digits[1:]):  # no name begins with a number: that leads back
        return rest, None
    return head, tail


def _nik(pieces: list[str]) -> tuple[str, str | None]:
    """As many groups as make sixteen characters, if some number of them does; else the first."""
    length = 0
    for count, piece in enumerate(pieces, 1):
        length += len(piece.strip())
        if length == NIK_DIGITS:
            return " ".join(pieces[:count]), STAR.join(pieces[count:]) if pieces[count:] else None
    return pieces[0], STAR.join(pieces[1:])

"""A screen that always fits: a word on what was wrong, a title, the choices (pure).

A network carries 182 characters of GSM 03.38 (3GPP TS 23.090 and 23.038) and the interface promises 160; `CON ` and
`END ` are counted in, so that no way of counting finds more. Choices are never cut: the hint gives way, then the title.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.wording import gsm7

CON, END = "CON ", "END "
ROOM = gsm7.PART - len(CON)
MOST = 5      # choices on a screen, the way back among them
A_PAGE = 3    # of a list that goes on: beside them "more" and "back"

Choice = tuple[str, str]  # what to type, what it says


@dataclass(frozen=True, slots=True)
class Screen:
    """What a phone shows; `end` closes the session, `cut` says that not all of the words found room."""

    text: str
    end: bool = False
    cut: bool = False

    @property
    def answer(self) -> str:
        """As the carrier wants it."""
        return (END if self.end else CON) + self.text


def screen(title: str, choices: Sequence[Choice] = (), *, note: str = "", hint: str = "", end: bool = False) -> Screen:
    """Note, title, hint and choices, one under the other, as far as they fit."""
    assert len(choices) <= MOST
    listed = [gsm7.mend(f"{key} {label}") for key, label in choices]
    room = ROOM - sum(size(line) + 1 for line in listed)
    heads = [[note, title, hint], [note, title]]
    head = next((joined for lines in heads if size(joined := _joined(lines)) <= room), None)
    cut = head is None
    if head is None:
        head = clip(_joined([note, title]), room)
    return Screen("\n".join(filter(None, (head, *listed))), end, cut)


def _joined(texts: Sequence[str]) -> str:
    return "\n".join(filter(None, (gsm7.mend(line) for text in texts for line in text.split("\n"))))


def size(text: str) -> int:
    """Septets of a text that is inside the alphabet."""
    return gsm7.septets(text) or 0


def clip(text: str, most: int) -> str:
    """At most `most` septets, cut after a word where one ends in the second half."""
    short = gsm7.clip(text, max(most, 0))
    if short == text.rstrip():
        return short
    whole = max(short.rfind(" "), short.rfind("\n"))
    return short[:whole].rstrip(" ,;:(") if whole > len(short) // 2 else short


def short(text: str, most: int) -> str:
    """A name or label inside the alphabet, in at most `most` septets."""
    return gsm7.clip(gsm7.mend(text), most)


@dataclass(frozen=True, slots=True)
class Part:
    """A page of a list: `items` from the `first`-th on, and whether more follow."""

    items: tuple[int, ...]
    more: bool


def part(count: int, page: int) -> Part:
    """Which of `count` things the page shows: three, and whether more are behind; past the end the first page."""
    first = page * A_PAGE if page * A_PAGE < count else 0
    return Part(tuple(range(first, min(first + A_PAGE, count))), more=first + A_PAGE < count)


def numbered(labels: Sequence[str], more: str = "") -> list[Choice]:
    """The labels from 1 on, and `more` behind them if there is any."""
    return [(str(n), label) for n, label in enumerate([*labels, more] if more else labels, 1)]


def number_in(typed: str) -> int | None:
    """The number that was typed, also as `1.` or `1#`; None when it is none."""
    digits = typed.strip().rstrip(".)#").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 2 else None


def mended(text: str) -> str:
    """The text on one line inside the alphabet."""
    return gsm7.mend(text)

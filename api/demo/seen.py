"""What the page shows of phones: numbers as typed, messages both ways in one row, and where they come from."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.demo.demo import Demo
from api.demo.handset import SERVICE_CODE, Dialogue
from api.demo.measure import Size, measure
from api.demo.people import invent
from api.web import render
from scheduler.foundation.errors import Refusal
from scheduler.people import parse_phone

MOST = 4  # phones side by side
LINES = 40  # messages shown of each phone, the newest
_FIRST = "0812 0000 {n:04}"  # nobody has such a number
_COMMANDS = ("1", "TUNGGU", "CEK", "UBAH", "BATAL", "YA", "TIDAK", "INFO KTP", "BANTUAN")


@dataclass(frozen=True)
class Line:
    """One message on a phone; `mine` are those it sent, `peer` is the other side."""

    n: int
    mine: bool
    peer: str
    at: datetime
    text: str
    size: Size


@dataclass(frozen=True)
class Phone:
    """One phone of the page: the number as `typed`, and in E.164, None if it is `wrong`."""

    typed: str
    number: str | None
    wrong: Any
    lines: Sequence[Line]
    dialogue: Dialogue | None

    @property
    def open_dialogue(self) -> Dialogue | None:
        """The USSD session that waits for an answer."""
        return self.dialogue if self.dialogue and not self.dialogue.end else None


def lines(demo: Demo, number: str) -> list[Line]:
    """What the phone got and sent, oldest first."""
    standin = demo.standin
    both = [(text, False, text.sender) for text in standin.inbox(number)]
    both += [(text, True, standin.sender) for text in standin.written(number)]
    both.sort(key=lambda entry: entry[0].n)
    return [Line(text.n, mine, peer, text.at, text.text, measure(text.text)) for text, mine, peer in both[-LINES:]]


def numbers(given: Sequence[str]) -> list[str]:
    """Those phones of an address or a form that are shown, as they were typed: at least one, each once."""
    return list(dict.fromkeys(number.strip()[:40] for number in given if number.strip()))[:MOST] or [another([])]


def another(shown: Sequence[str]) -> str:
    """An invented number that is not among those shown."""
    return next(number for number in (_FIRST.format(n=n) for n in range(1, MOST + 2)) if number not in shown)


def phones(request: Any, demo: Demo, typed: Sequence[str]) -> list[Phone]:
    """The phones with these numbers, in the order of the numbers."""
    return [_phone(request, demo, number) for number in typed]


def _phone(request: Any, demo: Demo, typed: str) -> Phone:
    try:
        number = parse_phone(typed)
    except Refusal as refusal:
        return Phone(typed, None, render.refusal_words(refusal, request, demo.office), [], None)
    return Phone(typed, number, None, lines(demo, number), demo.handset.dialogue(number))


def samples() -> list[str]:
    """Messages worth sending, the first one for somebody new."""
    person = invent(random.Random())  # noqa: S311 - who is invented is no secret
    return [f"DAFTAR KTP {person.nik} {person.name}", *_COMMANDS]


def peer(number: str) -> str:
    """A sender as a phone shows it: a number in groups, a name as it is."""
    return render.readable(number) if number.startswith("+") else number


def cost(words: Mapping[str, str], size: Size) -> str:
    """`1 SMS, 152/160`."""
    return words["size"].format(parts=size.parts, used=size.used, room=size.room)


def device_words(words: Mapping[str, Any], demo: Demo) -> dict[str, Any]:
    """What the phones of the page need to know beside their keys."""
    return {**words, "office": demo.standin.sender, "office_shown": peer(demo.standin.sender), "code": SERVICE_CODE,
            "open": sorted(demo.handset.open_hooks)}

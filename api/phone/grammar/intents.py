"""What a resident's SMS can ask for: the values the grammar answers with, and nothing else.

A field that is None was not written, or not well enough: then `trouble` says which field stands in the way first.
They hold personal data (NIK, name) and so are never logged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Field = Literal["service", "nik", "name", "day", "code", "rating"]
Language = Literal["id", "en"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """The one thing to ask about.

    `why` is missing, unknown, several or past, a word of `scheduler.people` for a NIK or a name (length, date, ...),
    or for a code length and digit (the check digit is wrong; of a rating, one is not 1 to 4). `value`
    helps a sentence: the service as written, or how many digits a number of the wrong length has; never the number
    itself. `candidates` are the slugs of the services a word fits, in the office's order.
    """

    field: Field
    why: str
    value: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Register:
    """DAFTAR: a place is wanted. `service` is a slug, `day` the earliest day wanted (the office's own date).

    Whole when `trouble` is None; `day` may be None then, and nothing else.
    """

    service: str | None
    nik: str | None
    name: str | None
    day: date | None
    trouble: Trouble | None


@dataclass(frozen=True, slots=True)
class Wait:
    """TUNGGU: onto the waiting list. `register` says who waits for what, `day` the last day wanted; None where the
    message is that one word and means what was said before."""

    register: Register | None


@dataclass(frozen=True, slots=True)
class Choose:
    """One of the places offered, 1 to 3."""

    number: int


@dataclass(frozen=True, slots=True)
class Check:
    """CEK: what is booked. Without `code` and `trouble` no code was written: all that this phone has booked."""

    code: str | None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """UBAH: another time for the booking, from `day` on."""

    code: str | None
    day: date | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """BATAL. Without `code` and `trouble` the message was that one word, as the reminder asks for it. `waiting`: what
    is to end is waiting."""

    code: str | None
    trouble: Trouble | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Yes:
    """YA: I will come, or: I take it."""


@dataclass(frozen=True, slots=True)
class No:
    """TIDAK: what was offered is not wanted."""


@dataclass(frozen=True, slots=True)
class Rate:
    """NILAI: nine answers of 1 to 4 about a visit, None where they cannot be read. `instead` is what nine digits alone
    mean where nobody was asked."""

    answers: tuple[int, ...] | None
    trouble: Trouble | None = None
    instead: Check | None = None


@dataclass(frozen=True, slots=True)
class Info:
    """INFO: what to bring for the service, or in general."""

    service: str | None


@dataclass(frozen=True, slots=True)
class Help:
    """BANTUAN, a question how it works, or a greeting and no more."""


@dataclass(frozen=True, slots=True)
class Stop:
    """STOP or BERHENTI, as the whole message."""


@dataclass(frozen=True, slots=True)
class Start:
    """MULAI."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not understood. `guess` is the keyword (or `1`, a number from an offer) whose example line helps most.

    `thanks` means that the message only thanks: it is no mistake and needs no answer.
    """

    guess: str | None = None
    thanks: bool = False


Intent = Register | Wait | Choose | Check | Change | Cancel | Yes | No | Rate | Info | Help | Stop | Start | Unclear


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message means, the language its words are in (None if they are in neither), and the office it names."""

    intent: Intent
    language: Language | None
    office: str | None

"""The e-mail that goes beside an SMS: a subject and a plain text, with the room that an SMS has not.

The ticket's address stands in it, as the mail goes to the person's own box; the name is masked all the same, for an
address may be mistyped. No NIK and no phone number of the resident. Pure: the values come as words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from notifications.wording import mail_english, mail_indonesian

KINDS = ("confirmation", "move", "cancellation", "reminder_eve", "closure_move", "unplaced", "reopened")
OF_THE_LINE = ("waiting", "offer", "offer_lapsed", "waiting_kept", "waiting_passed")
LANGUAGES: dict[str, ModuleType] = {"id": mail_indonesian, "en": mail_english}


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail tells, in its reader's words. `url` is the ticket's page, `site` where one books; `who` the masked
    name, with the number of people where they are several; `door` the hour from which the ticket lets in; `days` how
    long the address is kept after the visit; `closed` what a closure closed and why, where it is about one."""

    office: str
    address: str
    phone: str
    service: str
    day: str
    hour: str
    who: str
    code: str
    door: str
    bring: Sequence[str]
    url: str
    site: str
    days: int
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What a mail about the waiting list tells. `url` is the entry's page; `day`, `hour` and `until` those of an offer,
    else empty; `last` the last day waited for."""

    office: str
    phone: str
    service: str
    who: str
    last: str
    url: str
    site: str
    day: str = ""
    hour: str = ""
    until: str = ""


def subject(kind: str, language: str, told: Told) -> str:
    """The subject line: what and when, as a locked phone may show it to anybody."""
    return " ".join(_fill(LANGUAGES[language].SUBJECTS[kind], told).split())  # a header is one line


def text(kind: str, language: str, told: Told) -> str:
    """The text: paragraphs with an empty line between."""
    words = LANGUAGES[language]
    facts = "\n".join(line for name, line in words.FACTS.items() if getattr(told, name))
    if kind == "cancellation":
        body = [words.VOID]
    elif kind == "unplaced":
        body = [words.CHOOSE]
    else:
        body = [*([words.BRING] if told.bring else []), words.DOOR, words.TICKET]
    parts = [words.OPENINGS[kind], facts, *body, words.QUESTIONS, words.CLOSING]
    return "\n\n".join(_fill(part, told) for part in parts) + "\n"


def line_subject(kind: str, language: str, told: Line) -> str:
    """The subject line of a mail about the waiting list."""
    return " ".join(_filled(LANGUAGES[language].LINE_SUBJECTS[kind], told).split())


def line_text(kind: str, language: str, told: Line) -> str:
    """The text of a mail about the waiting list."""
    words = LANGUAGES[language]
    parts = [*words.LINE_TEXTS[kind], words.QUESTIONS, words.LINE_CLOSING]
    return "\n\n".join(_filled(part, told) for part in parts) + "\n"


def _filled(template: str, told: Line) -> str:
    return template.format(**{name: getattr(told, name) for name in Line.__slots__})


def _fill(template: str, told: Told) -> str:
    values = {name: getattr(told, name) for name in Told.__slots__}
    return template.format(**values, listed="\n".join(f"- {thing}" for thing in told.bring))

"""The e-mail that goes beside an SMS: a subject and a plain text, with the room that an SMS has not.

The ticket's address stands in it, as the mail goes to the person's own box; the name is masked all the same, for an
address may be mistyped. No NIK and no phone number of the resident. Pure: the values come as words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from notifications.wording import mail_english, mail_indonesian

KINDS = ("confirmation", "move", "cancellation", "reminder_eve")
LANGUAGES: dict[str, ModuleType] = {"id": mail_indonesian, "en": mail_english}


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail tells, in its reader's words. `url` is the ticket's page, `site` where one books; `who` the masked
    name, with the number of people where they are several; `door` the hour from which the ticket lets in; `days` how
    long the address is kept after the visit."""

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


def subject(kind: str, language: str, told: Told) -> str:
    """The subject line: what and when, as a locked phone may show it to anybody."""
    return " ".join(_fill(LANGUAGES[language].SUBJECTS[kind], told).split())  # a header is one line


def text(kind: str, language: str, told: Told) -> str:
    """The text: paragraphs with an empty line between."""
    words = LANGUAGES[language]
    facts = "\n".join(line for name, line in words.FACTS.items() if getattr(told, name))
    if kind == "cancellation":
        body = [words.VOID]
    else:
        body = [*([words.BRING] if told.bring else []), words.DOOR, words.TICKET]
    parts = [words.OPENINGS[kind], facts, *body, words.QUESTIONS, words.CLOSING]
    return "\n\n".join(_fill(part, told) for part in parts) + "\n"


def _fill(template: str, told: Told) -> str:
    values = {name: getattr(told, name) for name in Told.__slots__}
    return template.format(**values, listed="\n".join(f"- {thing}" for thing in told.bring))

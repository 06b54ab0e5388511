"""What stands on slip paper, 80 mm wide: a queue number, or a ticket (pure).

One description for the printer's bytes (`escpos.py`) and for the browser's print. A slip of a number is for whoever
holds it, so it names nobody; that of a ticket shows what its other papers show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ticketing import words
from ticketing.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Slip:
    """From top to bottom: the office, what this is, one thing very large, what is set in bold, plain lines, what to do
    with it. A ticket's has a QR of `url` and below it the code."""

    office: str
    heading: str
    large: str
    bold: tuple[str, ...]
    facts: tuple[str, ...]
    advice: tuple[str, ...]
    url: str | None = None
    code: str | None = None


Expected = tuple[datetime, datetime]  # between which moments one's own call is expected, on the office's clock


def of_number(office: str, number: str, service: str, *, party: int, arrived: datetime, before: int | None,
              expected: Expected | None, language: str) -> Slip:
    """The slip of a queue number; `arrived` on the office's clock. `before` is how many are called before, None for
    who does not wait any more; `expected` None while nobody can tell."""
    people = [words.say(language, "slip.people", count=party)] if party > 1 else []
    taken = words.say(language, "slip.taken", day=words.day(language, arrived.date()),
                      hour=words.hour(language, arrived))
    turn = [] if before is None else [before_words(before, language)]
    if expected is not None:
        turn.append(expected_words(expected, language))
    return Slip(office, words.say(language, "slip.number"), number, (service, *people), (*turn, taken),
                tuple(words.say(language, f"slip.{key}") for key in ("look", "called", "keep", "free")))


def before_words(before: int, language: str) -> str:
    """How many are called before."""
    key = "first" if before == 0 else "before.one" if before == 1 else "before.other"
    return words.say(language, f"slip.{key}", count=before)


def expected_words(expected: Expected, language: str) -> str:
    """When the call is expected; one moment where both are in one minute."""
    first, last = (words.hour(language, at) for at in expected)
    if first == last:
        return words.say(language, "slip.turn_at", at=first)
    return words.say(language, "slip.turn", **{"from": words.clock(language, expected[0]), "to": last})


def of_ticket(ticket: Ticket) -> Slip:
    """The slip of a booking: when, with which code, what to bring, how to change it; or that it is cancelled."""
    if ticket.cancelled:
        return Slip(ticket.office.name, ticket.say("cancelled"), ticket.hour, (ticket.day, ticket.service_name), (),
                    (ticket.say("void"),))
    whose = [f"{ticket.say('name')}: {ticket.shown_name}"] if ticket.shown_name else []
    people = [ticket.say("people", count=ticket.booking.party)] if ticket.booking.party > 1 else []
    opens = words.hour(ticket.language, ticket.opens)
    return Slip(
        ticket.office.name, ticket.say("heading"), ticket.hour, (ticket.day, ticket.service_name),
        (*whose, *people, ticket.say("door", time=opens), *_to_bring(ticket)),
        (ticket.how_to_change, ticket.say("questions", phone=ticket.office.phone)), ticket.url, ticket.code)


def _to_bring(ticket: Ticket) -> tuple[str, ...]:
    return (f"{ticket.say('bring')}:", *(f"- {item}" for item in ticket.bring)) if ticket.bring else ()

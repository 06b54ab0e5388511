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


@dataclass(frozen=True, slots=True)
class Turn:
    """How many are called before, and between which moments one's own call is expected, on the office's clock."""

    before: int
    begins: datetime
    ends: datetime


def of_number(office: str, number: str, service: str, *, party: int, arrived: datetime, turn: Turn | None,
              language: str) -> Slip:
    """The slip of a queue number; `arrived` on the office's clock, `turn` None for who does not wait any more."""
    people = [words.say(language, "slip.people", count=party)] if party > 1 else []
    taken = words.say(language, "slip.taken", day=words.day(language, arrived.date()),
                      hour=words.hour(language, arrived))
    return Slip(
        office, words.say(language, "slip.number"), number, (service, *people),
        (*(turn_words(turn, language) if turn else ()), taken),
        tuple(words.say(language, f"slip.{key}") for key in ("look", "called", "keep", "free")))


def turn_words(turn: Turn, language: str) -> tuple[str, str]:
    """How many are before, and when the call is expected: one moment where both are in one minute."""
    key = "first" if turn.before == 0 else "before.one" if turn.before == 1 else "before.other"
    begins, ends = (words.hour(language, at) for at in (turn.begins, turn.ends))
    when = (words.say(language, "slip.turn_at", at=begins) if begins == ends
            else words.say(language, "slip.turn", **{"from": words.clock(language, turn.begins), "to": ends}))
    return words.say(language, f"slip.{key}", count=turn.before), when


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

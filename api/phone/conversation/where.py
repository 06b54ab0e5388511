"""Which office a message means, and the words by which its services are written in an example."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from api.phone.grammar import Lexicon, read
from api.phone.grammar.intents import Reading, Register
from api.phone.grammar.keywords import Found, find_keyword, said
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Service
from scheduler.people import parse_phone

MOST = 2_000  # offices whose lexicon is kept


@dataclass(frozen=True, slots=True)
class _Known:
    """The words of an office's file as of a revision, and the ones used in examples, by slug."""

    revision: int
    lexicon: Lexicon
    words: dict[str, str]


_known: dict[int, _Known] = {}


def _learnt(office: Office) -> _Known:
    known = _known.get(office.id)
    if known is None or known.revision != office.revision:
        if len(_known) >= MOST:
            _known.clear()
        known = _known[office.id] = _Known(office.revision, Lexicon.of(office), {})
    return known


def lexicon_of(office: Office) -> Lexicon:
    """The words of the office's file, read once for each revision."""
    return _learnt(office).lexicon


def by_number(offices: list[Office], to: str) -> Office | None:
    """The office to whose number was written; None when that is no office's own, or several share it."""
    wanted = plain(to)
    found = [office for office in offices if office.sms_number and plain(office.sms_number) == wanted]
    return found[0] if len(found) == 1 else None


def plain(number: str) -> str:
    """A number in the one form it can be compared in: E.164, or as it is (short codes, alphanumeric senders)."""
    try:
        return parse_phone(number)
    except Refusal:
        return number.strip().upper()


def read_at(office: Office, text: str, slugs: frozenset[str], today: date, *, test_people: bool) -> Reading:
    """What the text means to that office; `slugs` are the offices it may name, none when it cannot be another."""
    return read(text, replace(lexicon_of(office), offices=slugs), today, test_people=test_people)


def begins(text: str) -> bool:
    """Whether the message has the keyword of a registration in it."""
    found = find_keyword(said(text))
    return isinstance(found, Found) and found.keyword == "DAFTAR"


def word_for(office: Office, service: Service) -> str:
    """The shortest way to write the service that is understood as that one and no other: `KTP`."""
    known = _learnt(office)
    if service.slug not in known.words:
        known.words[service.slug] = _word(service, known.lexicon)
    return known.words[service.slug]


def word_of(office: Office, slug: str | None) -> str:
    """As `word_for`; of the office's first service when there is none of that slug."""
    return word_for(office, office.by_slug.get(slug or "") or next(iter(office.by_slug.values())))


def services(office: Office) -> str:
    """`KTP, AKTA, KK`: the words of all services, as many as the sentence has room for."""
    return ", ".join(word_for(office, service) for service in office.by_slug.values())


def _word(service: Service, lexicon: Lexicon) -> str:
    for word in (*sorted(service.words, key=len), service.slug):
        intent = read(f"DAFTAR {word}", lexicon, date(2026, 1, 1), test_people=True).intent
        if isinstance(intent, Register) and intent.service == service.slug:
            return word.upper()
    return service.slug.upper()

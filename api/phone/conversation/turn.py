"""One message of a conversation: what is meant by it here and now, and who deals with that."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from api.assembly import Antre
from api.phone.conversation import choosing, coming, holding, lining, pending, rating, registering, telling, where
from api.phone.conversation.dialogues import Dialogue
from api.phone.conversation.pending import Draft, Mine, Moves, Places, Where
from api.phone.conversation.talk import Answer, Talk
from api.phone.grammar.intents import (
    Cancel,
    Change,
    Check,
    Choose,
    Help,
    Info,
    Intent,
    No,
    Rate,
    Register,
    Start,
    Stop,
    Unclear,
    Wait,
    Yes,
)
from scheduler.offices import Office
from ticketing.codes import read_code

LONGEST_CODE = 20  # characters, with what may stand between the digits


def begin(connection: Connection, antre: Antre, dialogue: Dialogue, phone: str, to: str, text: str,
          now: datetime) -> Talk:
    """Read the message in its conversation. There is at least one office."""
    offices = antre.offices.all(connection)
    office, slugs = _office(offices, dialogue, to)
    today = (office or offices[0]).today(now)
    test_people = antre.settings.test_people
    reading = where.read_at(office or offices[0], text, slugs, today, test_people=test_people)
    named = next((one for one in offices if one.slug == reading.office), None)
    if named is not None and named is not office:
        office = named
        reading = where.read_at(office, text, slugs, office.today(now), test_people=test_people)
    if slugs and office is not None:
        dialogue.office_id = office.id
    dialogue.language = reading.language or dialogue.language
    last = pending.unseal(antre.vault, dialogue.pending)
    holds = last is not None and dialogue.lapses_at is not None and now < dialogue.lapses_at
    return Talk(connection, antre, phone, text, now, dialogue, offices, office, dialogue.language or "id", reading,
                isinstance(reading.intent, Choose), last if holds else None, last,
                lapsed=not holds and dialogue.lapses_at is not None)


def _office(offices: list[Office], dialogue: Dialogue, to: str) -> tuple[Office | None, frozenset[str]]:
    """The office meant as far as is known before reading, and those that the message may name."""
    if len(offices) == 1:
        return offices[0], frozenset()
    own = where.by_number(offices, to)
    if own is not None:
        return own, frozenset()
    remembered = next((one for one in offices if one.id == dialogue.office_id), None)
    return remembered, frozenset(one.slug for one in offices)


def take(talk: Talk) -> Answer | None:
    """Do what the message asks for; None when a letter tells that it was done."""
    for answering in (_resume, _complete, _by_code, _another_day, _opinion):
        answer = answering(talk)
        if answer is not _NOT_MEANT:
            return answer
    own = _about_own(talk, talk.reading.intent)
    return _at_office(talk, talk.reading.intent) if own is _NOT_MEANT else own


_NOT_MEANT = Answer("")


def _resume(talk: Talk) -> Answer | None:
    """The office that was asked for is named: what was written before is meant for it."""
    if talk.office is None or not isinstance(talk.open, Where) or not isinstance(talk.reading.intent, Unclear):
        return _NOT_MEANT
    talk.text = talk.open.text
    talk.close()
    talk.reading = registering.read(talk, talk.office, talk.text)
    return take(talk)


def _complete(talk: Talk) -> Answer | None:
    """Perhaps what was missing."""
    intent = talk.reading.intent
    if not isinstance(talk.open, Draft) or not isinstance(intent, Register | Unclear):
        return _NOT_MEANT
    if isinstance(intent, Unclear) and intent.thanks:
        return _NOT_MEANT
    office = talk.antre.offices.by_id(talk.connection, talk.open.office)
    return registering.complete(talk, office, talk.open) or _NOT_MEANT


def _by_code(talk: Talk) -> Answer | None:
    """A code alone names one of the bookings that were listed."""
    if not isinstance(talk.open, Mine) or len(talk.text) > LONGEST_CODE:
        return _NOT_MEANT
    code = read_code(talk.text)
    if code is None:
        return _NOT_MEANT
    if talk.open.act == "cancel":
        return holding.cancel(talk, Cancel(code))
    return holding.change(talk, Change(code, talk.open.day))


def _another_day(talk: Talk) -> Answer | None:
    """A day alone, while places are offered: places from that day on."""
    if not isinstance(talk.reading.intent, Unclear):
        return _NOT_MEANT
    match talk.open:
        case Places() as places:
            office = talk.antre.offices.by_id(talk.connection, places.office)
            return registering.another_day(talk, office, places) or _NOT_MEANT
        case Moves() as moves if talk.office is not None:
            change = registering.read(talk, talk.office, f"UBAH {moves.code} {talk.text}").intent
            if isinstance(change, Change) and change.trouble is None and change.day is not None:
                return holding.change(talk, change)
    return _NOT_MEANT


def _opinion(talk: Talk) -> Answer | None:
    """What is thought of a visit needs no office either."""
    intent = talk.reading.intent
    return rating.rate(talk, intent) if isinstance(intent, Rate) else _NOT_MEANT


def _about_own(talk: Talk, intent: Intent) -> Answer | None:
    """What needs no office: the phone's own bookings, offers and wishes."""
    match intent:
        case Choose(number=number):
            return choosing.choose(talk, number)
        case Check():
            return holding.check(talk, intent)
        case Change():
            return holding.change(talk, intent)
        case Cancel():
            return holding.cancel(talk, intent)
        case Wait(register=None):
            return lining.alone(talk)
        case Yes():
            return coming.come(talk)
        case No():
            return coming.refuse(talk)
        case Stop():
            return telling.stop(talk)
        case Start():
            return telling.start(talk)
    return _NOT_MEANT


def _at_office(talk: Talk, intent: Intent) -> Answer | None:
    match intent:
        case Unclear():
            return _unclear(talk, intent)
        case Register() | Wait() | Info() | Help() if talk.office is None:
            return _ask_office(talk)
        case Register() if talk.office is not None:
            return registering.register(talk, talk.office, intent)
        case Wait(register=Register() as wish) if talk.office is not None:
            return registering.register(talk, talk.office, wish, wait=True)
        case Info() if talk.office is not None:
            return telling.inform(talk.office, intent, talk.language)
        case Help() if talk.office is not None:
            return telling.explain(talk.office)
    raise AssertionError(f"{type(intent).__name__} has no answer")


def _ask_office(talk: Talk) -> Answer:
    talk.ask(Where(talk.text))
    return Answer("which_office", {"example": talk.offices[0].slug.upper()})


def _unclear(talk: Talk, intent: Unclear) -> Answer | None:
    """A number that is no choice gets told which are, and so do words that mean nothing while there is one; anything
    else gets an example."""
    if intent.guess == "1":
        return choosing.only(talk) if pending.count(talk.open) else choosing.nothing_open(talk)
    if intent.guess is None and not intent.thanks and pending.count(talk.open):
        return choosing.first(talk)
    if intent.guess is None and not intent.thanks and isinstance(talk.open, Where):  # no office of that name
        return Answer("which_office", {"example": talk.offices[0].slug.upper()}, wrong=True, helps=True)
    return telling.unclear(talk, intent)

"""A number: which of what was offered. This alone takes a place."""

from __future__ import annotations

import msgspec

from api.phone import acts, sentences
from api.phone.conversation import holding, lining, offering, registering, where
from api.phone.conversation.pending import Leaving, Mine, Moves, Places, Services, count
from api.phone.conversation.talk import PLACE_GONE, Answer, Talk, refused
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import Person
from scheduler.offices import Office


def choose(talk: Talk, number: int) -> Answer | None:
    """Take what has that number."""
    if count(talk.open) == 0:
        return nothing_open(talk)
    if not 1 <= number <= count(talk.open):
        return only(talk)
    match talk.open:
        case Places() as places:
            return _take(talk, places, number)
        case Moves() as moves:
            return _move(talk, moves, number)
        case Services(draft=draft, candidates=candidates):
            chosen = msgspec.structs.replace(draft, service=candidates[number - 1])
            return registering.go_on(talk, _office(talk, draft.office), chosen, None)
        case Mine() as mine:
            return holding.chosen(talk, mine, number)
        case Leaving() as leaving:
            return lining.chosen(talk, leaving, number)
    raise AssertionError("nothing else has numbers")


def only(talk: Talk) -> Answer:
    """Which numbers there are."""
    return Answer("only_numbers", {"numbers": str(count(talk.open))}, wrong=True, helps=True)


def first(talk: Talk) -> Answer:
    """That one is to be chosen, to words that choose none."""
    return Answer("none_chosen", {"numbers": str(count(talk.open))}, wrong=True, helps=True)


def nothing_open(talk: Talk) -> Answer:
    """What was offered has lapsed, or nothing was: the line that offers it anew, without the NIK."""
    line = _line_again(talk)
    return Answer("lapsed" if talk.lapsed else "nothing_open", {"line": line}, wrong=not talk.lapsed, helps=True)


def _line_again(talk: Talk) -> str:
    match talk.last:
        case Places(office=office_id, service=slug):
            return sentences.booking_line(talk.language, where.word_of(_office(talk, office_id), slug))
        case Moves(code=code):
            return f"{sentences.word(talk.language, 'change')} {holding.shown(code)}"
        case Mine(act=act):
            return sentences.word(talk.language, act)
        case Leaving():
            return sentences.word(talk.language, "leave")
    held = acts.mine(talk.connection, talk.antre, talk.phone)
    if len(held) == 1 and held[0].booking.code is not None and not talk.lapsed:
        return f"{sentences.word(talk.language, 'change')} {holding.shown(held[0].booking.code)}"
    return sentences.booking_line(talk.language, where.word_of(talk.desk, None))


def _office(talk: Talk, office_id: int) -> Office:
    return talk.antre.offices.by_id(talk.connection, office_id)


def _take(talk: Talk, places: Places, number: int) -> Answer | None:
    office = _office(talk, places.office)
    person = Person(nik=places.nik, name=places.name, phone=talk.phone)
    try:
        service = office.service(places.service)
        with talk.connection.begin_nested():
            acts.take(talk.connection, talk.antre, office, service, places.starts[number - 1], person, channel="sms",
                      language=talk.language, now=talk.now)
    except Refusal as refusal:
        return _not_taken(talk, office, places, refusal)
    talk.close()
    talk.booked = office.slug
    talk.changed.add(office.id)
    return None


def _not_taken(talk: Talk, office: Office, places: Places, refusal: Refusal) -> Answer:
    if refusal.code in PLACE_GONE:
        starts = tuple(refusal.details.get("alternatives", ()))
        others = msgspec.structs.replace(places, starts=starts, after_number=True)
        return offering.put(talk, office, others, gone=True)
    talk.close()
    return refused(refusal)


def _move(talk: Talk, moves: Moves, number: int) -> Answer | None:
    of = holding.standing(talk, moves.booking)
    if of is None:
        talk.close()
        return refused(Refusal("unknown_booking"))
    try:
        with talk.connection.begin_nested():
            acts.move(talk.connection, talk.antre, of, moves.starts[number - 1], channel="sms", now=talk.now)
    except Refusal as refusal:
        if refusal.code in PLACE_GONE and refusal.details.get("alternatives"):
            return holding.put_moves(talk, of, tuple(refusal.details["alternatives"]), gone=True)
        talk.close()
        return refused(refusal, of.booking)
    talk.close()
    talk.changed.add(of.office.id)
    return None

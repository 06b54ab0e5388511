"""TUNGGU, and what YA and TIDAK say to an offer: who finds no place waits in line for what is given up.

Who can have a place now is offered it instead of waiting: the list is for what is not there. TUNGGU in answer to places
waits for an earlier day than those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from api.phone import lines, sentences
from api.phone.conversation import offering, where
from api.phone.conversation.pending import Draft, Leaving, Line, Offered, Places
from api.phone.conversation.talk import Answer, Talk, refused
from api.phone.lines import InLine
from notifications.wording import notices
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import Person
from scheduler.offices import Office

MOST_LISTED = 3  # to choose from by number: what the grammar takes for a choice


# -- onto the list ----------------------------------------------------------------------------------------


def settle(talk: Talk, office: Office, draft: Draft) -> Answer:
    """A wish to wait that is whole: places that are free until its last day, else a place in the line."""
    free = [start for start in offering.starts_from(talk, office, draft, None)
            if draft.day is None or office.local(start).date() <= draft.day]
    service, nik, name = draft.service or "", draft.nik or "", draft.name or ""
    if free:
        places = Places(office.id, service, nik, name, tuple(free), talk.by_number)
        return offering.put(talk, office, places, still=True)
    return join(talk, Line(office.id, service, nik, name, None, draft.day))


def alone(talk: Talk) -> Answer:
    """TUNGGU alone: what was said before is meant, if it still holds."""
    match talk.open:
        case Line() as line:
            return join(talk, line)
        case Places() as places:
            return _earlier(talk, places)
    found = lines.mine(talk.connection, talk.antre, talk.phone, talk.now)
    if len(found) == 1:
        return detail(talk, found[0])
    return Answer("wait_how", {"line": _line(talk, None)}, helps=True)


def _earlier(talk: Talk, places: Places) -> Answer:
    """Places are offered: waiting means an earlier day than the first of them, if there can be one."""
    office = _office(talk, places.office)
    first = places.day or office.today(talk.now)
    last = office.local(places.starts[0]).date() - timedelta(days=1)
    if last < first:
        return Answer("still_free", {"numbers": str(len(places.starts))}, helps=True)
    return join(talk, Line(places.office, places.service, places.nik, places.name, first, last))


def join(talk: Talk, line: Line) -> Answer:
    """Put who was spoken of at the end of the line."""
    office = _office(talk, line.office)
    person = Person(nik=line.nik, name=line.name, phone=talk.phone)
    try:
        service = office.service(line.service)
        with talk.connection.begin_nested():
            one = lines.join(talk.connection, talk.antre, office, service, person, first=line.first, last=line.last,
                             channel="sms", language=talk.language, now=talk.now)
    except Refusal as refusal:
        talk.close()
        return _refused(talk, refusal, line.service)
    if not isinstance(talk.open, Places):  # these can be taken all the same
        talk.close()
    return Answer("joined" if one.before else "joined_first", _values(talk, one))


def _refused(talk: Talk, refusal: Refusal, slug: str | None) -> Answer:
    if refusal.code == "invalid_request":  # the days that were wanted
        return Answer("wait_past", {"line": _line(talk, slug)}, helps=True)
    return refused(refusal)


# -- what is offered --------------------------------------------------------------------------------------


def take(talk: Talk, offered: Sequence[InLine]) -> Answer | None:
    """The oldest offer is taken; a letter tells that it was, and this which is still open."""
    of = offered[0]
    try:
        with talk.connection.begin_nested():
            lines.accept(talk.connection, talk.antre, of, channel="sms", now=talk.now)
    except Refusal as refusal:
        return refused(refusal)
    talk.booked = of.office.slug
    talk.changed.add(of.office.id)
    return _more("taken_more", talk, of, offered[1:])


def decline(talk: Talk, offered: Sequence[InLine]) -> Answer:
    """The oldest offer goes to the next in line."""
    of = offered[0]
    try:
        with talk.connection.begin_nested():
            lines.decline(talk.connection, of, channel="sms", now=talk.now)
    except Refusal as refusal:
        return refused(refusal)
    talk.changed.add(of.office.id)
    return _more("declined_more", talk, of, offered[1:]) or Answer("declined", _values(talk, of))


def _more(key: str, talk: Talk, of: InLine, rest: Sequence[InLine]) -> Answer | None:
    """What is open besides; None where nothing is. The same word may then answer that as well."""
    if not rest:
        return None
    talk.ask(Offered())
    following = _values(talk, rest[0])
    return Answer(key, _values(talk, of) | {
        "other": rest[0].who, "next": following["moment"], "until": following["until"]})


def again(talk: Talk, of: InLine) -> Answer:
    """The offer lapsed before the answer: back into the line, at its end."""
    try:
        with talk.connection.begin_nested():
            one = lines.rejoin(talk.connection, talk.antre, of, channel="sms", now=talk.now)
    except Refusal as refusal:
        return _refused(talk, refusal, of.service.slug)
    return Answer("rejoined", _values(talk, one))


def besides(talk: Talk, answer: Answer) -> Answer:
    """The answer that thanks for coming, with the offer that is still to be answered, if there is one."""
    offered = lines.open_of(talk.connection, talk.antre, talk.phone, talk.now)
    if answer.key != "thanks_one" or not offered:
        return answer
    talk.ask(Offered())
    following = _values(talk, offered[0])
    return replace(answer, key="thanks_more_open", values=answer.values | {
        "other": offered[0].who, "next": following["moment"], "until": following["until"]})


# -- what one waits for, and off the list -----------------------------------------------------------------


def detail(talk: Talk, one: InLine) -> Answer:
    """One entry: its offer, or how many are before."""
    if one.offer is not None:
        return Answer("offered", _values(talk, one))
    return Answer("in_line" if one.before else "next_in_line", _values(talk, one))


def standing(talk: Talk) -> Answer | None:
    """Where the phone stands in line, for who answers what was taken back; None for one that does not wait."""
    found = lines.mine(talk.connection, talk.antre, talk.phone, talk.now)
    return detail(talk, found[0]) if found else None


def entry(talk: Talk, one: InLine) -> str:
    """The same for a list."""
    key = "entry_line" if one.offer is None else "entry_offer"
    return sentences.say(talk.language, key, _values(talk, one) | {"who": sentences.short_who(one.who)}, one.office)


def leave(talk: Talk) -> Answer:
    """BATAL TUNGGU: off the list; with several it is asked who."""
    found = lines.mine(talk.connection, talk.antre, talk.phone, talk.now)
    if not found:
        return Answer("not_in_line", {"line": _line(talk, None)}, helps=True)
    if len(found) == 1:
        return _leave(talk, found[0])
    offered = found[:MOST_LISTED]
    talk.ask(Leaving(tuple(one.entry.id for one in offered)))
    listed = " ".join(f"{n}) {sentences.short_who(one.who)} {one.service.short}" for n, one in enumerate(offered, 1))
    return Answer("which_line", {"listed": listed, "numbers": str(len(offered))})


def chosen(talk: Talk, leaving: Leaving, number: int) -> Answer:
    """The entry of that number is to leave."""
    found = lines.mine(talk.connection, talk.antre, talk.phone, talk.now)
    one = next((one for one in found if one.entry.id == leaving.entries[number - 1]), None)
    talk.close()
    return Answer("not_in_line", {"line": _line(talk, None)}, helps=True) if one is None else _leave(talk, one)


def instead_of_booking(talk: Talk, *, booked: bool, busy: bool) -> Answer | None:
    """BATAL alone, where it may mean waiting: what is offered, or the line where nothing is `booked`. None where it
    means a booking. `busy`: something else is under way, which it may mean to end."""
    if booked:
        offered = lines.open_of(talk.connection, talk.antre, talk.phone, talk.now)
        return Answer("offer_or_booking", _values(talk, offered[0])) if offered else None
    if not lines.mine(talk.connection, talk.antre, talk.phone, talk.now):
        return None
    return Answer("leave_how", helps=True) if busy else leave(talk)


def _leave(talk: Talk, one: InLine) -> Answer:
    with talk.connection.begin_nested():
        lines.leave(talk.connection, one, channel="sms", now=talk.now)
    talk.changed.add(one.office.id)
    return Answer("left", _values(talk, one) | {"line": _line(talk, one.service.slug, one.office)})


# -- words ------------------------------------------------------------------------------------------------


def _values(talk: Talk, one: InLine) -> dict[str, str]:
    office, offer = one.office, one.offer
    values = {"who": one.who, "service": one.service.short, "last": notices.date_of(one.entry.last, talk.language),
              "before": str(one.before), "line": _line(talk, one.service.slug, office)}
    if offer is not None:
        start, now = office.local(offer.start), office.local(talk.now)
        values |= {"moment": talk.brief(start, office), "zone": start.tzname() or "",
                   "until": notices.until(office.local(offer.lapses_at), now, talk.language)}
    return values


def _line(talk: Talk, slug: str | None, office: Office | None = None) -> str:
    """The line that waits anew, without the NIK."""
    return sentences.waiting_line(talk.language, where.word_of(office or talk.desk, slug))


def _office(talk: Talk, office_id: int) -> Office:
    return talk.antre.offices.by_id(talk.connection, office_id)

"""CEK, UBAH and BATAL: what this phone has booked. Another phone's bookings are neither told nor touched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from api.phone import acts, lines, sentences, turns
from api.phone.acts import Held, NotYours
from api.phone.conversation import lining, offering, where
from api.phone.conversation.pending import Draft, Line, Mine, Moves, Places, Services
from api.phone.conversation.talk import Answer, Talk, refused
from api.phone.grammar.intents import Cancel, Change, Check, Trouble
from api.phone.lines import InLine
from scheduler import bookings
from scheduler.foundation.errors import Refusal
from ticketing import codes
from ticketing.queue import WAITING, Place, ended_of, place_of

_UNDER_WAY = Draft | Services | Places | Line | Moves
MOST_LISTED = 3  # to choose from by number: what the grammar takes for a choice


def shown(code: str | None) -> str:
    """`482-177-305`; empty once the booking is erased."""
    return codes.show_code(code) if code else ""


# -- CEK ------------------------------------------------------------------------------------------------


def check(talk: Talk, intent: Check) -> Answer:
    """One booking, or all that this phone has and waits for."""
    if intent.trouble is not None:
        return _wrong_code(talk, intent.trouble, "check")
    if intent.code is not None:
        of = _own(talk, intent.code, "check")
        return of if isinstance(of, Answer) else _detail(talk, of)
    held = [*acts.waiting(talk.connection, talk.antre, talk.desk, talk.phone, talk.now),
            *acts.mine(talk.connection, talk.antre, talk.phone)]
    line = lines.mine(talk.connection, talk.antre, talk.phone, talk.now)
    if len(held) + len(line) > 1:
        return _all(talk, held, line)
    if held:
        return _detail(talk, held[0])
    if line:
        return lining.detail(talk, line[0])
    came = acts.came(talk.connection, talk.antre, talk.desk, talk.phone, talk.now)
    return _detail(talk, came[-1]) if came else nothing(talk)


def nothing(talk: Talk) -> Answer:
    """This phone has booked nothing."""
    line = sentences.booking_line(talk.language, where.word_of(talk.desk, None))
    return Answer("nothing_booked", {"line": line}, helps=True)


def in_hall(talk: Talk) -> Answer | None:
    """The place in the queue of the one whom this phone has waiting in the hall."""
    found = acts.waiting(talk.connection, talk.antre, talk.desk, talk.phone, talk.now)
    return _detail(talk, found[0]) if found else None


def _detail(talk: Talk, of: Held) -> Answer:
    booking = of.booking
    values = _values(talk, of)
    if booking.status == "booked":
        return Answer(f"one_{of.shut}_shut" if of.shut else "one", values, about=booking)
    place = place_of(talk.connection, of.office, booking, talk.now)
    if place is not None:
        return Answer(_in_the_hall(place), values | turns.said(of.office, place, talk.language), about=booking)
    ended = ended_of(talk.connection, of.office, booking, talk.now)
    if ended is not None:
        return Answer("was_served" if ended.served else "was_missed", values | {"number": ended.number}, about=booking)
    return Answer(f"was_{booking.status}", values, about=booking)


def _in_the_hall(place: Place) -> str:
    """The sentence about somebody in the hall."""
    if place.state != WAITING:
        return "held_in_queue" if place.state == "held" else "called_in_queue"
    if not place.before:
        return "next_in_queue"
    return "in_queue" if place.to else "in_queue_open"


def _values(talk: Talk, of: Held) -> dict[str, str]:
    start = of.office.local(of.booking.start)
    return {"who": of.who, "service": of.service.short, "moment": talk.brief(start, of.office),
            "zone": start.tzname() or "", "code": shown(of.booking.code)}


def _all(talk: Talk, held: Sequence[Held], line: Sequence[InLine]) -> Answer:
    """As many as one part holds, the soonest first, then what is waited for, and how many more there are. Without the
    services where that lets more of them in: the code is what one needs."""
    waited_for = [lining.entry(talk, one) for one in line]
    entries = [_entry(talk, of, "entry") for of in held] + waited_for
    if not sentences.fits(talk.language, "all", {"listed": "; ".join(entries)}):
        entries = [_entry(talk, of, "entry_short") for of in held] + waited_for
    for count in range(len(entries), 0, -1):
        more = len(entries) - count
        values = {"listed": "; ".join(entries[:count]), "more": str(more)}
        key = "all_more" if more else "all"
        if count == 1 or sentences.fits(talk.language, key, values):
            return Answer(key, values)
    raise AssertionError("unreachable")


def _entry(talk: Talk, of: Held, key: str) -> str:
    place = None if of.booking.status == "booked" else place_of(talk.connection, of.office, of.booking, talk.now)
    if place is None:
        values = _values(talk, of)
        if of.shut:
            return sentences.say(talk.language, f"entry_{of.shut}_shut", values, of.office)
        short = {"who": sentences.short_who(of.who)} if key == "entry_short" else {}
        return sentences.say(talk.language, key, values | short, of.office)
    key = {"waiting": "entry_waiting", "held": "entry_held"}.get(place.state, "entry_called")
    return sentences.say(talk.language, key, {"who": of.who} | turns.said(of.office, place, talk.language), of.office)


# -- UBAH -----------------------------------------------------------------------------------------------


def change(talk: Talk, intent: Change) -> Answer:
    """Offer other places for one booking of this phone."""
    if intent.trouble is not None and intent.trouble.field == "code":
        return _wrong_code(talk, intent.trouble, "change")
    of = _meant(talk, intent.code, "change", intent.day)
    if isinstance(of, Answer):
        return of
    if intent.trouble is not None:
        return Answer(sentences.about("day", intent.trouble.why), {}, wrong=True, helps=True, about=of.booking)
    return _offer_moves(talk, of, intent.day)


def _offer_moves(talk: Talk, of: Held, day: date | None) -> Answer:
    booking, office = of.booking, of.office
    try:
        bookings.must_be_open(booking)
        if booking.moves >= office.rules.max_moves:
            raise Refusal("move_limit", limit=office.rules.max_moves)
    except Refusal as refusal:
        return refused(refusal, booking)
    near = offering.from_day(talk, office, day)
    near = max(near, booking.start) if day is None else near
    starts = acts.offers(talk.connection, office, of.service, near, talk.now, instead_of=booking)
    return put_moves(talk, of, tuple(starts))


def put_moves(talk: Talk, of: Held, starts: tuple[datetime, ...], *, gone: bool = False) -> Answer:
    """Offer these places for the booking; `gone` says that another one was just taken."""
    if not starts:
        talk.close()
        return Answer("none_to_move", {"service": of.service.short}, helps=True, about=of.booking)
    talk.ask(Moves(of.booking.id, of.booking.code or "", starts, gone or talk.by_number))
    return Answer("offer_gone" if gone else "offer_move",
                  {"who": of.who, "service": of.service.short} | offering.listed(talk, of.office, starts),
                  about=of.booking)


# -- BATAL ----------------------------------------------------------------------------------------------


def cancel(talk: Talk, intent: Cancel) -> Answer | None:
    """Free the place of one booking of this phone; or leave the waiting list, where that is what can be meant."""
    if intent.trouble is not None:
        return _wrong_code(talk, intent.trouble, "cancel")
    if intent.waiting and intent.code is None:
        return lining.leave(talk)
    if intent.code is None:
        held = acts.mine(talk.connection, talk.antre, talk.phone)
        waits = lining.instead_of_booking(talk, booked=bool(held), busy=isinstance(talk.open, _UNDER_WAY))
        if waits is not None:
            return waits
    of = _meant(talk, intent.code, "cancel", None)
    return of if isinstance(of, Answer) else _cancel(talk, of)


def _cancel(talk: Talk, of: Held) -> Answer | None:
    try:
        with talk.connection.begin_nested():
            acts.cancel(talk.connection, of, channel="sms", now=talk.now)
    except Refusal as refusal:
        return refused(refusal, of.booking)
    talk.close()
    talk.changed.add(of.office.id)
    return None


# -- which booking --------------------------------------------------------------------------------------


def _meant(talk: Talk, code: str | None, act: str, day: date | None) -> Held | Answer:
    """The booking meant: by its code, or the only one; else the question which. While a registration or a move is
    under way, BATAL may mean to end that: then it asks as well."""
    if code is not None:
        return _own(talk, code, act)
    held = acts.mine(talk.connection, talk.antre, talk.phone)
    if len(held) == 1 and not (act == "cancel" and isinstance(talk.open, _UNDER_WAY)):
        return held[0]
    if held:
        return _which(talk, held, act, day)
    arrived = acts.waiting(talk.connection, talk.antre, talk.desk, talk.phone, talk.now)
    return refused(Refusal("already_admitted"), arrived[0].booking) if arrived else nothing(talk)


def _which(talk: Talk, held: Sequence[Held], act: str, day: date | None) -> Answer:
    offered = held[:MOST_LISTED]
    talk.ask(Mine(act, tuple(of.booking.id for of in offered), day))
    listed = " ".join(f"{n}) {named(talk, of)}" for n, of in enumerate(offered, 1))
    key = "which_booking" if len(offered) == len(held) else "which_of_more"
    return Answer(key, {"listed": listed, "numbers": str(len(offered)), "word": sentences.word(talk.language, act)})


def named(talk: Talk, of: Held) -> str:
    """`Siti A. Rab 25/11 07.30`, for a list."""
    return f"{sentences.short_who(of.who)} {talk.brief(of.booking.start, of.office)}"


def chosen(talk: Talk, mine: Mine, number: int) -> Answer | None:
    """The booking of that number was meant."""
    of = standing(talk, mine.bookings[number - 1])
    if of is None:
        talk.close()
        return refused(Refusal("unknown_booking"))
    return _offer_moves(talk, of, mine.day) if mine.act == "change" else _cancel(talk, of)


def standing(talk: Talk, booking_id: int) -> Held | None:
    """The booking, while it still is one of this phone's that are ahead."""
    held = acts.mine(talk.connection, talk.antre, talk.phone)
    return next((of for of in held if of.booking.id == booking_id), None)


def _own(talk: Talk, code: str, act: str) -> Held | Answer:
    try:
        return acts.own(talk.connection, talk.antre, talk.phone, code)
    except Refusal as refusal:
        return refused(refusal)
    except NotYours:
        line = f"{sentences.word(talk.language, act)} {shown(code)}"
        return Answer("not_yours", {"line": line}, wrong=True, helps=True)


def _wrong_code(talk: Talk, trouble: Trouble, act: str) -> Answer:
    key = sentences.about("code", trouble.why)
    return Answer(key, {"word": sentences.word(talk.language, act)}, wrong=True, helps=True)

"""YA: I will come, the answer to a reminder; or I take it, the answer to an offer. Silence changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from api.phone import acts, lines, sentences
from api.phone.acts import Held
from api.phone.conversation import choosing, holding, lining, telling
from api.phone.conversation.pending import Line, count
from api.phone.conversation.talk import Answer, Talk, refused
from api.phone.grammar.intents import Unclear
from api.phone.lines import InLine
from notifications.tables import outbox
from scheduler.foundation.errors import Refusal

REMINDERS = ("reminder_eve", "reminder_late")

# Reminders that may have been read: sent, or perhaps sent.
_REMINDED = sa.select(outbox.c.booking_id, outbox.c.sequence, sa.func.max(outbox.c.sent_at).label("at")).where(
    outbox.c.booking_id.in_(bindparam("bookings", expanding=True)), outbox.c.kind.in_(REMINDERS),
    outbox.c.sent_at.is_not(None), outbox.c.state.in_(("sending", "sent", "delivered", "unknown")),
).group_by(outbox.c.booking_id, outbox.c.sequence)


Reminded = Sequence[tuple[Held, datetime]]  # the bookings that were reminded of, and when


def come(talk: Talk) -> Answer | None:
    """YA answers what was asked last: an offer to the waiting list, also one that lapsed, whether to wait at all, or a
    reminder, for all of this phone's bookings that were reminded of. Asked nothing, it is for the only booking.

    While places are on offer that is no choice among them. Nobody is expected for a time that is past.
    """
    every = acts.mine(talk.connection, talk.antre, talk.phone)
    held = [of for of in every if talk.now <= of.booking.start + timedelta(minutes=of.office.rules.late_minutes)]
    reminded = _reminded(talk, held)
    waits = _about_the_line(talk, reminded)
    if waits is not None:
        return waits()
    if count(talk.open) and not any(at > talk.dialogue.at for _, at in reminded):
        return choosing.first(talk)
    return lining.besides(talk, _expected(talk, every, held, reminded))


def refuse(talk: Talk) -> Answer | None:
    """TIDAK: to an offer, or to waiting at all. To anything else it is no answer, and nothing is cancelled by it."""
    booked = acts.mine(talk.connection, talk.antre, talk.phone)
    offered = _offered_last(talk, _reminded(talk, booked))
    if offered:
        return lining.decline(talk, offered)
    if isinstance(talk.open, Line):
        talk.close()
        return None
    return telling.unclear(talk, Unclear("BATAL" if booked else None))


def _about_the_line(talk: Talk, reminded: Reminded) -> Callable[[], Answer | None] | None:
    """What YA does about the waiting list; None where something else was asked after it."""
    if offered := _offered_last(talk, reminded):
        return partial(lining.take, talk, offered)
    if isinstance(talk.open, Line):
        line = talk.open
        return None if _asked_since(talk, reminded, talk.dialogue.at) else lambda: lining.join(talk, line)
    lapsed = lines.lapsed_of(talk.connection, talk.antre, talk.phone, talk.now)
    if not lapsed or _asked_since(talk, reminded, lapsed[0].asked_at):
        return None
    return partial(lining.again, talk, lapsed[0])


def _offered_last(talk: Talk, reminded: Reminded) -> list[InLine]:
    """The open offers, unless something else was asked after them."""
    offered = lines.open_of(talk.connection, talk.antre, talk.phone, talk.now)
    if not offered or _asked_since(talk, reminded, max(one.asked_at for one in offered)):
        return []
    return offered


def _asked_since(talk: Talk, reminded: Reminded, moment: datetime) -> bool:
    """Whether a reminder that waits for an answer, or a choice by number, came after that."""
    numbers = bool(count(talk.open)) and talk.dialogue.at >= moment
    return numbers or any(at > moment for of, at in reminded if of.booking.confirmed_at is None)


def _expected(talk: Talk, every: Sequence[Held], held: Sequence[Held],
              reminded: Reminded) -> Answer:
    if not held:
        return (holding.in_hall(talk) or lining.standing(talk)
                or (_past(talk, every[-1]) if every else holding.nothing(talk)))
    meant = [of for of, _ in reminded] or (held if len(held) == 1 else [])
    if not meant:
        return Answer("nothing_to_confirm", {"moment": talk.brief(held[0].booking.start, held[0].office)}, helps=True)
    return _confirm(talk, meant)


def _past(talk: Talk, of: Held) -> Answer:
    return Answer("was_absent", _values(talk, of), helps=True, about=of.booking)


def _reminded(talk: Talk, held: Sequence[Held]) -> list[tuple[Held, datetime]]:
    rows: Sequence[Any] = talk.connection.execute(
        _REMINDED, {"bookings": [of.booking.id for of in held]}).all()
    when = {(row.booking_id, row.sequence): row.at for row in rows}
    found = [(of, when.get((of.booking.id, of.booking.sequence))) for of in held]
    return [(of, at) for of, at in found if at is not None]


def _confirm(talk: Talk, meant: Sequence[Held]) -> Answer:
    for of in meant:
        if of.booking.confirmed_at is None:
            try:
                with talk.connection.begin_nested():
                    acts.confirm(talk.connection, of, channel="sms", now=talk.now)
            except Refusal as refusal:  # it was cancelled or admitted by somebody else meanwhile
                return refused(refusal, of.booking)
    if len(meant) == 1:
        return Answer("thanks_one", _values(talk, meant[0]), about=meant[0].booking)
    return _all(talk, meant)


def _all(talk: Talk, meant: Sequence[Held]) -> Answer:
    said = [holding.named(talk, of) for of in meant]
    for count_ in range(len(said), 0, -1):
        values = {"listed": "; ".join(said[:count_]), "more": str(len(said) - count_)}
        key = "thanks_all" if count_ == len(said) else "thanks_more"
        if count_ == 1 or sentences.fits(talk.language, key, values):
            return Answer(key, values)
    raise AssertionError("unreachable")


def _values(talk: Talk, of: Held) -> dict[str, str]:
    start = of.office.local(of.booking.start)
    return {"who": of.who, "service": of.service.short, "moment": talk.brief(start, of.office),
            "zone": start.tzname() or ""}

"""YA: I will come, the answer to a reminder. Silence changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from api.phone import acts, sentences
from api.phone.acts import Held
from api.phone.conversation import choosing, holding
from api.phone.conversation.pending import count
from api.phone.conversation.talk import Answer, Talk, refused
from notifications.tables import outbox
from scheduler.foundation.errors import Refusal

REMINDERS = ("reminder_eve", "reminder_late")

# Reminders that may have been read: sent, or perhaps sent.
_REMINDED = sa.select(outbox.c.booking_id, outbox.c.sequence, sa.func.max(outbox.c.sent_at).label("at")).where(
    outbox.c.booking_id.in_(bindparam("bookings", expanding=True)), outbox.c.kind.in_(REMINDERS),
    outbox.c.sent_at.is_not(None), outbox.c.state.in_(("sending", "sent", "delivered", "unknown")),
).group_by(outbox.c.booking_id, outbox.c.sequence)


def come(talk: Talk) -> Answer:
    """Note it for all of this phone's bookings that were reminded of, or for the only one.

    While places are on offer that is no choice among them, unless a reminder went out since. Nobody is expected for
    a time that is past.
    """
    every = acts.mine(talk.connection, talk.antre, talk.phone)
    held = [of for of in every if talk.now <= of.booking.start + timedelta(minutes=of.office.rules.late_minutes)]
    reminded = _reminded(talk, held)
    if count(talk.open) and not any(at > talk.dialogue.at for _, at in reminded):
        return choosing.first(talk)
    if not held:
        return holding.in_hall(talk) or (_past(talk, every[-1]) if every else holding.nothing(talk))
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

"""NILAI: what somebody thinks of their visit, counted without their name.

Who was asked by SMS may answer by SMS: the question in the outbox leads to the visit, and the visit to its invitation.
The answer is counted apart from all of these.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from api.phone import acts
from api.phone.conversation import holding
from api.phone.conversation.talk import Answer, Talk
from api.phone.grammar.intents import Rate
from notifications.of_visits import WORTH_ASKING
from notifications.tables import outbox
from notifications.wording.opinion import KIND
from ticketing import survey
from ticketing.survey import Invitation

MOST = 50  # questions one phone may have been asked within the time

_ASKED = sa.select(outbox.c.booking_id).where(
    outbox.c.phone_hash.is_not(None), outbox.c.phone_hash.in_(bindparam("phones", expanding=True)),
    outbox.c.created_at > bindparam("since"), outbox.c.kind == KIND, outbox.c.booking_id.is_not(None),
).order_by(outbox.c.created_at.desc()).limit(MOST)


def rate(talk: Talk, intent: Rate) -> Answer:
    """Count the answer for the visit that was asked about last and has none; say how, where it cannot be read."""
    invitation = _asked(talk, talk.now)
    if intent.instead is not None and (invitation is None or _is_code(talk, intent.instead.code)):
        return holding.check(talk, intent.instead)
    if invitation is None:
        return Answer("nothing_to_rate", helps=True)
    if intent.answers is None:
        asks_how = intent.trouble is not None and intent.trouble.why == "missing"
        return Answer("rate_how" if asks_how else "rate_wrong", wrong=not asks_how)
    office = talk.antre.offices.by_id(talk.connection, invitation.office_id)
    counted = survey.answer(talk.connection, office, invitation, intent.answers, "sms", talk.now)
    return Answer("rated" if counted else "nothing_to_rate")


def _asked(talk: Talk, now: datetime) -> Invitation | None:
    asked = {"phones": talk.antre.vault.hashes_of_phone(talk.phone), "since": now - survey.OPEN_FOR - WORTH_ASKING}
    bookings = list(talk.connection.scalars(_ASKED, asked))
    return survey.of_bookings(talk.connection, bookings, now) if bookings else None


def _is_code(talk: Talk, code: str | None) -> bool:
    """Whether the digits are the code of a booking of this phone."""
    return code is not None and any(
        of.booking.code == code for of in acts.mine(talk.connection, talk.antre, talk.phone))

"""When an answer is the last for now, and when there is none: no storm, whoever sits at the other end.

Three mistakes in a row end with the office's number, then there is silence until something right comes. One phone gets
six answers an hour, one office gives as many as its file says. What takes effect is never held up by this.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from api.phone.conversation.pending import Draft, Where
from api.phone.conversation.talk import Answer, Talk
from notifications.tables import ANSWERS, outbox
from scheduler.foundation.journal import journal, record
from scheduler.offices import Office

MISTAKES = 3
FORGIVEN = timedelta(hours=24)  # after so long, mistakes count from the beginning
ANSWERS_AN_HOUR = 6             # to one phone
HOUR = timedelta(hours=1)

_ANSWERED = sa.select(sa.func.count()).select_from(
    sa.select(outbox.c.id).where(ANSWERS, outbox.c.office_id == bindparam("office"),
                                 outbox.c.created_at > bindparam("since")).limit(bindparam("most")).subquery())
# Entries about no day are few; the index of days and moments finds them.
_PAUSED = sa.select(sa.exists().where(
    journal.c.day_id.is_(None), journal.c.at > bindparam("since"), journal.c.kind == "answers_paused",
    journal.c.office_id == bindparam("office")))


def settle(talk: Talk, answer: Answer | None) -> Answer | None:
    """What is really answered. An offer that does not go out is none: its numbers take nothing."""
    told = _told(talk, answer)
    if told is not answer and talk.asked and not isinstance(talk.open, Draft | Where):
        talk.close()
    return told


def _told(talk: Talk, answer: Answer | None) -> Answer | None:
    answer = _after_mistakes(talk, answer)
    if answer is None or (answer.helps and _paused(talk.connection, talk.desk, talk.now)):
        return None
    return _of_this_hour(talk, answer)


def _after_mistakes(talk: Talk, answer: Answer | None) -> Answer | None:
    dialogue = talk.dialogue
    if answer is None or not answer.wrong:
        dialogue.mistakes = 0
        return answer
    before = 0 if talk.now - dialogue.at >= FORGIVEN else dialogue.mistakes
    dialogue.mistakes = min(before + 1, MISTAKES + 1)
    if dialogue.mistakes > MISTAKES:
        return None
    return Answer("enough", wrong=True, helps=True) if dialogue.mistakes == MISTAKES else answer


def _of_this_hour(talk: Talk, answer: Answer) -> Answer | None:
    dialogue, now = talk.dialogue, talk.now
    recent = [moment for moment in dialogue.answers if moment > (now - HOUR).timestamp()]
    if len(recent) >= ANSWERS_AN_HOUR:
        dialogue.answers = recent
        return None
    dialogue.answers = [*recent, int(now.timestamp())]
    if len(recent) < ANSWERS_AN_HOUR - 1:
        return answer
    again = datetime.fromtimestamp(dialogue.answers[0], now.tzinfo) + HOUR
    return replace(answer, key="last_for_now", values={"until": talk.clock(again, talk.desk)}, about=None)


def _paused(connection: Connection, office: Office, now: datetime) -> bool:
    """Whether the office has answered too much within the hour; journalled once."""
    asked = {"office": office.id, "since": now - HOUR}
    most = office.rules.answers_an_hour
    if connection.execute(_ANSWERED, asked | {"most": most}).scalar_one() < most:
        return False
    if not connection.execute(_PAUSED, asked).scalar_one():
        record(connection, "answers_paused", at=now, office_id=office.id, data={"answers": most})
    return True

"""An SMS from a resident, whichever carrier brings it: worked on once, and answered through the outbox.

`hear` does all of it in the transaction it is handed: a process that dies at any point leaves nothing behind, or all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from api.assembly import Antre
from api.phone import repeats, sentences
from api.phone.conversation import dialogues, limits, turn, where
from api.phone.conversation.talk import Answer, Talk
from api.phone.grammar.intents import Check, Help, Info
from notifications import outbox
from notifications.gateways.base import Heard
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from scheduler.people import parse_phone

LONGEST = 1_000                       # characters looked at
WORTH_ANSWERING = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Sms:
    """One SMS as a carrier hands it over. `id` is the carrier's own, `stamp` its date of the message as it writes it,
    None when it tells none."""

    gateway: str
    id: str
    sender: str
    to: str
    text: str
    stamp: str | None


def sms_of(gateway: str, one: Heard) -> Sms:
    """What a carrier kept or called with. Without an id of its own, moment, sender and words stand for one: the same
    again is then the same message."""
    stamp = None if one.at is None else one.at.isoformat()
    made = hashlib.sha256("\0".join((one.sender, stamp or "", one.text)).encode(errors="replace")).hexdigest()
    return Sms(gateway, one.id or made, one.sender, one.to, one.text, stamp)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: the office at which a booking was made, and the offices whose places changed."""

    booked: str | None = None
    changed: frozenset[int] = frozenset()


def hear(connection: Connection, antre: Antre, sms: Sms, now: datetime) -> Done:
    """Work on the message unless it is a repeat, or comes from where no answer may go."""
    phone = _mobile(sms.sender)
    offices = antre.offices.all(connection)
    if phone is None or not offices or _is_ours(antre, offices, phone):
        return Done()
    text = sms.text[:LONGEST]
    dialogue = dialogues.lock(connection, antre.vault.hash_phone(phone), now)
    words = repeats.words_of(antre.vault, text)
    number = repeats.note(connection, sms.gateway, sms.id, dialogue.phone_hash, words, sms.stamp, now)
    if number is None or repeats.echoes(connection, antre.vault, phone, text, now):
        return Done()
    talk = turn.begin(connection, antre, dialogue, phone, sms.to, text, now)
    asks = isinstance(talk.reading.intent, Check | Info | Help)
    if repeats.said_again(antre.vault, dialogue, words, now, asks=asks):
        return Done()
    answer = limits.settle(talk, turn.take(talk))
    if answer is not None:
        _put(talk, answer, number)
    dialogue.words, dialogue.at = words, now
    dialogues.save(connection, dialogue)
    return Done(talk.booked, frozenset(talk.changed))


def _mobile(sender: str) -> str | None:
    """The sender's number, if it is one that can get an SMS: short codes and names in letters cannot."""
    try:
        return parse_phone(sender)
    except Refusal:
        return None


def _is_ours(antre: Antre, offices: list[Office], phone: str) -> bool:
    senders = [antre.settings.africastalking_sender, antre.template.sender if antre.template else ""]
    own = {where.plain(number) for number in (*senders, *(office.sms_number for office in offices)) if number}
    return phone in own


def _put(talk: Talk, answer: Answer, number: int) -> None:
    about = answer.about
    # The moment as well: what was heard is forgotten after days, and SQLite then counts from the beginning.
    key = f"answer:{number}:{int(talk.now.timestamp())}"
    outbox.put(talk.connection, [outbox.Message(
        key=key, kind="answer", office_id=talk.desk.id if about is None else about.office_id,
        booking_id=None if about is None else about.id, sequence=None,
        text=sentences.say(talk.language, answer.key, answer.values, talk.desk),
        address=talk.antre.vault.seal_bytes(talk.phone.encode()), phone_hash=talk.dialogue.phone_hash,
        due_at=talk.now, expires_at=talk.now + WORTH_ANSWERING, rank=outbox.ASKED,
    )], talk.now)

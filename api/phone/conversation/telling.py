"""INFO, BANTUAN, STOP, MULAI, and what is not understood."""

from __future__ import annotations

from api.phone import lines, sentences
from api.phone.conversation import where
from api.phone.conversation.talk import Answer, Talk
from api.phone.grammar.intents import Info, Unclear
from notifications import opt_outs
from notifications.wording import things
from scheduler.offices import Office

# By the keyword that was nearest, what to copy: a keyword in the resident's language, or the word itself.
_KEYWORDS = {"CEK": "check", "UBAH": "change", "BATAL": "cancel"}
_WAIT = "TUNGGU"
_AS_THEY_ARE = frozenset({"YA", "INFO", "BANTUAN", "STOP", "MULAI", "1"})


def inform(office: Office, intent: Info, language: str) -> Answer:
    """What to bring, or which services there are."""
    if intent.service not in office.by_slug:
        return Answer("info", {"services": where.services(office), "word": where.word_of(office, None)},
                      helps=True)
    service = office.by_slug[intent.service or ""]
    return Answer("info_of", {"service": service.short, "word": where.word_for(office, service),
                              "things": things(service.bring.get(language, []))}, helps=True)


def explain(office: Office) -> Answer:
    """How it works, and a number to call."""
    return Answer("help", {"word": where.word_of(office, None)}, helps=True)


def stop(talk: Talk) -> Answer:
    """No messages any more but answers to what is asked; bookings stay. Waiting ends, as no place could be offered."""
    opt_outs.stop(talk.connection, talk.antre.vault, talk.phone, "sms", talk.now)
    left = lines.leave_all(talk.connection, talk.antre, talk.phone, channel="sms", now=talk.now)
    talk.changed.update(left)
    return Answer("stopped_waiting" if left else "stopped")


def start(talk: Talk) -> Answer:
    """Messages again."""
    opt_outs.start(talk.connection, talk.antre.vault, talk.phone, "sms", talk.now)
    return Answer("started")


def unclear(talk: Talk, intent: Unclear) -> Answer | None:
    """One line to copy, of what was probably meant; thanks need no answer."""
    if intent.thanks:
        return None
    line = _line(talk, intent.guess or "")
    return Answer("unclear", {"line": line}, wrong=True, helps=True)


def _line(talk: Talk, guess: str) -> str:
    if guess in _AS_THEY_ARE:
        return guess
    if guess == _WAIT:
        return sentences.waiting_line(talk.language, where.word_of(talk.desk, None))
    if guess in _KEYWORDS:
        return sentences.word(talk.language, _KEYWORDS[guess])
    return sentences.booking_line(talk.language, where.word_of(talk.desk, None))

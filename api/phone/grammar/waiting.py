"""TUNGGU: onto the waiting list, alone or with all that a registration says; and off it again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from api.phone.grammar import words as w
from api.phone.grammar.intents import Cancel, Intent, Unclear, Wait
from api.phone.grammar.registering import read_registration
from api.phone.grammar.services import Lexicon

# `daftar tunggu`, `antri#tunggu`, `waiting list`: one keyword. `sampai` before a day says what the day means anyway.
_KEYWORD = re.compile(
    rf"\b(?:(?:{'|'.join(sorted(w.OF_A_LINE))})[\s#]+)*(?:{'|'.join(sorted(w.WAITING))})(?:\s+list)?\b", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:sampai|sampe|smpai|smp|hingga|until|till|s/d)\b", re.IGNORECASE)
_AS = "daftar"
_ABOUT_THE_LIST = w.WAITING | w.OF_A_LINE | w.POLITE | w.AROUND | w.IN_ENGLISH | w.JOINING


def follows(words: Sequence[str], at: int) -> bool:
    """Whether TUNGGU stands at that word, or behind words for a queue that begin there: `daftar tunggu`."""
    while at < len(words) and words[at] in w.OF_A_LINE:
        at += 1
    return at < len(words) and words[at] in w.WAITING


def read_wait(plain: str, words: Sequence[str], lexicon: Lexicon, today: date, *, english: bool,
              test_people: bool) -> Intent:
    """What a message with TUNGGU in front asks for.

    `keluar dari daftar tunggu` leaves it; `tunggu sebentar ya` is no wish at all.
    """
    if w.LEAVING & set(words):
        rest = [word for word in words if word not in w.LEAVING | _ABOUT_THE_LIST]
        return Unclear("TUNGGU") if rest or "?" in plain else Cancel(None, waiting=True)
    said = _UNTIL.sub(" ", _KEYWORD.sub(_AS, plain, count=1))
    draft = read_registration(said, _AS, lexicon, today, english=english, test_people=test_people)
    register = draft.register
    several = register.trouble is not None and register.trouble.why == "several"
    if register.service is not None or draft.has_number or several:
        return Wait(register)
    alone = all(word in _ABOUT_THE_LIST for word in words)
    return Wait(None) if alone and "?" not in plain else Unclear("TUNGGU")

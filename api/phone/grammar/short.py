"""Messages of a few words: a number from an offer, YA, TIDAK, STOP, MULAI, greetings and thanks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from api.phone.grammar import words as w
from api.phone.grammar.intents import Choose, Help, Intent, No, Start, Stop, Unclear, Yes
from api.phone.grammar.near import squeeze

_QUESTION_MARK = re.compile(r"[\s?!]*\?[\s?!]*")
_MORE_THAN_A_NUMBER = 4       # words; a longer text with a number in it is about something else
_NUMBER_OF_TWO = 2            # digits
_GREETING_ALONE = "p"         # how a chat is opened
_THANKING = w.THANKS - w.listed("you sama banyak kasih")
_YES = w.YES_INDONESIAN | w.YES_ENGLISH | w.YES_EITHER
_OF_BATAL = w.listed("batal cancel")


def read_short(plain: str, words: Sequence[str]) -> Intent | None:
    """What a message means that is made of such words only; None if it says more."""
    if not words:
        return Help() if _QUESTION_MARK.fullmatch(plain) else Unclear()
    asks = "?" in plain
    return (_stop(words) or _start(words) or _choice(words, asks) or _no(words, asks) or _refusal(words)
            or _yes(words, asks) or _polite(words))


def _stop(words: Sequence[str]) -> Intent | None:
    """Only the word alone: it silences everything, so `stop dulu ya` is asked about."""
    if not w.STOP & set(words):
        return None
    return Stop() if len(words) == 1 else Unclear("STOP")


def _start(words: Sequence[str]) -> Intent | None:
    kept = [word for word in words if word not in w.POLITE | w.AGAIN]
    return Start() if len(kept) == 1 and kept[0] in w.START_INDONESIAN | w.START_ENGLISH else None


def _choice(words: Sequence[str], asks: bool) -> Intent | None:
    """One number from 1 to 3 and nothing that says something else; two numbers, or another, are asked about."""
    around = w.WITH_NUMBER | w.POLITE | _YES
    digits = [word for word in words if word.isdecimal()]
    if _is_ordinal(words):
        words = [word for word in words if word != "one"]
    kept = [word for word in words if word in w.NUMBERS or word not in around]
    if len(kept) == 1 and kept[0] in w.NUMBERS and not asks:
        return Choose(w.NUMBERS[kept[0]])
    few = len(words) <= _MORE_THAN_A_NUMBER and all(len(number) <= _NUMBER_OF_TWO for number in digits)
    return Unclear("1") if digits and few and _about_numbers(kept) else None


def _is_ordinal(words: Sequence[str]) -> bool:
    return "one" in words and any(word in words for word in ("first", "second", "third"))


def _about_numbers(words: Sequence[str]) -> bool:
    return all(word.isdecimal() or word in w.NUMBERS or word in ("atau", "or", "dan", "jam", "pukul") for word in words)


def _no(words: Sequence[str], asks: bool) -> Intent | None:
    """`tidak`, `no thanks`, `gak mau`: it takes nothing away but an offer."""
    plain = w.NO | w.WITH_NO | w.POLITE
    return No() if not asks and w.NO & set(words) and all(word in plain for word in words) else None


def _refusal(words: Sequence[str]) -> Intent | None:
    """`tidak`, `gak jadi`, `jangan batal`: nothing is cancelled by it, the example line says how."""
    if not w.NOT & set(words) or any(word.isdecimal() for word in words):
        return None
    known = w.NOT | _YES | w.WITH_YES | w.POLITE | _OF_BATAL
    return Unclear("BATAL") if all(word in known for word in words) else None


def _yes(words: Sequence[str], asks: bool) -> Intent | None:
    """A word of consent, and around it only what goes with it; a question is none."""
    kept = [word if word in _YES | w.WITH_YES | w.POLITE else squeeze(word) for word in words]
    if not _YES & set(kept) or any(word not in _YES | w.WITH_YES | w.POLITE for word in kept):
        return None
    return Unclear("YA") if asks else Yes()


def _polite(words: Sequence[str]) -> Intent | None:
    if list(words) == [_GREETING_ALONE]:
        return Help()
    if any(word not in w.POLITE for word in words):
        return None
    thanks = _THANKING & set(words) or list(words) == ["sama", "sama"]
    return Unclear(thanks=True) if thanks else Help()

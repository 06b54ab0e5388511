"""What a message means: the one door into the grammar. Pure; never raises for any text, linear in its length."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.phone.grammar import words as w
from api.phone.grammar.clean import clean, without_signature
from api.phone.grammar.dates import find_day
from api.phone.grammar.intents import Cancel, Change, Check, Help, Info, Intent, Reading, Register, Trouble, Unclear
from api.phone.grammar.keywords import FORMS, Conflict, Found, find_keyword, language_of, said
from api.phone.grammar.numbers import bare_code, find_code
from api.phone.grammar.rating import or_rating, read_rating
from api.phone.grammar.registering import Draft, read_registration
from api.phone.grammar.services import Lexicon, words_of
from api.phone.grammar.short import read_short
from api.phone.grammar.waiting import read_wait

_SHORTEST_OF_A_CODE = 4  # digits; `cek antrian no 5` holds no code
_BESIDE_BATAL = w.POLITE | w.AROUND | w.IN_ENGLISH | w.OF_A_BOOKING
_OF_THE_LINE = w.WAITING | w.OF_A_LINE | w.JOINING
_GLUED = ("daftar", "daptar", "dftr", "reg", "book")
_FIRST_WORD = re.compile(r"\W*([^\W\d_]+)")
_FIRST_SLUG = re.compile(r"^\W*([a-z0-9]+(?:-[a-z0-9]+)*)(?![a-z0-9])", re.IGNORECASE)
_LAST_SLUG = re.compile(r"(?<![a-z0-9\-])([a-z0-9]+(?:-[a-z0-9]+)*)\W*$", re.IGNORECASE)
_JOINED_BY = re.compile(r"\W*([^\W\d_]+)\s?([-._])(?=\w)")


@dataclass(frozen=True, slots=True)
class _Message:
    plain: str
    words: list[str]
    lexicon: Lexicon
    today: date
    test_people: bool
    english: bool


def read(text: str, lexicon: Lexicon, today: date, *, test_people: bool) -> Reading:
    """What `text` asks for. `today` is the office's date; `test_people` lets the invented NIK region through.

    Ambiguity becomes a `Trouble` or `Unclear`; nothing is guessed that books, cancels or silences.
    """
    plain, office = _without_office(clean(text), lexicon.offices)
    plain = _apart(plain, lexicon)
    words = said(plain)
    language = language_of(plain, words)
    message = _Message(plain, words, lexicon, today, test_people, language == "en")
    return Reading(_intent(message), language, office)


def _without_office(plain: str, offices: frozenset[str]) -> tuple[str, str | None]:
    """The text without the office's slug as its first or last word, and that slug."""
    for pattern in (_FIRST_SLUG, _LAST_SLUG) if offices else ():
        match = pattern.search(plain)
        if match and match[1].lower() in offices:
            return (plain[:match.start()] + plain[match.end():]).strip(" #,;:"), match[1].lower()
    return plain, None


def _apart(plain: str, lexicon: Lexicon) -> str:
    """`DAFTARKTP 647..` and `DAFTAR-KTP-647..` with their parts apart."""
    if (first := _FIRST_WORD.match(plain)) and (parts := _glued(first[1].lower(), lexicon)):
        at = first.start(1) + parts
        return plain[:at] + " " + plain[at:]
    joined = _JOINED_BY.match(plain)
    if joined and joined[1].lower() in FORMS:
        sign = re.escape(joined[2])
        return re.sub(rf"(?<![\d{sign}]){sign}|{sign}(?![\d{sign}])", "#", plain)
    return plain


def _glued(word: str, lexicon: Lexicon) -> int:
    """How many letters the keyword has that a service word follows without a space; 0 if there is none."""
    return next((len(form) for form in _GLUED if word.startswith(form) and word[len(form):] in lexicon.core), 0)


def _intent(message: _Message) -> Intent:
    short = read_short(message.plain, message.words)
    if short is not None:
        return short
    found = find_keyword(message.words)
    if isinstance(found, Conflict):
        return Unclear(found.guess)
    if found is None or found.keyword in ("INFO", "BANTUAN"):
        return _without_keyword(message, found)
    if found.keyword == "DAFTAR":
        return _register(message, found)
    if found.keyword == "TUNGGU":
        return _wait(message, found)
    if found.keyword == "NILAI":
        return read_rating(message.words) if found.at_head else Unclear()
    return _about_a_booking(message, found)


def _about_a_booking(message: _Message, found: Found) -> Intent:
    if found.keyword == "BATAL":
        return _cancel(message, found)
    code, trouble, rest = find_code(message.plain)
    if trouble is not None and trouble.why == "length":  # perhaps `ubah ke tgl 30`
        code, trouble, _ = find_code(find_day(message.plain, message.today).rest)
        rest = message.plain
    if trouble is not None and trouble.why == "length" and int(trouble.value or 0) < _SHORTEST_OF_A_CODE:
        trouble = None
    if not found.at_head and code is None:
        return Unclear(found.keyword)
    if found.keyword == "CEK":
        return Check(code, trouble)
    day = find_day(rest, message.today)
    if trouble is None and day.why is not None:
        trouble = Trouble("day", day.why)
    return Change(code, day.day, trouble)


def _cancel(message: _Message, found: Found) -> Intent:
    """Only where nothing else can be meant: the keyword first, no `jangan`, no question; without a code, no more."""
    words = message.words
    code, trouble, _ = find_code(message.plain)
    waiting = bool(w.WAITING & set(words))
    beside = _BESIDE_BATAL | _OF_THE_LINE if waiting else _BESIDE_BATAL
    others = [word for word in words if FORMS.get(word) != "BATAL" and word not in beside]
    alone = code is None and trouble is None
    if words[0] in w.YES_INDONESIAN | w.YES_ENGLISH:  # `ya batal`: which of the two?
        others.append(words[0])
    if not found.at_head or "?" in message.plain or _denied(words) or (alone and others):
        return Unclear("BATAL")
    return Cancel(code, trouble, waiting)


def _denied(words: Sequence[str]) -> bool:
    """Whether a word says no; `no 264..` is short for number."""
    pairs = zip(words, [*words[1:], ""], strict=True)
    return any(word in w.NOT and not (word == "no" and after.isdecimal()) for word, after in pairs)


def _wait(message: _Message, found: Found) -> Intent:
    if not found.at_head or _denied(message.words):
        return Unclear("TUNGGU")
    return read_wait(message.plain, message.words, message.lexicon, message.today, english=message.english,
                     test_people=message.test_people)


def _register(message: _Message, found: Found) -> Intent:
    draft = _draft(message, found.word)
    if not (found.at_head or draft.has_number):
        return Unclear("DAFTAR")
    return draft.register


def _draft(message: _Message, keyword: str | None) -> Draft:
    return read_registration(message.plain, keyword, message.lexicon, message.today, english=message.english,
                             test_people=message.test_people)


def _without_keyword(message: _Message, found: Found | None) -> Intent:
    """A NIK, or a service and no more, is a registration also without keyword, as the precedents people know have none;
    it only offers. Nine digits alone are a code to look up."""
    if bare_code(message.plain):
        code, trouble, _ = find_code(message.plain)
        return or_rating(Check(code, trouble), message.words)
    draft = _draft(message, None)
    if draft.has_number and _may_register(draft.register):
        return draft.register
    if found is not None:
        return _told(message, found)
    if draft.register.service is not None and not draft.has_other_words and _names_a_service(message):
        return draft.register
    if find_code(message.plain)[0] is not None:
        return Unclear("CEK")
    return Unclear("DAFTAR" if draft.register.service is not None else None)


def _may_register(register: Register) -> bool:
    """A number of another length is a NIK only beside a service or with most of its digits."""
    trouble = register.trouble
    return register.nik is not None or register.service is not None or (
        trouble is not None and trouble.field != "service") or register.name is not None


def _names_a_service(message: _Message) -> bool:
    kept = [word for word in words_of(message.plain) if word not in w.POLITE | w.AROUND]
    match = message.lexicon.whole(kept, slips=False)
    return match is not None and match.core


def _told(message: _Message, found: Found) -> Intent:
    if not found.at_head:
        return Unclear(found.keyword)
    if found.keyword == "BANTUAN":
        return Help()
    return Info(_service_asked_about(message, found.word))


def _service_asked_about(message: _Message, keyword: str) -> str | None:
    words = [word for word in words_of(without_signature(message.plain)) if word not in w.POLITE]
    behind = words[words.index(keyword) + 1:] if keyword in words else words
    kept = [word for word in behind if word not in w.AROUND]
    match = message.lexicon.lead(kept, slips=True)
    return match.slugs[0] if match is not None and len(match.slugs) == 1 else None

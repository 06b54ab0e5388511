"""Which keyword a message holds, where, and in which language; misspelt ones only at its head."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from api.phone.grammar import waiting
from api.phone.grammar import words as w
from api.phone.grammar.dates import says_language
from api.phone.grammar.intents import Language
from api.phone.grammar.near import one_slip, squeeze
from api.phone.grammar.words import Keyword

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")
_VOWELS = re.compile("[aeiou]")
_SHORTEST_SKELETON = 4
_BEFORE_A_KEYWORD = w.POLITE | w.AROUND | w.IN_ENGLISH
_ASKS_HOW = w.listed("cara caranya gimana how")

FORMS: dict[str, Keyword] = {
    form: keyword for table in (w.INDONESIAN, w.ENGLISH, w.EITHER) for keyword, forms in table.items() for form in forms
}
_SQUEEZED = {squeeze(form): keyword for form, keyword in FORMS.items()}
# `dftrkn`: as people shorten; short ones fit too much, and BATAL is never reached by it.
_WITHOUT_VOWELS = {
    skeleton: keyword for form, keyword in FORMS.items()
    if len(skeleton := _VOWELS.sub("", form)) >= _SHORTEST_SKELETON and keyword in ("DAFTAR", "BANTUAN", "INFO")
}
_ENGLISH_WORDS = frozenset().union(*w.ENGLISH.values(), w.YES_ENGLISH, w.START_ENGLISH,
                                   w.listed("please the my name want would like first second third one two three "
                                            "option thank you thanks hi hello good morning afternoon need can"))
_INDONESIAN_WORDS = frozenset().union(*w.INDONESIAN.values(), w.YES_INDONESIAN, w.START_INDONESIAN,
                                      w.listed("saya mau terima kasih makasih pak bu tolong mohon yang satu dua tiga "
                                               "nomor pilih nama berhenti assalamualaikum selamat untuk"))


@dataclass(frozen=True, slots=True)
class Found:
    """A keyword, the word it was, and whether only polite words stand before it."""

    keyword: Keyword
    word: str
    at_head: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two keywords that exclude each other; `guess` is the one to explain."""

    guess: Keyword


def said(text: str) -> list[str]:
    """The words and numbers of a text, lower case, letters and digits apart."""
    return _WORD.findall(text.lower())


def find_keyword(words: Sequence[str]) -> Found | Conflict | None:
    """The one keyword of a message."""
    places = [(at, keyword) for at in range(len(words)) if (keyword := _keyword_at(words, at))]
    if not places:
        return _misspelt(words)
    places = _without_weak(places, words)
    first, keyword = places[0]
    if waiting.follows(words, first):  # `daftar tunggu`
        places = [(first, "TUNGGU"), *(place for place in places[1:] if place[1] not in ("DAFTAR", "TUNGGU"))]
        keyword = "TUNGGU"
    others = {other for _, other in places} - {keyword}
    if "TUNGGU" in others:  # `batal daftar tunggu`, `cek tunggu`: what it is about
        others -= {"TUNGGU", "DAFTAR"}
    if others - _harmless_beside(keyword):
        return Conflict("BATAL" if "BATAL" in {keyword, *others} else keyword)
    before = _BEFORE_A_KEYWORD | w.JOINING | w.LEAVING if keyword == "TUNGGU" else _BEFORE_A_KEYWORD
    return Found(keyword, words[first], all(word in before for word in words[:first]))


def _keyword_at(words: Sequence[str], at: int) -> Keyword | None:
    if words[at] in w.MOVING and at + 1 < len(words) and words[at + 1] in w.TO_MOVE:
        return "UBAH"
    return FORMS.get(words[at])


def _without_weak(places: list[tuple[int, Keyword]], words: Sequence[str]) -> list[tuple[int, Keyword]]:
    """`cek antrian` is CEK, `mohon bantu daftar` is DAFTAR; `cara daftar` asks how; NILAI stands alone or is a word."""
    if words[places[0][0]] in _ASKS_HOW:
        return places[:1]
    places = [place for place in places if place[1] != "NILAI"] or places
    strong = [place for place in places if place[1] != "BANTUAN"] or places
    named = [place for place in strong if words[place[0]] not in w.OF_A_BOOKING]
    return named or strong[:1]


def _harmless_beside(keyword: Keyword) -> frozenset[str]:
    """Keywords that are only words when they follow: `info daftar`; Cek Ani is also a name."""
    if keyword == "INFO":
        return frozenset({"DAFTAR", "CEK", "UBAH"})
    return frozenset({"CEK", "INFO"}) if keyword == "DAFTAR" else frozenset()


def _misspelt(words: Sequence[str]) -> Found | None:
    head = next((word for word in words if word not in _BEFORE_A_KEYWORD), None)
    if head is None or head.isdecimal():
        return None
    keyword = _SQUEEZED.get(squeeze(head)) or _WITHOUT_VOWELS.get(head) or _one_slip_from(head)
    return Found(keyword, head, True) if keyword is not None else None


def _one_slip_from(word: str) -> Keyword | None:
    near = {keyword for meant, keyword in w.GUESSABLE.items() if one_slip(word, meant)}
    return near.pop() if len(near) == 1 else None


def language_of(text: str, words: Sequence[str]) -> Language | None:
    """The language more of the words are in; None where they are in neither, or as many in each."""
    english = sum(word in _ENGLISH_WORDS for word in words)
    indonesian = sum(word in _INDONESIAN_WORDS for word in words)
    for language in says_language(text):
        english += language == "en"
        indonesian += language == "id"
    if english == indonesian:
        return None
    return "en" if english > indonesian else "id"

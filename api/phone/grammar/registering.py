"""DAFTAR: service, NIK, name and day out of a message, in whatever order they stand; and what is missing or unclear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.phone.grammar import words as w
from api.phone.grammar.clean import thanks_cut, without_signature
from api.phone.grammar.dates import find_day, numeric_spans
from api.phone.grammar.intents import Register, Trouble
from api.phone.grammar.numbers import Numbers, find_nik
from api.phone.grammar.segments import Segment, cut, name_of
from api.phone.grammar.services import Lexicon, Match, words_of
from scheduler.foundation.errors import Refusal
from scheduler.people import parse_name

_NO_NAME = w.RELATIVES | w.TO_WHOM | w.SMALL | w.OWN


@dataclass(frozen=True, slots=True)
class Draft:
    """A registration, and whether a NIK or something meant as one stood in it."""

    register: Register
    has_number: bool
    has_other_words: bool


def read_registration(text: str, keyword: str | None, lexicon: Lexicon, today: date, *, english: bool,
                      test_people: bool) -> Draft:
    """What a text registers for; `keyword` is the word read as DAFTAR, None if there is none."""
    text = without_signature(text)
    numbers = find_nik(text, numeric_spans(text), today, test_people=test_people)
    day = find_day(numbers.rest, today)
    segments = cut(thanks_cut(day.rest, Numbers.mark), keyword, lexicon.vocabulary, english=english)
    search = _Services(lexicon, segments, bool(keyword))
    service, trouble = search.result()
    name, of_name, unknown = _name(search.segments, service is None and trouble is None)
    trouble = trouble or _no_service(service, unknown) or numbers.trouble or _missing("nik", numbers.nik) or of_name
    if trouble is None and day.why is not None:
        trouble = Trouble("day", day.why)
    register = Register(service, numbers.nik, name, day.day, trouble)
    return Draft(register, Numbers.mark in numbers.rest, bool(search.segments))


def _missing(field: str, value: str | None) -> Trouble | None:
    return Trouble("nik" if field == "nik" else "name", "missing") if value is None else None


def _no_service(service: str | None, unknown: str | None) -> Trouble | None:
    if service is not None:
        return None
    return Trouble("service", "missing") if unknown is None else Trouble("service", "unknown", unknown)


class _Services:
    """Finds the service words among the segments and takes them out; what is left in `segments` may be the name."""

    def __init__(self, lexicon: Lexicon, segments: list[Segment], keyword: bool) -> None:
        self._lexicon = lexicon
        self._keyword = keyword
        self.segments = segments
        self._found: list[tuple[str, ...]] = []
        self._unknown: str | None = None

    def result(self) -> tuple[str | None, Trouble | None]:
        """The one service, or the trouble with it; None and None if no word of it was found."""
        self._labelled()
        if not self._found:
            self._first()
        for segment in self.segments:
            self._core(segment)
            self._same(segment)
        if not self._found:
            for segment in self.segments:
                self._field(segment)
        self.segments = [segment for segment in self.segments if segment.words]
        return self._verdict()

    def _verdict(self) -> tuple[str | None, Trouble | None]:
        slugs = {slug for found in self._found for slug in found}
        if len(slugs) == 1:
            return slugs.pop(), None
        if slugs:
            candidates = tuple(slug for slug in self._lexicon.order if slug in slugs)
            return None, Trouble("service", "several", None, candidates)
        return None, None if self._unknown is None else Trouble("service", "unknown", self._unknown)

    def _labelled(self) -> None:
        for segment in [one for one in self.segments if one.role == "service"]:
            match = self._lexicon.lead(_plain(segment.words), slips=True)
            if match is not None:
                self._found.append(match.slugs)
            else:
                self._unknown = " ".join(segment.words)
            self.segments.remove(segment)

    def _first(self) -> None:
        """Right after the keyword any service word counts, also a misspelt one."""
        segment = next((one for one in self.segments if one.after_keyword and one.role is None), None)
        if segment is None:
            return
        match = self._lexicon.lead(_plain(segment.words), slips=self._keyword)
        at_keyword = self._keyword and segment.before in ("keyword", "sign", "talk")
        if match and (match.core or at_keyword or (segment.fenced and match.size == len(_plain(segment.words)))):
            self._accept(segment, match, front=True)

    def _core(self, segment: Segment) -> None:
        """Words that name a service by themselves count at either end of a segment."""
        lead = self._lexicon.lead(_plain(segment.words)) if segment.role is None else None
        if lead is not None and lead.core:
            self._accept(segment, lead, front=True)
        trail = self._lexicon.trail(_plain(segment.words))
        if trail is not None and trail.core:
            self._accept(segment, trail, front=False)

    def _same(self, segment: Segment) -> None:
        """`Pindah/datang`: a field that says once more what is found already is no name."""
        match = self._lexicon.whole(_plain(segment.words), slips=False) if segment.role is None else None
        if match is not None and match.slugs in self._found:
            segment.words = []

    def _field(self, segment: Segment) -> None:
        """A field that is all service words, though they could be part of a name elsewhere."""
        if segment.role is not None or not segment.fenced or self._found:
            return
        if match := self._lexicon.whole(_plain(segment.words), slips=False):
            self._accept(segment, match, front=True)

    def _accept(self, segment: Segment, match: Match, *, front: bool) -> None:
        self._found.append(match.slugs)
        size = _typed(segment.words, match.size, front=front)
        segment.words = segment.words[size:] if front else segment.words[:len(segment.words) - size]


def _plain(typed: list[str]) -> list[str]:
    return [word for token in typed for word in words_of(token) or [token.lower()]]


def _typed(typed: list[str], size: int, *, front: bool) -> int:
    """How many words as typed hold `size` plain ones, as `KTP-el` is two."""
    count = 0
    for token in typed if front else reversed(typed):
        if size <= 0:
            break
        size -= len(_plain([token]))
        count += 1
    return count


def _name(segments: list[Segment], service_unknown: bool) -> tuple[str | None, Trouble | None, str | None]:
    """The name, what is wrong with it, and what was written where a service should stand."""
    named = [name for one in segments if one.role == "name" and (name := name_of(one.words))]
    behind = [name for one in segments if one.after_keyword and one.role is None and (name := _name_in(one))]
    names = named or behind or [name for one in segments if _introduces(one) and (name := _name_in(one))]
    unknown = None
    if service_unknown and not named and len(names) > 1:
        unknown, names = names[0], names[1:]
    elif service_unknown and named and behind:
        unknown = behind[0]
    if len(names) != 1:
        return None, Trouble("name", "several" if names else "missing"), unknown
    try:
        return parse_name(names[0]), None, unknown
    except Refusal as refusal:
        return None, Trouble("name", str(refusal.details["why"])), unknown


def _introduces(segment: Segment) -> bool:
    """Whether it may be a name before the keyword (`Siti Aminah mau daftar`), and not whom one speaks to."""
    return segment.role is None and not segment.after_keyword and (
        segment.words[0].lower() not in w.GREETINGS | w.TO_WHOM)


def _name_in(segment: Segment) -> str:
    if all(word.lower().strip(".") in _NO_NAME for word in segment.words):
        return ""
    return name_of(segment.words)

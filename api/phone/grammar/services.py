"""Service words, learnt from the office file: which service written words mean, or between which they leave it open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from api.phone.grammar.near import one_slip
from api.phone.grammar.words import listed
from scheduler.offices import Office, Service

_WORD = re.compile(r"[^\W_]+")
_PARTS_OF_A_NAME = re.compile(r"[:,;()/]|\b(?:atau|dan|or|of|and)\b", re.IGNORECASE)
_SAME = {"id": "identity"}     # `ID card` and `identity card` are one thing
_LONGEST_PHRASE = 6            # words
_SHORTEST_WORD_OF_A_NAME = 4

# Beside a service word these say nothing about which service it is.
_FILLERS = listed("baru ulang ganti pengganti pemula pecah elektronik buat bikin bkin pembuatan urus mengurus ngurus "
                  "pengurusan penerbitan surat alamat el e new lost certificate registration layanan untuk utk mau "
                  "proses")
_BOTH = listed("dan & and atau or sama dengan dgn plus serta")


@dataclass(frozen=True, slots=True)
class Match:
    """Services that words at the beginning of a text fit: one, or several to ask between. `size` words were used.

    `core` is whether they name a service by itself (`ktp`, `akta lahir`), not by a word that can be part of a name or
    of a sentence as well (`anak`, `data`).
    """

    slugs: tuple[str, ...]
    size: int
    core: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    exact: frozenset[str]   # the office file has these words for it
    may: frozenset[str]     # its words contain them
    size: int
    core: bool


@dataclass(frozen=True)
class Lexicon:
    """The words of one office. Build it once for each revision of the office: it is a pure picture of it.

    `offices` are the slugs of all offices of the installation where there are several: a message may name one.
    """

    order: tuple[str, ...]
    phrases: dict[str, frozenset[str]]                 # words joined -> slugs
    core: frozenset[str]
    vocabulary: dict[str, frozenset[str]]              # word -> slugs that have it anywhere
    offices: frozenset[str] = field(default_factory=frozenset)

    @staticmethod
    def of(office: Office, offices: Iterable[str] = ()) -> Lexicon:
        """The words for the office's active services: slug, short name, `words`, names in both languages."""
        phrases: dict[str, set[str]] = {}
        vocabulary: dict[str, set[str]] = {}
        core: set[str] = set()
        services = office.by_slug.values()
        for service in services:
            for phrase in _phrases_of(service):
                phrases.setdefault("".join(phrase), set()).add(service.slug)
                pairs = map("".join, pairwise(phrase))  # `ktpel` of `cetak ktp-el`
                for word in (*phrase, *pairs, "".join(phrase)):
                    vocabulary.setdefault(word, set()).add(service.slug)
            core |= _core_of(service)
        slugs = frozenset(offices)
        order = tuple(service.slug for service in services)
        several = slugs if len(slugs) > 1 else frozenset()
        return Lexicon(order, _frozen(phrases), frozenset(core), _frozen(vocabulary), several)

    def lead(self, words: Sequence[str], *, slips: bool = False) -> Match | None:
        """What the first words mean, as far as they are service words; with `slips` also misspelt ones."""
        hits: list[_Hit] = []
        at = used = 0
        while at < len(words):
            hit = self._hit(words[at:at + _LONGEST_PHRASE]) or (self._near(words[at]) if slips else None)
            if hit is not None:
                hits.append(hit)
                at += hit.size
                used = at
            elif words[at] in _FILLERS:
                at += 1
                used = at if hits else used
            elif words[at] in _BOTH and hits:
                at += 1
            else:
                break
        if not hits:
            return None
        return Match(self._decide(hits), used, any(hit.core for hit in hits))

    def whole(self, words: Sequence[str], *, slips: bool = True) -> Match | None:
        """As `lead`, if all the words are service words."""
        match = self.lead(words, slips=slips)
        return match if match is not None and match.size == len(words) else None

    def trail(self, words: Sequence[str]) -> Match | None:
        """What the last words mean; the longest end that is all service words, of at most `_LONGEST_PHRASE`."""
        for start in range(max(0, len(words) - _LONGEST_PHRASE), len(words)):
            if words[start] not in _FILLERS and (match := self.whole(words[start:], slips=False)):
                return match
        return None

    def _hit(self, words: Sequence[str]) -> _Hit | None:
        """The longest beginning that the office file knows, spaces and hyphens set aside."""
        plain = [_SAME.get(word, word) for word in words]
        for size in range(len(plain), 0, -1):
            joined = "".join(plain[:size])
            if joined in self.phrases:
                may = frozenset.intersection(*(self.vocabulary.get(word, frozenset()) for word in plain[:size]))
                exact = self.phrases[joined]
                return _Hit(exact, may | exact, size, joined in self.core)
        return None

    def _near(self, word: str) -> _Hit | None:
        meant = {phrase for phrase in self.phrases if one_slip(word, phrase)}
        slugs = {self.phrases[phrase] for phrase in meant}
        if len(slugs) != 1:
            return None
        exact = slugs.pop()
        return _Hit(exact, exact, 1, bool(meant & self.core))

    def _decide(self, hits: list[_Hit]) -> tuple[str, ...]:
        for fits in ([hit.exact for hit in hits], [hit.may for hit in hits]):
            if slugs := frozenset.intersection(*fits):
                return self._ordered(slugs)
        most = self._most(hits)
        foreign = any(hit.core and most not in hit.may for hit in hits)
        if most is not None and not foreign:
            return (most,)
        return self._ordered(frozenset().union(*(hit.exact for hit in hits)))

    def _most(self, hits: list[_Hit]) -> str | None:
        """The one service that more words speak for than for any other: `akta kelahiran anak` is a certificate."""
        count = {slug: sum(hit.size for hit in hits if slug in hit.may) for slug in self.order}
        best = max(count.values())
        top = [slug for slug, words in count.items() if words == best]
        return top[0] if len(top) == 1 and best > 1 else None

    def _ordered(self, slugs: frozenset[str]) -> tuple[str, ...]:
        return tuple(slug for slug in self.order if slug in slugs)


def words_of(text: str) -> list[str]:
    """Lower-case words without signs; a hyphen parts them."""
    return [_SAME.get(word, word) for word in _WORD.findall(text.lower())]


def _phrases_of(service: Service) -> list[list[str]]:
    phrases = [words_of(text) for text in (service.slug, service.short, *service.words)]
    for name in service.name.values():
        for part in map(words_of, _PARTS_OF_A_NAME.split(name)):
            phrases += [part, *([word] for word in part if len(word) >= _SHORTEST_WORD_OF_A_NAME)]
    return [phrase for phrase in phrases if phrase]


def _core_of(service: Service) -> set[str]:
    """The slug, its parts, and those of `words` that begin with one of them or hold one as a word of its own."""
    parts = words_of(service.slug)
    own = {"".join(parts), *parts}
    for phrase in map(words_of, service.words):
        joined = "".join(phrase)
        if any(part in phrase for part in parts) or (len(phrase) == 1 and any(part in joined for part in parts)):
            own.add(joined)
    return own


def _frozen(slugs: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {words: frozenset(found) for words, found in slugs.items()}

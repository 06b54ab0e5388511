"""A registration cut into segments: runs of words that belong together, between separators, labels and small talk."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Literal

from api.phone.grammar import words as w
from api.phone.grammar.dates import MARK as DAY
from api.phone.grammar.numbers import Numbers

Role = Literal["name", "service"]
Edge = Literal["start", "keyword", "sign", "mark", "talk", "label", "end"]

_TITLE_COMMA = "\x03"  # in `Siti, S.Pd` the comma belongs to the name
_SIGNS = r'#;/|*:_=\n"+,<>()\[\]?!{}'
_PIECE = re.compile(rf"[\x01\x02]|[{_SIGNS}]|[^\s\x01\x02{_SIGNS}]+")
_UNDOTTED = "|".join(sorted(w.listed(
    "SE SH ST SS MM MT MH MA SPd SKom MKom MSi MPd SSos SKM SKep Amd AMd Lc BA BSc MSc MBA PhD SAg SIP SPt SP")))
_TITLE = re.compile(
    rf",(?=\s*(?:(?!a\.n)[a-z]{{1,2}}\.\s?[a-z][a-z.]{{0,8}}|{_UNDOTTED})(?!\w))", re.IGNORECASE)
_ON_BEHALF = re.compile(r"\ba\s?/\s?n\b\.?", re.IGNORECASE)
_NUMBER_OF_THE_CARD = re.compile(
    r"\b(?:no|nomor|nmr)\b[\s.]*(?:nik|e?-?ktp)\b(?=[\s.:=]*\x01)|\bnoktp\b", re.IGNORECASE)
_RELATIVE = re.compile(rf"\b(?:{'|'.join(sorted(w.RELATIVES))})\s+(?:saya|sy|aku|kami)\b|\b(?:my|her|his)\s+"
                       rf"(?:{'|'.join(sorted(w.RELATIVES))})\b", re.IGNORECASE)
_TAKE_A_NUMBER = re.compile(r"\bambil\s+(?=no\b|nomor\b|nomer\b|antri)", re.IGNORECASE)
_PHONE_LABEL = re.compile(r"\b(?:no\s?)?(?:wa|hp|telp|tlp)\b[\s.:]*(?=#)", re.IGNORECASE)
_BIRTHDAY = re.compile(r"\b(?:(?:tgl|tanggal)\s+)?lahir\b[^#\n;\x01\x02]{0,30}\x02", re.IGNORECASE)
_SAID_SHORTER = ((_ON_BEHALF, "an"), (_NUMBER_OF_THE_CARD, "nik"), (_RELATIVE, "saya"), (_TAKE_A_NUMBER, "saya "),
                 (_PHONE_LABEL, "#"), (_BIRTHDAY, "#"))
_SURELY_DAFTAR = w.listed("daftar antri antrian antrean pendaftaran didaftarkan mendaftar appointment booking")


@dataclass(slots=True)
class Segment:
    """Words as typed, what they were labelled as, what stands around them, and on which side of the keyword."""

    role: Role | None
    before: Edge
    after_keyword: bool
    words: list[str] = field(default_factory=list)
    after: Edge = "end"

    @property
    def fenced(self) -> bool:
        """Whether it is a field of its own, so that all of it is one thing."""
        return self.before not in ("talk", "label") and self.after != "talk"


class _Cutter:
    """Reads piece after piece; a segment ends where something else begins."""

    def __init__(self, keyword: str | None, service_words: Container[str], *, english: bool) -> None:
        self.done: list[Segment] = []
        self._keyword = keyword
        self._talk = frozenset(word for word in (w.AROUND | w.IN_ENGLISH if english else w.AROUND)
                               if word not in service_words)  # `ambil` is a service here
        self._current = Segment(None, "start", keyword is None)
        self._skipping = False

    def take(self, piece: str) -> None:
        low = piece.lower().strip(".'-&")
        if piece in (Numbers.mark, DAY):
            self._cut("mark")
        elif len(piece) == 1 and not piece.isalnum() and piece not in "&'-.":
            self._cut("sign")
        elif not low or (self._skipping and low != self._keyword):
            self._keep_sign(piece)
        else:
            self._word(piece, low)

    def _keep_sign(self, piece: str) -> None:
        if piece == "&" and not self._skipping:  # two people, for the name's own check to refuse
            self._current.words.append(piece)

    def _word(self, piece: str, low: str) -> None:
        if low == self._keyword or low in _SURELY_DAFTAR:
            self._keyword = None
            self._cut("keyword")
            self._current.after_keyword = True
        elif role := _label(piece, low):
            self._cut("label", None if role == "nik" else role)
        elif low in w.ENDS_A_NAME:
            self._cut("talk")
            self._skipping = True
        elif low in self._talk and not self._begins_a_name(piece, low):
            self._cut("talk")
        else:
            self._current.words.append(piece.strip("-"))

    def _begins_a_name(self, piece: str, low: str) -> bool:
        """Whether `Mau` of Mau Bele stands where a name begins, written as names are."""
        return piece.istitle() and low in w.NAMES_TOO and self._current.before == "mark" and not self._current.words

    def _cut(self, edge: Edge, role: Role | None = None) -> None:
        self._skipping = False
        labelled = not self._current.words and edge != "mark"  # `Nama :` labels what follows
        kept = self._current.role if labelled else None
        if self._current.words:
            self._current.after = edge
            self.done.append(self._current)
        self._current = Segment(role or kept, edge, self._current.after_keyword)

    def finish(self) -> list[Segment]:
        self._cut("end")
        return self.done


def _label(piece: str, low: str) -> Literal["name", "service", "nik"] | None:
    bare = low.replace(".", "")
    if bare in w.NAME_LABELS and not (bare == "an" and piece == "An"):  # An Li is a name
        return "name"
    if bare in w.SERVICE_LABELS:
        return "service"
    return "nik" if bare in w.NIK_LABELS else None


def cut(text: str, keyword: str | None, service_words: Container[str], *, english: bool) -> list[Segment]:
    """The segments of a text in which NIK and days are marks already. `keyword` is the word that was read as DAFTAR."""
    for pattern, instead in _SAID_SHORTER:
        text = pattern.sub(instead, text)
    cutter = _Cutter(keyword, service_words, english=english)
    for piece in _PIECE.findall(_TITLE.sub(_TITLE_COMMA, text)):
        cutter.take(piece)
    return cutter.finish()


def name_of(words: list[str]) -> str:
    """The words as a name: without whom one speaks to, a full stop at the end, an address that follows."""
    kept = list(_before_address(words))
    while kept and kept[0].lower().strip(".") in w.BEFORE_A_NAME:
        kept = kept[1:]
    while kept and kept[-1].lower().strip(".") in w.TO_WHOM | w.SMALL:
        kept = kept[:-1]
    name = " ".join(kept).replace(_TITLE_COMMA, ",").strip(",- ")
    return name[:-1] if _ends_a_sentence(name) else name


def _before_address(words: list[str]) -> Iterator[str]:
    for word in words:
        if word.lower().strip(".") in w.ENDS_A_NAME:
            return
        yield word


def _ends_a_sentence(name: str) -> bool:
    last = name.rsplit(" ", 1)[-1]
    return last.endswith(".") and "." not in last[:-1] and len(last) > 3

"""The long numbers of a message: NIK, booking code; and the ones that are neither: a phone, a KK, a length gone wrong.

`O`, `o` and `Q` are mended to 0, `l`, `I`, `i` and `|` to 1, inside a number only: a letter that touches other letters
is part of a word. `S` and `5`, `B` and `8` are left alone; nobody was seen to confuse them, and names end with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from api.phone.grammar.intents import Trouble
from scheduler.foundation.errors import Refusal
from scheduler.people import NIK_DIGITS, parse_nik
from ticketing.codes import CODE_DIGITS, check_digit

Span = tuple[int, int]

_MENDED = str.maketrans("OoQlIi|", "0001111")
_DIGITS = re.compile(r"[0-9OoQlIi|]*[0-9][0-9OoQlIi|]*")
_BETWEEN = re.compile(r"[ .\-/|()]{1,3}")
_PHONE = re.compile(r"(?:62|0062|0)8\d{7,11}")
_KK_LABEL = re.compile(r"\b(?:(?:no|nomor|nmr)[\s.]*kk|nkk|nokk)[\s.:=]*$", re.IGNORECASE)
_LONGEST_LABEL = 16
_MEANT_AS_NIK = range(10, 24)  # so many digits in a row are no house number and no date


@dataclass(frozen=True, slots=True)
class Group:
    """Digits that touch each other, mended, and where they stand."""

    start: int
    end: int
    digits: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was found: the NIK or what is wrong with it (None and None: there is none), and the text without numbers.

    In `rest` a NIK stands as `mark`, so that one still sees what is before and after it; other long numbers are gone.
    """

    nik: str | None
    trouble: Trouble | None
    rest: str

    mark = "\x01"


def find_nik(text: str, dates: list[Span], today: date, *, test_people: bool) -> Numbers:
    """The one NIK of a text, in groups or not; `dates` are spans that would make dates and only count as such if no
    NIK needs them."""
    found: list[tuple[Span, str]] = []
    drop: list[Span] = []
    for chain in _chains(_groups(text), text):
        for span, digits in _long_numbers(chain, dates, today):
            label = _KK_LABEL.search(text, max(0, span[0] - _LONGEST_LABEL), span[0])
            if label or _PHONE.fullmatch(digits):
                drop.append((label.start() if label else span[0], span[1]))
            else:
                found.append((span, digits))
    nik, trouble = _judge([digits for _, digits in found], today, test_people)
    rest = _replaced(text, [(span, f" {Numbers.mark} ") for span, _ in found] + [(span, " # ") for span in drop])
    return Numbers(nik, trouble, rest)


def _judge(numbers: list[str], today: date, test_people: bool) -> tuple[str | None, Trouble | None]:
    if not numbers:
        return None, None
    if len(set(numbers)) > 1:
        return None, Trouble("nik", "several")
    try:
        return parse_nik(numbers[0], today=today, test_people=test_people), None
    except Refusal as refusal:
        return None, Trouble("nik", str(refusal.details["why"]), str(len(numbers[0])))


def _groups(text: str) -> list[Group]:
    groups: list[Group] = []
    for match in _DIGITS.finditer(text):
        start, end = _without_letters_of_words(text, *match.span())
        if len(text[start:end]) != NIK_DIGITS and "|" in text[start:end]:
            groups += _between_bars(text, start, end)
        elif any(map(str.isdecimal, text[start:end])):
            groups.append(Group(start, end, text[start:end].translate(_MENDED)))
    return groups


def _without_letters_of_words(text: str, start: int, end: int) -> Span:
    """`SITI647...` is SITI and a number, although its last I could be a 1."""
    if start > 0 and text[start - 1].isalpha():
        while start < end and text[start].isalpha():
            start += 1
    if end < len(text) and text[end].isalpha():
        while end > start and text[end - 1].isalpha():
            end -= 1
    while start < end and text[start] == "|":
        start += 1
    while end > start and text[end - 1] == "|":
        end -= 1
    return start, end


def _between_bars(text: str, start: int, end: int) -> Iterator[Group]:
    for match in re.finditer(r"[^|]+", text[start:end]):
        yield Group(start + match.start(), start + match.end(), match[0].translate(_MENDED))


def _chains(groups: list[Group], text: str) -> Iterator[list[Group]]:
    """Groups that follow each other with only a space, dot or dash between."""
    chain: list[Group] = []
    for group in groups:
        if chain and not _BETWEEN.fullmatch(text, chain[-1].end, group.start):
            yield chain
            chain = []
        chain.append(group)
    if chain:
        yield chain


def _long_numbers(chain: list[Group], dates: list[Span], today: date) -> Iterator[tuple[Span, str]]:
    """The numbers of a chain that could be meant as a NIK, a KK or a phone."""
    for run in _runs(chain, lambda group: len(group.digits) == NIK_DIGITS):
        whole = _number(run)
        if len(whole[1]) == NIK_DIGITS and (len(run) == 1 or _is_nik(whole[1], today)):
            yield whole
            continue
        for part in _runs(run, lambda group: any(start <= group.start < end for start, end in dates), keep=False):
            number = _number(part)
            if len(number[1]) in _MEANT_AS_NIK or len(number[1]) >= _MEANT_AS_NIK.stop:
                yield number


def _runs(chain: list[Group], alone: Callable[[Group], bool], *, keep: bool = True) -> Iterator[list[Group]]:
    """The chain cut at groups that stand `alone`, which are given by themselves or left out."""
    run: list[Group] = []
    for group in chain:
        if not alone(group):
            run.append(group)
            continue
        if run:
            yield run
        if keep:
            yield [group]
        run = []
    if run:
        yield run


def _number(run: list[Group]) -> tuple[Span, str]:
    return (run[0].start, run[-1].end), "".join(group.digits for group in run)


def _is_nik(digits: str, today: date) -> bool:
    try:
        parse_nik(digits, today=today, test_people=True)
    except Refusal:
        return False
    return True


def _replaced(text: str, spans: list[tuple[Span, str]]) -> str:
    for (start, end), instead in sorted(spans, reverse=True):
        text = text[:start] + instead + text[end:]
    return text


# -- booking codes ---------------------------------------------------------------------------------------


def find_code(text: str) -> tuple[str | None, Trouble | None, str]:
    """The booking code of a text, or what is wrong with it, and the text without it; all None where no number is.

    Digits that make a code come first; else whatever number stands there was meant as one.
    """
    chains = list(_chains(_groups(text), text))
    runs = [run for chain in chains for run in _code_runs(chain)]
    codes = {digits for _, digits in runs if check_digit(digits) == 0}
    rest = _replaced(text, [(span, " # ") for span, _ in runs])
    if len(codes) > 1:
        return None, Trouble("code", "several"), rest
    if codes:
        return codes.pop(), None, rest
    if runs:
        return None, Trouble("code", "digit"), rest
    return _no_code(text, chains)


def _code_runs(chain: list[Group]) -> Iterator[tuple[Span, str]]:
    """Each run of whole groups that has nine digits, from the left, none used twice."""
    at = 0
    while at < len(chain):
        for stop in range(at + 1, len(chain) + 1):
            number = _number(chain[at:stop])
            if len(number[1]) >= CODE_DIGITS:
                break
        else:
            return
        if len(number[1]) == CODE_DIGITS:
            yield number
            at = stop
        else:
            at += 1


def _no_code(text: str, chains: list[list[Group]]) -> tuple[None, Trouble | None, str]:
    numbers = [_number(chain) for chain in chains]
    if not numbers:
        return None, None, text
    span, digits = max(numbers, key=lambda number: len(number[1]))
    return None, Trouble("code", "length", str(len(digits))), _replaced(text, [(span, " # ")])


def bare_code(text: str) -> bool:
    """Whether the message is nine digits and no more: a code without its keyword."""
    return re.fullmatch(r"\W*(?:\d[\s.\-]*){9}\W*", text, re.ASCII) is not None

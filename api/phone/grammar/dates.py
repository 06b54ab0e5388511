"""Days as people write them: besok, senin depan, 25/11, 25 nov, tgl 25, next monday. Pure; `today` is the
office's date.

Own code instead of a library: dateparser knows Indonesian and was judged. It brings four packages, reads a message in
milliseconds, takes `2` or `Mei` in a name for a date, and prefers the past or the future by a setting and not by what
was written. What is wanted here fits a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

Span = tuple[int, int]

MARK = "\x02"           # stands in a text where a day was
_YEARS_AHEAD = 8        # until 29 February comes again
_CENTURY = 2000

_MONTHS = {
    name: number
    for number, names in enumerate((
        "januari january jan", "februari pebruari february feb peb", "maret march mar mrt", "april apr", "mei may",
        "juni june jun", "juli july jul", "agustus august agst agt ags aug", "september sept sep",
        "oktober october okt oct", "november nopember nov nop", "desember december des dec"), 1)
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate((
        "senin senen monday", "selasa slasa tuesday", "rabu rebo wednesday", "kamis kemis thursday",
        "jumat jum'at jumaat jum’at friday", "sabtu saturday", "minggu ahad sunday"))
    for name in names.split()
}


def _any(words: dict[str, int]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_MONTH, _WEEKDAY = _any(_MONTHS), _any(_WEEKDAYS)
_ALONE, _ALONE_AFTER = r"(?<!\d)(?<!\d[/.\-])", r"(?!\d)(?![/.\-]\d)"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:[\s,/.\-]{1,2}(20\d\d|19\d\d)(?!\d))?"

_TIME = re.compile(r"\b(?:jam|pukul|pkl|jm|at)\s*\d{1,2}(?:[.:]\d{2})?(?!\d)|(?<!\d)\d{1,2}:\d{2}(?!\d)", re.IGNORECASE)
_BIRTH = re.compile(r"\b(?:lahir|ttl|born)\b[^\d#\n;]{0,30}$", re.IGNORECASE)
_NEXT_WEEK = re.compile(r"\b(?:minggu|mgg|pekan)\s+depan\b|\bnext\s+week\b", re.IGNORECASE)
_OF_NEXT_WEEK = re.compile(rf"\b({_WEEKDAY})\s+(?:minggu\s+)?depan\b|\bnext\s+({_WEEKDAY})\b", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:(?P<two>(?:besok\s+)?lusa|day\s+after\s+tomorrow)|(?P<one>besok|besuk|bsk|bsok|tomorrow|tmrw)"
    r"|(?P<none>(?:hari|hr)\s+ini|today|sekarang|skrg))\b", re.IGNORECASE)

# A weekday is also a name (Kamis, Minggu): it is a day where a day stands, not at the beginning of a name.
_WEEKDAY_BEFORE = r"(?:hari|hr|pada|on|besok|bsk|tgl|tanggal|atau|dan|or|daftar|ke|to|ubah|jadwal)\W+"
_WEEKDAY_AFTER = (r"(?=\W*$|\s*[#;,\n|*/\-.?!\x01\x02]|\s+(?:ini|atau|dan|or|pagi|siang|sore|ya|pak|bu|bisa|tgl|tanggal"
                  r"|jam|saja|aja|dong|min|please|morning|afternoon|besok|depan|\d{1,2}\b))")
_WEEKDAY_ALONE = re.compile(
    rf"\b(?:(?<=#){_WEEKDAY_BEFORE})?({_WEEKDAY})\b{_WEEKDAY_AFTER}|\b{_WEEKDAY_BEFORE}({_WEEKDAY})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Day:
    """The day a text names, or `why` it names none: unknown (there is no such day), past, several."""

    day: date | None
    why: str | None
    rest: str


@dataclass(frozen=True, slots=True)
class _Found:
    span: Span
    kind: str                 # date, weekday or relative
    day: date | None = None   # None: past or unknown
    why: str | None = None


def numeric_spans(text: str) -> list[Span]:
    """Where `25/11`, `25-11-2026` and the like stand, if they could be days: a NIK in groups comes before them."""
    spans = []
    for match in _NUMERIC.finditer(text):
        day, month = int(match[1]), int(match[2])
        if 1 <= day <= 31 and 1 <= month <= 12:
            spans.append(match.span())
    return spans + [match.span() for pattern in (_LABELLED, _ISO) for match in pattern.finditer(text)]


def find_day(text: str, today: date) -> Day:
    """The one day a text asks for; in `rest` every day stands as `MARK` and times of day are gone."""
    text = _TIME.sub(lambda match: " " * len(match[0]), text)
    found: list[_Found] = []
    for pattern, read in _PATTERNS:
        for match in pattern.finditer(text):
            one = read(match, today)
            if one is not None:
                found.append(one)
                text = _blanked(text, match)
    asked = [one for one in found if not _is_birthday(one, text)]
    day, why = _one_of(asked)
    return Day(day, why, text)


def _blanked(text: str, match: re.Match[str]) -> str:
    start, end = match.span()
    return text[:start] + MARK + " " * (end - start - 1) + text[end:]


def _is_birthday(found: _Found, text: str) -> bool:
    return found.why == "past" and _BIRTH.search(text[:found.span[0]][-40:]) is not None


def _one_of(found: list[_Found]) -> tuple[date | None, str | None]:
    for one in found:
        if one.why is not None:
            return None, one.why
    if any(one.kind == "weekday" for one in found):  # `besok senin` is the coming Monday
        found = [one for one in found if one.kind != "relative"]
    days = {one.day for one in found if one.kind != "weekday"}
    weekdays = {one.day for one in found if one.kind == "weekday"}
    if len(days) > 1 or len(weekdays) > 1:
        return None, "several"
    if not days:
        return (weekdays.pop(), None) if weekdays else (None, None)
    day = days.pop()
    assert day is not None
    if any(other is not None and other.weekday() != day.weekday() for other in weekdays):
        return None, "several"
    return day, None


# -- one pattern each ------------------------------------------------------------------------------------


def _dated(match: re.Match[str], year: str | None, month: int, day: int, today: date) -> _Found:
    span = match.span()
    if year is None:
        coming = _coming(month, day, today)
        return _Found(span, "date", coming, None if coming else "unknown")
    try:
        exact = date(int(year) if len(year) == 4 else _CENTURY + int(year), month, day)
    except ValueError:
        return _Found(span, "date", None, "unknown")
    return _Found(span, "date", exact, "past" if exact < today else None)


def _coming(month: int, day: int, today: date) -> date | None:
    """The next such date, today included."""
    for year in range(today.year, min(today.year + _YEARS_AHEAD, date.max.year) + 1):
        try:
            if (coming := date(year, month, day)) >= today:
                return coming
        except ValueError:
            continue
    return None


def _numeric(match: re.Match[str], today: date) -> _Found | None:
    day, month = int(match[1]), int(match[2])
    if (month > 12 or not 1 <= day <= 31) and "." in match[0] and match[3] is None:
        return None  # 08.30: a time
    return _dated(match, match[3], month, day, today)


def _iso(match: re.Match[str], today: date) -> _Found:
    return _dated(match, match[1], int(match[2]), int(match[3]), today)


def _day_month(match: re.Match[str], today: date) -> _Found:
    return _dated(match, match[3], _MONTHS[match[2].lower()], int(match[1]), today)


def _month_day(match: re.Match[str], today: date) -> _Found:
    return _dated(match, match[3], _MONTHS[match[1].lower()], int(match[2]), today)


def _labelled(match: re.Match[str], today: date) -> _Found:
    """`tgl 25`: the next 25th, also where a month between has none."""
    day = int(match[1])
    for ahead in range(13):
        year, month = divmod(today.month - 1 + ahead, 12)
        try:
            coming = date(today.year + year, month + 1, day)
        except ValueError:
            continue
        if coming >= today:
            return _Found(match.span(), "date", coming)
    return _Found(match.span(), "date", None, "unknown")


def _next_week(match: re.Match[str], today: date) -> _Found:
    return _Found(match.span(), "date", _monday_after(today))


def _of_next_week(match: re.Match[str], today: date) -> _Found:
    weekday = _WEEKDAYS[(match[1] or match[2]).lower()]
    return _Found(match.span(), "date", _monday_after(today) + timedelta(days=weekday))


def _monday_after(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def _relative(match: re.Match[str], today: date) -> _Found:
    ahead = {"two": 2, "one": 1, "none": 0}[str(match.lastgroup)]
    return _Found(match.span(), "date" if ahead == 0 else "relative", today + timedelta(days=ahead))


def _weekday(match: re.Match[str], today: date) -> _Found:
    weekday = _WEEKDAYS[(match[1] or match[2]).lower()]
    return _Found(match.span(), "weekday", today + timedelta(days=(weekday - today.weekday()) % 7))


_NUMERIC = re.compile(rf"{_ALONE}(\d{{1,2}})\s?[/.\-]\s?(\d{{1,2}})(?:\s?[/.\-]\s?(20\d\d|19\d\d|\d\d))?{_ALONE_AFTER}")
_ISO = re.compile(rf"{_ALONE}(20\d\d|19\d\d)[\-/.](\d{{1,2}})[\-/.](\d{{1,2}}){_ALONE_AFTER}")
_LABELLED = re.compile(
    rf"\b(?:tgl|tanggal|tg)\b[\s.:]*(\d{{1,2}}){_ALONE_AFTER}(?![\s.\-/]*(?:{_MONTH})\b)", re.IGNORECASE)
_DAY_MONTH = re.compile(rf"{_ALONE}{_DAY}[\s\-/.]{{0,2}}({_MONTH})(?![^\W\d_]){_YEAR}", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b({_MONTH})[\s\-/.]{{0,2}}{_DAY}{_ALONE_AFTER}(?![^\W\d_]){_YEAR}", re.IGNORECASE)
_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], _Found | None]], ...] = (
    (_ISO, _iso), (_DAY_MONTH, _day_month), (_MONTH_DAY, _month_day), (_NUMERIC, _numeric), (_LABELLED, _labelled),
    (_NEXT_WEEK, _next_week), (_OF_NEXT_WEEK, _of_next_week), (_WEEKDAY_ALONE, _weekday), (_RELATIVE, _relative),
)


def says_language(text: str) -> Iterator[str]:
    """`en` or `id` for each word of a day that is of one language only."""
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        if word in ("tomorrow", "today", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"):
            yield "en"
        elif word in ("besok", "lusa", "senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"):
            yield "id"

"""What was typed since, from texts that repeat everything; and days as a keypad writes them."""

from __future__ import annotations

from datetime import date

import pytest

from api.phone.menu import dates
from api.phone.menu.inputs import Typed, first_of, since
from api.phone.menu.screens import clip, number_in, part
from api.phone.menu.state import State, decode, encode
from tests import people

NIK = people.nik(1)
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(("before", "text", "typed"), [
    ("", "", Typed(None, again=True)),
    ("", "1", Typed("1")),
    ("", "1*2", Typed("1*2")),
    ("1", "1*2", Typed("2")),
    ("1", "1*", Typed("")),
    ("1*2", "1*2*3*4", Typed("3*4")),
    ("1*2", "1*2", Typed(None, again=True)),
    ("1*2", "1", Typed(None, again=True)),
    ("1*2", "", Typed(None, anew=True)),
    ("1*2", "1*3", Typed("1*3", anew=True)),
    ("1", "12", Typed("12", anew=True)),
    ("12", "1", Typed("1", anew=True)),
    ("1*Si*ti", "1*Si*ti*2", Typed("2")),
])
def test_what_is_new(before: str, text: str, typed: Typed) -> None:
    assert since(before, text) == typed


@pytest.mark.parametrize(("rest", "asked", "first", "more"), [
    ("1", "main", "1", None),
    ("1*2*3", "main", "1", "2*3"),
    ("", "main", "", None),
    ("*", "main", "", ""),
    (NIK, "nik", NIK, None),
    (f"{NIK}*Siti*1", "nik", NIK, "Siti*1"),
    (f"{NIK[:6]}*{NIK[6:12]}*{NIK[12:]}", "nik", f"{NIK[:6]} {NIK[6:12]} {NIK[12:]}", None),
    (f"{NIK[:6]}*{NIK[6:12]}*{NIK[12:]}*Siti", "nik", f"{NIK[:6]} {NIK[6:12]} {NIK[12:]}", "Siti"),
    ("123*4", "nik", "123", "4"),
    ("0*1", "nik", "0", "1"),
    ("Siti*Aminah", "name", "Siti*Aminah", None),
    ("Siti*1*1", "name", "Siti", "1*1"),
    ("Siti*A*1", "name", "Siti*A*1", None),
    ("0*2", "name", "0", "2"),
    ("0*Siti", "name", "0", "Siti"),
])
def test_the_first_of_several(rest: str, asked: str, first: str, more: str | None) -> None:
    assert first_of(rest, asked) == (first, more)


@pytest.mark.parametrize(("typed", "day"), [
    ("2511", date(2026, 11, 25)), ("25/11", date(2026, 11, 25)), ("25-11-2026", date(2026, 11, 25)),
    ("25.11.26", date(2026, 11, 25)), ("25 11", date(2026, 11, 25)), ("251126", date(2026, 11, 25)),
    ("25112026", date(2026, 11, 25)), ("2411", TODAY), ("2311", date(2027, 11, 23)), ("1/1", date(2027, 1, 1)),
    ("25", date(2026, 11, 25)), ("24", TODAY), ("23", date(2026, 12, 23)), ("31", date(2026, 12, 31)),
    ("05", date(2026, 12, 5)), ("besok", date(2026, 11, 25)), ("LUSA", date(2026, 11, 26)), ("Hari  ini", TODAY),
    ("tomorrow", date(2026, 11, 25)), ("today", TODAY), ("2902", date(2028, 2, 29)), ("2311 2026", None),
    ("23/11/2026", date(2026, 11, 23)), ("3111", None), ("0", None), ("5", None), ("32", None), ("00", None),
    ("1313", None), ("", None), ("x", None), ("٢٥", None), ("251", None), ("25/11/26/1", None), ("9" * 40, None),
])
def test_days(typed: str, day: date | None) -> None:
    assert dates.read(typed, TODAY) == day


def test_the_thirty_first_of_a_short_month_is_the_next_one() -> None:
    assert dates.read("31", date(2027, 2, 2)) == date(2027, 3, 31)
    assert dates.read("30", date(2026, 12, 31)) == date(2027, 1, 30)


@pytest.mark.parametrize(("typed", "number"), [("1", 1), (" 2 ", 2), ("3.", 3), ("4#", 4), ("05", 5), ("100", None),
                                               ("", None), ("x", None), ("٣", None), ("1 2", None), ("-1", None)])
def test_numbers(typed: str, number: int | None) -> None:
    assert number_in(typed) == number


def test_pages_of_three() -> None:
    assert [part(7, page) for page in range(3)] == [part(7, 0), part(7, 1), part(7, 2)]
    assert (part(7, 0).items, part(7, 0).more) == ((0, 1, 2), True)
    assert (part(7, 2).items, part(7, 2).more) == ((6,), False)
    assert (part(3, 0).items, part(3, 0).more) == ((0, 1, 2), False)
    assert part(2, 5) == part(2, 0), "what has become shorter meanwhile"


@pytest.mark.parametrize(("text", "most", "kept"), [
    ("satu dua tiga", 20, "satu dua tiga"), ("satu dua tiga", 10, "satu dua"), ("satuduatiga", 5, "satud"),
    ("satu, dua", 7, "satu"), ("x", 0, ""),
])
def test_what_is_cut_ends_with_a_word(text: str, most: int, kept: str) -> None:
    assert clip(text, most) == kept


def test_a_state_of_another_version_is_none() -> None:
    assert decode(encode(State(at="nik", nik=NIK))) == State(at="nik", nik=NIK)
    assert decode(b"\xc1") is None
    assert decode(b"\x81\xa2at\x01") is None

"""Codes and tokens: what is read back, what is told apart, what a forger gains."""

from __future__ import annotations

import re
import timeit
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing import codes
from ticketing.codes import Forged, Genuine, Mint, ScannedCode, ScannedToken

OLD, NEW, FOREIGN = b"o" * 32, b"n" * 32, b"f" * 32
MINT = Mint([NEW])
DAY = date(2026, 11, 24)

offices = st.integers(1, codes.OFFICES - 1)
dates = st.dates(date(2020, 1, 1), date(2199, 1, 1))
tokens = st.builds(MINT.token, offices, dates)
good_codes = st.integers(10_000_000, 99_999_999).map(lambda n: f"{n}{codes.check_digit(str(n))}")


# -- codes -----------------------------------------------------------------------------------------------


def test_the_check_digit_is_damms() -> None:
    assert codes.check_digit("572") == 4  # the worked example of the literature
    assert codes.check_digit("5724") == 0


@given(good_codes, st.integers(0, 8), st.integers(0, 9))
def test_one_wrong_digit_is_noticed(code: str, place: int, digit: int) -> None:
    wrong = code[:place] + str(digit) + code[place + 1:]
    assert (codes.read_code(wrong) is None) == (wrong != code)


@given(good_codes, st.integers(0, 7))
def test_swapped_neighbours_are_noticed(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2:]
    assert (codes.read_code(swapped) is None) == (swapped != code)


@given(good_codes, st.lists(st.sampled_from(["", " ", "-", ".", "–", "\u00a0", "  ", " - "]), min_size=10, max_size=10))
def test_separators_do_not_matter(code: str, between: list[str]) -> None:
    typed = "".join(f"{gap}{digit}" for gap, digit in zip(between, code + " ", strict=True))
    assert codes.read_code(typed) == code
    assert codes.read_code(codes.show_code(code)) == code


@given(good_codes, st.data())
def test_letters_typed_for_digits_are_mended(code: str, data: st.DataObject) -> None:
    looks_like = {"0": "0Oo", "1": "1lI"}
    typed = "".join(data.draw(st.sampled_from(looks_like.get(digit, digit))) for digit in code)
    assert codes.read_code(typed) == code


@pytest.mark.parametrize("text", ["", "482", "4821773011", "48217730x", "٤٨٢١٧٧٣٠١", "482_177_301", "-" * 9, "²" * 9])
def test_what_is_no_code(text: str) -> None:
    assert codes.read_code(text) is None


def test_a_code_is_shown_in_threes() -> None:
    assert codes.show_code("482177301") == "482-177-301"


def test_codes_are_drawn_evenly_and_none_begins_with_zero() -> None:
    drawn = [MINT.code() for _ in range(3_000)]
    assert all(codes.read_code(code) == code and code[0] != "0" for code in drawn)
    assert len(set(drawn)) > 2_980  # 90 million codes: a pair among 3,000 is rare
    assert {code[0] for code in drawn} == set("123456789")


# -- tokens ----------------------------------------------------------------------------------------------


@given(offices, dates)
def test_a_token_is_genuine_in_either_case(office: int, day: date) -> None:
    token = MINT.token(office, day)
    assert len(token) == codes.TOKEN_LENGTH
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]+", token)
    assert MINT.judge(token) == MINT.judge(token.lower()) == Genuine(token, office, day)


@given(tokens, st.integers(0, 35), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_any_altered_character_makes_a_forgery(token: str, place: int, letter: str) -> None:
    altered = token[:place] + letter + token[place + 1:]
    assert isinstance(MINT.judge(altered), Genuine if altered == token else Forged)


@given(st.text(max_size=60) | st.from_regex(r"\A[0-9a-zA-Z]{36}\Z"))
def test_nothing_made_up_is_genuine(text: str) -> None:
    assert MINT.judge(text) == Forged()


def test_another_installations_token_is_forged() -> None:
    assert MINT.judge(Mint([FOREIGN]).token(1, DAY)) == Forged()


def test_tokens_outlive_a_change_of_the_secret() -> None:
    before = Mint([OLD]).token(4, DAY)
    assert Mint([NEW, OLD]).judge(before) == Genuine(before, 4, DAY)
    assert Mint([NEW]).judge(before) == Forged()
    assert Mint([OLD]).judge(Mint([NEW, OLD]).token(4, DAY)) == Forged()  # the newest secret makes them


def test_a_scanner_with_the_days_key_alone_judges_that_day_alone() -> None:
    token, key = MINT.token(4, DAY), MINT.day_key(4, DAY)
    assert codes.judge_offline(token.lower(), key, 4, DAY) == Genuine(token, 4, DAY)
    assert codes.judge_offline(Mint([FOREIGN]).token(4, DAY), key, 4, DAY) == Forged()
    for office, day in ((5, DAY), (4, DAY + timedelta(days=1))):
        assert codes.judge_offline(MINT.token(office, day), key, office, day) == Forged()
        assert codes.judge_offline(MINT.token(office, day), key, 4, DAY) == Forged()
        assert codes.claim(MINT.token(office, day)) == (office, day)


def test_the_keys_of_a_day_are_given_newest_first() -> None:
    keys = Mint([NEW, OLD]).day_keys(4, DAY)
    assert keys == (MINT.day_key(4, DAY), Mint([OLD]).day_key(4, DAY))
    assert len({*keys, MINT.day_key(5, DAY), MINT.day_key(4, DAY + timedelta(days=1))}) == 4


@pytest.mark.parametrize(("office", "day"), [(0, DAY), (codes.OFFICES, DAY), (1, date(2019, 12, 31)),
                                             (1, date(2400, 1, 1))])
def test_what_a_token_cannot_name_is_refused(office: int, day: date) -> None:
    with pytest.raises(ValueError, match="no token can name"):
        MINT.token(office, day)


def test_a_mint_without_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="key"):
        Mint([])


def test_tokens_do_not_repeat() -> None:
    assert len({MINT.token(1, DAY) for _ in range(5_000)}) == 5_000


def test_making_both_is_cheap() -> None:
    """They are on the way of every booking: some 10 us together; the bound leaves room for a busy machine."""
    best = min(timeit.repeat(lambda: (MINT.code(), MINT.token(1, DAY)), number=500, repeat=9)) / 500
    assert best < 60e-6


# -- what a scanner hands in -----------------------------------------------------------------------------

TOKEN = MINT.token(1, DAY)


def filled(shape: str) -> str:
    """The shape with the token in it; shapes alone name the cases, as tests are collected by several processes."""
    return shape.format(upper=TOKEN, lower=TOKEN.lower(), short=TOKEN[:-1], holed=f"{TOKEN[:20]}-{TOKEN[21:]}")


@pytest.mark.parametrize("shape", [
    "HTTPS://ANTRE.TEST/T/{upper}", "https://antre.test/t/{lower}", "/t/{upper}", "t/{upper}", "{upper}",
    "{lower}", "HTTPS://ANTRE.TEST/T/{upper}\r\n", "  {upper}\t", "https://antre.test/t/{upper}.pdf",
    "https://antre.test/t/{upper}?lang=en", "http://127.0.0.1:8000/t/{upper}#top",
    "HTTPSÖ--ANTRE.TEST-T-{upper}", "httpsç&&antre:test&t&{upper}",  # a scanner on another keyboard layout
])
def test_a_ticket_is_read_however_it_comes(shape: str) -> None:
    scanned = codes.read_scan(filled(shape))
    assert isinstance(scanned, ScannedToken)
    assert MINT.judge(scanned.token) == Genuine(TOKEN, 1, DAY)


@pytest.mark.parametrize("shape", [
    "https://antre.test/t/{short}", "https://antre.test/t/{upper}7", "/T/{holed}", "https://antre.test/t/abc",
    "HTTPS://ANTRE.TEST/T/" + "0" * 36, "U" * 36,
])
def test_what_claims_to_be_a_ticket_is_judged_as_one(shape: str) -> None:
    scanned = codes.read_scan(filled(shape))
    assert isinstance(scanned, ScannedToken)
    assert MINT.judge(scanned.token) == Forged()


@pytest.mark.parametrize("shape", ["{}-{}-{}", " {} {} {}\r\n", "{}{}{}", "{}.{}.{}"])
@given(code=good_codes)
def test_a_code_is_read(shape: str, code: str) -> None:
    assert codes.read_scan(shape.format(code[:3], code[3:6], code[6:])) == ScannedCode(code)


@pytest.mark.parametrize("text", ["", " ", "halo", "https://antre.test/", "6471990101900001", "\x00", "/t/", "a" * 301,
                                  "https://antre.test/t/{upper} " + "x" * 300])
def test_anything_else_is_neither(text: str) -> None:
    assert codes.read_scan(filled(text)) is None


@given(st.text(max_size=400))
def test_no_scan_breaks_it(text: str) -> None:
    codes.read_scan(text)


@given(good_codes)
def test_a_digit_too_few_or_wrong_is_no_code_but_meant_as_one(code: str) -> None:
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert codes.read_scan(wrong) is None
    assert codes.code_digits(wrong) == wrong
    assert codes.read_scan(code[:-1]) is None
    assert codes.code_digits(code[:-1]) == code[:-1]
    assert codes.code_digits("halo") is None

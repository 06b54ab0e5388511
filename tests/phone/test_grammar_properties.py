"""Whatever is sent: nothing raises, nothing is invented, nothing is done that was not said."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from api.phone import grammar as g
from api.phone.grammar import words as w
from api.phone.grammar.clean import LONGEST, clean
from api.phone.grammar.keywords import FORMS
from api.phone.grammar.near import squeeze
from tests import people
from tests.phone.messages import TODAY, corpus, lexicon

WORDS = sorted({*FORMS, *w.STOP, *w.POLITE, *w.AROUND, *w.NUMBERS, *w.NOT, "ktp", "kk", "akta", "budi", "santoso",
                "besok", "25/11", "482177302", "264401886", people.nik(1), people.nik(2), "#", ",", "\n", "no kk",
                "senin",
                "1", "7"})
CANCELLING = {squeeze(form) for form, keyword in FORMS.items() if keyword == "BATAL"}
TEXTS = st.one_of(
    st.text(max_size=600),
    st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join),
    st.tuples(st.sampled_from([one.text for one in corpus()]), st.text(max_size=20), st.integers(0, 60)).map(
        lambda cut: cut[0][:cut[2]] + cut[1] + cut[0][cut[2]:]),
    st.text(alphabet="0123456789OoIl| .-/#", max_size=600),
)


def read(text: str) -> g.Intent:
    return g.read(text, lexicon(), TODAY, test_people=True).intent


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_nothing_raises_and_nothing_is_invented(text: str) -> None:
    intent, plain = read(text), clean(text)
    if isinstance(intent, g.Register):
        whole = intent.service is not None and intent.nik is not None and intent.name is not None
        assert (intent.trouble is None) <= whole
        assert intent.nik is None or set(intent.nik) <= set(plain.translate(str.maketrans("OoQlIi|", "0001111")))
        assert intent.name is None or set(intent.name) <= {*plain, " "}
        assert intent.day is None or intent.day >= TODAY
    if isinstance(intent, g.Check | g.Change | g.Cancel):
        assert intent.code is None or intent.trouble is None or intent.trouble.field == "day"


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_nothing_is_cancelled_silenced_or_confirmed_without_its_word(text: str) -> None:
    intent = read(text)
    said = re.findall(r"[^\W\d_]+", clean(text).lower())
    if isinstance(intent, g.Cancel):
        ends = CANCELLING | w.LEAVING if intent.waiting else CANCELLING
        assert ends & {*said, *map(squeeze, said)}
        assert not w.NOT - {"no"} & set(said)
    if isinstance(intent, g.Stop):
        assert len(said) == 1
        assert said[0] in w.STOP
    if isinstance(intent, g.Yes):
        assert not w.NOT & set(said)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_what_is_past_three_parts_is_not_read(text: str) -> None:
    full = ("DAFTAR KTP " + " " * LONGEST)[:LONGEST]
    assert read(full + text) == read(full)


@given(st.text(max_size=300), st.text(max_size=300))
@settings(deadline=None)
def test_two_parts_never_raise_and_make_a_whole_or_nothing(first: str, second: str) -> None:
    joined = g.join(first, second, lexicon(), TODAY, test_people=True)
    assert joined is None or (isinstance(joined.intent, g.Register) and joined.intent.trouble is None)


SIGNS = ["#", " # ", " ", "  ", ",", ", ", "\n", ";", "/", "|", "*", "-", " - ", ":", "_"]


@given(st.integers(0, 5_000), st.sampled_from(SIGNS), st.permutations(["nik", "service"]),
       st.sampled_from(["DAFTAR", "daftar", "Daftar", "REG"]))
@settings(max_examples=200, deadline=None)
def test_any_person_by_any_separator_is_read(n: int, sign: str, order: list[str], keyword: str) -> None:
    fields = {"nik": people.nik(n), "service": "KTP"}
    text = sign.join([keyword, *(fields[one] for one in order), people.name(n)])
    assert read(text) == g.Register("ktp-rekam", people.nik(n), people.name(n), None, None)


@given(st.integers(0, 5_000), st.lists(st.integers(1, 15), unique=True, max_size=6),
       st.sampled_from([" ", ".", "-", " - "]))
@settings(max_examples=200, deadline=None)
def test_a_nik_in_any_groups_is_the_same(n: int, cuts: list[int], sign: str) -> None:
    digits, places = people.nik(n), [0, *sorted(cuts), 16]
    grouped = sign.join(digits[a:b] for a, b in pairwise(places))
    assert read(f"daftar ktp {grouped} Budi Santoso") == g.Register("ktp-rekam", digits, "Budi Santoso", None, None)

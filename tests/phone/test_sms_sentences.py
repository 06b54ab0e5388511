"""Every sentence in both languages: one GSM-7 part whatever anybody is called, and words for each refusal."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.phone import sentences
from api.phone.sentences import WORDS, say
from notifications.wording import gsm7
from scheduler.foundation.errors import CODES
from tests.notifications.test_wording import office

# What the book says only to doors that ask otherwise: the sender's number is checked before, the reason is known.
NOT_BY_SMS = {"invalid_phone", "invalid_request", "reason_required", "not_authenticated", "not_allowed",
              "too_many_requests", "idempotency_key_reused", "invalid_email", "unknown_counter", "unknown_number",
              "nobody_called", "not_waiting", "nothing_to_undo"}
HELPERS = {"numbers_1", "numbers_2", "numbers_3",
           "word_check", "word_change", "word_cancel", "word_leave", "line_book", "line_wait"}
KEYS = sorted(set(WORDS["id"]) - HELPERS)
BOTH = [(key, language) for key in KEYS for language in WORDS]
BOUNDED = {
    "numbers": st.sampled_from("123"), "until": st.sampled_from(["23.59", "Sen 30/12 23.59"]),
    "moment": st.just("Sen 30/12 23.59"),
    "code": st.just("482-177-305"), "places": st.just(" ".join(f"{n}) Min 30/12 23.59" for n in (1, 2, 3))),
    "number": st.just("A-012"), "before": st.integers(0, 999).map(str), "limit": st.integers(0, 50).map(str),
    "when": st.just("08.20-08.38"), "more": st.integers(0, 50).map(str),
    "last": st.just("Sen 30/12"), "next": st.just("Sen 30/12 23.59"),
}


def named(key: str, language: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(WORDS[language][key]) if name}


def test_both_languages_have_the_same_sentences_about_the_same_values() -> None:
    assert set(WORDS["id"]) == set(WORDS["en"])
    assert {key: named(key, "id") for key in KEYS} == {key: named(key, "en") for key in KEYS}


@pytest.mark.parametrize("language", WORDS)
def test_every_refusal_that_can_come_has_words(language: str) -> None:
    assert {key.removeprefix("no_") for key in WORDS[language] if key.startswith("no_")} == set(CODES) - NOT_BY_SMS


@given(st.sampled_from(BOTH), st.data(), st.text(max_size=60), st.text(max_size=20))
def test_whatever_anybody_is_called_it_goes_as_one_part(
    which: tuple[str, str], data: st.DataObject, name: str, phone: str
) -> None:
    key, language = which
    values = {one: data.draw(BOUNDED.get(one, st.text(max_size=200)), one)
              for one in named(key, language) - {"office", "phone", "sms"}}
    text = say(language, key, values, office(name, phone))
    assert gsm7.fits(text), (gsm7.septets(text), text)


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_with_the_longest_values_nothing_that_must_be_read_is_cut(key: str, language: str) -> None:
    until = "23.59" if key.startswith("offer_") else "Sen 30/12 23.59"  # places hold for half an hour
    values = {"numbers": "3", "until": until, "moment": "Sen 30/12 23.59", "code": "482-177-305", "number": "A-012",
              "when": "08.20-08.38", "places": " ".join(f"{n}) Min 30/12 23.59" for n in (1, 2, 3)),
              "before": "999", "limit": "50",
              "more": "50", "last": "Sen 30/12", "next": "Sen 30/12 23.59", "zone": "WITA",
              "line": "DAFTAR PERBAIKAN-DATA-X NIK NAMA"}
    given = {one: values.get(one, "W" * 200) for one in named(key, language) - {"office", "phone", "sms"}}
    text = say(language, key, given, office("M" * 60, "9" * 20))
    assert gsm7.fits(text)
    kept = ("numbers", "places", "code", "until", "moment", "phone", "last", "next", "before", "when")
    for name in set(kept) & named(key, language):
        wanted = {"phone": "9" * 20, "numbers": WORDS[language]["numbers_3"]}.get(name) or values[name]
        assert wanted in text, name
    assert text.endswith(WORDS[language][key][-1:]) or WORDS[language][key].endswith("}")


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_nothing_that_operators_filter(key: str, language: str) -> None:
    text = WORDS[language][key].lower()
    assert not re.search(r"\botp\b|token|verifi|password|sandi|http|www\.|!", text)


def test_a_list_of_services_is_cut_between_words() -> None:
    text = say("id", "missing_service", {"who": "Siti A.", "services": ", ".join(f"LAYANAN{n:02}" for n in range(30))},
               office())
    assert re.search(r"LAYANAN\d\d\.$", text)


def test_the_example_of_a_reason_nobody_foresaw_is_the_field_s_own() -> None:
    assert sentences.about("nik", "unheard_of") == "nik"
    assert sentences.about("nik", "length") == "nik_length"

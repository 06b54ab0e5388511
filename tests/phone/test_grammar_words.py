"""Each word of the grammar's tables does what it stands there for, and none is another keyword's."""

from __future__ import annotations

from itertools import combinations

import pytest

from api.phone import grammar as g
from api.phone.grammar import words as w
from api.phone.grammar.keywords import FORMS, find_keyword
from api.phone.grammar.near import one_slip, squeeze
from tests.phone.messages import TODAY, lexicon, shown

NIK = "6471990201600002"
CODE = "482177302"
TABLES = (w.INDONESIAN, w.ENGLISH, w.EITHER)
FOLLOWED_BY = {
    "DAFTAR": f"KTP {NIK} Budi Santoso", "CEK": CODE, "UBAH": CODE, "BATAL": CODE, "INFO": "kk", "BANTUAN": "",
    "TUNGGU": f"KTP {NIK} Budi Santoso",
    "NILAI": "434443444",
}
MEANT = {
    "DAFTAR": g.Register("ktp-rekam", NIK, "Budi Santoso", None, None), "CEK": g.Check(CODE), "UBAH": g.Change(CODE),
    "BATAL": g.Cancel(CODE), "INFO": g.Info("kk"), "BANTUAN": g.Help(), "NILAI": g.Rate((4, 3, 4, 4, 4, 3, 4, 4, 4)),
    "TUNGGU": g.Wait(g.Register("ktp-rekam", NIK, "Budi Santoso", None, None)),
}


def read(text: str) -> g.Intent:
    return g.read(text, lexicon(), TODAY, test_people=True).intent


@pytest.mark.parametrize(("form", "keyword"), sorted(FORMS.items()))
def test_each_form_of_a_keyword_is_that_keyword(form: str, keyword: str) -> None:
    assert read(f"{form} {FOLLOWED_BY[keyword]}") == MEANT[keyword]


def test_no_form_stands_for_two_keywords() -> None:
    everything = [form for table in TABLES for forms in table.values() for form in forms]
    assert len(everything) == len(set(everything))


@pytest.mark.parametrize("table", TABLES)
def test_no_form_is_one_slip_from_another_keyword_that_is_guessed(table: dict[w.Keyword, frozenset[str]]) -> None:
    """Exact forms win, so this is about what is a slip away from one thing and written for another."""
    crossing = [(form, other) for keyword, forms in table.items() for form in forms for other in w.GUESSABLE
                if w.GUESSABLE[other] != keyword and one_slip(form, other)]
    assert crossing == []


def test_no_two_guessed_words_are_two_slips_from_each_other_for_different_keywords() -> None:
    pairs = [(a, b) for a, b in combinations(w.GUESSABLE, 2) if w.GUESSABLE[a] != w.GUESSABLE[b]]
    assert [pair for pair in pairs if one_slip(*pair)] == []


@pytest.mark.parametrize(("word", "keyword"), sorted(w.GUESSABLE.items()))
def test_a_slip_in_a_guessed_word_is_mended(word: str, keyword: str) -> None:
    written = word[0] + "x" + word[2:]
    assert written not in FORMS
    assert read(f"{written} {FOLLOWED_BY[keyword]}") == MEANT[keyword]


@pytest.mark.parametrize("word", ["bantal", "batas", "batu", "natal", "total", "bata", "atal", "cance", "candle"])
def test_a_word_near_to_batal_cancels_nothing(word: str) -> None:
    assert not isinstance(read(f"{word} {CODE}"), g.Cancel)


@pytest.mark.parametrize("word", ["stp", "stpo", "stopp", "stob", "setop", "berhent", "berhenti1", "top"])
def test_a_word_near_to_stop_silences_nothing(word: str) -> None:
    assert not isinstance(read(word), g.Stop)


@pytest.mark.parametrize("word", ["rumah", "chance", "charge", "cheese", "pantauan", "dasar", "daftar-daftar"])
def test_a_common_word_near_to_a_keyword_changes_nothing(word: str) -> None:
    assert not isinstance(read(word), g.Change | g.Cancel | g.Stop)


@pytest.mark.parametrize("word", sorted(w.STOP))
@pytest.mark.parametrize("written", ["{}", " {} ", "{}.", "{}!!", '"{}"', "{}\n", "😀 {}"])
def test_stop_is_the_whole_message(word: str, written: str) -> None:
    assert read(written.format(word)) == read(written.format(word.upper())) == g.Stop()
    assert read(f"{word} pak") == read(f"jangan {word}") == g.Unclear("STOP")


@pytest.mark.parametrize("word", sorted(w.START_INDONESIAN | w.START_ENGLISH))
def test_start_may_be_polite(word: str) -> None:
    assert read(word) == read(f"{word} lagi pak") == g.Start()
    assert read(f"{word} kapan") != g.Start()


@pytest.mark.parametrize("word", sorted(w.YES_INDONESIAN | w.YES_ENGLISH | w.YES_EITHER))
def test_each_word_of_consent_is_a_yes_and_a_question_is_none(word: str) -> None:
    assert read(word) == read(f"{word} pak") == g.Yes()
    assert read(f"{word}?") == g.Unclear("YA")
    assert read(f"tidak {word}") in (g.Unclear("BATAL"), g.No())
    assert read(f"{word} kereta") != g.Yes()


@pytest.mark.parametrize("word", sorted(w.WITH_YES | w.SMALL | w.TO_WHOM - w.NOT))
def test_what_goes_with_a_yes_is_none_alone(word: str) -> None:
    assert read(f"hadir {word}") == g.Yes()
    assert word in w.YES_INDONESIAN or read(word) != g.Yes()


@pytest.mark.parametrize("word", sorted(w.NOT))
def test_each_no_keeps_a_booking(word: str) -> None:
    assert read(f"{word} batal") == read(f"{word} hadir") == g.Unclear("BATAL")
    assert read(word) == (g.No() if word in w.NO else g.Unclear("BATAL"))
    assert read(f"{word} batalkan booking {CODE}") == g.Unclear("BATAL")


@pytest.mark.parametrize(("word", "number"), sorted(w.NUMBERS.items()))
def test_each_number_word_chooses(word: str, number: int) -> None:
    assert read(word) == read(f"yang {word} pak") == g.Choose(number)
    assert read(f"{word} kilo") != g.Choose(number)


@pytest.mark.parametrize("word", sorted(w.WITH_NUMBER))
def test_what_goes_with_a_number_chooses_nothing_alone(word: str) -> None:
    assert read(f"{word} 2") == g.Choose(2)
    assert not isinstance(read(word), g.Choose)


@pytest.mark.parametrize("word", sorted(w.AROUND - lexicon().vocabulary.keys()))
def test_talk_before_the_keyword_is_not_in_the_way(word: str) -> None:
    assert read(f"{word} daftar ktp {NIK} Budi Santoso") == MEANT["DAFTAR"]


@pytest.mark.parametrize("label", sorted(w.NAME_LABELS))
def test_each_name_label_starts_the_name(label: str) -> None:
    assert read(f"daftar ktp {NIK} {label} Budi Santoso") == MEANT["DAFTAR"]


@pytest.mark.parametrize("label", sorted(w.SERVICE_LABELS))
def test_each_service_label_starts_the_service(label: str) -> None:
    assert read(f"{NIK}, nama Budi Santoso, {label}: rekam") == MEANT["DAFTAR"]


@pytest.mark.parametrize("label", ["nik", "nik:", "no nik", "no ktp", "nomor ktp :", "noktp", "nonik"])
def test_each_nik_label_is_left_out(label: str) -> None:
    assert read(f"daftar rekam {label} {NIK} Budi Santoso") == MEANT["DAFTAR"]


@pytest.mark.parametrize("word", sorted(w.ENDS_A_NAME))
def test_what_follows_a_name_is_not_in_it(word: str) -> None:
    assert read(f"daftar ktp {NIK} Budi Santoso {word} Mawar") == MEANT["DAFTAR"]


@pytest.mark.parametrize("word", sorted(w.BEFORE_A_NAME))
def test_an_address_before_a_name_is_not_in_it(word: str) -> None:
    assert read(f"daftar ktp {NIK} {word} Budi Santoso") == MEANT["DAFTAR"]


@pytest.mark.parametrize("word", sorted(w.TO_WHOM))
def test_whom_one_speaks_to_is_not_in_the_name(word: str) -> None:
    assert read(f"daftar ktp {NIK} Budi Santoso {word}") == MEANT["DAFTAR"]


@pytest.mark.parametrize("word", sorted(w.RELATIVES))
def test_for_whose_relative_it_is_does_not_matter(word: str) -> None:
    assert read(f"daftar ktp {NIK} untuk {word} saya Budi Santoso") == MEANT["DAFTAR"]


@pytest.mark.parametrize("word", sorted(w.NAMES_TOO))
def test_a_word_of_talk_with_a_capital_behind_the_nik_is_a_name(word: str) -> None:
    assert shown(read(f"DAFTAR KTP {NIK} {word.title()} Bele")) == f"register ktp-rekam {NIK} | {word.title()} Bele"


@pytest.mark.parametrize(("written", "meant", "near"), [
    ("dafatr", "daftar", True), ("daftr", "daftar", True), ("daftaar", "daftar", True), ("daktar", "daftar", True),
    ("daktor", "daftar", False), ("daf", "daftar", False), ("fadtar", "daftar", False), ("kpt", "ktp", True),
    ("ktpp", "ktp", True), ("kttp", "ktp", True), ("ktb", "ktp", False), ("kt", "ktp", False), ("tkp", "ktp", False),
    ("kkk", "kk", False), ("kk", "kk", True), ("kai", "kia", True), ("dafar", "daftar", True),
    ("xdaftar", "daftar", True),
])
def test_one_slip(written: str, meant: str, near: bool) -> None:
    assert one_slip(written, meant) is near


def test_squeeze_writes_each_run_once() -> None:
    assert squeeze("ddaafffttarr") == "daftar"


def test_a_keyword_says_whether_talk_stands_before_it() -> None:
    found = find_keyword(["sudah", "daftar"])
    assert found is not None
    assert not getattr(found, "at_head", True)
    assert read("sudah batal") == g.Unclear("BATAL")


@pytest.mark.parametrize(("text", "language"), [
    ("DAFTAR KTP", "id"), ("BOOK KTP", "en"), ("1", None), ("ok", None), ("yes", "en"), ("ya", "id"), ("hadir", "id"),
    ("CANCEL 264401886", "en"), ("BATAL 264401886", "id"), ("reg ktp", None), ("reg ktp besok", "id"),
    ("reg ktp tomorrow", "en"), ("INFO KK", None), ("STOP", None), ("BERHENTI", "id"), ("start", "en"),
])
def test_the_language_is_that_of_the_words(text: str, language: str | None) -> None:
    assert g.read(text, lexicon(), TODAY, test_people=True).language == language

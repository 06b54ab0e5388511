"""The sentences of the menu: the same in both languages, for every refusal, and none that is not used."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Any

import pytest

from api.languages import LANGUAGES
from api.phone.menu.refusals import CODES, VARIANTS
from api.phone.menu.words import WORDS
from notifications.wording import gsm7
from scheduler import bookings, people

ROOT = Path(__file__).parent.parent.parent
MENU = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "api/phone").glob("**/*.py")))


def leaves(words: dict[str, Any], path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in words.items():
        if isinstance(value, dict):
            found |= leaves(value, f"{path}{key}.")
        elif isinstance(value, list):
            found |= {f"{path}{key}.{n}": text for n, text in enumerate(value)}
        else:
            found[f"{path}{key}"] = value
    return found


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    assert set(WORDS) == set(LANGUAGES)
    indonesian, english = leaves(WORDS["id"]), leaves(WORDS["en"])
    assert indonesian.keys() == english.keys()
    assert {key: blanks(text) for key, text in indonesian.items()} == {
        key: blanks(text) for key, text in english.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_plain_and_inside_the_alphabet(language: str) -> None:
    for key, text in leaves(WORDS[language]).items():
        assert gsm7.mend(text) == text, key
        assert "!" not in text
        assert not re.search(r"\b(otp|token|slot|submit|error)\b", text.lower()), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_that_can_come_has_words(language: str) -> None:
    """The codes are those that the book's own functions say they raise."""
    words = WORDS[language]
    assert set(words["refused"]) == {*CODES, *VARIANTS}
    told = " ".join(function.__doc__ or "" for function in (bookings.book, bookings.move, bookings.cancel,
                                                            bookings.confirm))
    raised = set(re.findall(r"\b(?:too|slot|day|office|outside|already|move|invalid|unknown|reason)_\w+", told))
    assert len(raised) == 11
    assert raised <= set(CODES)
    for field in ("nik", "name"):
        line = re.search(rf"invalid_{field}\s+(.+)", people.__doc__ or "")
        assert line is not None
        assert set(words[field]["why"]) == set(line[1].split(", "))


def test_no_sentence_is_left_unused() -> None:
    for key in leaves(WORDS["id"]):
        last = [part for part in key.split(".") if not part.isdigit()][-1]
        assert f'"{last}"' in MENU or last in {*CODES, *VARIANTS} or ".why." in key, key


def test_what_a_feature_phone_sees_first_has_room_for_no_more_than_five() -> None:
    assert all(len(words["main"]["choices"]) == 5 for words in WORDS.values())

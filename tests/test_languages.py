"""Every place that speaks knows the same languages, and every list of the same words is the same list."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest

import notifications.wording
import ticketing.words
from api import errors
from api.languages import LANGUAGES, preferred
from api.rest import schemas
from api.web.render import NAMES, WORDS
from notifications.wording import mail
from scheduler import bookings, office_services, reasons, show_words

ROOT = Path(__file__).parent.parent


def literals(kind: Any) -> tuple[str, ...]:
    """The words a type allows, whatever stands around them."""
    found: list[str] = []
    for part in get_args(kind):
        found += literals(part) if get_args(part) else [part] if isinstance(part, str) else []
    return tuple(found)


SPEAKING = {
    "requests": literals(schemas.Language),
    "problems": errors.WORDS,
    "pages": NAMES,
    "tickets": ticketing.words.LANGUAGES,
    "messages": notifications.wording.LANGUAGES,
    "mails": mail.LANGUAGES,
    "office files": office_services.LANGUAGES,
    "reasons of the day": reasons._SENTENCES,
    "the door": reasons._DOOR,
    "what was learnt": show_words._SENTENCES,
}


@pytest.mark.parametrize("place", SPEAKING)
def test_every_place_that_speaks_knows_every_language(place: str) -> None:
    assert set(SPEAKING[place]) == set(LANGUAGES)


@pytest.mark.parametrize("folder", ["api/words", "api/web/words", "api/demo/words", "ticketing/words"])
def test_every_folder_of_words_has_each_language_and_no_other(folder: str) -> None:
    found = {path.stem.removeprefix("problems.") for path in (ROOT / folder).glob("*.toml")}
    assert found == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_a_page_names_is_there(language: str) -> None:
    # A page would show a dictionary's own `keys` or `items` for a word of that name that is missing.
    named = re.compile(r'\bw\.(\w+)(?:\.(\w+)|\["(\w+)"\])')
    found = {(part, word or quoted) for path in (ROOT / "api" / "web" / "templates").glob("*.html")
             for part, word, quoted in named.findall(path.read_text("utf-8"))}
    words = {(part, word) for part, words in WORDS[language].items() for word in words}
    assert len(found) > 100
    assert found <= words, found - words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_can_be_asked_for(language: str) -> None:
    assert preferred(language) == language


def test_what_a_request_may_say_is_what_the_book_knows() -> None:
    assert literals(schemas.Reason) == bookings.REASONS
    assert literals(schemas.Priority) == bookings.PRIORITIES

"""Addresses that lead nowhere and faults: a page for who looks, data for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from api import errors
from api.web.render import WORDS
from notifications.letters import LETTERS
from notifications.reminders import EVE, LATE
from tests.web.reading import Visitor


@pytest.mark.parametrize("path", ["/nowhere", "/t", "/static/antre.css", "/manage/x", "/%00"])
def test_an_address_that_leads_nowhere_is_a_page(visitor: Visitor, path: str) -> None:
    page = visitor.open(path)
    assert page.status == 404
    assert "Halaman tidak ditemukan" in page.text
    assert page.link("Pesan waktu datang") == "/"
    assert "script-src 'self'" in page.response.headers["content-security-policy"]


@pytest.mark.parametrize("path", [
    "//elsewhere.test/x", "/%2Felsewhere.test", "///elsewhere.test", "/%5Celsewhere.test",
])
def test_no_address_makes_a_page_link_to_another_site(client: Any, path: str) -> None:
    answer = client.get(f"https://antre.test{path}", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "?lang=en" in answer.text
    assert "elsewhere.test" not in answer.text


@pytest.mark.parametrize(("path", "accept"), [("/nowhere", "*/*"), ("/api/v1/nowhere", "text/html"),
                                              ("/nowhere", "application/json")])
def test_programs_get_data(client: Any, path: str, accept: str) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_form_sent_to_a_page_that_takes_none_is_a_page(visitor: Visitor) -> None:
    answer = visitor.client.post("/", data={"a": "b"}, headers=visitor.headers)
    assert answer.status_code == 404
    assert "Halaman tidak ditemukan" in answer.text


def test_files_of_the_pages_are_kept_for_good(client: Any) -> None:
    page = client.get("/").text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = client.get(address)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")


def test_both_languages_say_the_same_things() -> None:
    def shape(words: Any, path: str = "") -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in words.items():
            here = f"{path}.{key}"
            if isinstance(value, dict):
                found |= shape(value, here)
            elif isinstance(value, str):
                found[here] = sorted(part.partition("}")[0] for part in value.split("{")[1:])
            else:
                found[here] = len(value)
        return found

    assert shape(WORDS["id"]) == shape(WORDS["en"])


def test_the_words_are_plain() -> None:
    def sentences(words: Any) -> Iterator[str]:
        for value in words.values() if isinstance(words, dict) else words:
            if isinstance(value, str):
                yield value
            else:
                yield from sentences(value)

    for text in sentences(WORDS):
        assert "!" not in text
        assert not any(word in text.lower().split() for word in ("slot", "submit", "error", "token", "klik", "click"))


def test_examples_are_nobodys_numbers() -> None:
    """An example is copied: a real district's NIK and anyone's telephone number would pass as somebody else's."""
    for lang in ("id", "en"):
        said = str(WORDS[lang]) + str(errors.WORDS[lang])
        assert {found[:7] for found in re.findall(r"\d{4} \d{4} \d{4} \d{4}", said)} == {"6471 99"}
        assert set(re.findall(r"0812(?: \d{4}){2}", said)) == {"0812 0000 0123"}


def test_every_kind_of_message_has_a_name_for_the_manager() -> None:
    kinds = {kind for letter in LETTERS.values() for kind in letter.kinds} | {EVE, LATE, "answer"}  # by phone doors
    assert set(WORDS["id"]["manage"]["kinds"]) == kinds

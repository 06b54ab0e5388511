"""The guide for clerks says what the pages have: keys, words, addresses. Its pictures are made by a program."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Router

from api.web import ROUTES
from api.web.counter_view import KEYS, OBVIOUS
from tests.test_docs import DOCS, table

ROOT = Path(__file__).parent.parent
GUIDES = {"id": DOCS / "clerks.md", "en": DOCS / "clerks.en.md"}
PICTURES = DOCS / "pictures"
KILOBYTES = 64
TEMPLATES = ROOT / "api" / "web" / "templates"

in_both = pytest.mark.parametrize("lang", GUIDES)


def words(lang: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "api" / "web" / "words" / f"{lang}.toml").read_text(encoding="utf-8"))


def every_word(of: Any) -> Iterator[str]:
    if isinstance(of, str):
        yield of
    else:
        for one in of.values() if isinstance(of, dict) else of if isinstance(of, list) else ():
            yield from every_word(one)


def bold(text: str) -> list[str]:
    return re.findall(r"\*\*(.+?)\*\*", text)


@in_both
def test_the_keys_of_the_counter_are_those_of_its_page(lang: str) -> None:
    page = (TEMPLATES / "counter_parts.html").read_text(encoding="utf-8")
    names = words(lang)["counter"]
    expected = {"Enter": [names[act] for act in OBVIOUS.values()], "Shift+Enter": [names["finish_next"]],
                **{key: [names[act]] for act, key in KEYS}, "Ctrl+Z": [names["undo"]]}
    assert set(re.findall(r'data-key="([^"{]+)"', page)) == {"Shift+Enter", "Ctrl+Z"}
    assert {key: bold(cells[0]) for key, cells in table(GUIDES[lang]).items()} == expected


@in_both
def test_other_keys_are_those_of_the_door(lang: str) -> None:
    door = re.split(r"^## ", GUIDES[lang].read_text(encoding="utf-8"), flags=re.MULTILINE)[1]
    pages = "".join((TEMPLATES / f"{name}.html").read_text(encoding="utf-8") for name in ("scan", "walk_in"))
    named = set(re.findall(r"`(Enter|Esc|F\d+|\d)`", door))
    assert named
    assert named <= set(re.findall(r"<kbd[^>]*>(\w+)</kbd>", pages))


@in_both
def test_what_is_to_be_pressed_or_read_is_on_the_pages(lang: str) -> None:
    text = GUIDES[lang].read_text(encoding="utf-8")
    found = {one.casefold() for one in every_word(words(lang))}
    sentences = [one for one in bold(text) if not re.search(r"[.:?]$", one)]  # what the guide itself stresses
    own = {"id": {"Jangan tutup halaman dan jangan keluar", "Mesin berhenti", "Memindahkan"},
           "en": {"Do not close the page and do not sign out", "The machine has stopped"}}[lang]
    assert [one for one in sentences if one.casefold() not in found and one not in own] == []


@in_both
def test_every_address_leads_to_a_page(lang: str) -> None:
    routers = Router("/", route_handlers=ROUTES)
    paths = [route.path for route in routers.routes]
    known = [re.compile(re.sub(r"\\{[^/]+?\\}", "[^/]+", re.escape(path))) for path in paths]
    named = re.findall(r"`(/[^`]+)`", GUIDES[lang].read_text(encoding="utf-8"))
    assert len(named) > 10
    assert [one for one in named if not any(path.fullmatch(one) for path in known)] == []


def test_both_guides_show_the_same_with_words_for_who_cannot_see() -> None:
    shown = {lang: re.findall(r"!\[([^\]]*)\]\(pictures/(\w+\.png)\)", page.read_text(encoding="utf-8"))
             for lang, page in GUIDES.items()}
    assert [name for _, name in shown["id"]] == [name for _, name in shown["en"]]
    assert all(len(alt) > 20 for found in shown.values() for alt, _ in found)


def test_every_picture_is_made_by_the_program_and_is_light() -> None:
    made = set(re.findall(r'yield "(\w+)"', (ROOT / "tests" / "guide" / "walks.py").read_text(encoding="utf-8")))
    assert {path.stem for path in PICTURES.iterdir()} == made
    assert {path.name for path in PICTURES.iterdir() if path.stat().st_size > KILOBYTES * 1024} == set()
    written = "".join(page.read_text(encoding="utf-8") for page in (*GUIDES.values(), ROOT / "README.md"))
    assert {name for name in made if f"pictures/{name}.png" not in written} == set()

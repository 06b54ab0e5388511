"""The drawings of a span of days: whole, named, the numbers in their places, and readable in grey."""

from __future__ import annotations

import pytest

from api.web.pictures import rush, spans
from api.web.render import WORDS
from tests.web.test_pictures import SVG, read, said

WORDS_OF = WORDS["id"]["statistics"]
NAMES = WORDS["id"]["dates"]["weekdays"]
SPANS = [("0–5", 12), ("5–10", 240), ("> 60", 0)]


def test_each_hour_shows_its_people_and_the_most_is_the_darkest() -> None:
    root = read(rush.draw({(0, 8): 20.4, (0, 9): 3.0, (1, 8): 0.2}, [0, 1], [8, 9], WORDS_OF, NAMES))
    words = said(root)
    assert {"08", "09", "Senin", "Selasa", "20", "3"} <= set(words)
    fills = [one.attrib["fill"] for one in root.iter(f"{SVG}rect")]
    assert fills == [rush.FILLS[-1], rush.FILLS[0], rush.FILLS[0], rush.FILLS[0]]


def test_nobody_at_all_is_drawn_as_well() -> None:
    assert said(read(rush.draw({}, [], [], WORDS_OF, NAMES))) == []
    assert said(read(spans.draw([("0–5", 0)], WORDS_OF))).count("0") >= 1


def test_each_span_has_a_bar_as_high_as_its_people() -> None:
    root = read(spans.draw(SPANS, WORDS_OF))
    bars = [float(one.attrib["height"]) for one in root.iter(f"{SVG}rect") if "stroke" in one.attrib]
    assert len(bars) == 2
    assert bars[1] / bars[0] == pytest.approx(20, abs=0.2)
    assert [word for word in said(root) if word in ("12", "240", "0–5", "5–10", "> 60")] == [
        "0–5", "5–10", "> 60", "12", "240"]


@pytest.mark.parametrize("language", WORDS)
def test_they_are_described_in_both_languages(language: str) -> None:
    words = WORDS[language]["statistics"]
    read(rush.draw({(0, 8): 1.0}, [0], [8], words, WORDS[language]["dates"]["weekdays"]))
    read(spans.draw(SPANS, words))

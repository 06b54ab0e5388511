"""Which sounds a call is, and that each of them is there."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.voice.speech import SOUNDS, of_call

STATIC = Path(__file__).parent.parent.parent / "api" / "web" / "static"


@pytest.mark.parametrize(("number", "counter", "said"), [
    ("A-012", "Loket 3", "A 0 1 2 silakan-menuju loket 3."),
    ("B-130", "Meja B", "B 1 3 0 silakan-menuju meja B."),
    ("C-999", "LOKET 12", "C 9 9 9 silakan-menuju loket 1 2."),
    ("A-001", "Ruang 2A", "A 0 0 1 silakan-menuju ruang 2 A."),
    ("A-001", "Loket Prioritas 1", "A 0 0 1 silakan-menuju loket 1."),
    ("A-001", "KK", "A 0 0 1 silakan-menuju loket K K."),
    ("A-001", "7", "A 0 0 1 silakan-menuju loket 7."),
    ("A-001", "Informasi", "A 0 0 1 silakan-lihat-layar."),
    ("A-001", "", "A 0 0 1 silakan-lihat-layar."),
])
def test_a_call_is_said_digit_by_digit(number: str, counter: str, said: str) -> None:
    assert " ".join(of_call(number, counter)) == f"nomor-antrean {said}"


@given(number=st.from_regex(r"[A-Z]-[0-9]{3}", fullmatch=True), counter=st.text(max_size=40))
def test_whatever_a_counter_is_called_there_is_a_sound_for_it(number: str, counter: str) -> None:
    said = of_call(number, counter)
    assert set(said) <= set(SOUNDS)
    assert said[-1].endswith("."), "the voice goes down at the end"


def test_the_file_holds_each_sound_one_after_the_other() -> None:
    places = json.loads((STATIC / "voice.json").read_text(encoding="utf-8"))
    assert tuple(places) == SOUNDS
    for (start, length), (following, _) in pairwise(places.values()):
        assert following == pytest.approx(start + length, abs=0.002)
    assert all(0.2 < length < 2.5 for _, length in places.values())


def test_the_sounds_are_small_enough_for_a_slow_line() -> None:
    assert (STATIC / "voice.mp3").stat().st_size < 250_000

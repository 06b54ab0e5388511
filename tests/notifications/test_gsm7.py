"""The alphabet of SMS: sizes as the standard counts them, and mending."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.wording import gsm7


@pytest.mark.parametrize(("text", "size"), [
    ("", 0), ("Halo", 4), ("é à Ñ ß", 7), ("[1]", 5), ("€", 2), ("a~b", 4), ("^{}\\[~]|\f", 18), ("\n\r", 2),
    ("kutip “ini”", None), ("titik…", None), ("strip – strip", None), ("`", None), ("\t", None), ("\u00a0", None),
    ("ç", None), ("Ç", 1), ("🙂", None),
])
def test_a_text_takes_as_many_septets_as_the_standard_says(text: str, size: int | None) -> None:
    assert gsm7.septets(text) == size


@pytest.mark.parametrize(("text", "parts"), [
    ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
    ("€" * 80, 1), ("€" * 81, 2),
    ("a" * 152 + "€" + "a" * 152, 3),   # the pair goes whole to the second part, which then overflows
    ("a" * 153 + "€" + "a" * 151, 2),
    ("…" * 70, 1), ("…" * 71, 2), ("…" * 134, 2), ("…" * 135, 3), ("🙂" * 35, 1), ("🙂" * 36, 2),
])
def test_a_text_is_billed_in_parts(text: str, parts: int) -> None:
    assert gsm7.parts(text) == parts


@pytest.mark.parametrize(("text", "mended"), [
    ("“Loket” ‘A’", "\"Loket\" 'A'"),
    ("07.30–12.00 — tutup…", "07.30-12.00 - tutup..."),
    ("• KK\u00a0lama\tdan\n`KTP`", "- KK lama dan 'KTP'"),
    ("Façade Čas Łódź", "Facade Cas odz"),
    ("½ jam 🙂", "1/2 jam"),
    ("Café Ñandú", "Café Ñandu"),
    ("  satu   dua ", "satu dua"),
])
def test_an_office_s_own_words_are_brought_into_the_alphabet(text: str, mended: str) -> None:
    assert gsm7.mend(text) == mended


@given(st.text())
def test_mended_text_is_inside_the_alphabet_and_stays_as_it_is(text: str) -> None:
    mended = gsm7.mend(text)
    assert gsm7.septets(mended) is not None
    assert gsm7.mend(mended) == mended


@given(st.text(), st.integers(0, 40))
def test_clipping_keeps_the_longest_beginning_that_fits(text: str, size: int) -> None:
    mended = gsm7.mend(text)
    clipped = gsm7.clip(mended, size)
    taken = gsm7.septets(clipped)
    assert mended.startswith(clipped)
    assert taken is not None
    assert taken <= size
    following = mended[len(clipped):]
    step = len(following) - len(following.lstrip()) + 1
    assert not following or (gsm7.septets(mended[: len(clipped) + step]) or 0) > size

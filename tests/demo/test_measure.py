"""What a message costs, as the drawn phones show it: the office's own counting, never another."""

from __future__ import annotations

import pytest

from api.demo.measure import Size, measure
from notifications.wording import gsm7


@pytest.mark.parametrize(("text", "size"), [
    ("", Size(1, 0, 160, False)),
    ("DAFTAR", Size(1, 6, 160, False)),
    ("a" * 160, Size(1, 160, 160, False)),
    ("a" * 161, Size(2, 161, 306, False)),
    ("€", Size(1, 2, 160, False)),
    ("ş", Size(1, 1, 70, True)),
    ("ş" * 71, Size(2, 71, 134, True)),
    ("😀", Size(1, 2, 70, True)),
])
def test_room_is_counted_in_the_alphabet_the_text_goes_in(text: str, size: Size) -> None:
    assert measure(text) == size
    assert measure(text).parts == gsm7.parts(text)

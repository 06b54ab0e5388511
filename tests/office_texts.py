"""Texts of office files for tests: the example, the smallest there can be, and one slip in either."""

from __future__ import annotations

from importlib.resources import files

EXAMPLE = files("scheduler").joinpath("examples/balikpapan.toml").read_text(encoding="utf-8")

SMALL = """\
[office]
slug = "kecil"
name = "Kantor Kecil"
timezone = "Europe/Berlin"
phone = "0000"
address = "Jalan Contoh"
[band]
low = 1
high = 9
[hours]
monday = ["08:00-12:00"]
[[services]]
slug = "ktp"
letter = "A"
name = { id = "KTP", en = "ID card" }
short = "KTP"
visit = "required"
minutes = 30
bring = { id = [], en = [] }
[[counters]]
slug = "loket-1"
name = "Loket 1"
serves = ["ktp"]
"""


def edited(old: str, new: str, text: str = EXAMPLE) -> str:
    """The text with the first `old` replaced; fails when there is none, as the example may change."""
    assert old in text, f"the example no longer holds {old!r}"
    return text.replace(old, new, 1)

"""Each key and value of a TOML text is found on the line where it stands."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.toml_lines import Path, locate

TRICKY = '''\
# a comment with [brackets] and key = "value"
title = "a # no comment, \\" [no.header]"   # but this is one
"quoted key" = 1
'single' = [1, 2,   # a comment with ] inside
  3,
]
[server.inner]        # server is made on the way
a.b.c = true
text = """
[no.header]
key = "no" \\
""\\"
end""\"""
raw = \'\'\'
[[nor.this]]
it\'s\'\'\'\'
after = { x = 1, "y z" = [ "]", { w = 2 } ] }
[[list]]
n = 1
 [list.sub]
 deep = 1979-05-27 07:32:00
[[list]]
n = 2
  [[list.parts]]
  p = 1
  [[list.parts]]
  p = 2
[ list . sub ]
deep = 0x1F
[server]
z = ["""
1""", 2]
'''


def test_strings_comments_lists_and_headers_do_not_confuse_it() -> None:
    tomllib.loads(TRICKY)
    lines = locate(TRICKY)
    expected: dict[Path, int] = {
        ("title",): 2, ("quoted key",): 3, ("single",): 4, ("single", 0): 4, ("single", 2): 5,
        ("server",): 7, ("server", "inner"): 7, ("server", "inner", "a", "b", "c"): 8,
        ("server", "inner", "text"): 9, ("server", "inner", "raw"): 14,
        ("server", "inner", "after", "y z", 1, "w"): 17, ("list",): 18, ("list", 0): 18, ("list", 0, "n"): 19,
        ("list", 0, "sub", "deep"): 21, ("list", 1): 22, ("list", 1, "n"): 23, ("list", 1, "parts", 0, "p"): 25,
        ("list", 1, "parts", 1): 26, ("list", 1, "parts", 1, "p"): 27, ("list", 1, "sub"): 28,
        ("list", 1, "sub", "deep"): 29, ("server", "z"): 31, ("server", "z", 0): 31, ("server", "z", 1): 32,
    }
    assert {path: lines.get(path) for path in expected} == expected
    assert set(paths(tomllib.loads(TRICKY))) <= set(lines)


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("extra", [0, 1, 2])
def test_quotes_just_before_the_closing_three_belong_to_the_text(quote: str, extra: int) -> None:
    text = f"k = {quote * 3}\n{quote * (3 + extra)}\nj = 1\n"
    assert tomllib.loads(text)["k"] == quote * extra
    assert locate(text) == {(): 1, ("k",): 1, ("j",): 3}


def test_an_empty_text_has_its_first_line() -> None:
    assert locate("") == {(): 1}
    assert locate("# nothing\n\n") == {(): 1}


def paths(value: object, path: Path = ()) -> list[Path]:
    """Every path into the parsed data."""
    if isinstance(value, dict):
        return [path, *(inner for key, part in value.items() for inner in paths(part, (*path, key)))]
    if isinstance(value, list):
        return [path, *(inner for n, part in enumerate(value) for inner in paths(part, (*path, n)))]
    return [path]


# Values are written with a mark of their own, so that the right line can be told from the text.
strings = st.text(st.sampled_from("ab#[]{}=,.'\"\n\\ "), max_size=8)
leaves = st.one_of(st.integers(), st.booleans(), strings)
keys = st.sampled_from(["p", "q r", "s.t"])
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=2), max_leaves=8)


class Writer:
    """Writes values as TOML in one of the ways allowed, and notes the line of each path."""

    def __init__(self, draw: Any) -> None:
        self.draw, self.text, self.lines = draw, "", {}

    def mark(self, path: Path) -> None:
        self.lines[path] = self.text.count("\n") + 1

    def any_of(self, *choices: str) -> str:
        return str(self.draw(st.sampled_from(choices)))

    def value(self, value: object, path: Path) -> None:
        if isinstance(value, bool):
            self.text += str(value).lower()
        elif isinstance(value, int):
            self.text += str(value)
        elif isinstance(value, str):
            self.text += self.string(value)
        elif isinstance(value, list):
            self.list(value, path)
        elif isinstance(value, dict):
            self.table(value, path)

    def string(self, value: str) -> str:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        kinds = ['"' + escaped.replace("\n", "\\n") + '"', '"""\n' + escaped + '"""']
        if "'''" not in value:
            kinds.append("'''\n" + value + "'''")
        if "'" not in value and "\n" not in value:
            kinds.append(f"'{value}'")
        return self.any_of(*kinds)

    def list(self, values: list[object], path: Path) -> None:
        self.text += "["
        for n, value in enumerate(values):
            self.text += self.any_of("", " ", "\n", "  # ] no end\n\n")
            self.mark((*path, n))
            self.value(value, (*path, n))
            self.text += self.any_of(",", " ,", "\n,") if n < len(values) - 1 else self.any_of("", ",", "\n")
        self.text += "]"

    def table(self, table: dict[str, object], path: Path) -> None:
        self.text += "{"
        for n, (key, value) in enumerate(table.items()):
            self.text += "," if n else ""
            self.mark((*path, key))
            self.text += f' "{key}" = '
            self.value(value, (*path, key))
        self.text += " }"


@given(st.lists(values, max_size=6), st.lists(values, max_size=3), st.data())
def test_whatever_is_written_is_found_on_its_line(top: list[object], listed: list[object], data: Any) -> None:
    writer = Writer(data.draw)
    for n, value in enumerate(top):
        writer.text += writer.any_of("", "\n", "# k = [\n")
        writer.mark((f"k{n}",))
        writer.text += f"k{n} = "
        writer.value(value, (f"k{n}",))
        writer.text += writer.any_of("\n", "  # ''' comment\n")
    for n, value in enumerate(listed):
        writer.mark(("many", n))
        writer.text += "[[many]]\n"
        writer.mark(("many", n, "x"))
        writer.text += "x = "
        writer.value(value, ("many", n, "x"))
        writer.text += "\n"
    parsed = tomllib.loads(writer.text)
    assert parsed == {**{f"k{n}": value for n, value in enumerate(top)},
                      **({"many": [{"x": value} for value in listed]} if listed else {})}
    found = locate(writer.text)
    assert {path: found.get(path) for path in writer.lines} == writer.lines

"""On which line each key and value of a TOML text stands (pure).

`tomllib` reads values and forgets where they stood; a person who is told what is wrong needs the line. This
reads the same text again for positions only. It expects a text that `tomllib` has accepted, so it checks
nothing. The grammar is TOML 1.0, https://toml.io/en/v1.0.0.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

Path = tuple[str | int, ...]  # ("services", 1, "name", "en"): the second [[services]], its name.en

_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'  # several lines; up to two quotes may belong to the text
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}#\n]+")


def locate(text: str) -> dict[Path, int]:
    """The line (from 1) of every table, key and list element, by its path in the parsed data."""
    return _Locator(text).document()


class _Locator:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._lines: dict[Path, int] = {(): 1}
        self._lengths: dict[Path, int] = {}  # of the lists made of [[headers]]

    def document(self) -> dict[Path, int]:
        table: Path = ()
        while not self._ended():
            if self._take("[["):
                table = self._next_element(self._header("]]"))
            elif self._take("["):
                table = self._inside(self._header("]"))
                self._mark(table)
            else:
                self._pair(table)
        return self._lines

    def _ended(self) -> bool:
        self._skip(_BLANK)
        return self._at >= len(self._text)

    def _header(self, close: str) -> list[tuple[str, int]]:
        keys = self._keys()
        self._take(close)
        return keys

    def _inside(self, keys: list[tuple[str, int]]) -> Path:
        """The path these keys lead to from the top, through the last element of each list on the way."""
        path: Path = ()
        for key, line in keys:
            path = (*path, key)
            self._lines.setdefault(path, line)
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
        return path

    def _next_element(self, keys: list[tuple[str, int]]) -> Path:
        last, line = keys[-1]
        path = (*self._inside(keys[:-1]), last)
        index = self._lengths.get(path, 0)
        self._lengths[path] = index + 1
        self._lines.setdefault(path, line)
        self._lines[(*path, index)] = line
        return (*path, index)

    def _pair(self, table: Path) -> None:
        path = table
        for key, line in self._keys():
            path = (*path, key)
            self._lines.setdefault(path, line)
        self._take("=")
        self._skip(_SPACE)
        self._value(path)

    def _keys(self) -> list[tuple[str, int]]:
        keys = [self._key()]
        while self._take("."):
            keys.append(self._key())
        return keys

    def _key(self) -> tuple[str, int]:
        self._skip(_SPACE)
        line = self._line()
        if bare := _BARE_KEY.match(self._text, self._at):
            self._at = bare.end()
            key = bare[0]
        else:
            start = self._at
            self._skip(_STRING)
            key = str(tomllib.loads(f"key = {self._text[start:self._at]}")["key"])
        self._skip(_SPACE)
        return key, line

    def _value(self, path: Path) -> None:
        if self._take("["):
            self._array(path)
        elif self._take("{"):
            self._inline_table(path)
        elif self._text[self._at] in "\"'":
            self._skip(_STRING)
        else:
            self._skip(_SCALAR)

    def _array(self, path: Path) -> None:
        self._skip(_BLANK)
        index = 0
        while not self._take("]"):
            self._mark((*path, index))
            self._value((*path, index))
            self._skip(_BLANK)
            self._take(",")
            self._skip(_BLANK)
            index += 1

    def _inline_table(self, path: Path) -> None:
        self._skip(_SPACE)
        while not self._take("}"):
            self._pair(path)
            self._skip(_SPACE)
            self._take(",")
            self._skip(_SPACE)

    def _mark(self, path: Path) -> None:
        self._lines.setdefault(path, self._line())

    def _line(self) -> int:
        return bisect_right(self._breaks, self._at) + 1

    def _take(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._at):
            return False
        self._at += len(sign)
        return True

    def _skip(self, pattern: re.Pattern[str]) -> None:
        if match := pattern.match(self._text, self._at):
            self._at = match.end()

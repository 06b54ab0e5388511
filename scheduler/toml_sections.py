"""Reading a section of a TOML file strictly, with every problem collected instead of the first one raised (pure).

A getter that finds a wrong value notes the problem at its line and answers a stand-in of the right type, so that
reading goes on; `Section.sound` tells a check between several values whether they can be trusted.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, NamedTuple

from scheduler.toml_lines import Path, locate

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")

# What `tomllib` says of the commonest slips, in words for those who do not write programs.
_IN_WORDS = {
    "Illegal character '\\n'": "the text is not closed, its second quote is missing",
    "Invalid value": "after = comes a text in quotes, a number, a date, true, false or a list",
    "Cannot overwrite a value": "the key stands in this section already",
    "Cannot declare": "a section of this name stands in the file already",
    "Unclosed array": "the list is not closed, its ] is missing",
    "Expected newline or end of document after a statement": "something follows the value on its line",
    "Expected '=' after a key in a key/value pair": "a line here is: key = value",
    "Invalid statement": "a line here is: key = value",
    "Invalid date or datetime": "there is no such date or time",
    "Unescaped '\\' in a string": "a \\ in a text is written twice",
}


class Form(NamedTuple):
    """What a text must look like: `pattern` matches the whole of it, `said` puts that into words."""

    pattern: str
    said: str


@dataclass
class Problems:
    """What is wrong with a file: `at` puts a reason at the line of a path, or of the nearest path above it."""

    lines: Mapping[Path, int]
    found: dict[tuple[int, str], None] = field(default_factory=dict)
    paths: set[Path] = field(default_factory=set)

    def at(self, path: Path, reason: str) -> None:
        """Note that the value at `path` is wrong, and why; `reason` says what to write instead."""
        self.paths.add(path)
        known = path
        while known not in self.lines:
            known = known[:-1]
        self.found[self.lines[known], reason] = None

    def listed(self) -> list[str]:
        """`line N: reason`, in the order of the file."""
        return [f"line {line}: {reason}" for line, reason in sorted(self.found, key=lambda found: found[0])]


def read(text: str) -> tuple[Section | None, Problems]:
    """The whole of a TOML text as a section; None, and the problem, when it is not TOML."""
    text = text.removeprefix("\ufeff")  # some editors begin a file with this mark
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        return None, _syntax(text, str(problem))
    except RecursionError:
        return None, _syntax(text, "too many brackets inside each other")
    except ValueError:  # Python's bound on the digits of a number, told without a line
        return None, _syntax(text, "somewhere stands a number of thousands of digits")
    problems = Problems(locate(text.replace("\r\n", "\n")))
    return Section(data, (), problems), problems


def _syntax(text: str, said: str) -> Problems:
    place = _AT_LINE.search(said)
    line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
    column = f" (column {place[2]})" if place and place[2] else ""
    reason = said[: place.start()] if place else said
    words = next((ours for theirs, ours in _IN_WORDS.items() if reason.startswith(theirs)), reason)
    problems = Problems({(): line})
    problems.at((), f"this is not TOML{column}: {words}. "
                    'Texts and times stand in "quotes", dates are like 2026-12-31, lists stand in [brackets], and a '
                    "key stands once in its section.")
    return problems


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """` Did you mean x?`, or nothing when no known word is near."""
    near = get_close_matches(wrong, list(known), 1, 0.6)
    return f" Did you mean {near[0]}?" if near else ""


class Section:
    """One table of the file. Getters note problems; `close()` notes the keys nobody asked for."""

    def __init__(self, data: dict[str, Any], path: Path, problems: Problems) -> None:
        self._data = data
        self._asked: dict[str, None] = {}
        self.path = path
        self.problems = problems

    def has(self, key: str) -> bool:
        """Whether the key is there; asking makes it a known one."""
        self._asked[key] = None
        return key in self._data

    def wrong(self, key: str, reason: str, *more: str | int) -> None:
        """Note a problem with the value of `key`, or with an element of it."""
        self.problems.at((*self.path, key, *more), reason)

    def sound(self, *keys: str) -> bool:
        """Whether no problem was noted at these keys or inside them."""
        heads = {(*self.path, key) for key in keys}
        return not any(path[: len(self.path) + 1] in heads for path in self.problems.paths)

    def close(self) -> None:
        """Refuse every key that was never asked for."""
        for key in (key for key in self._data if key not in self._asked):
            near = suggestion(key, (known for known in self._asked if known not in self._data))
            here = f"[{self.path[0]}]" if self.path else "this file"
            self.wrong(key, f"{key} is not known in {here}.{near} Known are: {', '.join(self._asked)}.")

    # -- single values ---------------------------------------------------------------------------------

    def text(self, key: str, longest: int, *, form: Form | None = None, like: str, optional: bool = False) -> str:
        """A text of 1 to `longest` characters on one line, of that form; `like` is an example.

        An optional text that is missing is empty.
        """
        if not self._present(key, f'"{like}"', optional):
            return ""
        return self._checked_text(key, self._data[key], longest, form, like)

    def choice(self, key: str, choices: Sequence[str]) -> str:
        """One of these texts; the first when it is missing or wrong."""
        if not self._present(key, f'"{choices[0]}"', optional=False):
            return choices[0]
        value = self._data[key]
        if isinstance(value, str) and value in choices:
            return value
        near = suggestion(str(value), choices)
        allowed = " or ".join(f'"{choice}"' for choice in choices)
        self.wrong(key, f"{self._label(key)} must be {allowed}; it is {_shown(value)}.{near}")
        return choices[0]

    def whole(self, key: str, low: int, high: int, *, default: int | None = None) -> int:
        """A whole number from `low` to `high`."""
        value = self._data.get(key)
        if not self._present(key, str(low if default is None else default), default is not None):
            return low if default is None else default
        if type(value) is int and low <= value <= high:
            return value
        self.wrong(key, f"{self._label(key)} must be a whole number from {low} to {high}, without quotes; "
                        f"it is {_shown(value)}.")
        return low

    def yes(self, key: str) -> bool:
        """true or false; missing is false."""
        value = self._data.get(key, False) if self.has(key) else False
        if isinstance(value, bool):
            return value
        self.wrong(key, f"{self._label(key)} must be true or false, without quotes; it is {_shown(value)}.")
        return False

    def day(self, key: str) -> date | None:
        """A date; None when it is missing or wrong."""
        if not self._present(key, "2026-12-31", optional=False):
            return None
        value = self._data[key]
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.wrong(key, f"{self._label(key)} must be a date like 2026-12-31, without quotes; it is {_shown(value)}.")
        return None

    # -- several values --------------------------------------------------------------------------------

    def texts(
        self, key: str, longest: int, *, form: Form | None = None, like: str, most: int, optional: bool = False
    ) -> tuple[str, ...]:
        """A list of at most `most` texts, each as `text` takes it, none twice."""
        if not self._present(key, f'["{like}"]', optional):
            return ()
        values = self._data[key]
        if not isinstance(values, list) or len(values) > most:
            self.wrong(key, f'{self._label(key)} must be a list of at most {most} texts, like ["{like}"]; '
                            f"it is {_shown(values)}.")
            return ()
        texts = tuple(self._checked_text(key, value, longest, form, like, n) for n, value in enumerate(values))
        for n, text in enumerate(texts):
            if text and text in texts[:n]:
                self.wrong(key, f"{self._label(key)} has {_shown(text)} twice; write it once.", n)
        return texts

    def wholes(self, key: str, low: int, high: int, *, most: int) -> tuple[int, ...]:
        """A list of at most `most` whole numbers from `low` to `high`; missing is empty."""
        values = self._data.get(key, []) if self.has(key) else []
        if isinstance(values, list) and len(values) <= most and all(
            type(one) is int and low <= one <= high for one in values
        ):
            return tuple(values)
        self.wrong(key, f"{self._label(key)} must be a list of at most {most} whole numbers from {low} to {high}, "
                        f"like [{low}, {high}]; it is {_shown(values)}.")
        return ()

    def table(self, key: str, *, like: str, optional: bool = False) -> dict[str, Any]:
        """The section of that name as it stands, for keys nobody can know beforehand; `like` shows one."""
        value = self._data.get(key, {}) if self._present(key, like, optional) else {}
        if isinstance(value, dict):
            return value
        self.wrong(key, f"{self._label(key)} must be a section of its own, like {like}; it is {_shown(value)}.")
        return {}

    def section(self, key: str, *, optional: bool = False) -> Section:
        """The section of that name. One that is missing is read as empty, and only itself is noted as missing."""
        there = self._present(key, f"[{key}]", optional)
        value = self._data.get(key, {})
        if not isinstance(value, dict):
            self.wrong(key, f"{key} must be a section of its own: [{key}], and its keys on the lines below.")
            there = False
        if there:
            return Section(value, (*self.path, key), self.problems)
        return Section({}, (*self.path, key), Problems({(): 1}))

    def sections(self, key: str, *, like: str, most: int, optional: bool = False) -> list[Section]:
        """A list of sections, `[[key]]` one after another or `{...}` in brackets; `like` shows one."""
        if not self._present(key, like, optional):
            return []
        values = self._data[key]
        if not isinstance(values, list) or len(values) > most or not all(isinstance(v, dict) for v in values):
            self.wrong(key, f"{key} must be written as {like}, at most {most} times.")
            return []
        if not values and not optional:
            self.wrong(key, f"{key} is empty; write at least one, as {like}.")
        return [Section(value, (*self.path, key, n), self.problems) for n, value in enumerate(values)]

    # -- inside ----------------------------------------------------------------------------------------

    def _present(self, key: str, example: str, optional: bool) -> bool:
        if self.has(key):
            return True
        if not optional:
            is_header = example.startswith("[") and example[1] not in '"{'
            write = example if is_header or example.startswith(key) else f"{self._label(key)} = {example}"
            self.wrong(key, f"{self._label(key)} is missing; write for example: {write}")
        return False

    def _checked_text(
        self, key: str, value: object, longest: int, form: Form | None, like: str, *more: int
    ) -> str:
        label = self._label(key)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            said = f'{label} must be a text in quotes on one line, like "{like}"; it is {_shown(value)}.'
        elif form is not None and not re.fullmatch(form.pattern, value.strip(), re.ASCII):
            said = f'{label} must be {form.said}, like "{like}"; it is {_shown(value)}.'
        elif len(value.strip()) > longest:
            said = f"{label} has {len(value.strip())} characters; at most {longest} fit."
        else:
            return value.strip()
        self.wrong(key, said, *more)
        return ""

    def _label(self, key: str) -> str:
        """The key as it can be written inside its section: `minutes`, `name.en`."""
        start = max((n for n, part in enumerate(self.path) if isinstance(part, int)), default=0) + 1
        return ".".join([*map(str, self.path[start:]), key])


def _shown(value: object) -> str:
    """The value as the file has it, shortened: enough to find it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        value = f'"{value}"'
    text = "a section" if isinstance(value, dict) else " ".join(str(value).split())
    return text if len(text) <= 60 else text[:57] + "..."

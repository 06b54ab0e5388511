"""The corpus of messages, as `corpus/*.txt` has them, and what one comes to.

    DAFTAR KTP 6471990201600002 Budi Santoso          the message; \\n and \\u202e as in Python, `<+>` parts two SMS
      -> register ktp-rekam 6471990201600002 | Budi Santoso | 2026-11-30 | day past

What must come out stands behind the arrow: register SERVICE NIK | NAME | DAY | TROUBLE, choose N, check CODE | TROUBLE,
change CODE | DAY | TROUBLE, cancel CODE | TROUBLE, wait as register or alone, leave (the waiting list), info SERVICE,
yes, no, help, stop, start, thanks, unclear GUESS (without
a guess any will do), none for two SMS that are not one, and `asks`: anything that asks. `-`, and what is left out, is
None.

`?` before the arrow marks a message that a person understands and the grammar does not yet: it must ask and do no
harm, and counts as not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from api.phone import grammar as g
from scheduler import office_file
from scheduler.offices import Office, Service

TODAY = date(2026, 11, 24)  # a Tuesday
GROUPS = ("right", "sloppy", "english", "split", "fresh", "wrong", "hostile", "chat")
MEANT = ("right", "sloppy", "english", "split", "fresh")  # what somebody means and a person understands

_ESCAPE = re.compile(r"\\(?:n|0|u[0-9a-f]{4})")


@dataclass(frozen=True)
class Message:
    """One message of the corpus, where it stands, and what must come out."""

    group: str
    line: int
    text: str
    expected: str
    hard: bool

    @property
    def keyword(self) -> str:
        """The kind of intent it has."""
        return self.expected.split()[0]


@cache
def corpus() -> tuple[Message, ...]:
    """Every message, group by group."""
    return tuple(message for group in GROUPS for message in _read(group))


def _read(group: str) -> Iterator[Message]:
    lines = (Path(__file__).parent / "corpus" / f"{group}.txt").read_text(encoding="utf-8").splitlines()
    text = None
    for number, line in enumerate(lines, 1):
        arrow = re.fullmatch(r"(\??)\s*-> (.+)", line)
        if arrow is None:
            assert text is None or text.startswith("# "), f"{group}.txt:{number - 1} has no arrow"
            text = line
            continue
        assert text is not None, f"{group}.txt:{number} has no message"
        yield Message(group, number - 1, _unescaped(text), arrow[2].strip(), bool(arrow[1]))
        text = None


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: {"n": "\n", "0": "\0"}.get(match[0][1]) or chr(int(match[0][2:], 16)), text)


@cache
def office() -> Office:
    """The example office as far as a grammar needs it, without a database."""
    text = files("scheduler").joinpath("examples/balikpapan.toml").read_text(encoding="utf-8")
    return office_of(text)


def office_of(text: str) -> Office:
    """The office of a file's text, without its days."""
    file = office_file.parse(text, "office.toml")
    services = tuple(
        Service(number, one.slug, one.letter, one.name, one.short, one.visit, one.minutes, one.bring, one.online_url,
                tuple(one.words))
        for number, one in enumerate(file.services, 1))
    return Office(1, file.slug, file.name, file.timezone, file.phone, file.sms_number, file.address, file.rules, 1,
                  services, (), {})


@cache
def lexicon() -> g.Lexicon:
    """The example office's words."""
    return g.Lexicon.of(office())


def intent_of(message: Message) -> g.Intent | None:
    """What the grammar makes of it; None where two parts are not one message."""
    if "<+>" not in message.text:
        return g.read(message.text, lexicon(), TODAY, test_people=True).intent
    first, second = message.text.split(" <+> ")
    joined = g.join(first, second, lexicon(), TODAY, test_people=True)
    return joined.intent if joined is not None else None


def shown(intent: g.Intent | None) -> str:
    """An intent as the corpus writes it."""
    if isinstance(intent, g.Wait):
        return "wait" if intent.register is None else shown(intent.register).replace("register", "wait", 1)
    match intent:
        case None:
            return "none"
        case g.Register(service, nik, name, day, trouble):
            return _line(f"register {service or '-'} {nik or '-'}", name, day, _trouble(trouble))
        case g.Choose(number):
            return f"choose {number}"
        case g.Check(code, trouble):
            return _line(_coded("check", code, trouble), _trouble(trouble))
        case g.Change(code, day, trouble):
            return _line(_coded("change", code, trouble or day), day, _trouble(trouble))
        case g.Cancel(code, trouble, waiting):
            return "leave" if waiting else _line(_coded("cancel", code, trouble), _trouble(trouble))
        case g.Info(service):
            return f"info {service or ''}".strip()
        case g.Unclear(guess, thanks):
            return "thanks" if thanks else f"unclear {guess or ''}".strip()
        case _:
            return type(intent).__name__.lower()


def _coded(keyword: str, code: str | None, more: object) -> str:
    return f"{keyword} {code or ('-' if more else '')}".strip()


def _line(head: str, *fields: object) -> str:
    cells = [head, *("-" if one is None else str(one) for one in fields)]
    while cells[-1] == "-":
        cells.pop()
    return " | ".join(cells)


def _trouble(trouble: g.Trouble | None) -> str | None:
    return None if trouble is None else " ".join([trouble.field, trouble.why, *trouble.candidates])


def asks(intent: g.Intent | None) -> bool:
    """Whether nothing comes of it but a question or a help text."""
    if intent is None or isinstance(intent, g.Unclear | g.Help | g.Info):
        return True
    if isinstance(intent, g.Wait):
        return intent.register is not None and intent.register.trouble is not None
    return getattr(intent, "trouble", None) is not None


def fits(message: Message, intent: g.Intent | None) -> bool:
    """Whether that is what must come out."""
    if message.expected == "asks":
        return asks(intent)
    if message.expected == "unclear":
        return isinstance(intent, g.Unclear) and not intent.thanks
    return shown(intent) == message.expected

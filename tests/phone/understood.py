"""How much of what residents mean is understood:  python -m tests.phone.understood

Counts the groups right, sloppy, english, split and fresh; a message marked as hard counts as not understood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from tests.phone.messages import GROUPS, MEANT, Message, corpus, fits, intent_of, shown


def report() -> str:
    """The shares by group and by intent, and every message that is not understood."""
    meant = [message for message in corpus() if message.group in MEANT]
    missed = [message for message in meant if message.hard or not fits(message, intent_of(message))]
    rest = [message for message in corpus() if message.group not in MEANT]
    wrong = [message for message in rest if not message.hard and not fits(message, intent_of(message))]
    return "\n".join([
        _share("all that is meant", meant, missed), "",
        *_table(meant, missed, lambda message: message.group), "",
        *_table(meant, missed, lambda message: message.keyword), "",
        "not understood:", *map(_line, missed), "",
        f"of {len(rest)} that are wrong, hostile or chat, {len(rest) - len(wrong)} do what they must",
        *map(_line, wrong),
        f"corpus: {len(corpus())} messages in {len(GROUPS)} groups",
    ])


def _line(message: Message) -> str:
    came = shown(intent_of(message))
    return f"  {message.group}.txt:{message.line}  {message.text!r} -> {came}, meant {message.expected}"


def _table(meant: list[Message], missed: list[Message], key: Callable[[Message], str]) -> list[str]:
    groups: dict[str, list[Message]] = defaultdict(list)
    for message in meant:
        groups[key(message)].append(message)
    return [_share(name, group, missed) for name, group in groups.items()]


def _share(name: str, messages: list[Message], missed: list[Message]) -> str:
    understood = sum(message not in missed for message in messages)
    return f"{name:<20}{understood:>4} of {len(messages):<4}{understood / len(messages):>7.1%}"


if __name__ == "__main__":
    print(report())  # noqa: T201 - its purpose

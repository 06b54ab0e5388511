"""Messages of several parts, joined again (pure).

A part says in its header to which message it belongs: 3GPP TS 23.040, 9.2.3.24.1 and 9.2.3.24.8, an element 00 with
an 8-bit reference, or 08 with a 16-bit one, then how many parts there are and which this is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

MOST_PARTS = 8  # what is longer is read part by part: no booking is, and the ids of the rows must fit into one

_SHORT, _LONG = 0x00, 0x08


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the inbox. `udh` is the header in hexadecimal digits, empty for a message of one part."""

    id: int
    sender: str
    to: str
    text: str
    at: datetime | None
    udh: str


class Join(NamedTuple):
    """Where a part belongs: message `reference`, of `total` parts the `place`-th (from 1)."""

    reference: int
    total: int
    place: int


@dataclass(slots=True)
class Message:
    """The parts of one message by their place."""

    total: int = 1
    parts: dict[int, Part] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether every part is there."""
        return len(self.parts) == self.total

    @property
    def in_order(self) -> list[Part]:
        """The parts as they were written."""
        return [self.parts[place] for place in sorted(self.parts)]


def joined(parts: Iterable[Part]) -> list[Message]:
    """The messages these parts make, in the order of their first; some may not be whole yet."""
    messages: list[Message] = []
    open_ones: dict[tuple[str, int, int], Message] = {}
    for part in parts:
        join = read_header(part.udh)
        if join is None:
            messages.append(Message(1, {1: part}))
            continue
        key = (part.sender, join.reference, join.total)
        message = open_ones.get(key)
        if message is None or join.place in message.parts:  # the phone has counted round: another message
            message = open_ones[key] = Message(join.total)
            messages.append(message)
        message.parts[join.place] = part
    return messages


def read_header(udh: str) -> Join | None:
    """Where a part belongs; None for a header that does not join, joins too many, or
    makes no sense."""
    try:
        octets = bytes.fromhex(udh)
    except ValueError:
        return None
    at = 1  # the first octet counts the others
    while at + 1 < len(octets):
        element, size = octets[at], octets[at + 1]
        value = octets[at + 2 : at + 2 + size]
        if (element, len(value)) in ((_SHORT, 3), (_LONG, 4)):
            join = Join(int.from_bytes(value[:-2], "big"), value[-2], value[-1])
            return join if 1 <= join.place <= join.total and 1 < join.total <= MOST_PARTS else None
        at += 2 + size
    return None

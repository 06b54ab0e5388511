"""What carries a message, seen from our side: one call, one of four outcomes.

    Sent        the carrier took it; its id and price, as far as it told them
    Temporary   it was surely not taken, and may be later (network down, no credit, wrong key)
    Permanent   it was surely not taken and never will be (no such number, opted out)
    Ambiguous   nobody can tell: the request left and no clear answer came; never sent again blindly

Retry policy lives in `notifications.delivery` alone; a gateway makes one attempt. `reason` is a short phrase for
logs and the manager; it never holds a phone number or the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Sent:
    """Taken. `cost` in units of `currency` (ISO 4217)."""

    vendor_id: str | None = None
    cost: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Temporary:
    """Surely not taken; worth another try later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Permanent:
    """Surely not taken; another try would end the same."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """May have been taken."""

    reason: str


Outcome = Sent | Temporary | Permanent | Ambiguous


class Gateway(Protocol):
    """A carrier. `name` stands in the rows it sent, at most 24 characters."""

    @property
    def name(self) -> str: ...

    def send(self, phone: str, text: str) -> Outcome:
        """Hand over one message. `phone` in E.164. Called from several threads at once; must not raise for
        anything a network or a carrier does."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...

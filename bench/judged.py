"""A proof: something that must hold, what was seen, and whether it does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Proof:
    """What was to hold, what was seen, and whether it holds."""

    what: str
    kind: str
    seen: str
    holds: bool

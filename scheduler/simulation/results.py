"""How a simulated day ended: numbers of people and how long they waited (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Result:
    """How a day ended: `day` of the year (negative while warming up), people, and how long the hall let them wait."""

    date: date
    day: int
    booked: int
    came: int
    walk_ins: int
    sent_home: int
    refused: int
    waits: tuple[float, ...]

    @property
    def visitors(self) -> int:
        """Who came, booked or not."""
        return self.came + self.walk_ins

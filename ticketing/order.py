"""Who is next (pure).

People with priority first (UU 25/2009 Art. 29), then by the moment that counts: the booked start for those who came
in time, the arrival for those later than the grace and for walk-ins. So nobody gains by booking first or by coming
hours early, and who is late waits behind those who were on time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Waiting:
    """One waiting visit, as its row stands; moments are aware."""

    id: int
    due: datetime
    arrived_at: datetime
    priority: str | None


def in_order(waiting: Iterable[Waiting], late_minutes: int) -> list[Waiting]:
    """The visits in the order they are served; `late_minutes` is the office's grace."""
    grace = timedelta(minutes=late_minutes)

    def turn(visit: Waiting) -> tuple[bool, datetime, datetime, int]:
        late = visit.arrived_at > visit.due + grace
        return visit.priority is None, visit.arrived_at if late else visit.due, visit.arrived_at, visit.id

    return sorted(waiting, key=turn)

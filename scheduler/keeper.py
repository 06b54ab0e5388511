"""What the capacity job remembers from one run to the next, so that it reads and decides only what changed.

Nothing here is needed to be right: a new process begins with an empty one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from scheduler.days import DayPlaces
from scheduler.grounds import Grounds
from scheduler.learning import Known

FRESH_MINUTES = 60  # the longest that what was decided about a day ahead holds while its grounds stay the same


class Keeper:
    """`key` draws the moments at which places open (`portions.py`). One thread at a time."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.places = DayPlaces()
        self.learnt: Known = {}
        self._decided: dict[int, tuple[Grounds, datetime]] = {}

    def due(self, seen: Iterable[Grounds], now: datetime) -> list[Grounds]:
        """Those of these days that must be decided: today always, others when their grounds are others than before.

        A row's numbers, what was learnt, a manager's number, the share that is open: all that is compared. Who answers
        a reminder, or books in the place of another, changes none of it; such a day is decided within the hour.
        """
        return [one for one in seen if not self._holds(one, now)]

    def note(self, decided: Grounds, now: datetime) -> None:
        """Remember that the day stands as it should, unless it must be looked at each time anyway."""
        if decided.ahead and not decided.in_line:
            after = FRESH_MINUTES - decided.day.id % (FRESH_MINUTES // 2)  # not all of them in the same minute
            self._decided[decided.day.id] = decided, now + timedelta(minutes=after)

    def forget_before(self, on: date) -> None:
        """Forget the days that have passed."""
        self.places.forget_before(on)
        self._decided = {day_id: kept for day_id, kept in self._decided.items() if kept[0].day.date >= on}

    def _holds(self, one: Grounds, now: datetime) -> bool:
        kept = self._decided.get(one.day.id)
        return kept is not None and now < kept[1] and one == kept[0]

"""How long something took for many people: middle, mean and tail, from counts by minute (pure).

Minutes that have begun count whole, so that "half waited at most 12 minutes" is true to the second. A percentile is the
nearest rank: the least number of minutes that suffices for that share of the people (Hyndman and Fan, "Sample quantiles
in statistical packages", The American Statistician 50, 1996, definition 1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

MINUTE = 60  # seconds


@dataclass(frozen=True, slots=True)
class Spread:
    """So many cases by minutes (begun ones whole), in minutes' order, and all their `seconds` together."""

    minutes: tuple[tuple[int, int], ...] = ()
    seconds: int = 0

    @staticmethod
    def of(rows: Iterable[tuple[int, int, int]]) -> Spread:
        """From minutes, how many cases, and their seconds together; the same minutes may come more than once."""
        counts: Counter[int] = Counter()
        seconds = 0
        for minutes, count, together in rows:
            counts[minutes] += count
            seconds += together
        return Spread(tuple(sorted(counts.items())), seconds)

    @property
    def count(self) -> int:
        """How many cases."""
        return sum(count for _, count in self.minutes)

    @property
    def mean(self) -> float | None:
        """The mean in minutes; None of no case."""
        return self.seconds / MINUTE / self.count if self.minutes else None

    @property
    def median(self) -> int | None:
        """The minutes within which half of the cases lie; None of no case."""
        return self.percentile(50)

    @property
    def p90(self) -> int | None:
        """The minutes within which nine of ten cases lie; None of no case."""
        return self.percentile(90)

    def percentile(self, percent: int) -> int | None:
        """The least minutes within which that share of the cases lies; None of no case."""
        needed, so_far = self.count * percent, 0
        for minutes, count in self.minutes:
            so_far += count
            if so_far * 100 >= needed:
                return minutes
        return None

    def within(self, most: int) -> int:
        """How many cases took at most so many minutes."""
        return self.between(-1, most)

    def between(self, more_than: int, most: int | None) -> int:
        """How many cases took more than the one and at most the other number of minutes; no `most` is without end."""
        return sum(count for minutes, count in self.minutes
                   if minutes > more_than and (most is None or minutes <= most))

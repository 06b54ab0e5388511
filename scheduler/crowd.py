"""The chance that too many come of those who may, and how many more may be let in before it is too high (pure).

Exact, like `chances.py`, but counted from the other side: at most `limit` of n people come when at least n - limit stay
away, and few stay away. So only the first few entries of how many stay away need be known, which makes a decision some
five times as quick. With several scenarios (how good or bad the whole day turns out) it is the same for each, mixed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

Bookings = Sequence[tuple[float, int]]  # each a chance and the people who come or stay away together
Scenarios = Sequence[tuple[float, float]]  # each a weight and what it adds to the log odds of every chance

ONE_SCENARIO: Scenarios = ((1.0, 0.0),)
_AHEAD = 16  # entries known beyond those asked for, so that a few more bookings can be added
_LEAST = 0.02  # a chance below is counted as this much: an endless number must not be let in


class Crowd:
    """People who may still come, `people` of them, `mean` of them on average; told apart by how many stay away."""

    def __init__(self, bookings: Bookings, scenarios: Scenarios = ONE_SCENARIO) -> None:
        self.people = people(bookings)
        self.mean = _mean(bookings, scenarios)
        self._bookings, self._scenarios = list(bookings), scenarios
        self._away: list[tuple[float, list[float]]] = []

    def more_than(self, limit: int) -> float:
        """The chance that more than `limit` of them come, 0 to 1."""
        if limit < 0:
            return 1.0
        return self._fewer_away(self.people - limit)

    def most_sure(self, limit: int, risk: float) -> int:
        """How many who certainly come may be let in as well, before more than `limit` come with more than `risk`."""
        self._expect(1)
        fewer = 0
        while fewer < self.people and self._fewer_away(fewer + 1) <= risk:
            fewer += 1
        return max(limit - (self.people - fewer), 0)

    def fill(self, limit: int, risk: float, chance: float, at_most: int) -> int:
        """Add people with `chance` until one more would make more than `limit` come with more than `risk`.

        Never more than `at_most`. Answers how many were added.
        """
        chance = max(chance, _LEAST)
        for added in range(at_most):
            self._expect(1)
            before = self._away
            self.add(chance)
            if self.more_than(limit) > risk:
                self._away, self.people, self.mean = before, self.people - 1, self.mean - chance
                self._bookings.pop()
                return added
        return at_most

    def add(self, chance: float, people: int = 1) -> None:
        """One more booking."""
        self._expect(1)
        self._bookings.append((chance, people))
        self.people += people
        self.mean += chance * people
        self._away = [(weight, _with(away, shifted(chance, shift), people, len(away)))
                      for (weight, away), (_, shift) in zip(self._away, self._scenarios, strict=True)]

    def _fewer_away(self, count: int) -> float:
        """The chance that fewer than `count` of them stay away."""
        if count <= 0:
            return 0.0
        self._expect(min(count, self.people + 1))
        return min(math.fsum(weight * math.fsum(away[:count]) for weight, away in self._away), 1.0)

    def _expect(self, entries: int) -> None:
        """See to it that so many entries are known."""
        if not self._away or len(self._away[0][1]) < entries:
            self._away = _away(self._bookings, self._scenarios, entries + _AHEAD)


def _mean(bookings: Bookings, scenarios: Scenarios) -> float:
    return math.fsum(weight * shifted(chance, shift) * people
                     for weight, shift in scenarios for chance, people in bookings)


def _away(bookings: Bookings, scenarios: Scenarios, entries: int) -> list[tuple[float, list[float]]]:
    return [(weight, _away_in(bookings, shift, entries)) for weight, shift in scenarios]


def _away_in(bookings: Bookings, shift: float, entries: int) -> list[float]:
    """The chances of 0, 1, ... people staying away, the first `entries` of them."""
    away, widest = [1.0], 1
    for chance, people in bookings:
        if chance < 1:
            widest = min(widest + people, entries)
            away = _with(away, shifted(chance, shift), people, widest)
    return away + [0.0] * (entries - len(away))


def _with(away: list[float], comes: float, people: int, entries: int) -> list[float]:
    """`away` with one more booking, cut to so many entries."""
    if comes >= 1:
        return away
    stays = 1 - comes
    if people == 1:  # nearly always
        later = [a * comes + b * stays for a, b in zip(away[1:], away, strict=False)]
        return [away[0] * comes, *later] if len(away) == entries else [away[0] * comes, *later, away[-1] * stays]
    wide = away + [0.0] * (entries - len(away))
    moved = ([0.0] * people + wide)[:entries]
    return [a * comes + b * stays for a, b in zip(wide, moved, strict=True)]


def shifted(chance: float, shift: float) -> float:
    """`chance` with `shift` added to its log odds."""
    if not shift or not 0 < chance < 1:
        return chance
    return 1 / (1 + (1 - chance) / chance * math.exp(-shift))


def people(bookings: Iterable[tuple[float, int]]) -> int:
    """How many people these bookings are for."""
    return sum(number for _, number in bookings)

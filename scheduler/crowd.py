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
_LEAST = 0.02  # a chance below is counted as this much: an endless number must not be let in
_BLOCK = 4     # single people multiplied in at a time


class Crowd:
    """People who may still come, `people` of them, `mean` of them on average; told apart by how many stay away."""

    def __init__(self, bookings: Bookings, scenarios: Scenarios = ONE_SCENARIO) -> None:
        self._odds = [(weight, math.exp(-shift)) for weight, shift in scenarios]
        self._bookings: list[tuple[float, int]] = []
        self.people, self.mean = 0, 0.0
        self._away: list[list[float]] = []
        self._entries = 0
        self._join(bookings)

    def more_than(self, limit: int) -> float:
        """The chance that more than `limit` of them come, 0 to 1."""
        if limit < 0:
            return 1.0
        return self._fewer_away(self.people - limit)

    def most_sure(self, limit: int, risk: float) -> int:
        """How many who certainly come may be let in as well, before more than `limit` come with more than `risk`."""
        fewer = 0
        while fewer < self.people and self._fewer_away(fewer + 1) <= risk:
            fewer += 1
        return max(limit - (self.people - fewer), 0)

    def fill(self, limit: int, risk: float, chance: float, at_most: int) -> int:
        """Add people with `chance` until one more would make more than `limit` come with more than `risk`.

        Never more than `at_most`. Answers how many were added.
        """
        chance = max(chance, _LEAST)
        safe = min(max(limit - self.people, 0), at_most)  # even if all of them came
        self._join([(chance, 1)] * safe)
        likely = min(at_most - safe, int(max(limit + 1 - self.mean, 0) / chance) + 1)
        self._know(self.people + likely - limit + 1)
        for added in range(safe, at_most):
            before, mean = self._away, self.mean
            self.add(chance)
            if self.more_than(limit) > risk:
                self._bookings.pop()
                self._away, self.mean, self.people = before, mean, self.people - 1
                self._entries = len(before[0])
                return added
        return at_most

    def _join(self, bookings: Bookings) -> None:
        """More bookings at once; what is known of how many stay away is worked out when it is asked."""
        self._bookings += bookings
        self.people += people(bookings)
        self.mean += math.fsum(
            weight * _moved(chance, odds) * number for weight, odds in self._odds for chance, number in bookings)
        self._away, self._entries = [], 0

    def add(self, chance: float, number: int = 1) -> None:
        """One more booking of so many people."""
        self._know(1)
        self._bookings.append((chance, number))
        self.people += number
        comes = [_moved(chance, odds) for _, odds in self._odds]
        self.mean += math.fsum(weight * c * number for (weight, _), c in zip(self._odds, comes, strict=True))
        self._away = [_with(away, c, number) for away, c in zip(self._away, comes, strict=True)]

    def _fewer_away(self, count: int) -> float:
        """The chance that fewer than `count` of them stay away."""
        if count <= 0:
            return 0.0
        self._know(min(count, self.people + 1))
        chances = (weight * math.fsum(away[:count]) for (weight, _), away in zip(self._odds, self._away, strict=True))
        return min(math.fsum(chances), 1.0)

    def _know(self, entries: int) -> None:
        """See to it that so many entries are known."""
        if entries > self._entries:
            self._entries = entries
            self._away = [_away(self._bookings, odds, entries) for _, odds in self._odds]


def _away(bookings: Bookings, odds: float, entries: int) -> list[float]:
    """The chances of 0, 1, ... people staying away, the first `entries` of them."""
    away = [1.0] + [0.0] * (entries - 1)
    single = [_moved(chance, odds) for chance, number in bookings if number == 1 and chance < 1]
    for first in range(0, len(single), _BLOCK):
        away = _with_all(away, single[first:first + _BLOCK])
    for chance, number in bookings:
        if number > 1 and chance < 1:
            away = _with(away, _moved(chance, odds), number)
    return away


def _with(away: list[float], comes: float, number: int) -> list[float]:
    """`away` and one more booking, cut to as many entries."""
    if comes >= 1 or number < 1:
        return away
    stays = 1 - comes
    moved = [0.0] * min(number, len(away)) + away[:-number]
    return [a * comes + b * stays for a, b in zip(away, moved, strict=True)]


def _with_all(away: list[float], comes: list[float]) -> list[float]:
    """`away` and a block of single people, cut to as many entries: their own chances multiplied out before."""
    if len(comes) < _BLOCK:
        for chance in comes:
            away = _with(away, chance, 1)
        return away
    a, b, c, d = comes
    e, f, g, h = 1 - a, 1 - b, 1 - c, 1 - d
    p0, p1, p2 = a * b, a * f + e * b, e * f
    q0, q1, q2 = c * d, c * h + g * d, g * h
    r0, r1, r2, r3, r4 = p0 * q0, p0 * q1 + p1 * q0, p0 * q2 + p1 * q1 + p2 * q0, p1 * q2 + p2 * q1, p2 * q2
    one, two, three, four = [0.0, *away], [0.0, 0.0, *away], [0.0, 0.0, 0.0, *away], [0.0, 0.0, 0.0, 0.0, *away]
    return [v * r0 + w * r1 + x * r2 + y * r3 + z * r4
            for v, w, x, y, z in zip(away, one, two, three, four, strict=False)]


def _moved(chance: float, odds: float) -> float:
    """`chance` with its odds of staying away multiplied; who comes for certain, or never, still does."""
    return chance if odds == 1 or not 0 < chance < 1 else chance / (chance + (1 - chance) * odds)


def shifted(chance: float, shift: float) -> float:
    """`chance` with `shift` added to its log odds."""
    return _moved(chance, math.exp(-shift))


def people(bookings: Iterable[tuple[float, int]]) -> int:
    """How many people these bookings are for."""
    return sum(number for _, number in bookings)

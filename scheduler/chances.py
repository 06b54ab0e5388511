"""How many people come, when each comes with a chance of their own (pure): exact, never an approximation.

The number of those who come is Poisson-binomial: a convolution over the bookings, one by one (Wang, "On the number of
successes in independent trials", Statistica Sinica 3, 1993). A booking's people come or stay away together.

A distribution is a list: entry k is the chance of exactly k people, the last entry of that many or more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

Distribution = list[float]


def nobody(most: int) -> Distribution:
    """Certainly nobody; tells apart 0 to `most` people and, in the last entry, more."""
    return [1.0] + [0.0] * (most + 1)


def add(come: Distribution, chance: float, people: int = 1) -> Distribution:
    """`come`, and with `chance` so many people more, who come together."""
    if chance <= 0 or people <= 0:
        return come
    stay, last = 1 - chance, len(come) - 1
    more = [0.0] * min(people, last) + come[:max(last - people, 0)]
    more.append(math.fsum(come[max(last - people, 0):]))
    return [a * stay + b * chance for a, b in zip(come, more, strict=True)]


def of(bookings: Iterable[tuple[float, int]], most: int) -> Distribution:
    """How many come of `bookings`, each a chance and so many people."""
    come = nobody(most)
    for chance, people in bookings:
        come = add(come, chance, people)
    return come


def poisson(mean_people: float) -> Distribution:
    """How many come who come independently, `mean_people` on average; what is left below 1 in 10^9 is the last's."""
    come: Distribution = []
    left = 1.0
    while left > 1e-9 or len(come) <= mean_people:
        come.append(_so_many(len(come), mean_people))
        left -= come[-1]
    come[-1] += left
    return come


def _so_many(people: int, mean_people: float) -> float:
    """The chance of exactly so many, by logarithms: that of nobody is too small for a float from a mean of 745 on."""
    if mean_people <= 0:
        return float(people == 0)
    return math.exp(people * math.log(mean_people) - mean_people - math.lgamma(people + 1))


def more_than(come: Sequence[float], limit: int) -> float:
    """The chance of more than `limit` people."""
    return 1.0 if limit < 0 else min(math.fsum(come[limit + 1:]), 1.0)


def mean(come: Sequence[float]) -> float:
    """How many come on average, the last entry counted as its least number."""
    return math.fsum(k * chance for k, chance in enumerate(come))


def quantile(come: Sequence[float], share: float) -> int:
    """The least number of people that is not passed with a chance of `share` or more."""
    reached = 0.0
    for people, chance in enumerate(come):
        reached += chance
        if reached >= share - 1e-12:
            return people
    return len(come) - 1

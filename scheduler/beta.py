"""Shares of people and how sure they are (pure): the Beta distribution and its kin, in plain floats.

A share seen among few people is uncertain; Beta(came, stayed) says how much (Gelman et al., "Bayesian Data Analysis",
3rd ed., 2.4). Counts need not be whole: faded people count in part.
"""

from __future__ import annotations

import math
from math import lgamma

_TINY, _CLOSE, _STEPS = 1e-300, 3e-12, 300


def log_odds(share: float) -> float:
    """The natural logarithm of share / (1 - share), for a share strictly between 0 and 1."""
    return math.log(share / (1 - share))


def share_of(odds: float) -> float:
    """The share with these log odds: the inverse of `log_odds`, safe for any size."""
    if odds >= 0:
        return 1 / (1 + math.exp(-odds))
    return (small := math.exp(odds)) / (1 + small)


def log_score(came: float, people: float, share: float, alike: float) -> float:
    """The logarithm of the chance that `came` of `people` come, but for the number of ways, under a beta-binomial.

    `share` is its mean and `alike` its intra-class correlation, both strictly between 0 and 1: how much people of one
    day resemble each other (Skellam, "A probability distribution derived from the binomial", JRSS B 10, 1948).
    """
    size = 1 / alike - 1
    a = size * share
    b = size - a
    return (lgamma(came + a) + lgamma(people - came + b) - lgamma(people + size)
            - lgamma(a) - lgamma(b) + lgamma(size))


def below(x: float, a: float, b: float) -> float:
    """The chance that a Beta(a, b) lies at or below `x`: the regularised incomplete beta function.

    By the continued fraction of Press et al., "Numerical Recipes", 3rd ed., 6.4 (Lentz's method).
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    whole = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away(1 + term * d)
            c = _away(1 + term / c)
            whole *= c * d
        if abs(c * d - 1) < _CLOSE:
            break
    return whole


def _away(value: float) -> float:
    """Not zero, so that it may be divided by."""
    return value if abs(value) > _TINY else _TINY


def quantile(chance: float, a: float, b: float) -> float:
    """The share that a Beta(a, b) stays at or below with this chance, to six places: halved until it is found."""
    low, high = 0.0, 1.0
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle, a, b) < chance else (low, middle)
    return (low + high) / 2

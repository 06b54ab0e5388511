"""How much each thing known of a booking moves the odds that its person comes (pure).

The log odds of a person are the office's own plus one effect for each factor: service, lead, door, weekday, answer. An
effect is what a level shows beyond what all the others already say of the same people, so that what goes together is
not counted twice: the factors take turns until they agree (backfitting: Buja, Hastie & Tibshirani, "Linear smoothers
and additive models", Annals of Statistics 17, 1989).

A level leans on what the others say as if so many people more had shown just that (Beta-binomial). How many is weighed
for each factor by how well it then explains its levels (hierarchical model: Gelman et al., "Bayesian Data Analysis",
3rd ed., 5.3): where levels do not differ beyond chance, they hardly move the odds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scheduler import beta

FACTORS = ("service", "lead", "channel", "weekday", "answer")
_WEEKDAY = FACTORS.index("weekday")
_ROUNDS = 5
_LEANS = (15.0, 40.0, 120.0, 400.0, 1500.0, 6000.0)  # people of the others' opinion; the last: hardly an effect
_LEAST, _MOST = 0.01, 0.995                          # shares are kept within, so that odds stay finite
_STEP = 1.0                                          # the most that the log odds of a level move at once

Level = int | str                                    # a service, a span of lead times, a door, a weekday, an answer
Cell = tuple[int, int, str, int, str]                # a level of each factor, in the order of FACTORS
Cells = Mapping[Cell, tuple[float, float]]           # people of that cell who came, people booked


class Effect(NamedTuple):
    """What one level shows: people behind it, how many of them came, what the others say of them (a share), and what it
    adds to the log odds."""

    people: float
    came: float
    others: float
    odds: float


Effects = tuple[dict[Level, Effect], ...]            # by factor, in the order of FACTORS


class Fitted(NamedTuple):
    """The log odds of each cell, and the effects they are made of; a cell's are `base` and an effect a factor."""

    base: float
    effects: Effects
    odds: dict[Cell, float]


class _Group:
    """A level of a factor while it is being fitted: which cells it has, and what it showed."""

    def __init__(self, level: Level, cells: list[int], came: Sequence[float], people: Sequence[float]) -> None:
        self.level, self.cells = level, cells
        self.came, self.people = sum(came[n] for n in cells), sum(people[n] for n in cells)
        self.odds, self.others = 0.0, 0.5

    def effect(self) -> Effect:
        return Effect(self.people, self.came, self.others, self.odds)


class _Fit:
    """The fit as it goes."""

    def __init__(self, cells: Cells) -> None:
        self.keys = list(cells)
        self.came, self.people = [c for c, _ in cells.values()], [p for _, p in cells.values()]
        self.share = within(sum(self.came) / sum(self.people))
        self.odds = [beta.log_odds(self.share)] * len(self.keys)
        self.factors = [self._groups(factor) for factor in range(len(FACTORS))]

    def _groups(self, factor: int) -> list[_Group]:
        found: dict[Level, list[int]] = {}
        for n, key in enumerate(self.keys):
            found.setdefault(key[factor], []).append(n)
        return [_Group(level, cells, self.came, self.people) for level, cells in found.items()]

    def turn(self, groups: list[_Group], alike: float) -> None:
        """One factor's turn; `alike` people of a level tell no more than one who stands alone."""
        said = [self._said(group) for group in groups]
        leans = _leans([(group.came / alike, group.people / alike, group.others) for group in groups])
        for group, (fitted, steep) in zip(groups, said, strict=True):
            people = group.people / alike
            own = sum(weight * people / (people + lean) for lean, weight in leans)  # how much it speaks for itself
            target = own * group.came + (1 - own) * group.others * group.people
            step = max(-_STEP, min((target - fitted) / steep, _STEP))
            group.odds += step
            for n in group.cells:
                self.odds[n] += step

    def _said(self, group: _Group) -> tuple[float, float]:
        """How many of a level come as fitted now, and how that moves with its log odds; notes what the others say."""
        fitted = steep = 0.0
        for n in group.cells:
            share = 1 / (1 + math.exp(-self.odds[n]))
            fitted += self.people[n] * share
            steep += self.people[n] * share * (1 - share)
        group.others = within(beta.share_of(beta.log_odds(within(fitted / group.people)) - group.odds))
        return fitted, max(steep, 1e-9)

    def centre(self) -> float:
        """Effects of a factor so that the average person has none; what is left is the base."""
        base = self.odds[0] - sum(next(g.odds for g in groups if 0 in g.cells) for groups in self.factors)
        for groups in self.factors:
            total = sum(group.people for group in groups)
            middle = sum(group.odds * group.people for group in groups) / total
            for group in groups:
                group.odds -= middle
            base += middle
        return base


def fit(cells: Cells, spread: float, people_a_day: float) -> Fitted:
    """The effects that these people show; `spread` is how alike people of one day are (their intra-class correlation).

    A weekday is seen whole days at a time, so its people tell less: as many as stand alone (Kish, "Survey Sampling",
    1965). The cells hold somebody.
    """
    fitting = _Fit(cells)
    day = 1 + max(people_a_day - 1, 0.0) * spread
    for _ in range(_ROUNDS):
        for factor, groups in enumerate(fitting.factors):
            fitting.turn(groups, day if factor == _WEEKDAY else 1.0)
    base = fitting.centre()
    effects = tuple({group.level: group.effect() for group in groups} for groups in fitting.factors)
    return Fitted(base, effects, dict(zip(fitting.keys, fitting.odds, strict=True)))


def _leans(levels: Sequence[tuple[float, float, float]]) -> list[tuple[float, float]]:
    """On how many people's worth of the others' opinion levels (who came, people, what others say) lean: a few answers
    and how likely each is. All lean on it when there is but one."""
    if len(levels) < 2:
        return [(_LEANS[-1], 1.0)]
    scores = [sum(beta.log_score(came, people, others, 1 / (lean + 1)) for came, people, others in levels)
              for lean in _LEANS]
    best = max(scores)
    weights = [math.exp(score - best) for score in scores]
    total = sum(weights)
    return [(lean, weight / total) for lean, weight in zip(_LEANS, weights, strict=True)]


def shift(people: Sequence[tuple[float, float]], share: float) -> float:
    """What must be added to the log odds of these `people` (their log odds, how many) for `share` of them to come."""
    moved, total = 0.0, sum(count for _, count in people)
    for _ in range(8):
        shares = [(beta.share_of(odds + moved), count) for odds, count in people]
        off = share * total - sum(s * count for s, count in shares)
        moved += max(-_STEP, min(off / max(sum(s * (1 - s) * count for s, count in shares), 1e-9), _STEP))
        if abs(off) < 1e-5 * total:
            break
    return moved


def within(share: float) -> float:
    """A share whose odds are finite."""
    return max(_LEAST, min(share, _MOST))

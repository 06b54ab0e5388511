"""How long an office's days are remembered, and which day was strange (pure).

Each of several memories fades by a half-life of its own: discounted Beta-binomial counts (Harvey & Fernandes, "Time
series models for count or qualitative observations", JBES 7, 1989). A memory weighs as much as it foretold the days
so far, older successes fading too (dynamic model averaging with forgetting: Raftery, Kárný & Ettler, "Online
prediction under model uncertainty", Technometrics 52, 2010). So a steady office remembers long, and after a jump
the short memories take over within days.

At the start everybody comes: so many people's worth of that belief, which fades as the days do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from scheduler import beta

HALF_LIVES = (1.5, 4, 11, 30, 80)               # open days
_AT_REST = (0.03, 0.07, 0.2, 0.4, 0.3)          # how much each weighs while nothing speaks for another
_FORGET = 0.90                                  # how much of a memory's merit is left a day later
_TRUST, _ALWAYS, _COMES = 70.0, 3.0, 0.99       # people who come for sure: at the start, for ever; nearly all of them
_SPREADS = (0.0005, 0.006, 0.02, 0.06)          # how alike people of a day may be
_SPREAD_BELIEVED = (0.45, 0.3, 0.18, 0.07)
USUAL_SPREAD = 0.02                            # weather and holidays move a usual day so much
_FAR, _FAR_SHARE = 4.0, 0.15                    # a strange day: so many standard deviations, and so much of a share
_IN_A_ROW, KNOWN = 3, 5                         # as many make a new normal; before so many days none is strange

Day = tuple[float, float]  # people who came, people booked


class Remembered(NamedTuple):
    """What the days say in all: the share who come, the variance of that share as known, how alike people of a day are,
    and the half-life that was remembered with (open days)."""

    share: float
    doubt: float
    spread: float
    memory: float


class Memories:
    """The memories side by side, told one day after another; `spread` is how alike people of one day are, and `merit`
    the logarithm of how well the days were foretold."""

    def __init__(self, spread: float) -> None:
        self.spread, self.merit = spread, 0.0
        self._fades = [0.5 ** (1 / half) for half in HALF_LIVES]
        self._came, self._stayed = [0.0] * len(HALF_LIVES), [0.0] * len(HALF_LIVES)
        self._belief = [_TRUST] * len(HALF_LIVES)
        self._weights = list(_AT_REST)

    def _says(self, n: int) -> Day:
        """What the memory `n` holds: its share, and as of how many people."""
        belief = self._belief[n] + _ALWAYS
        people = self._came[n] + self._stayed[n] + belief
        return (self._came[n] + belief * _COMES) / people, people

    def tell(self, day: Day) -> None:
        """One day more."""
        came, people = day
        scores = []
        for n in range(len(HALF_LIVES)):
            share, size = self._says(n)
            scores.append(beta.log_score(came, people, share, self.spread + (1 - self.spread) / (size + 1)))
        self._weigh(scores)
        weight = 1 / (1 + (people - 1) * self.spread)  # as of so many who do not resemble each other (Kish 1965)
        for n, fade in enumerate(self._fades):
            self._came[n] = self._came[n] * fade + came * weight
            self._stayed[n] = self._stayed[n] * fade + (people - came) * weight
            self._belief[n] *= fade

    def _weigh(self, scores: list[float]) -> None:
        best = max(scores)
        weights = [w * math.exp(score - best) for w, score in zip(self._weights, scores, strict=True)]
        total = sum(weights)
        self.merit += best + math.log(total)
        weights = [(w / total) ** _FORGET * rest ** (1 - _FORGET) for w, rest in zip(weights, _AT_REST, strict=True)]
        total = sum(weights)
        self._weights = [w / total for w in weights]

    def remembered(self) -> Remembered:
        """What the memories say together."""
        says = [self._says(n) for n in range(len(HALF_LIVES))]
        share = sum(w * s for w, (s, _) in zip(self._weights, says, strict=True))
        doubt = sum(w * (s * (1 - s) / (size + 1) + (s - share) ** 2)
                    for w, (s, size) in zip(self._weights, says, strict=True))
        memory = math.exp(sum(w * math.log(half) for w, half in zip(self._weights, HALF_LIVES, strict=True)))
        return Remembered(share, doubt, self.spread, memory)


def _told(days: Sequence[Day], spread: float) -> Memories:
    memories = Memories(spread)
    for day in days:
        memories.tell(day)
    return memories


def alike(days: Sequence[Day]) -> float:
    """How alike people of one of these days are: a few answers, weighed by how well each foretold the days."""
    merits = [_told(days, spread).merit + math.log(believed)
              for spread, believed in zip(_SPREADS, _SPREAD_BELIEVED, strict=True)]
    weights = [math.exp(merit - max(merits)) for merit in merits]
    return sum(w * spread for w, spread in zip(weights, _SPREADS, strict=True)) / sum(weights)


def remember(days: Sequence[Day], spread: float) -> Remembered:
    """What these days say, the oldest first, when people of one day are so much alike."""
    return _told(days, spread).remembered()


def usual(days: Sequence[Day]) -> list[bool]:
    """Which of these days count, the oldest first: all but the strange ones.

    A strange day is held back until the days after it say the same: the third in a row, each at least half as far off
    on the same side, makes a new normal, and all three count.
    """
    memories, counts, held = Memories(USUAL_SPREAD), [True] * len(days), list[int]()
    for n, day in enumerate(days):
        known = memories.remembered()
        off = _off(day, known.share)
        again = bool(held) and off * (first := _off(days[held[0]], known.share)) > 0 and abs(off) >= abs(first) / 2
        if not again:
            held = []
        if again or (n >= KNOWN and far(day, known.share, known.doubt, known.spread)):
            held.append(n)
            counts[n] = False
            if len(held) < _IN_A_ROW:
                continue
            for one in held:
                counts[one] = True
                memories.tell(days[one])
            held = []
            continue
        memories.tell(day)
    return counts


def _off(day: Day, share: float) -> float:
    return day[0] / day[1] - share


def far(day: Day, share: float, doubt: float, spread: float) -> bool:
    """Whether so many came as no usual day would show, when `share` was expected.

    Far is more than 15 in 100 of the people booked, and more than 4 standard deviations of a beta-binomial day,
    one person being granted.
    """
    came, people = day
    alike = max(spread, USUAL_SPREAD) * share * (1 - share) + doubt
    variance = people * share * (1 - share) + people * (people - 1) * alike
    off = abs(came - people * share)
    return off > _FAR_SHARE * people and off > _FAR * math.sqrt(variance) + 1

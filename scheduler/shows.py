"""How likely somebody who booked is to come, and how many come unbooked: learnt from days that are over (pure).

A booking is told apart by what was known of it before: its service, how long ahead it was made, by which door, the
weekday, and whether its person said that they will come. Older days fade. Where few were seen a share leans on what
is known of all (Beta-binomial); of nothing seen everybody comes, so that nothing is overbooked.

`show_memory.py` says how fast days fade and which were strange, `show_effects.py` what each thing known is worth,
`show_crowd.py` how late people come and how many come unbooked, `show_words.py` all of it to a manager.
"""

from __future__ import annotations

import math
from itertools import pairwise

from scheduler import beta, show_crowd, show_effects, show_memory
from scheduler.show_learning import learn as learn
from scheduler.show_words import Row as Row
from scheduler.show_words import explain as explain
from scheduler.show_words import rows as rows
from scheduler.shown import LATE_EDGES as LATE_EDGES
from scheduler.shown import LEADS as LEADS
from scheduler.shown import NOTHING as NOTHING
from scheduler.shown import OPEN, SILENT, YES, DayShown, Learnt, Level, Trait
from scheduler.shown import Tally as Tally
from scheduler.shown import lead_of as lead_of

LEAST, MOST = 0.02, 1.0                      # no chance is smaller, or greater
_POINTS = ((1 / 6, -math.sqrt(3)), (2 / 3, 0.0), (1 / 6, math.sqrt(3)))
_SWING = 1.2                                 # the most that one standard deviation of a day moves the log odds


def chance(learnt: Learnt, trait: Trait) -> float:
    """The chance that a person with that booking comes, 0 to 1; 1 while nothing is known.

    With the answer `open` the person has not been asked yet: the share of all, whatever they answer.
    """
    if not learnt.people:
        return MOST
    odds = learnt.odds
    for level in (learnt.service.get(trait.service), learnt.lead.get(trait.lead),
                  learnt.channel.get(trait.channel), learnt.weekday.get(trait.weekday)):
        if level is not None:
            odds += level.odds
    if trait.answer != OPEN:
        return _bounded(odds, learnt.answer.get(trait.answer))
    yes = learnt.says_yes.get(trait.channel, learnt.says_yes[""])[trait.lead]
    return yes * _bounded(odds, learnt.answer.get(YES)) + (1 - yes) * _bounded(odds, learnt.answer.get(SILENT))


def _bounded(odds: float, level: Level | None) -> float:
    return min(max(beta.share_of(odds if level is None else odds + level.odds), LEAST), MOST)


class Chances(dict[Trait, float]):
    """The chances of an office's bookings, each worked out once: `Chances(learnt)[trait]` for a million of them."""

    def __init__(self, learnt: Learnt) -> None:
        super().__init__()
        self._learnt = learnt

    def __missing__(self, trait: Trait) -> float:
        self[trait] = found = chance(self._learnt, trait)
        return found


def new_chance(learnt: Learnt, lead: int, weekday: int) -> float:
    """The chance that somebody comes who books now for such a day; 1 while nothing is known."""
    if not learnt.people:
        return MOST
    return _bounded(learnt.newcomers[lead], learnt.weekday.get(weekday))


def scenarios(learnt: Learnt) -> list[tuple[float, float]]:
    """How good or bad a day may turn out as a whole: weights that sum to 1, and what each adds to everybody's log odds.

    Weather, and that the share itself is only known so well: three Gauss-Hermite points (Abramowitz & Stegun, 25.4.46)
    of a normal whose variance is that of the day's share on the log odds, moved so that the office's share stays
    what it is. One scenario without a shift while nothing is known.
    """
    if not learnt.people:
        return [(1.0, 0.0)]
    share = show_effects.within(learnt.share)
    steep = share * (1 - share)
    swing = min(math.sqrt(learnt.spread / steep + learnt.doubt / steep**2), _SWING)
    centre = beta.log_odds(share)
    moved = show_effects.shift([(centre + swing * point, weight) for weight, point in _POINTS], share)
    return [(weight, swing * point + moved) for weight, point in _POINTS]


def still(learnt: Learnt, before: float, late_minutes: float, grace_minutes: int) -> float:
    """The chance that somebody comes who had not when `late_minutes` (negative: before the start) had gone by.

    `before` is their chance ahead of the visit. By Bayes, with S the share of those who come who come later than that:
    before x S / (1 - before + before x S). While nothing is known nobody is given up before the office's grace
    is over, and everybody after it.
    """
    if not learnt.later:
        return before if late_minutes <= grace_minutes else 0.0
    left = show_crowd.later_than(learnt.later, late_minutes)
    return before if left >= 1 else (come := min(before, 0.999) * left) / (1 - min(before, 0.999) + come)


def lateness(learnt: Learnt) -> tuple[float, ...]:
    """The share of those who come who come before the first of `LATE_EDGES`, between each two, and after the last;
    nothing while nothing is known."""
    edges = (1.0, *learnt.later, 0.0)
    return tuple(a - b for a, b in pairwise(edges)) if learnt.later else ()


def walk_ins_ahead(learnt: Learnt, weekday: int, hour: float) -> float | None:
    """How many people without booking still come on such a day after the local `hour` (9.5 is half past nine).

    None while too few days are known: then the office's own steps say how many places are kept.
    """
    if not learnt.walk_ins:
        return None
    return learnt.walk_ins[weekday] * show_crowd.left_after(learnt.walk_ins_left, hour)


def strange(day: DayShown, before: Learnt) -> bool:
    """Whether so many or so few came that day as the days `before` would not show: more than 15 in 100 of the people
    booked and 4 standard deviations away from what was expected of these very bookings. Never before 5 days are known.
    """
    if not day.booked or before.days < show_memory.KNOWN or not before.people:
        return False
    weekday = day.date.weekday()
    expected = sum(t.people * chance(before, Trait(t.service, t.lead, t.channel, weekday, t.answer))
                   for t in day.tallies)
    return show_memory.far((day.came, day.booked), expected / day.booked, before.doubt, before.spread)

"""How late those come who come, and how many come without a booking (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scheduler.shown import LATE_EDGES

_HALF_LIFE = 21.0                  # open days
_LAST = 120.0                      # minutes late: nobody is expected after that
_USUAL = (8.0, 6.0, 7.0, 2.5, 2.0, 1.5, 1.0, 0.8, 0.5, 0.3, 0.4)  # thirty people's worth of how late people come
_KNOWN = 10                        # days before walk-ins are foretold
_LEAN_MOST = 200.0                 # days by which a weekday leans on all, at most
_SPREAD_LEAN = 10.0                # days by which the spread leans on that of people who come by chance


class Crowd(NamedTuple):
    """The share of those who come who come later than each of `LATE_EDGES`, nothing while nobody came; people a day
    without a booking by weekday, nothing while too few days are known; the variance of that number by its mean; and the
    share of them who come at or after each full hour, 0 to 24."""

    later: tuple[float, ...]
    walk_ins: tuple[float, ...]
    spread: float
    left: tuple[float, ...]


def crowd(days: Sequence[tuple[int, Sequence[int], Sequence[int]]]) -> Crowd:
    """What days show, the oldest first: each a weekday, arrivals by lateness, people without booking by hour."""
    weights = [0.5 ** (age / _HALF_LIFE) for age in range(len(days) - 1, -1, -1)]
    late = _faded([late for _, late, _ in days], weights, len(LATE_EDGES) + 1)
    later = _later([a + b for a, b in zip(late, _USUAL, strict=True)]) if sum(late) else ()
    if len(days) < _KNOWN:
        return Crowd(later, (), 1.0, ())
    hours = _faded([walk_ins for _, _, walk_ins in days], weights, 24)
    by_day = [(weekday, sum(walk_ins)) for weekday, _, walk_ins in days]
    by_weekday, spread = _by_weekday(by_day, weights)
    return Crowd(later, by_weekday, spread, _left(hours))


def _faded(counts: Sequence[Sequence[int]], weights: Sequence[float], length: int) -> list[float]:
    total = [0.0] * length
    for weight, row in zip(weights, counts, strict=True):
        for n, count in enumerate(row):
            total[n] += weight * count
    return total


def _later(counts: Sequence[float]) -> tuple[float, ...]:
    total, seen, later = sum(counts), 0.0, []
    for count in counts[:-1]:
        seen += count
        later.append(round(max(1 - seen / total, 0.0), 5))
    return tuple(later)


def later_than(later: Sequence[float], minutes: float) -> float:
    """The share of those who come who come later than so many minutes after their start: all of them before the first
    edge, in a straight line from edge to edge, nobody after two hours."""
    if minutes < LATE_EDGES[0]:
        return 1.0
    edges, shares = (*LATE_EDGES, _LAST), (*later, 0.0)
    for n in range(len(LATE_EDGES)):
        if minutes < edges[n + 1]:
            part = (minutes - edges[n]) / (edges[n + 1] - edges[n])
            return shares[n] + part * (shares[n + 1] - shares[n])
    return 0.0


def _by_weekday(days: Sequence[tuple[int, int]], weights: Sequence[float]) -> tuple[tuple[float, ...], float]:
    """People a day by weekday, and variance by mean.

    A weekday leans on all days by as many days as days of one weekday vary more than weekdays do (credibility: Bühlmann
    & Straub, "Glaubwürdigkeit für Schadensätze", 1970).
    """
    total = sum(weights)
    mean = sum(w * people for w, (_, people) in zip(weights, days, strict=True)) / total
    own = [_average([(w, people) for w, (on, people) in zip(weights, days, strict=True) if on == weekday], mean)
           for weekday in range(7)]
    within = sum(w * (people - own[on][1]) ** 2 for w, (on, people) in zip(weights, days, strict=True)) / total
    within = max(within, mean, 0.1)  # at least as by chance
    seen = sum(1 for weight, _ in own if weight)
    between = sum(weight * (average - mean) ** 2 for weight, average in own) / total - within * (seen - 1) / total
    lean = within / max(between, within / _LEAN_MOST)
    found = tuple(round((weight * average + lean * mean) / (weight + lean), 3) for weight, average in own)
    squares = sum(w * (people - found[on]) ** 2 / max(found[on], 1.0)
                  for w, (on, people) in zip(weights, days, strict=True))
    return found, round(max((squares + _SPREAD_LEAN) / (total + _SPREAD_LEAN), 1.0), 3)


def _average(days: Sequence[tuple[float, int]], otherwise: float) -> tuple[float, float]:
    weight = sum(w for w, _ in days)
    return weight, sum(w * people for w, people in days) / weight if weight else otherwise


def _left(hours: Sequence[float]) -> tuple[float, ...]:
    total = sum(hours)
    return tuple(round(sum(hours[n:]) / total, 5) if total else 0.0 for n in range(25))


def left_after(left: Sequence[float], hour: float) -> float:
    """The share of a day's people without booking who come after the local `hour`, in a straight line within it."""
    whole = min(max(int(hour), 0), 23)
    part = min(max(hour - whole, 0.0), 1.0)
    return left[whole] + part * (left[whole + 1] - left[whole])

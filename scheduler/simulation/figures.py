"""What came of simulated years: days in, over and under the band, people refused, and how long they waited (pure)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.simulation.results import Result

HELD = 0.97     # of days in the band: what the policy is to reach
TOGETHER = 4    # weeks over which that is counted after a jump
NEAR = 12       # weeks after it that are looked at


@dataclass(frozen=True)
class Figures:
    """Days and people of the years a policy was played; waits in minutes; people are means a day."""

    days: int
    in_band: int
    over: int
    under: int
    mean_visitors: float
    mean_booked: float
    mean_came: float
    mean_walk_ins: float
    mean_sent_home: float
    mean_refused: float
    refused: int
    mean_wait_minutes: float
    wait_minutes_95: float

    def share(self, days: int) -> float:
        """So many days as a share of all, 0 to 1."""
        return days / self.days if self.days else 0.0


def figures(results: Iterable[Result], low: int, high: int) -> Figures:
    """The figures of these days."""
    days = list(results)
    visitors = [day.visitors for day in days]
    waits = sorted(wait for day in days for wait in day.waits)
    return Figures(
        days=len(days), in_band=sum(low <= number <= high for number in visitors),
        over=sum(number > high for number in visitors), under=sum(number < low for number in visitors),
        mean_visitors=_mean(visitors), mean_booked=_mean([day.booked for day in days]),
        mean_came=_mean([day.came for day in days]), mean_walk_ins=_mean([day.walk_ins for day in days]),
        mean_sent_home=_mean([day.sent_home for day in days]), mean_refused=_mean([day.refused for day in days]),
        refused=sum(day.refused + day.sent_home for day in days), mean_wait_minutes=_mean(waits),
        wait_minutes_95=waits[int(len(waits) * 0.95)] if waits else 0.0)


def split(results: Iterable[Result]) -> tuple[list[Result], list[Result]]:
    """The days of the warm-up, and those of the years."""
    days = list(results)
    return [day for day in days if day.day < 0], [day for day in days if day.day >= 0]


def by_week(results: Iterable[Result], since: int, low: int, high: int) -> list[tuple[int, int]]:
    """For each week after the year's day `since`: open days of all years together, and those in the band."""
    days, good = Counter[int](), Counter[int]()
    for result in results:
        if result.day >= since:
            week = (result.day - since) // 7
            days[week] += 1
            good[week] += low <= result.visitors <= high
    return [(days[week], good[week]) for week in range(max(days, default=-1) + 1)]


def weeks_until_held(weeks: Sequence[tuple[int, int]]) -> int | None:
    """After how many weeks every `TOGETHER` weeks have `HELD` of their days in the band, judged by those that begin
    within `NEAR` weeks: a good beginning before the worst does not count. None if never."""
    judged = [_holds(weeks[week:week + TOGETHER]) for week in range(min(len(weeks) - TOGETHER + 1, NEAR))]
    after = max((week + 1 for week, holds in enumerate(judged) if not holds), default=0)
    return after if after < len(judged) else None


def _holds(weeks: Sequence[tuple[int, int]]) -> bool:
    days, good = map(sum, zip(*weeks, strict=True))
    return good >= HELD * days


def told(found: Figures) -> Mapping[str, Any]:
    """As JSON: counts of days, shares, means rounded."""
    return {
        "days": found.days, "in_band": found.in_band, "over": found.over, "under": found.under,
        "in_band_share": round(found.share(found.in_band), 4), "over_share": round(found.share(found.over), 4),
        "under_share": round(found.share(found.under), 4),
        **{name: round(getattr(found, name), 2) for name in (
            "mean_visitors", "mean_booked", "mean_came", "mean_walk_ins", "mean_sent_home", "mean_refused",
            "mean_wait_minutes", "wait_minutes_95")},
        "refused": found.refused,
    }


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers) if numbers else 0.0

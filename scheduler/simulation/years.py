"""Many years played at once: each invented by itself, with its own warm-up, on as many processors as there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date

from scheduler.simulation.example import example_office
from scheduler.simulation.play import Play
from scheduler.simulation.policies import ADAPTIVE, FIXED, Adaptive, Fixed, Policy, best_fixed
from scheduler.simulation.results import Result
from scheduler.simulation.town import CAN_TODAY, Course, Town

FIRST_YEAR, CALENDARS = 2027, 8  # holidays are those of real years, over and over
DAYS = 365
KEY = b"a key for the moments at which the portions open"


@dataclass(frozen=True)
class Case:
    """What is played: `demand` people ask on each open day, `walk_ins` come unbooked, and how many stay away.

    `can_today` of those who ask would come the same day, 0 to 1.
    """

    demand: float
    walk_ins: float
    course: Course
    seed: str = "1"
    warm_up_weeks: int = 6
    days: int = DAYS
    can_today: float = CAN_TODAY


def policy_of(name: str, case: Case, low: int, high: int) -> Policy:
    """The policy of that name; the fixed one is the best for the share that stays away as the year begins."""
    away = case.course.start / 100
    return Fixed(best_fixed(low, high, away), away) if name == FIXED else Adaptive()


def play_year(case: Case, name: str, year: int) -> list[Result]:
    """One year of a case, `year` counting from 0, its warm-up first (days below 0)."""
    first = date(FIRST_YEAR + year % CALENDARS, 1, 1)
    office = example_office(range(first.year - 1, first.year + 2))
    town = Town(office.services, case.demand, case.walk_ins, case.course, f"{case.seed} {year}", case.can_today)
    policy = policy_of(name, case, office.rules.low, office.rules.high)
    return list(Play(office, town, policy, first, KEY).run(case.warm_up_weeks * 7, case.days))


def play_years(
    case: Case, names: list[str], years: int, told: Callable[[str, int], None], workers: int | None = None
) -> dict[str, list[Result]]:
    """All years of a case with each policy, in order; `told` hears of each that is done."""
    asked = [(name, year) for year in range(years) for name in names]
    done = dict(_played(case, asked, told, workers or os.cpu_count() or 1))
    return {name: [result for year in range(years) for result in done[name, year]] for name in names}


def _played(
    case: Case, asked: list[tuple[str, int]], told: Callable[[str, int], None], workers: int
) -> Iterator[tuple[tuple[str, int], list[Result]]]:
    if workers == 1 or len(asked) == 1:
        for name, year in asked:
            yield (name, year), play_year(case, name, year)
            told(name, year)
        return
    with ProcessPoolExecutor(min(workers, len(asked))) as pool:
        waiting = {pool.submit(play_year, case, name, year): (name, year) for name, year in asked}
        for played in as_completed(waiting):
            yield waiting[played], played.result()
            told(*waiting[played])


POLICIES = {"adaptive": [ADAPTIVE], "fixed": [FIXED], "both": [ADAPTIVE, FIXED]}

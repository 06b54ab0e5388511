"""`antre simulate`: the capacity policy against invented years, as a table and a picture."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.commands.ground import announce, count
from api.commands.problems import Failure

if TYPE_CHECKING:
    from scheduler.simulation.results import Result
    from scheduler.simulation.years import Case

JUMP_DAY = 120  # of the year, unless the shock says which
SAME_DAY = 30.0  # of 100 who ask would come the same day, unless the option says how many

EPILOG = """\
Everything is invented but the rules: the example office's hours and counters, what is learnt, portions, the waiting
list and each decision are the code that runs in production. Each year is played by itself: six weeks in which nothing
is known yet and the book fills (counted apart), then 365 days.

assumed: on each open day DEMAND people (Poisson) ask between 06:00 and 21:00, SAME-DAY of 100 would come the same day,
and they wait 2 to 21 days for a place; who finds none joins the waiting list (six in ten) or is refused. 5 in 100
bookings are cancelled. Two in five answer the reminder with YA and stay away half as often as all; all together the
no-show is NO-SHOW. An offer is answered by 85 in 100, after 15 minutes on average, and taken by two in three. WALK-INS
people (Poisson) come without a booking between 07:30 and 12:00. People come 8 minutes early, give or take 12. Services
take their minutes on average, with a spread of half of it. All of it: scheduler/simulation/town.py.

the fixed policy: always the best number of bookings for the no-show at the beginning; for what is not sold as many
people without a booking are let in as would have come.

examples:
  antre simulate --no-show 30
  antre simulate --years 4 --demand 90 --walk-ins 12 --shock 10:30 --policy adaptive --json
  antre simulate --no-show 10 --drift 10 --picture year.svg"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("--years", type=count, default=1, metavar="N", help="play N years (1)")
    parser.add_argument("--demand", type=_people, default=90.0, metavar="D", help="people who ask a day (90)")
    parser.add_argument("--walk-ins", type=_people, default=12.0, metavar="W", help="who come unbooked a day (12)")
    parser.add_argument("--same-day", type=_share, default=SAME_DAY, metavar="P",
                        help="of 100 who ask would come the same day (30)")
    parser.add_argument("--no-show", type=_percent, default=20.0, metavar="P",
                        help="of 100 booked people stay away (20)")
    parser.add_argument("--drift", type=_points, default=0.0, metavar="POINTS",
                        help="by so many points the no-show has risen when a year is over (0)")
    parser.add_argument("--shock", type=_shock, metavar="FROM:TO[:DAY]",
                        help="the no-show goes from FROM to TO in the week that begins on DAY of the year (120)")
    parser.add_argument("--weather", type=_points, default=0.0, metavar="POINTS",
                        help="whole days differ: the standard deviation of a day's no-show (0)")
    parser.add_argument("--days", type=count, default=365, metavar="DAYS", help="of each year that are played (365)")
    parser.add_argument("--warm-up", type=count, default=6, metavar="WEEKS", help="played before, counted apart (6)")
    parser.add_argument("--policy", choices=("adaptive", "fixed", "both"), default="both",
                        help="the rule in use, the best fixed number, or one beside the other (both)")
    parser.add_argument("--seed", default="1", metavar="SEED", help="the same seed, the same people (1)")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--picture", type=Path, metavar="FILE.svg", help="draw it as SVG, too")
    parser.epilog = EPILOG
    parser.set_defaults(run=run)


def _number(text: str, least: float, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least:g} to {most:g}")
    return number


def _people(text: str) -> float:
    return _number(text, 0, 1000)


def _percent(text: str) -> float:
    return _number(text.removesuffix("%"), 0, 90)


def _share(text: str) -> float:
    return _number(text.removesuffix("%"), 0, 100)


def _points(text: str) -> float:
    return _number(text, -90, 90)


def _shock(text: str) -> tuple[float, float, int]:
    parts = text.split(":")
    if len(parts) not in (2, 3):
        raise argparse.ArgumentTypeError(f"{text!r} is not like 10:30 or 10:30:120")
    day = int(_number(parts[2], 0, 364)) if len(parts) == 3 else JUMP_DAY
    return _percent(parts[0]), _percent(parts[1]), day


def run(options: argparse.Namespace) -> int:
    """Play, and print what came of it."""
    from scheduler.simulation import pictures, years

    case = _case(options)
    played = years.play_years(case, years.POLICIES[options.policy], options.years, _Progress(options))
    low, high = _band()
    if options.picture is not None:
        counted = {name: [result for result in results if result.day >= 0] for name, results in played.items()}
        _draw(options.picture, pictures.svg(counted, low, high, _title(options)))
    if options.json:
        announce(json.dumps(_as_json(options, case, played, low, high), indent=2))
    else:
        _print(options, case, played, low, high)
    return 0


def _case(options: argparse.Namespace) -> Case:
    from scheduler.simulation.town import Course
    from scheduler.simulation.years import Case

    start, to, day = options.shock or (options.no_show, None, 0)
    course = Course(start, options.drift, to, day, abs(options.weather))
    return Case(options.demand, options.walk_ins, course, options.seed, options.warm_up, options.days,
                options.same_day / 100)


def _band() -> tuple[int, int]:
    from scheduler.simulation.example import example_office

    rules = example_office(()).rules
    return rules.low, rules.high


class _Progress:
    """Says on stderr how far it has got."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._all = options.years * (2 if options.policy == "both" else 1)
        self._done = 0

    def __call__(self, name: str, year: int) -> None:
        """A year is done."""
        self._done += 1
        sys.stderr.write(f"{self._done} of {self._all} played: year {year + 1}, {name}\n")


def _draw(path: Path, picture: str) -> None:
    try:
        path.write_text(picture, encoding="utf-8")
    except OSError as problem:
        raise Failure(f"The picture cannot be written: {problem}.") from None


def _title(options: argparse.Namespace) -> str:
    away = f"{options.no_show:g} %" if options.shock is None else "{:g} % to {:g} %".format(*options.shock[:2])
    drift = f", drifting by {options.drift:g} points a year" if options.drift else ""
    takers = f", {options.same_day:g} % would come the same day" if options.same_day != SAME_DAY else ""
    return (f"{options.demand:g} people ask a day{takers}, {options.walk_ins:g} come unbooked, {away} stay away{drift};"
            f" {options.years} {'year' if options.years == 1 else 'years'}, seed {options.seed}")


def _as_json(
    options: argparse.Namespace, case: Case, played: dict[str, list[Result]], low: int, high: int
) -> dict[str, Any]:
    from scheduler.simulation import figures, years
    from scheduler.simulation.policies import Fixed

    found: dict[str, Any] = {}
    for name, results in played.items():
        warm_up, counted = figures.split(results)
        policy = years.policy_of(name, case, low, high)
        found[name] = {
            **figures.told(figures.figures(counted, low, high)),
            "warm_up": figures.told(figures.figures(warm_up, low, high)),
            **({"number": policy.number} if isinstance(policy, Fixed) else {}),
            **(_after_shock(counted, case.course.jump_day, low, high) if options.shock else {}),
        }
    first = next(iter(found.values()))
    return {"title": _title(options), "low": low, "high": high, "years": options.years, "seed": options.seed, **first,
            **found}


def _after_shock(counted: list[Result], since: int, low: int, high: int) -> dict[str, Any]:
    from scheduler.simulation import figures

    weeks = figures.by_week(counted, since, low, high)
    return {"weeks_after_shock": [{"days": days, "in_band": good} for days, good in weeks],
            "weeks_until_held": figures.weeks_until_held(weeks)}


def _print(options: argparse.Namespace, case: Case, played: dict[str, list[Result]], low: int, high: int) -> None:
    from scheduler.simulation import figures, pictures

    lines = [_title(options), "", f"{'':10}" + "".join(f"{head:>12}" for head in (
        "days", f"{low} to {high}", "over", "under", "visitors", "booked", "sent home", "refused", "wait, min"))]
    for name, results in played.items():
        warm_up, counted = figures.split(results)
        lines.append(_row(name, figures.figures(counted, low, high)))
        lines.append(_row("  warm-up", figures.figures(warm_up, low, high)))
    for name, results in played.items():
        _, counted = figures.split(results)
        first = [result for result in counted if result.date.year == counted[0].date.year]
        lines += ["", name, *pictures.histogram(counted, low, high), "", *pictures.strip(first, low, high)]
        if options.shock:
            lines += ["", _shock_words(counted, case.course.jump_day, low, high)]
    announce("\n".join([*lines, "", "`.` in the band, `^` over it, `v` under it; booked, sent home and refused are"
                                    " means a day, the wait is until the call."]))


def _row(name: str, found: Any) -> str:
    shares = [f"{days} {found.share(days):6.1%}" for days in (found.in_band, found.over, found.under)]
    means = [f"{mean:.1f}" for mean in (found.mean_visitors, found.mean_booked, found.mean_sent_home,
                                        found.mean_refused, found.mean_wait_minutes)]
    return f"{name:10}" + "".join(f"{cell:>12}" for cell in (str(found.days), *shares, *means))


def _shock_words(counted: list[Result], since: int, low: int, high: int) -> str:
    from scheduler.simulation import figures

    weeks = figures.by_week(counted, since, low, high)
    held = figures.weeks_until_held(weeks)
    first = ", ".join(f"{good}/{days}" for days, good in weeks[:8])
    after = "never" if held is None else f"after {held} weeks"
    return f"in the band, week by week from the jump on: {first}; 97 % again {after}"

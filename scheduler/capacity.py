"""How many places a day releases, and why (pure). `docs/capacity.md` says the same to a manager.

A day releases as many places as keep the chance of more visitors than the band's top at or under a set risk. Each
booked person counts with the chance that they come (`shows.py`); of nothing learnt everybody comes, and the rule is the
plain one: booked, held, open and kept for walk-ins are together the band's top. As the day runs and people come or
stay away the same rule is asked again, with less risk each time, and what has become free is opened.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from scheduler import chances, crowd
from scheduler.crowd import Crowd
from scheduler.reasons import Because as Because
from scheduler.reasons import door_words as door_words
from scheduler.reasons import waits as waits
from scheduler.reasons import words as words
from scheduler.rules import Rules

_STEP = re.compile(r"(?:-(?P<days>\d{1,2})d )?(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)")

# On the day the rule is asked again at every arrival, and whatever has become free is given away each time: the risks
# add up. With a twentieth each time, simulated days end above the band's top on fewer than 1 of 100, at a
# risk of 5 %.
TODAY_PART = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a day when it is decided; all numbers are people (places hold one each).

    `low` and `high` are the band, `places` what the counters can serve that day. `booked` people have a booking that
    was not cancelled: `came` of them are in, `awaited` may still come, each booking as a chance and its people, and the
    others stayed away. `walk_ins` came without one. `held` are places offered to the waiting list, `bookable` free
    places in starts that may still be booked, `new_chance` is the chance that who books now comes.
    `kept` people without a booking are still expected. `risk` is the chance of more than `high` visitors that may be
    run. `share` of the day's places is opened by now (see `portions.py`), 0 to 1. `set_to` is a manager's own number.
    `today`: the day has come. `known`: how many days the chances were learnt from. `reason`: why a closed day is so.
    `scenarios`: how good or bad the whole day may turn out, each a weight and what it adds to the log odds of every
    chance (`shows.scenarios`); the weights add up to 1.
    """

    low: int
    high: int
    places: int
    booked: int
    came: int
    awaited: tuple[tuple[float, int], ...]
    walk_ins: int
    bookable: int
    kept: float
    risk: float
    held: int = 0
    new_chance: float = 1.0
    share: float = 1.0
    set_to: int | None = None
    today: bool = False
    known: int = 0
    closed: bool = False
    reason: str | None = None
    scenarios: tuple[tuple[float, float], ...] = ((1.0, 0.0),)


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many visitors a day ends with as things stand, nothing more being sold: `expected` on average, between
    `least` and `most` with 90 %; `p_over` is the chance of more than the band's top, `p_under` of fewer than its
    bottom. `awaited` of the expected have a booking and are still to come."""

    expected: float
    least: int
    most: int
    p_over: float
    p_under: float
    awaited: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """Places to release for booking (`held` ones not among them), room for walk-ins, and the reason as a code with its
    numbers (JSON).

    `wanted` is what the day would release if nothing had to wait: for its portions, or for the waiting list.
    """

    released: int
    walk_in_room: int
    wanted: int
    because: Because


def decide(day: Standing) -> Decision:
    """What the day releases: as many places as keep the chance of more than `high` visitors at or under `risk`.

    On the day itself each decision may run only `TODAY_PART` of the risk. Nothing is taken back: never fewer than are
    booked, never less room than walk-ins have used.
    """
    if day.closed:
        because = {"code": "closed", "released": day.booked, "reason": day.reason}
        return Decision(day.booked, day.walk_ins, day.booked, because)
    room, kept, taken = _room(day), round(day.kept), day.booked + day.held
    come = Crowd([*day.awaited, *[(day.new_chance, 1)] * day.held], day.scenarios)
    at_risk = come.more_than(room - kept)
    more = 0 if day.set_to is None and at_risk > _risk(day) else _more(come, day, room - kept, taken)
    wanted = taken + more
    released = max(min(wanted, math.ceil(wanted * day.share)) - day.held, day.booked)
    walk_ins = come.most_sure(room, day.risk * TODAY_PART)
    because = _because(day, come, released, wanted, at_risk > day.risk)
    return Decision(released, day.walk_ins + walk_ins, wanted, because)


def _more(come: Crowd, day: Standing, limit: int, taken: int) -> int:
    """How many more places may be taken than are; `come` holds their people afterwards."""
    if day.set_to is None:
        return come.fill(limit, _risk(day), day.new_chance, day.bookable)
    more = min(max(day.set_to - taken, 0), day.bookable)
    for _ in range(more):
        come.add(day.new_chance)
    return more


def outlook(day: Standing) -> Outlook:
    """How many visitors the day ends with, nothing more being sold: who came, who is awaited, walk-ins expected.

    Walk-ins come independently of each other: their number is Poisson with the mean `kept`. The door lets in those
    who are kept for, and more only while there is room, so they alone bring no day above its top.
    """
    came, unbooked = day.came + day.walk_ins, chances.poisson(day.kept)
    booked = [0.0] * (crowd.people(day.awaited) + 2)
    for weight, shift in day.scenarios:
        one = chances.of([(crowd.shifted(chance, shift), people) for chance, people in day.awaited], len(booked) - 2)
        booked = [a + weight * b for a, b in zip(booked, one, strict=True)]
    come = [0.0] * (len(booked) + len(unbooked))
    for people, chance in enumerate(booked):
        room = max(round(day.kept), _room(day) - people)
        for more, other in enumerate(unbooked):
            come[people + min(more, room)] += chance * other
    return Outlook(
        came + chances.mean(come), came + chances.quantile(come, 0.05), came + chances.quantile(come, 0.95),
        chances.more_than(come, day.high - came), 1 - chances.more_than(come, day.low - came - 1),
        chances.mean(booked))


def _risk(day: Standing) -> float:
    return day.risk * TODAY_PART if day.today else day.risk


def _room(day: Standing) -> int:
    """How many more people may come; below 0 when too many have."""
    return min(day.high, day.places) - day.came - day.walk_ins


def _because(day: Standing, come: Crowd, released: int, wanted: int, over_sold: bool) -> Because:
    """The cause with every number a sentence may need; `come` are all who are awaited once the places are taken."""
    kept = round(day.kept)
    return {
        "code": _code(day, released, wanted, over_sold), "released": released, "wanted": wanted - day.held,
        "high": day.high, "places": day.places, "booked": day.booked, "held": day.held, "came": day.came,
        "awaited": round(come.mean), "expected": round(day.came + come.mean), "kept": kept + day.walk_ins,
        "ahead": kept, "walk_ins": day.walk_ins, "away": day.booked - day.came - crowd.people(day.awaited),
        "over": round(come.more_than(day.high - day.came - day.walk_ins - kept), 3), "known": day.known,
    }


def _code(day: Standing, released: int, wanted: int, over_sold: bool) -> str:
    """Which of the causes decides."""
    causes = (
        ("set", day.set_to is not None),
        ("sold", over_sold),
        ("portions", released < wanted - day.held),
        ("unsold", day.today and wanted - day.booked - day.held == day.bookable),
        ("places", day.places < day.high),
        ("today", day.today and day.known > 0),
        ("learnt", day.known > 0),
        ("walk_ins", day.walk_ins > 0 and round(day.kept) == 0),
    )
    return next((code for code, holds in causes if holds), "band")


def kept(rules: Rules, day: date, zone: ZoneInfo, now: datetime) -> int:
    """The share kept back for walk-ins on the office's date `day`, by the last step whose moment has come."""
    passed = [(moment, step.keep) for step in rules.walk_in_steps if (moment := step_moment(step.at, day, zone)) <= now]
    return max(passed, key=lambda step: step[0])[1] if passed else rules.walk_in_keep


@lru_cache(maxsize=4096)  # the same for every office with these steps and this zone
def step_moment(at: str, day: date, zone: ZoneInfo) -> datetime:
    """When a step of the office file falls for `day`, in UTC: `10:00` on the day, `-1d 16:00` on the day before.

    Office time, so a step stays at its hour when the clocks change. Raises ValueError for any other form.
    """
    form = _STEP.fullmatch(at)
    if form is None:
        raise ValueError("a step is a time like 10:00, or -1d 16:00 for the day before")
    clock = time(int(form["hour"]), int(form["minute"]))
    return datetime.combine(day - timedelta(days=int(form["days"] or 0)), clock, zone).astimezone(UTC)

"""How many places a day releases, and why (pure). `docs/capacity.md` says the same to a manager.

With no show rates learnt, everybody who booked counts as coming, so a day never releases more places than its
band's top. A share is kept back for people who come without booking and freed step by step; the places of those
who stay away go to people who stand at the door.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from scheduler import chances
from scheduler.offices import Rules

_STEP = re.compile(r"(?:-(?P<days>\d{1,2})d )?(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)")

Because = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a day when it is decided; all numbers are people (places hold one each).

    `low` and `high` are the band, `places` what the counters can serve that day. `booked` people have a booking that
    was not cancelled: `came` of them are in, `awaited` may still come, each booking as a chance and its people, and the
    others stayed away. `walk_ins` came without one; `turned_away` wanted to. `held` are places offered to the waiting
    list, `bookable` free places in starts that may still be booked, `new_chance` the chance that who books now comes.
    `kept` people without a booking are still expected. `risk` is the chance of more than `high` visitors that may be
    run. `share` of the day's places is opened by now (see `portions.py`), 0 to 1. `set_to` is a manager's own number.
    `today`: the day has come. `known`: how many days the chances were learnt from. `reason`: why a closed day is so.
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
    turned_away: int = 0
    new_chance: float = 1.0
    share: float = 1.0
    set_to: int | None = None
    today: bool = False
    known: int = 0
    closed: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many visitors a day ends with as things stand, nothing more being sold: `expected` on average, between
    `least` and `most` with 90 %; `p_over` the chance of more than the band's top, `p_under` of fewer than its bottom."""

    expected: float
    least: int
    most: int
    p_over: float
    p_under: float


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

    Nothing is taken back: never fewer than are booked, never less room than walk-ins have used.
    """
    if day.closed:
        because = {"code": "closed", "released": day.booked, "reason": day.reason}
        return Decision(day.booked, day.walk_ins, day.booked, because)
    free, kept = _free(day), round(day.kept)
    come = chances.of([*day.awaited, *[(day.new_chance, 1)] * day.held], max(free, 0))
    taken = day.booked + day.held
    more = _most(come, free - kept, day.new_chance, day.risk, day.bookable)
    wanted = taken + (more if day.set_to is None else min(max(day.set_to - taken, 0), day.bookable))
    released = max(min(wanted, math.ceil(wanted * day.share)) - day.held, day.booked)
    for _ in range(released - day.booked):
        come = chances.add(come, day.new_chance)
    room = day.walk_ins + _most(come, free, 1.0, day.risk, max(free, 0))
    return Decision(released, room, wanted, _because(day, kept, released, room))


def outlook(day: Standing) -> Outlook:
    """How many visitors the day ends with, nothing more being sold: who came, who is awaited, walk-ins expected."""
    came, most = day.came + day.walk_ins, 2 * max(day.high, day.booked) + 1
    come = chances.of([*day.awaited, *[(1.0, 1)] * round(day.kept)], most)
    return Outlook(
        came + chances.mean(come), came + chances.quantile(come, 0.05), came + chances.quantile(come, 0.95),
        chances.more_than(come, day.high - came), 1 - chances.more_than(come, day.low - came - 1))


def _free(day: Standing) -> int:
    """How many more people may come."""
    return min(day.high, day.places) - day.came - day.walk_ins


def _most(come: chances.Distribution, limit: int, chance: float, risk: float, at_most: int) -> int:
    """How many more with `chance` may be added before more than `limit` people come with a chance above `risk`."""
    for more in range(at_most):
        come = chances.add(come, chance)
        if chances.more_than(come, limit) > risk:
            return more
    return at_most


def _because(day: Standing, kept: int, released: int, room: int) -> Because:
    return {"code": "band", "released": released, "high": day.high, "kept": kept, "gone": 0, "room": room}


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


_SENTENCES = {
    "id": {
        "closed": "Tutup: tidak ada tempat yang dibuka.",
        "closed_for": "Tutup ({reason}): tidak ada tempat yang dibuka.",
        "band": "{released} tempat dibuka: batas {high} orang, {kept} disimpan untuk yang datang langsung{gone}.",
        "band_whole": "{released} tempat dibuka: batas {high} orang, tidak ada lagi yang disimpan"
                      " untuk yang datang langsung{gone}.",
        "walk_ins": "{released} tempat dibuka: batas {high} orang, {kept} sudah dipakai yang datang langsung{gone}.",
        "places": "{released} tempat dibuka: loket hanya sanggup melayani {places} orang,"
                  " {kept} disimpan untuk yang datang langsung{gone}.",
        "unsold": "{released} tempat dibuka: {unsold} tempat lain tidak dapat dipesan lagi,"
                  " jadi untuk yang datang langsung{gone}.",
        "sold": "{released} tempat tetap dibuka karena sudah dipesan, walaupun menurut batas {high} orang"
                " dan {kept} tempat untuk yang datang langsung seharusnya lebih sedikit{gone}.",
        "gone": "; {gone} orang tidak datang pada waktunya, tempatnya untuk yang datang langsung",
    },
    "en": {
        "closed": "Closed: nothing is open for booking.",
        "closed_for": "Closed ({reason}): nothing is open for booking.",
        "band": "{released} open for booking: at most {high} visitors, {kept} kept for walk-ins{gone}.",
        "band_whole": "{released} open for booking: at most {high} visitors, none kept for walk-ins any more{gone}.",
        "walk_ins": "{released} open for booking: at most {high} visitors, {kept} taken by walk-ins{gone}.",
        "places": "{released} open for booking: the counters can serve only {places} visitors,"
                  " {kept} kept for walk-ins{gone}.",
        "unsold": "{released} open for booking: {unsold} more can no longer be booked and go to walk-ins{gone}.",
        "sold": "{released} stay open because they are booked, although the limit of {high} visitors"
                " with {kept} for walk-ins would allow fewer{gone}.",
        "gone": "; {gone} did not come in time, so as many walk-ins may take their place",
    },
}


def words(because: Because, language: str) -> str:
    """One plain sentence about a decision's reason, in Indonesian (`id`) or English (`en`)."""
    sentences = _SENTENCES[language]
    gone = sentences["gone"].format(gone=because["gone"]) if because.get("gone") else ""
    return sentences[_sentence(because)].format(**{**because, "gone": gone})


def _sentence(because: Because) -> str:
    code = str(because["code"])
    if code == "closed" and because.get("reason"):
        return "closed_for"
    if code == "band" and not because["kept"]:
        return "band_whole"
    return code

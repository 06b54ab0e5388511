"""How many places a day releases, and why (pure). `docs/capacity.md` says the same to a manager.

With no show rates learnt, everybody who booked counts as coming, so a day never releases more places than its
band's top. A share is kept back for people who come without booking and freed step by step; the places of those
who stay away go to people who stand at the door.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.offices import Rules

_STEP = re.compile(r"(?:-(?P<days>\d{1,2})d )?(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)")

Because = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a day when it is decided; all numbers are people (places hold one each).

    `high` is the band's top, `places` what the counters can serve that day, `bookable` the free places in starts
    that may still be booked, `gone` the booked people who stayed away or are later than the grace, `kept` the
    share for walk-ins by the office's steps. `reason` is why a closed day is closed, if anybody said so.
    """

    high: int
    places: int
    booked: int
    bookable: int
    walk_ins: int
    gone: int
    kept: int
    closed: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Places to release for booking, room for walk-ins, and the reason as a code with its numbers (JSON)."""

    released: int
    walk_in_room: int
    because: Because


def decide(day: Standing) -> Decision:
    """What the day releases.

    Released places and walk-in room together never pass the band's top (nor what the counters can serve) plus the
    people who stayed away, unless more have booked or come already: neither is ever taken back.
    """
    if day.closed:
        return Decision(day.booked, day.walk_ins, {"code": "closed", "released": day.booked, "reason": day.reason})
    ceiling = min(day.high, day.places)
    held = max(day.kept, day.walk_ins - day.gone)  # walk-ins beyond those who fill the places of people gone
    wanted = max(ceiling - held, 0)
    released = max(min(wanted, day.booked + day.bookable), day.booked)
    room = max(ceiling + day.gone - released, day.walk_ins)
    return Decision(released, room, _because(day, wanted, held, released))


def _because(day: Standing, wanted: int, held: int, released: int) -> Because:
    numbers = {"released": released, "high": day.high, "kept": held, "gone": day.gone}
    if released > wanted:
        return {"code": "sold", **numbers}
    if released < wanted:
        return {"code": "unsold", **numbers, "unsold": wanted - released}
    if day.places < day.high:
        return {"code": "places", **numbers, "places": day.places}
    return {"code": "walk_ins" if held > day.kept else "band", **numbers}


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


def over_chance(high: int, sure: int) -> float:
    """The chance that more than `high` people come, when `sure` have come or are still awaited.

    While no show rates are known each awaited person comes for certain and walk-ins never get room beyond the
    band, so the count is one number and the chance is 0 or 1.
    """
    return 1.0 if sure > high else 0.0


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

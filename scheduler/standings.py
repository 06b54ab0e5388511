"""How each day stands, ready for `capacity.decide`: its grounds, who is awaited, and the places that are left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from scheduler import shows
from scheduler.awaited import Bookings, awaited
from scheduler.capacity import Standing
from scheduler.days import DayPlaces, bookable
from scheduler.grounds import Grounds
from scheduler.shown import Learnt

Scenarios = tuple[tuple[float, float], ...]


def standings(connection: Connection, seen: Sequence[Grounds], now: datetime, places: DayPlaces) -> dict[int, Standing]:
    """Each of these days as it stands, by day, in some three queries."""
    served = places.of(connection, [one.day for one in seen])
    left = _left(connection, [one for one in seen if not one.ahead], now)
    coming = awaited(connection, seen, now)
    moods = {office_id: tuple(shows.scenarios(learnt)) for office_id, learnt in
             {one.office.id: one.learnt for one in seen}.items()}
    return {one.day.id: _standing(one, now, served[one.day.id], left, coming[one.day.id], moods[one.office.id])
            for one in seen}


def _standing(one: Grounds, now: datetime, served: int, left: dict[int, int], coming: Bookings,
              moods: Scenarios) -> Standing:
    day, office = one.day, one.office
    free = max(served - day.booked - day.held, 0) if one.ahead else left.get(day.id, 0)
    return Standing(
        low=day.low, high=day.high, places=served, booked=day.booked, came=day.arrived, awaited=coming,
        walk_ins=day.walk_ins, bookable=free, kept=one.kept, risk=office.rules.risk_percent / 100, held=day.held,
        new_chance=_new_chance(one, now), share=one.share,
        set_to=one.override.released if one.override else None, today=day.date == office.today(now),
        known=one.learnt.days, closed=day.closed, reason=office.because(day.date), scenarios=moods,
    )


def _new_chance(one: Grounds, now: datetime) -> float:
    learnt: Learnt = one.learnt
    ahead = (one.day.date - one.office.today(now)).days
    return shows.new_chance(learnt, shows.lead_of(ahead), one.day.date.weekday())


def _left(connection: Connection, near: Iterable[Grounds], now: datetime) -> dict[int, int]:
    """Places of these days that can still be booked, one query for all offices that want the same notice."""
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for one in near:
        groups[one.office.rules.notice_minutes].append(one.day.id)
    found: dict[int, int] = {}
    for notice, ids in groups.items():
        found |= bookable(connection, ids, now + timedelta(minutes=notice))
    return found

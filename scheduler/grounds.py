"""What a day's decision rests on besides who is booked: its row, what was learnt, a manager's number, the hour.

Three queries however many days there are, and two about places given up lately if there are any. As long as a day's
grounds stay the same its decision need not be made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from scheduler import absences, calendar, capacity, given_up, learning, override_rows, portions, shows
from scheduler.days import Day
from scheduler.keeping_tables import IN_LINE, waiting
from scheduler.learning import Known
from scheduler.offices import Office
from scheduler.override_rows import Override
from scheduler.shown import NOTHING, Learnt

_MANY = 64  # offices from which on what is in force is read whole
_UNTAUGHT: tuple[None, Learnt] = (None, NOTHING)
_OFFICES_IN_LINE = sa.select(waiting.c.office_id).where(IN_LINE).distinct()


@dataclass(frozen=True, slots=True)
class Grounds:
    """One day as it is to be decided at a moment.

    `asked`: who is booked has been asked by the evening reminder whether they come. `share` of its places is open by
    now, `kept` people without booking are still expected. Until `back_at` places given up wait, `freed` of them now.
    `in_line`: somebody waits for a place at the office. `ahead`: no start of the day is within the office's notice yet.
    """

    office: Office = field(compare=False)
    revision: int  # of the office
    day: Day
    learnt: Learnt = field(compare=False)
    taught_at: datetime | None  # when those rates were made: each teaching has a moment of its own at its office
    override: Override | None
    asked: bool
    share: float
    kept: float
    back_at: datetime | None
    freed: int
    in_line: bool
    ahead: bool


def of(
    connection: Connection, looked: Sequence[tuple[Office, Day]], now: datetime, key: bytes, known: Known | None = None
) -> list[Grounds]:
    """The grounds of those of these days that are not over, in their order. `known`: see `learning.read`."""
    offices = {office.id: office for office, _ in looked}
    known = {} if known is None else known
    learning.read(connection, list(offices), known)
    set_by_hand = _overrides(connection, looked, len(offices))
    lines = set(connection.scalars(_OFFICES_IN_LINE))
    back = {day.id: at for office, day in looked if (at := _back_at(office, day, now, key, set_by_hand.get(day.id)))}
    freed = given_up.people(connection, [(office, day) for office, day in looked if day.id in back], now, key,
                            {day_id: override.at for day_id, override in set_by_hand.items()})
    return [_grounds(office, day, now, key, known.get(office.id, _UNTAUGHT), set_by_hand.get(day.id),
                     office.id in lines, (back.get(day.id), freed.get(day.id, 0)))
            for office, day in looked if day.date > office.today(now) or not absences.is_over(office, day.date, now)]


def is_asked(office: Office, day: Day, now: datetime) -> bool:
    """Whether the evening reminder before that day has gone out, which asks who is booked to answer."""
    return now >= capacity.step_moment(f"-1d {office.rules.evening_reminder}", day.date, office.zone)


def kept(office: Office, day: Day, learnt: Learnt, now: datetime) -> float:
    """How many people without booking are still expected on the day: as learnt, else the office's own share.

    Nobody when the day is closed, or has closed for the last time.
    """
    hours = calendar.intervals(office, day.date) if day.date <= office.today(now) else ()
    if day.closed or (hours and now >= hours[-1][1]):
        return 0.0
    ahead = shows.walk_ins_ahead(learnt, day.date.weekday(), _hour(office, day, now))
    if ahead is not None:
        return ahead
    return float(max(capacity.kept(office.rules, day.date, office.zone, now) - day.walk_ins, 0))


def _grounds(office: Office, day: Day, now: datetime, key: bytes, taught: tuple[datetime | None, Learnt],
             override: Override | None, in_line: bool, waits: tuple[datetime | None, int]) -> Grounds:
    taught_at, learnt = taught
    return Grounds(
        office, office.revision, day, learnt, taught_at, override, is_asked(office, day, now),
        share=1.0 if override else portions.share(key, office, day.date, now), kept=kept(office, day, learnt, now),
        back_at=waits[0], freed=waits[1], in_line=in_line,
        ahead=day.date > office.today(now + timedelta(minutes=office.rules.notice_minutes)),
    )


def _back_at(office: Office, day: Day, now: datetime, key: bytes, override: Override | None) -> datetime | None:
    """When the places given up last are the public's; None once that has passed, or a manager has decided since."""
    if day.freed_at is None or (override is not None and override.at >= day.freed_at):
        return None
    back = portions.back_at(key, office, day.date, day.freed_at)
    return back if now < back else None


def _hour(office: Office, day: Day, now: datetime) -> float:
    """The hour of the office's clock on that day; 0 while it is ahead."""
    local = office.local(now)
    return local.hour + local.minute / 60 if local.date() == day.date else 0.0


def _overrides(connection: Connection, looked: Iterable[tuple[Office, Day]], offices: int) -> dict[int, Override]:
    if offices >= _MANY:
        return override_rows.in_force(connection)
    return override_rows.of(connection, [day.id for _, day in looked])

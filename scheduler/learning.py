"""Learning: each day that is over is counted once, and what an office's days teach is made anew.

A day is counted when its last hour has passed and everybody who was booked has come or been found absent. The booking
keeps what is counted after the personal data is erased, so days that were over before an upgrade are counted as well.
A manager may leave a day out (a flood, a network down): it stays in the list and teaches nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import absences, shows, tallying
from scheduler.days import by_id
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import journal, record
from scheduler.foundation.kept import reader
from scheduler.keeping_tables import learnt, learnt_days
from scheduler.offices import Office
from scheduler.shown import DayShown, Learnt
from scheduler.tables import bookings, days

DAYS_BACK = timedelta(days=190)  # what lies further back has faded
COUNTED = 120                    # open days that teach: as many as lie in half a year
LONGEST_REASON = 120

_INSTANT = timedelta(microseconds=1)

day_shown = reader(DayShown)
_rates_of = reader(Learnt, str_keys=True)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A counted day for the manager: people who `booked` and who `came` of them; `strange`: far from what was expected.

    `left_out_at` (UTC), `left_out_by` (the account) and `reason` say who left it out, and why; None while it counts.
    """

    day_id: int
    date: date
    booked: int
    came: int
    strange: bool
    left_out_at: datetime | None
    left_out_by: int | None
    reason: str | None


Known = dict[int, tuple[datetime, Learnt]]  # by office: what a process has read, and how old that is

_AMONG_OFFICES: sa.BindParameter[int] = bindparam("ids", expanding=True)
_AT = sa.select(learnt.c.office_id, learnt.c.at).where(learnt.c.office_id.in_(_AMONG_OFFICES))
_RATES = sa.select(learnt.c.office_id, learnt.c.at, learnt.c.rates).where(learnt.c.office_id.in_(_AMONG_OFFICES))

# Days with nobody on them teach nothing: the office did not use them.
_UNCOUNTED = sa.select(days.c.id, days.c.office_id, days.c.date).where(
    days.c.date.between(bindparam("first"), bindparam("last")), days.c.closed.is_(False),
    days.c.booked + days.c.walk_ins + days.c.turned_away > 0,
    ~sa.exists().where(learnt_days.c.day_id == days.c.id),
    ~sa.exists().where(bookings.c.day_id == days.c.id, bookings.c.status == "booked"),
).order_by(days.c.office_id, days.c.date)
_IS_COUNTED = sa.select(learnt_days.c.id).where(learnt_days.c.day_id == bindparam("day"))
_OPENED = sa.update(days).where(days.c.id == bindparam("day"), days.c.released < bindparam("opened")).values(
    released=bindparam("opened"))

_LAST = sa.select(learnt_days.c.shown).where(
    learnt_days.c.office_id == bindparam("office"), learnt_days.c.left_out_at.is_(None)
).order_by(learnt_days.c.date.desc()).limit(bindparam("most", type_=sa.Integer))
# Locked before the days are read: who counts or leaves out another at the same time then sees this one as well.
_WAS = sa.select(learnt.c.at).where(learnt.c.office_id == bindparam("office")).with_for_update()
_LEARN = sa.update(learnt).where(learnt.c.office_id == bindparam("office")).values(
    at=bindparam("now"), rates=bindparam("taught"))
_COUNTED = sa.select(
    learnt_days.c.day_id, learnt_days.c.date, learnt_days.c.shown, learnt_days.c.left_out_at, learnt_days.c.left_out_by,
    learnt_days.c.left_out_because,
).where(learnt_days.c.office_id == bindparam("office")).order_by(learnt_days.c.date.desc()).limit(
    bindparam("most", type_=sa.Integer))
_STRANGE = sa.select(journal.c.day_id, journal.c.data).where(
    journal.c.day_id.in_(bindparam("ids", expanding=True)), journal.c.kind == "learnt")
_OF_OFFICE = sa.and_(learnt_days.c.office_id == bindparam("office"), learnt_days.c.day_id == bindparam("day"))
_EXISTS = sa.select(learnt_days.c.id).where(_OF_OFFICE)
_LEAVE_OUT = sa.update(learnt_days).where(_OF_OFFICE, learnt_days.c.left_out_at.is_(None)).values(
    left_out_at=bindparam("now"), left_out_by=bindparam("by"), left_out_because=bindparam("because"))
_COUNT_AGAIN = sa.update(learnt_days).where(_OF_OFFICE, learnt_days.c.left_out_at.is_not(None)).values(
    left_out_at=None, left_out_by=None, left_out_because=None)


# -- reading ---------------------------------------------------------------------------------------------------


def read(connection: Connection, office_ids: Sequence[int], known: Known | None = None) -> dict[int, Learnt]:
    """What these offices' days taught; `NOTHING` of an office none of whose days has been counted.

    `known` is what the process read before: an office whose rates are as old as there is not read again.
    """
    known = {} if known is None else known
    stale = list(office_ids)
    if known:
        ages = {row.office_id: row.at for row in connection.execute(_AT, {"ids": office_ids})}
        stale = [office_id for office_id, at in ages.items() if office_id not in known or known[office_id][0] != at]
    if stale:
        known |= {row.office_id: (row.at, _rates_of(row.rates))
                  for row in connection.execute(_RATES, {"ids": stale})}
    return {office_id: known[office_id][1] if office_id in known else shows.NOTHING for office_id in office_ids}


def counted(connection: Connection, office: Office, limit: int) -> list[CountedDay]:
    """The office's last counted days, newest first, those left out among them."""
    rows = connection.execute(_COUNTED, {"office": office.id, "most": limit}).all()
    told = connection.execute(_STRANGE, {"ids": [row.day_id for row in rows]})
    strange = {row.day_id for row in told if row.data["strange"]}
    return [_counted(row, row.day_id in strange) for row in rows]


def _counted(row: Any, strange: bool) -> CountedDay:
    shown = day_shown(row.shown)
    return CountedDay(row.day_id, row.date, shown.booked, shown.came, strange, row.left_out_at, row.left_out_by,
                      row.left_out_because)


# -- counting --------------------------------------------------------------------------------------------------


def uncounted(
    connection: Connection, offices: Mapping[int, Office], first: date, now: datetime
) -> dict[int, list[int]]:
    """Days from `first` on that are over and not counted yet, by office, the oldest first."""
    found: dict[int, list[int]] = {}
    for row in connection.execute(_UNCOUNTED, {"first": first, "last": now.date() + timedelta(days=1)}):
        office = offices.get(row.office_id)
        if office is not None and absences.is_over(office, row.date, now):
            found.setdefault(office.id, []).append(row.id)
    return found


def count(connection: Connection, office: Office, day_ids: Sequence[int], now: datetime) -> int:
    """Count these days of the office, which are over, each once, and learn from them. Answers how many were counted.

    Each gets a journal entry `learnt`, and from then on shows as opened what was open at most.
    """
    before = read(connection, [office.id])[office.id]
    done = sum(_count(connection, office, day_id, before, now) for day_id in day_ids)
    if done:
        _learn(connection, office, now)
    return done


def _count(connection: Connection, office: Office, day_id: int, before: Learnt, now: datetime) -> bool:
    if connection.execute(_IS_COUNTED, {"day": day_id}).one_or_none() is not None:
        return False
    day = by_id(connection, day_id)
    assert day is not None, "its row was just read"
    shown = tallying.shown(connection, office, day)
    connection.execute(learnt_days.insert(), {
        "office_id": office.id, "day_id": day_id, "date": day.date, "shown": msgspec.to_builtins(shown)})
    opened = max(tallying.most_opened(connection, day_id), day.released)
    record(connection, "learnt", at=now, office_id=office.id, day_id=day_id, data={
        "booked": shown.booked, "came": shown.came, "strange": shows.strange(shown, before), "opened": opened})
    connection.execute(_OPENED, {"day": day_id, "opened": opened})
    return True


def _learn(connection: Connection, office: Office, now: datetime) -> None:
    was = connection.scalar(_WAS, {"office": office.id})
    rows = connection.scalars(_LAST, {"office": office.id, "most": COUNTED}).all()
    taught = msgspec.to_builtins(shows.learn([day_shown(kept) for kept in rows]), str_keys=True)
    if was is None:
        connection.execute(learnt.insert(), {"office_id": office.id, "at": now, "rates": taught})
    else:  # never as old as what it replaces: processes tell by it whether to read it again
        connection.execute(_LEARN, {"office": office.id, "now": max(now, was + _INSTANT), "taught": taught})


# -- leaving out -----------------------------------------------------------------------------------------------


def leave_out(connection: Connection, office: Office, day_id: int, reason: str, staff_id: int, now: datetime) -> None:
    """Let a counted day teach nothing any more, with a reason. A day that is left out already stays as it is.

    Raises Refusal invalid_request: field reason (missing, too_long), or date, why unknown_day.
    """
    because = reason_of(reason)
    _must_be_counted(connection, office, day_id)
    if connection.execute(_LEAVE_OUT, {"office": office.id, "day": day_id, "now": now, "by": staff_id,
                                       "because": because}).rowcount:
        record(connection, "day_left_out", at=now, office_id=office.id, day_id=day_id, staff_id=staff_id,
               data={"reason": because})
        _learn(connection, office, now)


def count_again(connection: Connection, office: Office, day_id: int, staff_id: int, now: datetime) -> None:
    """Let a day that was left out teach again. Raises Refusal invalid_request: field date, why unknown_day."""
    _must_be_counted(connection, office, day_id)
    if connection.execute(_COUNT_AGAIN, {"office": office.id, "day": day_id}).rowcount:
        record(connection, "day_counted", at=now, office_id=office.id, day_id=day_id, staff_id=staff_id)
        _learn(connection, office, now)


def reason_of(text: str) -> str:
    """A manager's reason as it is kept, white space joined. Raises Refusal invalid_request, field reason."""
    reason = " ".join(text.split())
    if not reason:
        raise Refusal("invalid_request", field="reason", why="missing")
    if len(reason) > LONGEST_REASON:
        raise Refusal("invalid_request", field="reason", why="too_long", limit=LONGEST_REASON)
    return reason


def _must_be_counted(connection: Connection, office: Office, day_id: int) -> None:
    if connection.execute(_EXISTS, {"office": office.id, "day": day_id}).one_or_none() is None:
        raise Refusal("invalid_request", field="date", why="unknown_day")

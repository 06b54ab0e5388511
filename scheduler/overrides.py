"""Overrides: a manager sets how many places a day opens, with a reason, and takes it back.

What is set holds from that moment until it is ended, whatever the rule would say; who is booked stays booked.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import days, releasing
from scheduler.days import Day, DayPlaces
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record
from scheduler.keeper import Keeper
from scheduler.keeping_tables import IN_FORCE, overrides
from scheduler.learning import reason_of
from scheduler.offices import Office
from scheduler.override_rows import Override as Override
from scheduler.override_rows import of as of

_END = sa.update(overrides).where(overrides.c.day_id == bindparam("day"), IN_FORCE).values(
    ended_at=bindparam("now"), ended_by=bindparam("by"))
_INSERT = overrides.insert().returning(overrides.c.id)


def set_day(connection: Connection, office: Office, day_id: int, released: int, reason: str, staff_id: int,
            now: datetime, keeper: Keeper | None = None) -> Override:
    """Set how many places the day opens in all. A number that was set before ends.

    With a `keeper` it is applied in this transaction, else by the capacity job within a minute. Raises Refusal
    invalid_request: field reason (missing, too_long), date (unknown_day, past, closed), or released (number, with
    `low` and `high`: no more than the counters can serve).
    """
    because = reason_of(reason)
    day = _open_day(connection, office, day_id, now)
    most = DayPlaces().of(connection, [day])[day.id]
    if not 0 <= released <= most:
        raise Refusal("invalid_request", field="released", why="number", low=0, high=most)
    connection.execute(_END, {"day": day.id, "now": now, "by": staff_id})
    made = connection.execute(_INSERT, {
        "office_id": office.id, "day_id": day.id, "released": released, "reason": because, "staff_id": staff_id,
        "at": now}).scalar_one()
    record(connection, "day_overridden", at=now, office_id=office.id, day_id=day.id, staff_id=staff_id,
           data={"released": released, "reason": because})
    if keeper is not None:
        releasing.release_day(connection, office, day, now, keeper)
    return Override(made, day.id, released, because, staff_id, now)


def end(connection: Connection, office: Office, day_id: int, staff_id: int, now: datetime,
        keeper: Keeper | None = None) -> bool:
    """Give the day back to the rule; False when no number was set. `keeper`: as in `set_day`.

    Raises Refusal invalid_request: field date (unknown_day, past, closed).
    """
    day = _open_day(connection, office, day_id, now)
    if not connection.execute(_END, {"day": day.id, "now": now, "by": staff_id}).rowcount:
        return False
    record(connection, "override_ended", at=now, office_id=office.id, day_id=day.id, staff_id=staff_id)
    if keeper is not None:
        releasing.release_day(connection, office, day, now, keeper)
    return True


def _open_day(connection: Connection, office: Office, day_id: int, now: datetime) -> Day:
    day = days.by_id(connection, day_id)
    if day is None or day.office_id != office.id:
        raise Refusal("invalid_request", field="date", why="unknown_day")
    if day.date < office.today(now):
        raise Refusal("invalid_request", field="date", why="past")
    if day.closed:
        raise Refusal("invalid_request", field="date", why="closed")
    return day

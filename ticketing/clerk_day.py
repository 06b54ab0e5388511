"""One clerk's own day: whom they served, how long it took, who did not come to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.offices import Office
from ticketing.hall_tables import servings

_ENDED = sa.select(
    servings.c.service_id, servings.c.called_at, servings.c.started_at, servings.c.ended_at, servings.c.outcome,
).where(
    servings.c.staff_id == bindparam("staff"), servings.c.date == bindparam("date"),
    servings.c.office_id == bindparam("office"), servings.c.ended_at.is_not(None),
).order_by(servings.c.called_at, servings.c.id)


@dataclass(frozen=True, slots=True)
class Served:
    """One person served to the end. `started` is when their service began, or the call if nobody said that it did:
    then `took` is None."""

    service_id: int
    started: datetime
    took: timedelta | None


@dataclass(frozen=True, slots=True)
class ClerkDay:
    """A clerk's day so far: `served` in the order of the calls, `absent` and `transferred` as counts."""

    served: Sequence[Served]
    absent: int
    transferred: int

    @property
    def mean(self) -> timedelta | None:
        """The mean service time, from the start to the end; of those whose start is known."""
        times = self._times()
        return sum(times, timedelta()) / len(times) if times else None

    @property
    def longest(self) -> timedelta | None:
        """The longest service time."""
        return max(self._times(), default=None)

    def _times(self) -> list[timedelta]:
        return [one.took for one in self.served if one.took is not None]


def day_of(connection: Connection, office: Office, staff_id: int, on: date) -> ClerkDay:
    """What this member of staff did at the office's counters on its date `on`."""
    rows = connection.execute(_ENDED, {"staff": staff_id, "date": on, "office": office.id}).all()
    served = [Served(row.service_id, row.started_at or row.called_at,
                     row.ended_at - row.started_at if row.started_at else None)
              for row in rows if row.outcome == "finished"]
    outcomes = [row.outcome for row in rows]
    return ClerkDay(served, outcomes.count("absent"), outcomes.count("transferred"))

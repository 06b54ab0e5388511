"""How many come of those who said so, of those who were reminded and said nothing, of those never reminded.

Read from the rows of days that are over: what a booking's person answered (`bookings.confirmed_at`), whether a
reminder of the booking as it stood went out, and whether they came. It stands here and not in the book because only
the outbox knows who was reminded; a rule of the book that wants the rates is handed them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications.tables import outbox
from scheduler.offices import Office
from scheduler.tables import bookings, days

LOOKED_BACK = timedelta(days=90)
FEW = 30  # people: below it a share says little


@dataclass(frozen=True, slots=True)
class Shown:
    """People whose visit is over, and those among them who came."""

    people: int = 0
    came: int = 0

    @property
    def share(self) -> float | None:
        """The share that came, 0 to 1; None of nobody."""
        return self.came / self.people if self.people else None

    @property
    def few(self) -> bool:
        """Whether the share rests on too few people to mean much."""
        return self.people < FEW


@dataclass(frozen=True, slots=True)
class ShowRates:
    """People of the last 90 days by what was said between them and us; `cancelled` gave their place up after a
    reminder, in time for someone else."""

    confirmed: Shown
    silent: Shown
    unreminded: Shown
    cancelled: int


_REMINDED = sa.exists().where(
    outbox.c.booking_id == bookings.c.id,
    outbox.c.kind.like("reminder%"),
    outbox.c.state.in_(("sent", "delivered")),
    # A cancellation is the change after the one the reminder spoke of.
    outbox.c.sequence == bookings.c.sequence - sa.case((bookings.c.status == "cancelled", 1), else_=0),
)
_EACH = (
    sa.select(
        sa.case((bookings.c.confirmed_at.is_not(None), 1), else_=0).label("confirmed"),
        sa.case((_REMINDED, 1), else_=0).label("reminded"), bookings.c.status, bookings.c.party,
    )
    .join_from(days, bookings, bookings.c.day_id == days.c.id)
    .where(days.c.office_id == bindparam("office"), days.c.date >= bindparam("first"), days.c.date < bindparam("today"),
           bookings.c.status.in_(("arrived", "absent", "cancelled")))
    .subquery()
)
_COUNTED = sa.select(
    _EACH.c.confirmed, _EACH.c.reminded, _EACH.c.status, sa.func.sum(_EACH.c.party).label("people"),
).group_by(_EACH.c.confirmed, _EACH.c.reminded, _EACH.c.status)


def show_rates(connection: Connection, office: Office, now: datetime) -> ShowRates:
    """The office's rates over the 90 days before today; today is not over and not in it."""
    today = office.today(now)
    rows = connection.execute(_COUNTED, {"office": office.id, "first": today - LOOKED_BACK, "today": today})
    found = {(bool(row.confirmed), bool(row.reminded), row.status): int(row.people) for row in rows}

    def shown(*, confirmed: bool, reminded: tuple[bool, ...]) -> Shown:
        came = sum(found.get((confirmed, one, "arrived"), 0) for one in reminded)
        return Shown(came + sum(found.get((confirmed, one, "absent"), 0) for one in reminded), came)

    return ShowRates(
        confirmed=shown(confirmed=True, reminded=(True, False)), silent=shown(confirmed=False, reminded=(True,)),
        unreminded=shown(confirmed=False, reminded=(False,)),
        cancelled=sum(people for (_, reminded, status), people in found.items() if reminded and status == "cancelled"),
    )

"""How many places of a day were given up so lately that they are not the public's yet.

Each waits its own while (`portions.back_at`) and holds up no other: whoever books and cancels again and again keeps
back what they give up themselves, never what the day would open besides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import portions
from scheduler.days import Day
from scheduler.foundation.journal import journal
from scheduler.keeping_tables import offers
from scheduler.offices import Office
from scheduler.tables import bookings, days

LONGEST = timedelta(hours=26)  # an hour before and after a night of up to a day (quiet hours): see `portions.back_at`

_IDS: sa.BindParameter[int] = bindparam("ids", expanding=True)
_ENDED = sa.union_all(
    sa.select(bookings.c.day_id, bookings.c.party, bookings.c.ended_at.label("at")).where(
        bookings.c.day_id.in_(_IDS), bookings.c.status == "cancelled", bookings.c.ended_at > bindparam("since")),
    sa.select(offers.c.day_id, offers.c.party, offers.c.ended_at).where(
        offers.c.day_id.in_(_IDS), offers.c.state.in_(("lapsed", "declined", "withdrawn")),
        offers.c.ended_at > bindparam("since")),
)
# Who moved away is noted at the day they moved to, with the start they had.
_MOVED = sa.select(journal.c.office_id, days.c.date, bookings.c.party, journal.c.at, journal.c.data).select_from(
    days.join(journal, journal.c.day_id == days.c.id).join(bookings, bookings.c.id == journal.c.booking_id),
).where(days.c.office_id.in_(bindparam("offices", expanding=True)), days.c.date >= bindparam("today"),
        journal.c.kind == "moved", journal.c.at > bindparam("since"))


def people(connection: Connection, pending: Sequence[tuple[Office, Day]], now: datetime, key: bytes,
           since: Mapping[int, datetime]) -> dict[int, int]:
    """How many places of each of these days still wait, by the day's id; two queries, none for no days.

    What was given up before the day's moment in `since` does not count: a manager has decided since.
    """
    if not pending:
        return {}
    by_id = {day.id: (office, day.date) for office, day in pending}
    waits: dict[int, int] = {}
    for day_id, party, at in _given_up(connection, pending, now):
        office, on = by_id[day_id]
        if at > since.get(day_id, now - LONGEST) and now < portions.back_at(key, office, on, at):
            waits[day_id] = waits.get(day_id, 0) + party
    return waits


def _given_up(connection: Connection, pending: Sequence[tuple[Office, Day]],
              now: datetime) -> list[tuple[int, int, datetime]]:
    offices = {office.id: office for office, _ in pending}
    since = now - LONGEST
    found = [(row.day_id, row.party, row.at) for row in connection.execute(
        _ENDED, {"ids": [day.id for _, day in pending], "since": since})]
    ids = {(day.office_id, day.date): day.id for _, day in pending}
    today = min(office.today(now) for office in offices.values())
    for row in connection.execute(_MOVED, {"offices": list(offices), "today": today, "since": since}):
        left = _left(offices[row.office_id], row.data["from"])
        if left != row.date and (day_id := ids.get((row.office_id, left))) is not None:
            found.append((day_id, row.party, row.at))
    return found


def _left(office: Office, start: str) -> date:
    return office.today(datetime.fromisoformat(start))

"""What every act of the hall is made of: the hall's lock, a guarded change, the stay, the journal, what undo needs.

Acts of one hall follow each other, as each takes the hall's row first and holds it to the end of its transaction. A
change is an UPDATE that wants the visit as it was read; the unique indexes stand behind both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import JSON, Connection, bindparam

from scheduler.foundation.database import UtcDateTime
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record
from scheduler.foundation.kept import reader
from scheduler.offices import Counter, Office
from ticketing.hall_tables import desks, servings
from ticketing.tables import visits

# One round trip takes the lock, on both databases, also for the first act of a day.
_LOCK = sa.text("""
    INSERT INTO halls (office_id, date, calls, version) VALUES (:office, :date, :calls, 1)
    ON CONFLICT (office_id, date) DO UPDATE SET calls = halls.calls + :calls, version = halls.version + 1
    RETURNING calls
""").bindparams(bindparam("office", type_=sa.Integer), bindparam("date", type_=sa.Date),
                bindparam("calls", type_=sa.Integer))

# The columns of a visit that acts change.
CHANGED = ("state", "since", "counter_id", "for_counter_id", "rejoined_at", "rests", "missed", "service_id", "queue")
_CHANGE = sa.update(visits).where(
    visits.c.id == bindparam("visit"), visits.c.version == bindparam("as_read"), visits.c.state == bindparam("was"),
).values(version=visits.c.version + 1, **{name: bindparam(f"new_{name}") for name in CHANGED})
_REST = sa.update(visits).where(visits.c.id.in_(bindparam("ids", expanding=True)), visits.c.rests > 0).values(
    rests=visits.c.rests - 1)
_BEGIN = servings.insert().values({name: bindparam(name) for name in (
    "office_id", "date", "visit_id", "counter_id", "service_id", "staff_id", "priority", "queue", "first_call", "call",
    "calls", "called_at", "last_called_at")}).returning(servings.c.id)
_END = sa.update(servings).where(servings.c.id == bindparam("serving")).values(
    ended_at=bindparam("at"), outcome=bindparam("how"))
_LAST = sa.select(desks.c.last).where(desks.c.counter_id == bindparam("counter"))
_REMEMBER = sa.text("""
    INSERT INTO desks (counter_id, office_id, staff_id, since, last) VALUES (:counter, :office, :staff, :now, :last)
    ON CONFLICT (counter_id) DO UPDATE SET last = excluded.last,
        seen_at = CASE WHEN desks.seen_at IS NULL THEN NULL ELSE excluded.since END
""").bindparams(*(bindparam(name, type_=sa.Integer) for name in ("counter", "office", "staff")),
                bindparam("now", type_=UtcDateTime), bindparam("last", type_=JSON(none_as_null=True)))


class Stay(msgspec.Struct, frozen=True):
    """A stay at a counter as it was before an act."""

    id: int
    call: int
    calls: int
    last_called_at: datetime
    started_at: datetime | None


class Before(msgspec.Struct, frozen=True):
    """One visit before an act: its changed columns, the `version` the act gave it, and its stay if there was one.

    `begun` is the stay that the act began, `stay` the one that it changed or ended, as that was.
    """

    visit: int
    version: int
    state_after: str
    state: str
    since: datetime
    counter_id: int | None
    for_counter_id: int | None
    rejoined_at: datetime | None
    rests: int
    missed: int
    service_id: int
    queue: str
    begun: int | None = None
    stay: Stay | None = None


class Last(msgspec.Struct, frozen=True):
    """What undo takes back: the act, the visits in the order they were changed, and who rested one call less."""

    act: str
    date: date
    rows: list[Before]
    rested: list[int] = []


_last_of = reader(Last)


@dataclass(slots=True)
class Act:
    """One act at a hall that is locked: `call` is the number of its call if it makes one; `staff_id` of nobody is the
    timetable's. `rows` and `rested` become what undo needs."""

    connection: Connection
    office: Office
    now: datetime
    staff_id: int | None
    today: date
    call: int
    rows: list[Before] = field(default_factory=list)
    rested: list[int] = field(default_factory=list)

    def change(self, row: Any, **new: Any) -> dict[str, Any]:
        """Change a visit as it was read; `since` is now if the state changes. Answers its values then.

        Raises Refusal not_waiting when it is no longer as it was read.
        """
        values = dict(row._mapping)
        before = {name: values[name] for name in CHANGED}
        new = {**before, **({"since": self.now} if new.get("state", values["state"]) != values["state"] else {}), **new}
        changed = self.connection.execute(_CHANGE, {
            "visit": row.id, "as_read": row.version, "was": row.state,
            **{f"new_{name}": value for name, value in new.items()}}).rowcount
        if changed != 1:
            raise Refusal("not_waiting", field="number")
        stay = None if row.serving_id is None else Stay(row.serving_id, row.call, row.calls, row.last_called_at,
                                                        row.started_at)
        self.rows.append(Before(visit=row.id, version=row.version + 1, state_after=new["state"], stay=stay, **before))
        return {**values, **new}

    def rest(self, ids: list[int]) -> None:
        """Those who did not answer and were passed over rest one call less."""
        if ids:
            self.connection.execute(_REST, {"ids": ids})
            self.rested = ids

    def begin_stay(self, row: Any, counter: Counter) -> dict[str, Any]:
        """The stay at the counter of the visit changed last begins with this act's call; answers its values."""
        serving: int = self.connection.execute(_BEGIN, {
            "office_id": self.office.id, "date": self.today, "visit_id": row.id, "counter_id": counter.id,
            "service_id": row.service_id, "staff_id": self.staff_id, "priority": row.priority, "queue": row.queue,
            "first_call": self.call, "call": self.call, "calls": 1, "called_at": self.now, "last_called_at": self.now,
        }).scalar_one()
        self.rows[-1] = msgspec.structs.replace(self.rows[-1], begun=serving)
        return {"call": self.call, "calls": 1, "called_at": self.now, "started_at": None}

    def end_stay(self, row: Any, how: str) -> None:
        """The visit's stay at its counter is over; `how` is one of `OUTCOMES`."""
        self.connection.execute(_END, {"serving": row.serving_id, "at": self.now, "how": how})

    def finish(self, row: Any, counter: Counter) -> dict[str, Any]:
        """The visit at the counter is done; answers its values."""
        self.end_stay(row, "finished")
        done = self.change(row, state="done", counter_id=None)
        self.note("served", row, counter=counter.slug)
        return done

    def note(self, kind: str, row: Any, **data: Any) -> None:
        """Write the journal's entry about that visit."""
        record(self.connection, kind, at=self.now, office_id=self.office.id, booking_id=row.booking_id,
               day_id=row.day_id, visit_id=row.id, staff_id=self.staff_id, data=data or None)

    def remember(self, counter: Counter, act: str) -> None:
        """Keep at the counter's desk what undo takes back; an act that changed nothing is not a step."""
        if self.rows:
            last = Last(act, self.today, self.rows, self.rested)
            self.connection.execute(_REMEMBER, {
                "counter": counter.id, "office": self.office.id, "staff": self.staff_id, "now": self.now,
                "last": msgspec.to_builtins(last)})


def begin(connection: Connection, office: Office, now: datetime, staff_id: int | None, *, calls: int = 0) -> Act:
    """Lock the office's hall of today for an act; `calls`: so many calls it may make."""
    today = office.today(now)
    call: int = connection.execute(_LOCK, {"office": office.id, "date": today, "calls": calls}).scalar_one()
    return Act(connection, office, now, staff_id, today, call)


def last_step(connection: Connection, counter: Counter, today: date) -> Last | None:
    """What undo at the counter takes back; None without a step of today."""
    kept = connection.scalar(_LAST, {"counter": counter.id})
    last = None if kept is None else _last_of(kept)
    return None if last is None or last.date != today else last

"""What becomes of a fact about a booking: confirmation, move, cancellation, and what a closure did to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import takewhile
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications import outbox
from notifications.compose import compose
from notifications.outbox import Message
from notifications.tables import outbox as messages
from notifications.wording.notices import Closed, Notice, notice
from scheduler.foundation.journal import journal
from scheduler.foundation.kept import reader
from scheduler.foundation.privacy import Vault
from scheduler.keeping_tables import closure_people, closures
from scheduler.offices import Office, Offices, Service
from scheduler.tables import PHONE_CHANNELS

WORTH_KNOWING = timedelta(hours=1)  # a cancellation is still told for so long, even if the visit had begun

_CLOSINGS = (
    sa.select(closure_people, closures.c.date, closures.c.opens, closures.c.closes, closures.c.counter,
              closures.c.reason, closures.c.ended_at)
    .join_from(closure_people, closures, closures.c.id == closure_people.c.closure_id)
    .where(closure_people.c.booking_id.in_(bindparam("bookings", expanding=True)))
)
_PLACED = sa.select(journal.c.kind, journal.c.booking_id.label("id"), journal.c.data).where(
    journal.c.booking_id == bindparam("booking"), journal.c.kind.in_(("moved", "unplaced")),
).order_by(journal.c.id.desc())


# A carrier took a message about the booking to its phone.
_REACHED = sa.select(sa.exists().where(
    messages.c.booking_id == bindparam("booking"), messages.c.medium == "sms",
    messages.c.state.in_(("sent", "delivered"))))


class _Turn(msgspec.Struct, frozen=True):
    """When a visitor's turn is expected, as the journal keeps it."""

    number: str
    to: datetime
    from_: datetime = msgspec.field(name="from")


_turn_of = reader(_Turn)


def closing_told(connection: Connection, booking_id: int, kind: str) -> Closed | None:
    """The closing a message of that kind is about, whatever else was closed since: the one that moved the booking last,
    or the first in force to leave it without a place where it is now."""
    entries = connection.execute(_PLACED, {"booking": booking_id}).all()
    since = list(takewhile(lambda entry: entry.kind == "unplaced", entries))
    named = reversed(since) if kind == "unplaced" else entries[len(since):len(since) + 1]
    closings = Closings.of(connection, entries)
    rows = (row for entry in named if (row := closings.about(entry)) is not None)
    row = next((row for row in rows if kind != "unplaced" or row.ended_at is None), None)
    return None if row is None else closed_of(row)


@dataclass(frozen=True, slots=True)
class Closings:
    """What closures did to the bookings that entries speak of, by closure and booking."""

    found: Mapping[tuple[int, int], Any]

    @staticmethod
    def of(connection: Connection, entries: Sequence[Any]) -> Closings:
        """Those that the entries name; one query, and none where no entry names one."""
        touched = [entry.id for entry in entries if _closure_of(entry) is not None and entry.id is not None]
        rows = connection.execute(_CLOSINGS, {"bookings": touched}) if touched else ()
        return Closings({(row.closure_id, row.booking_id): row for row in rows})

    def about(self, entry: Any) -> Any | None:
        """That of the entry; None where it names none."""
        closure = _closure_of(entry)
        return None if closure is None else self.found.get((closure, entry.id))


def _closure_of(entry: Any) -> int | None:
    closure: int | None = (entry.data or {}).get("closure")
    return closure


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes about the booking of an entry (`COLUMNS`) as it stands now; None where it calls for nothing any more."""

    connection: Connection
    offices: Offices
    vault: Vault
    now: datetime
    closings: Closings

    def booked(self, entry: Any) -> Message | None:
        """A booking that has neither moved nor ended since."""
        return self._write(entry, "confirmation") if entry.status == "booked" and entry.sequence == 0 else None

    def cancelled(self, entry: Any) -> Message | None:
        """Told also to who was on the way."""
        if entry.status != "cancelled":
            return None
        expires = max(entry.start, self.now + WORTH_KNOWING)
        return self._compose(entry, "cancellation", expires)

    def moved(self, entry: Any) -> Message | None:
        """By the resident or by staff; or by a closure, with the reason, unless the booking has gone on from there; or
        not at all, as the closure was taken back."""
        if entry.status != "booked":
            return None
        if "reopened" in (entry.data or {}):  # who was told that there is no place keeps the old one after all
            return self._compose(entry, "reopened", entry.start, partial(_notice, "reopened", entry, None, self.now))
        closing = self.closings.about(entry)
        if closing is None:
            return self._write(entry, "move")
        return self._write(entry, "closure_move", closing) if closing.start == entry.start else None

    def unplaced(self, entry: Any) -> Message | None:
        """A closure took the place and there is no other yet."""
        closing = self.closings.about(entry)
        if entry.status != "booked" or closing is None or closing.state != "unplaced" or closing.ended_at is not None:
            return None
        return self._write(entry, "unplaced", closing)

    def soon(self, entry: Any) -> Message | None:
        """The visitor's turn comes soon: told to a phone that took messages about this visit."""
        if entry.status != "arrived" or not self.connection.scalar(_REACHED, {"booking": entry.id}):
            return None
        turn = _turn_of(entry.data)
        if turn.to <= self.now:
            return None
        return self._compose(entry, "soon", turn.to, partial(_soon, entry, turn, self.now))

    def _write(self, entry: Any, kind: str, closing: Any = None) -> Message:
        if closing is None:
            return self._compose(entry, kind, entry.start)
        return self._compose(entry, kind, entry.start, partial(_notice, kind, entry, closed_of(closing), self.now))

    def _compose(self, entry: Any, kind: str, expires: datetime, text: Any = None) -> Message:
        rank = outbox.ASKED if _was_asked_by_phone(entry) else outbox.FACT
        return compose(self.connection, self.offices, self.vault, entry, kind, due_at=self.now, expires_at=expires,
                       rank=rank, text=text)


def _was_asked_by_phone(entry: Any) -> bool:
    """Whether the resident did it with the phone itself, and so waits for the answer in hand."""
    via = entry.channel if entry.kind == "booked" else (entry.data or {}).get("via")
    return via in PHONE_CHANNELS


def _notice(kind: str, row: Any, closed: Closed | None, now: datetime, office: Office, service: Service,
            who: str) -> str:
    told = Notice(office, service, who, now, code=row.code, start=row.start, closed=closed)
    return notice(kind, row.language, told)


def _soon(row: Any, turn: _Turn, now: datetime, office: Office, service: Service, _who: str) -> str:
    """Without a name: the number says for whom."""
    return notice("soon", row.language, Notice(office, service, "", now, start=turn.from_, until=turn.to,
                                               number=turn.number))


def closed_of(row: Any) -> Closed:
    """The closing of a row with the columns of `closures`, as it is told."""
    day: date = row.date
    return Closed(day, _clock(row.opens), _clock(row.closes), row.counter is not None, row.reason)


def _clock(local: str | None) -> time | None:
    """A local hour; None for the ends of a day, from and to which a closing needs no hour."""
    return None if local in (None, "00:00", "24:00") else time.fromisoformat(str(local))

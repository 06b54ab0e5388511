"""The tables of keeping capacity: what was learnt, what a manager decided otherwise, closures, the waiting list."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from scheduler.foundation.database import UtcDateTime, identity, metadata

# What a day that is over showed (`shows.DayShown`), counted once; a manager may leave it out.
learnt_days = Table(
    "learnt_days", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("day_id", ForeignKey("days.id"), nullable=False, unique=True),
    Column("date", Date, nullable=False),
    Column("shown", JSON, nullable=False),
    Column("left_out_at", UtcDateTime),
    Column("left_out_by", Integer),
    Column("left_out_because", String(120)),
    UniqueConstraint("office_id", "date"),
)

# What those days teach together (`shows.Learnt`), one row an office; made anew whenever a day is counted or left out.
learnt = Table(
    "learnt", metadata,
    Column("office_id", ForeignKey("offices.id"), primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("rates", JSON, nullable=False),
)

# A manager's own number of places for a day, until it is ended.
overrides = Table(
    "overrides", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("day_id", ForeignKey("days.id"), nullable=False),
    Column("released", Integer, nullable=False),
    Column("reason", String(120), nullable=False),
    Column("staff_id", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ended_by", Integer),
    CheckConstraint("released >= 0", name="released"),
    Index("uq_overrides_in_force", "day_id", unique=True,
          sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
)

# A date closed, whole or between two local times, or one counter of it. Who is touched stands in `closure_people`.
closures = Table(
    "closures", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("date", Date, nullable=False),
    Column("opens", String(5)),                 # local HH:MM from which it is closed; null from the beginning
    Column("closes", String(5)),                # and until; null to the end
    Column("counter", String(40)),              # slug; null: the whole office
    Column("reason", String(120), nullable=False),
    Column("staff_id", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("placed_at", UtcDateTime),           # when everybody had been tried once
    Column("ended_at", UtcDateTime),            # taken back
    Column("ended_by", Integer),
    Index("ix_closures_in_force", "date", "office_id",
          sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    Index("ix_closures_unplaced", "id",
          sqlite_where=text("placed_at IS NULL"), postgresql_where=text("placed_at IS NULL")),
)

# pending -> moved, or unplaced (tried again as places appear; to be called), or gone (came, cancelled, moved).
closure_people = Table(
    "closure_people", metadata, identity(),
    Column("closure_id", ForeignKey("closures.id"), nullable=False),
    Column("booking_id", ForeignKey("bookings.id"), nullable=False),
    Column("position", Integer, nullable=False),  # in fair order
    Column("state", String(8), nullable=False),
    Column("was", UtcDateTime, nullable=False),   # the start that was closed
    Column("start", UtcDateTime),                 # the new one
    Column("at", UtcDateTime),
    Column("called_at", UtcDateTime),
    Column("called_by", Integer),
    UniqueConstraint("closure_id", "booking_id"),
    CheckConstraint("state IN ('pending', 'moved', 'unplaced', 'gone')", name="state"),
    Index("ix_closure_people_booking", "booking_id"),
    Index("ix_closure_people_waiting", "closure_id", "position",
          sqlite_where=text("state IN ('pending', 'unplaced')"),
          postgresql_where=text("state IN ('pending', 'unplaced')")),
)

# One need of one person: a place for the service on any date from `first` to `last`. It is offered one place, once.
waiting = Table(
    "waiting", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("service_id", ForeignKey("services.id"), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("party", Integer, nullable=False),
    Column("priority", String(9)),
    Column("reason", String(12)),
    Column("channel", String(5), nullable=False),
    Column("language", String(2), nullable=False),
    Column("token", String(40), nullable=False, unique=True),  # of its page
    Column("state", String(8), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),  # its place in the line
    Column("ended_at", UtcDateTime),
    Column("booking_id", ForeignKey("bookings.id")),
    Column("nik_hash", LargeBinary(16)),
    Column("phone_hash", LargeBinary(16)),
    Column("phone_seat", Integer),              # which of the phone's places it takes: 1 .. the limit
    Column("sealed", LargeBinary),              # privacy.Person; null once erased
    CheckConstraint("state IN ('waiting', 'offered', 'booked', 'lapsed', 'declined', 'left', 'passed')", name="state"),
    CheckConstraint("party > 0", name="party"),
    CheckConstraint("first <= last", name="dates"),
    Index("uq_waiting_active_nik", "nik_hash", unique=True,
          sqlite_where=text("state IN ('waiting', 'offered')"),
          postgresql_where=text("state IN ('waiting', 'offered')")),
    Index("uq_waiting_active_phone_seat", "phone_hash", "phone_seat", unique=True,
          sqlite_where=text("state IN ('waiting', 'offered')"),
          postgresql_where=text("state IN ('waiting', 'offered')")),
    Index("ix_waiting_phone", "phone_hash",
          sqlite_where=text("phone_hash IS NOT NULL"), postgresql_where=text("phone_hash IS NOT NULL")),
    Index("ix_waiting_line", "office_id", "created_at",
          sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")),
    Index("ix_waiting_unerased", "last",
          sqlite_where=text("sealed IS NOT NULL"), postgresql_where=text("sealed IS NOT NULL")),
)

# A place held for somebody in line until `lapses_at`: counted in its slot's `taken` and its day's `held` while open.
offers = Table(
    "offers", metadata, identity(),
    Column("office_id", Integer, nullable=False),
    Column("waiting_id", ForeignKey("waiting.id"), nullable=False),
    Column("day_id", ForeignKey("days.id"), nullable=False),
    Column("slot_id", ForeignKey("slots.id"), nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("party", Integer, nullable=False),
    Column("state", String(9), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("lapses_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    CheckConstraint("state IN ('open', 'taken', 'lapsed', 'declined', 'withdrawn')", name="state"),
    # Nobody is offered twice for the same need; what the office itself took back does not count.
    Index("uq_offers_once", "waiting_id", unique=True,
          sqlite_where=text("state <> 'withdrawn'"), postgresql_where=text("state <> 'withdrawn'")),
    Index("ix_offers_open", "lapses_at",
          sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    Index("ix_offers_day", "day_id"),
    Index("ix_offers_slot", "slot_id"),
)

# A partial index serves a query only if the database sees its condition word for word, not as a parameter.
IN_LINE = text("waiting.state = 'waiting'")
ACTIVE = text("waiting.state IN ('waiting', 'offered')")
OPEN = text("offers.state = 'open'")
IN_FORCE = text("overrides.ended_at IS NULL")
CLOSED_NOW = text("closures.ended_at IS NULL")
TO_PLACE = text("closure_people.state IN ('pending', 'unplaced')")

"""The tables of the hall: calls and who made them, counters at work, numbers for doors without network, messages.

`halls` is the lock of a hall's queue: every act that changes who is called takes its row first.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from scheduler.foundation.database import UtcDateTime, identity, metadata

# One day's queue of an office. `calls` numbers the calls, recalls among them; `version` grows with every act, so that a
# screen knows by one small read whether it shows what is.
halls = Table(
    "halls", metadata,
    Column("office_id", ForeignKey("offices.id"), primary_key=True, autoincrement=False),
    Column("date", Date, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("version", Integer, nullable=False),
)

# Who works at a counter. `seen_at` is when its page last said that it is there, null for one that never does (another
# program); `last` is what undo takes back: the act, and the rows as they stood before.
desks = Table(
    "desks", metadata,
    Column("counter_id", ForeignKey("counters.id"), primary_key=True, autoincrement=False),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("staff_id", Integer),
    Column("since", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    Column("last", JSON(none_as_null=True)),
    Index("ix_desks_office", "office_id"),
)

# How a stay at a counter ended: `finished`, `absent`, `held`, `transferred`, or `freed` when the counter fell silent.
OUTCOMES = ("finished", "absent", "held", "transferred", "freed")

# One stay of a visit at a counter, from its call. `call` is the number of its last call in `halls.calls`, `calls` how
# often it was called; `started_at` is null for whom nobody began to serve.
servings = Table(
    "servings", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("date", Date, nullable=False),
    Column("visit_id", ForeignKey("visits.id"), nullable=False),
    Column("counter_id", ForeignKey("counters.id"), nullable=False),
    Column("service_id", ForeignKey("services.id"), nullable=False),
    Column("staff_id", Integer),
    Column("priority", String(9)),
    Column("queue", String(1), nullable=False),
    Column("first_call", Integer, nullable=False),
    Column("call", Integer, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("called_at", UtcDateTime, nullable=False),
    Column("last_called_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(11)),
    UniqueConstraint("office_id", "date", "call"),
    CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
    CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
    Index("ix_servings_visit", "visit_id"),
    Index("ix_servings_staff", "staff_id", "date"),
    Index("uq_servings_open", "visit_id", unique=True,
          sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
)

# Numbers a door may give while it has no network: `first` to `last` of a letter on one date, of one device.
ranges = Table(
    "ranges", metadata,
    Column("office_id", ForeignKey("offices.id"), primary_key=True, autoincrement=False),
    Column("date", Date, primary_key=True),
    Column("letter", String(1), primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
    Column("staff_id", Integer, nullable=False),
    CheckConstraint("first > 0 AND first <= last", name="numbers"),
    Index("ix_ranges_staff", "staff_id", "date"),
)

# What a door admitted without network and the book does not agree with; a person decides.
conflicts = Table(
    "conflicts", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("date", Date, nullable=False),
    Column("visit_id", ForeignKey("visits.id"), nullable=False),
    Column("booking_id", ForeignKey("bookings.id")),
    Column("why", String(12), nullable=False),       # twice, cancelled, moved, unknown, late_closed
    Column("staff_id", Integer, nullable=False),  # the door
    Column("at", UtcDateTime, nullable=False),       # on the door's clock
    Column("handed_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("settled_by", Integer),
    Column("kept", Integer),                         # 1: the visitor waits like others, 0: taken off the list
    UniqueConstraint("visit_id"),
    Index("ix_conflicts_open", "office_id", "date",
          sqlite_where=text("settled_at IS NULL"), postgresql_where=text("settled_at IS NULL")),
)

# What the office tells its hall, in both languages; no `until` is until it is taken away.
notices = Table(
    "notices", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("words", JSON, nullable=False),           # {"id": ..., "en": ...}
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("staff_id", Integer, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("ix_notices_office", "office_id",
          sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
)

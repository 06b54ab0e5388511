"""The tables of who came: visits with their numbers, and which scans were answered.

Counters, calls and screens are in `hall_tables.py`, the survey in `survey_tables.py`.
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
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from scheduler.foundation.database import UtcDateTime, identity, metadata

# What a visit can be: in the hall (`waiting`; `held`: set aside until they are back), at a counter (`called`,
# `serving`), or over (`done`; `absent`: did not answer any call; `gone`: left, or taken off the list by a clerk).
STATES = ("waiting", "held", "called", "serving", "done", "absent", "gone")
AT_COUNTER = "state IN ('called', 'serving')"

# One visit of one party, numbered `A-001` from each morning by office, date and letter. `letter` is that of the number
# and never changes; `queue` is that of the service it waits for now, which a transfer changes.
visits = Table(
    "visits", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("day_id", ForeignKey("days.id"), nullable=False),
    Column("date", Date, nullable=False),
    Column("letter", String(1), nullable=False),
    Column("number", Integer, nullable=False),
    Column("service_id", ForeignKey("services.id"), nullable=False),
    Column("booking_id", ForeignKey("bookings.id"), unique=True),  # null: a walk-in
    Column("party", Integer, nullable=False),
    Column("priority", String(9)),
    Column("due", UtcDateTime, nullable=False),      # the booked start; for a walk-in the arrival
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("state", String(8), nullable=False),      # one of STATES
    Column("since", UtcDateTime, nullable=False),    # in this state
    Column("queue", String(1), nullable=False),
    Column("counter_id", ForeignKey("counters.id")),      # where it is called or served
    Column("for_counter_id", ForeignKey("counters.id")),  # transferred to: only that one calls it
    Column("rejoined_at", UtcDateTime),              # transferred to the end of a line: its moment there
    Column("rests", Integer, nullable=False, server_default="0"),   # so many others of the queue are called before it
    Column("missed", Integer, nullable=False, server_default="0"),  # calls it did not answer
    Column("version", Integer, nullable=False, server_default="0"),  # grows with each act, so that undo finds its own
    Column("note", LargeBinary),                     # of a clerk for the next one, sealed
    UniqueConstraint("office_id", "date", "letter", "number"),
    CheckConstraint(f"state IN {STATES}", name="state"),
    CheckConstraint(f"({AT_COUNTER}) = (counter_id IS NOT NULL)", name="at_counter"),
    CheckConstraint("rests >= 0 AND missed >= 0", name="counted"),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("party > 0", name="party"),
    Index("ix_visits_state", "office_id", "date", "state"),
    Index("ix_visits_day", "day_id"),
    Index("uq_visits_at_counter", "counter_id", unique=True,  # a counter has one person at a time
          sqlite_where=text(AT_COUNTER), postgresql_where=text(AT_COUNTER)),
)

# The last number given, by office, date and letter.
numberings = Table(
    "numberings", metadata,
    Column("office_id", Integer, primary_key=True, autoincrement=False),
    Column("date", Date, primary_key=True),
    Column("letter", String(1), primary_key=True),
    Column("last", Integer, nullable=False),
)

# The answer to each scan, by the scanner's nonce: the same scan again gives the same answer.
scans = Table(
    "scans", metadata,
    Column("office_id", Integer, primary_key=True, autoincrement=False),
    Column("nonce", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("answer", JSON, nullable=False),
    Index("ix_scans_at", "at"),
)

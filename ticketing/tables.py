"""The tables of the hall: who came, with which number, and which scans were answered."""

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
)

from scheduler.foundation.database import UtcDateTime, identity, metadata

# One visit of one party, numbered `A-001` from each morning by office, date and letter.
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
    Column("state", String(8), nullable=False),      # waiting; the queue's later states follow
    UniqueConstraint("office_id", "date", "letter", "number"),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("party > 0", name="party"),
    Index("ix_visits_state", "office_id", "date", "state"),
    Index("ix_visits_day", "day_id"),
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

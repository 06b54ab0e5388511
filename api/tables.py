"""The tables of the doors: staff, sessions, sign-in attempts, rate limits."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from scheduler.foundation.database import UtcDateTime, identity, metadata

staff = Table(
    "staff", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("username", String(60), nullable=False, unique=True),
    Column("password", String(200), nullable=False),  # argon2id, in its own encoding
    Column("role", String(8), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("role IN ('counter', 'manager', 'admin')", name="role"),
)

sessions = Table(
    "sessions", metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_sessions_expires_at", "expires_at"),
    Index("ix_sessions_staff_id", "staff_id"),
)

# Wrong passwords in a row, by account name, browser and client network; hashed under a key, as people type their
# password into the wrong field.
sign_in_failures = Table(
    "sign_in_failures", metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    Column("last_at", UtcDateTime, nullable=False),
    Index("ix_sign_in_failures_last_at", "last_at"),
)

# Requests taken out of each client's and route's allowance in a window of time, by all processes together.
allowances = Table(
    "allowances", metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("window", UtcDateTime, primary_key=True),
    Column("used", Integer, nullable=False),
    Index("ix_allowances_window", "window"),
)

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
    text,
)

from scheduler.foundation.database import UtcDateTime, identity, metadata

# People, each of whom may do what those before may; and devices, which have a key and no password.
PEOPLE = ("counter", "manager", "admin")
DEVICES = ("door", "board", "kiosk")
ROLES = (*PEOPLE, *DEVICES)

staff = Table(
    "staff", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("username", String(60), nullable=False, unique=True),
    Column("password", String(200), nullable=False),  # argon2id, in its own encoding
    Column("role", String(8), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("name", String(60)),                       # as people call the person or the device
    Column("must_change", Boolean, nullable=False, server_default=text("false")),  # the password was given by another
    Column("printer", String(80)),                    # of a device: the host and port of an 80 mm printer
    CheckConstraint(f"role IN {ROLES}", name="role"),
    Index("ix_staff_office", "office_id"),
)

# A device takes its key by a code that is good for a few minutes and once.
pairings = Table(
    "pairings", metadata,
    Column("code_hash", LargeBinary(32), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_pairings_expires_at", "expires_at"),
    Index("ix_pairings_staff_id", "staff_id"),
)

sessions = Table(
    "sessions", metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("client", String(60)),                     # what signed in, in short: Firefox, Android
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

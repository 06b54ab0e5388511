"""The tables of delivery: messages with their state, attempts and cost, and the reports about them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Table,
    text,
)

from scheduler.foundation.database import UtcDateTime, identity, metadata

# queued -> sending -> sent -> delivered; or failed (for good), unknown (may have gone out, ambiguous time-out or
# a worker that died in the middle), dropped (no longer true when its turn came).
STATES = ("queued", "sending", "sent", "delivered", "failed", "unknown", "dropped")

outbox = Table(
    "outbox", metadata, identity(),
    Column("key", String(80), nullable=False, unique=True),  # e.g. booked:17:0; the same fact never twice
    Column("office_id", Integer, nullable=False),
    Column("booking_id", ForeignKey("bookings.id")),
    Column("sequence", Integer),                    # of the booking when written: a reminder of an older one is dropped
    Column("kind", String(24), nullable=False),
    Column("text", String(480), nullable=False),    # holds no name, NIK or phone
    Column("phone", LargeBinary),                   # sealed E.164; null once erased
    Column("state", String(9), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),   # not before; moved back by each retry
    Column("expires_at", UtcDateTime),               # pointless afterwards: dropped
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("claim", String(16)),                     # who took it: one random word for each claiming transaction
    Column("claimed_until", UtcDateTime),
    Column("sent_at", UtcDateTime),                  # last handed to the network
    Column("settled_at", UtcDateTime),
    Column("gateway", String(24)),
    Column("vendor_id", String(80)),
    Column("cost", Numeric(12, 4, asdecimal=True)),
    Column("currency", String(3)),
    Column("error", String(200)),
    CheckConstraint("state IN ('queued','sending','sent','delivered','failed','unknown','dropped')", name="state"),
    Index("ix_outbox_due", "due_at", sqlite_where=text("state = 'queued'"), postgresql_where=text("state = 'queued'")),
    Index("ix_outbox_claimed", "claimed_until",
          sqlite_where=text("state = 'sending'"), postgresql_where=text("state = 'sending'")),
    Index("ix_outbox_unsettled", "sent_at",          # reports are matched with these by phone
          sqlite_where=text("state IN ('sending', 'unknown') AND vendor_id IS NULL"),
          postgresql_where=text("state IN ('sending', 'unknown') AND vendor_id IS NULL")),
    Index("ix_outbox_vendor", "vendor_id",
          sqlite_where=text("vendor_id IS NOT NULL"), postgresql_where=text("vendor_id IS NOT NULL")),
    Index("ix_outbox_booking", "booking_id"),
    Index("ix_outbox_troubled", "office_id", "created_at",  # what someone should call about
          sqlite_where=text("state IN ('failed', 'unknown')"),
          postgresql_where=text("state IN ('failed', 'unknown')")),
)

# Every report the vendor sends, also those with a status we do not know or a message we cannot find.
delivery_reports = Table(
    "delivery_reports", metadata, identity(),
    Column("at", UtcDateTime, nullable=False),
    Column("gateway", String(24), nullable=False),
    Column("vendor_id", String(80), nullable=False),
    Column("status", String(40), nullable=False),
    Column("outbox_id", ForeignKey("outbox.id")),
    Column("suspect_id", ForeignKey("outbox.id")),   # the number's only message on the network when the report came
    Column("fields", JSON, nullable=False),          # the vendor's other fields, without the phone number
    Index("uq_delivery_reports_vendor_status", "gateway", "vendor_id", "status", unique=True),
    Index("ix_delivery_reports_unlinked", "at",      # came before our own mark was committed
          sqlite_where=text("outbox_id IS NULL"), postgresql_where=text("outbox_id IS NULL")),
)

# A partial index serves a query only when its condition stands in it literally, not as a bound value.
QUEUED = text("outbox.state = 'queued'")
SENDING = text("outbox.state = 'sending'")
UNSETTLED = text("outbox.state IN ('sending', 'unknown') AND outbox.vendor_id IS NULL")
UNREAD = text("journal.unread")

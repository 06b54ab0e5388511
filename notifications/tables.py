"""The tables of delivery: messages with their state, attempts and cost, the reports about them, who wants no more."""

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
    SmallInteger,
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
    Column("waiting_id", Integer),                   # of a message about the waiting list
    Column("sequence", Integer),                    # of the booking when written: a reminder of an older one is
                                                    # dropped; of the waiting list the offer's number
    Column("kind", String(24), nullable=False),
    Column("text", String(480), nullable=False),    # holds no NIK or phone, and names only masked
    Column("medium", String(5), nullable=False, server_default="sms"),
    Column("rank", SmallInteger, nullable=False, server_default="1"),  # lower goes first: see outbox.Message
    Column("address", LargeBinary),                 # sealed E.164, or e-mail address; null once erased
    Column("phone_hash", LargeBinary(16)),          # of the number; null for e-mail and once erased
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
    Column("tried", String(80)),                     # carriers that refused in this round, joined by commas
    Column("held", String(8)),                       # why it waits although it was due
    Column("handled_at", UtcDateTime),               # when a member of staff told the person otherwise
    Column("handled_by", Integer),
    CheckConstraint("state IN ('queued','sending','sent','delivered','failed','unknown','dropped')", name="state"),
    CheckConstraint("medium IN ('sms', 'email')", name="medium"),
    CheckConstraint("held IN ('quiet', 'spending')", name="held"),
    Index("ix_outbox_due", "rank", "due_at",
          sqlite_where=text("state = 'queued'"), postgresql_where=text("state = 'queued'")),
    Index("ix_outbox_claimed", "claimed_until",
          sqlite_where=text("state = 'sending'"), postgresql_where=text("state = 'sending'")),
    Index("ix_outbox_unsettled", "phone_hash", "sent_at",  # reports are matched with these by phone
          sqlite_where=text("state IN ('sending', 'unknown') AND vendor_id IS NULL"),
          postgresql_where=text("state IN ('sending', 'unknown') AND vendor_id IS NULL")),
    Index("ix_outbox_vendor", "vendor_id",
          sqlite_where=text("vendor_id IS NOT NULL"), postgresql_where=text("vendor_id IS NOT NULL")),
    Index("ix_outbox_booking", "booking_id"),
    Index("ix_outbox_waiting", "waiting_id",
          sqlite_where=text("waiting_id IS NOT NULL"), postgresql_where=text("waiting_id IS NOT NULL")),
    Index("ix_outbox_phone", "phone_hash", "created_at",  # what a phone was told lately
          sqlite_where=text("phone_hash IS NOT NULL"), postgresql_where=text("phone_hash IS NOT NULL")),
    Index("ix_outbox_spent", "office_id", "sent_at",      # what was spent today
          sqlite_where=text("sent_at IS NOT NULL"), postgresql_where=text("sent_at IS NOT NULL")),
    Index("ix_outbox_answers", "office_id", "created_at",  # how much an office answered lately, and what to forget
          sqlite_where=text("kind = 'answer' AND address IS NOT NULL"),
          postgresql_where=text("kind = 'answer' AND address IS NOT NULL")),
    Index("ix_outbox_unsent", "office_id", "created_at",    # what never went out, for the counts of a day
          sqlite_where=text("sent_at IS NULL"), postgresql_where=text("sent_at IS NULL")),
    Index("ix_outbox_troubled", "office_id", "created_at",  # what someone should call about
          sqlite_where=text("state IN ('failed', 'unknown') AND handled_at IS NULL"),
          postgresql_where=text("state IN ('failed', 'unknown') AND handled_at IS NULL")),
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

# Phones that want no messages but answers to what they ask.
opt_outs = Table(
    "opt_outs", metadata, identity(),
    Column("phone_hash", LargeBinary(16), nullable=False, unique=True),
    Column("address", LargeBinary, nullable=False),  # sealed E.164, so that it can be hashed under another key
    Column("at", UtcDateTime, nullable=False),
    Column("source", String(6), nullable=False),     # the resident's own SMS, or the vendor's list
    CheckConstraint("source IN ('sms', 'vendor')", name="source"),
)

# A partial index serves a query only when its condition stands in it literally, not as a bound value.
QUEUED = text("outbox.state = 'queued'")
SENDING = text("outbox.state = 'sending'")
UNSETTLED = text("outbox.state IN ('sending', 'unknown') AND outbox.vendor_id IS NULL")
TROUBLED = text("outbox.state IN ('failed', 'unknown') AND outbox.handled_at IS NULL")
ANSWERS = text("outbox.kind = 'answer' AND outbox.address IS NOT NULL")
HAS_WAITING = text("outbox.waiting_id IS NOT NULL")
UNREAD = text("journal.unread")

"""The tables of the phone's doors: what came in, and conversations that are not at their end.

What people wrote is kept only while it is needed to go on, and sealed; `upkeep` forgets it.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, LargeBinary, SmallInteger, String, Table, UniqueConstraint

from scheduler.foundation.database import UtcDateTime, identity, metadata

# Each SMS that came in, so that the same one has one effect. `words` is a keyed hash of its text.
heard = Table(
    "heard", metadata, identity(),
    Column("at", UtcDateTime, nullable=False),
    Column("gateway", String(24), nullable=False),
    Column("vendor_id", String(80), nullable=False),
    Column("phone_hash", LargeBinary(16), nullable=False),
    Column("words", LargeBinary(16), nullable=False),
    Column("stamp", String(40)),                     # the vendor's own date of the SMS, as it writes it
    UniqueConstraint("gateway", "vendor_id"),
    Index("ix_heard_phone", "phone_hash", "at"),
    Index("ix_heard_at", "at"),
)

# One phone's conversation by SMS. Its row is locked while a message of the phone is worked on.
dialogues = Table(
    "dialogues", metadata,
    Column("phone_hash", LargeBinary(16), primary_key=True),
    Column("office_id", Integer),
    Column("language", String(2)),
    Column("pending", LargeBinary),                  # sealed: what was asked or offered last; null when nothing is open
    Column("lapses_at", UtcDateTime),                # of what is pending
    Column("mistakes", SmallInteger, nullable=False, server_default="0"),  # in a row
    Column("answers", JSON, nullable=False),         # moments of the last answers, in seconds since 1970
    Column("words", LargeBinary(16)),                # of the last SMS that was worked on, as in `heard`
    Column("at", UtcDateTime, nullable=False),       # when that was
    Index("ix_dialogues_at", "at"),
)

# One USSD session; the vendor sends all that was typed so far with each step.
ussd_sessions = Table(
    "ussd_sessions", metadata,
    Column("session_hash", LargeBinary(16), primary_key=True),
    Column("phone_hash", LargeBinary(16), nullable=False),
    Column("office_id", Integer),
    Column("language", String(2)),
    Column("typed", LargeBinary, nullable=False),    # sealed: the vendor's text of the last step
    Column("state", LargeBinary, nullable=False),    # sealed: where in the menu, and what was answered
    Column("screen", LargeBinary, nullable=False),   # sealed: what was answered to the last step
    Column("ended_at", UtcDateTime),                 # done, or told by the vendor that it broke off
    Column("at", UtcDateTime, nullable=False),       # of the last step
    Index("ix_ussd_sessions_phone", "phone_hash", "at"),
    Index("ix_ussd_sessions_at", "at"),
)

"""The tables of the satisfaction survey (SKM, PermenPAN-RB 14/2017): who may answer, and what was answered.

Nothing leads from an answer to a visit: an answer has an id drawn at random, a month instead of a moment, and whoever
answered is only marked as having done so.
"""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Date, ForeignKey, Index, LargeBinary, String, Table

from scheduler.foundation.database import UtcDateTime, metadata

# One for each visit that was asked. `token_hash` is SHA-256 of the token in the link, cut to 16 bytes.
invitations = Table(
    "invitations", metadata,
    Column("token_hash", LargeBinary(16), primary_key=True),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("visit_id", ForeignKey("visits.id"), nullable=False, unique=True),
    Column("until", UtcDateTime, nullable=False),
    Column("used", Date),                            # the date alone
    Index("ix_invitations_until", "until"),
)

opinions = Table(
    "opinions", metadata,
    Column("id", LargeBinary(16), primary_key=True),  # random
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("service_id", ForeignKey("services.id"), nullable=False),
    Column("month", Date, nullable=False),           # its first day
    Column("channel", String(5), nullable=False),
    Column("answers", JSON, nullable=False),         # nine numbers of 1 to 4
    CheckConstraint("channel IN ('web', 'sms')", name="channel"),
    Index("ix_opinions_month", "office_id", "month"),
)

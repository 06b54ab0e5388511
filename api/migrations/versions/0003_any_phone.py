"""Any phone: conversations by SMS and USSD, messages by several ways, opting out, saying that one will come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_HASH = sa.LargeBinary(16)
_OUTBOX_NEW = ("medium", "rank", "phone_hash", "tried", "held", "handled_at", "handled_by")
_QUEUED = "state = 'queued'"
_UNSETTLED = "state IN ('sending', 'unknown') AND vendor_id IS NULL"
_TROUBLED = "state IN ('failed', 'unknown')"
_ANSWERS = "kind = 'answer' AND address IS NOT NULL"
_TELLING = "kind IN ('carrier_down', 'carrier_up', 'messages_held', 'answers_paused')"


def upgrade() -> None:
    """New columns of messages and bookings, four new tables.

    A message from before has no hash of its number: a report about it is matched by the vendor's id alone.
    """
    for index in ("due", "unsettled", "troubled"):
        op.drop_index(f"ix_outbox_{index}", "outbox")
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("phone", new_column_name="address")
        outbox.add_column(sa.Column("medium", sa.String(5), nullable=False, server_default="sms"))
        outbox.add_column(sa.Column("rank", sa.SmallInteger(), nullable=False, server_default="1"))
        outbox.add_column(sa.Column("phone_hash", _HASH))
        outbox.add_column(sa.Column("tried", sa.String(80)))
        outbox.add_column(sa.Column("held", sa.String(8)))
        outbox.add_column(sa.Column("handled_at", _MOMENT))
        outbox.add_column(sa.Column("handled_by", sa.Integer()))
        outbox.create_check_constraint(op.f("ck_outbox_medium"), "medium IN ('sms', 'email')")
        outbox.create_check_constraint(op.f("ck_outbox_held"), "held IN ('quiet', 'spending')")
    _index("ix_outbox_due", ["rank", "due_at"], _QUEUED)
    _index("ix_outbox_unsettled", ["phone_hash", "sent_at"], _UNSETTLED)
    _index("ix_outbox_troubled", ["office_id", "created_at"], f"{_TROUBLED} AND handled_at IS NULL")
    _index("ix_outbox_phone", ["phone_hash", "created_at"], "phone_hash IS NOT NULL")
    _index("ix_outbox_spent", ["office_id", "sent_at"], "sent_at IS NOT NULL")
    _index("ix_outbox_answers", ["office_id", "created_at"], _ANSWERS)
    op.create_index("ix_journal_telling", "journal", ["kind", "at"],
                    sqlite_where=sa.text(_TELLING), postgresql_where=sa.text(_TELLING))
    _index("ix_outbox_unsent", ["office_id", "created_at"], "sent_at IS NULL")
    op.add_column("bookings", sa.Column("confirmed_at", _MOMENT))
    _opt_outs()
    _conversations()


def downgrade() -> None:
    """Back to the version before; messages by e-mail and those that belong to no booking's fact stay as rows."""
    for table in ("ussd_sessions", "dialogues", "heard", "opt_outs"):
        op.drop_table(table)
    op.drop_column("bookings", "confirmed_at")
    op.drop_index("ix_journal_telling", "journal")
    for index in ("due", "unsettled", "troubled", "phone", "spent", "answers", "unsent"):
        op.drop_index(f"ix_outbox_{index}", "outbox")
    with op.batch_alter_table("outbox") as outbox:
        for rule in ("medium", "held"):
            outbox.drop_constraint(op.f(f"ck_outbox_{rule}"), type_="check")
        for column in _OUTBOX_NEW:
            outbox.drop_column(column)
        outbox.alter_column("address", new_column_name="phone")
    _index("ix_outbox_due", ["due_at"], _QUEUED)
    _index("ix_outbox_unsettled", ["sent_at"], _UNSETTLED)
    _index("ix_outbox_troubled", ["office_id", "created_at"], _TROUBLED)


def _opt_outs() -> None:
    op.create_table(
        "opt_outs",
        sa.Column("id", _ID, nullable=False),
        sa.Column("phone_hash", _HASH, nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("source", sa.String(6), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_outs")),
        sa.UniqueConstraint("phone_hash", name=op.f("uq_opt_outs_phone_hash")),
        sa.CheckConstraint("source IN ('sms', 'vendor')", name=op.f("ck_opt_outs_source")),
    )


def _conversations() -> None:
    op.create_table(
        "heard",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("gateway", sa.String(24), nullable=False),
        sa.Column("vendor_id", sa.String(80), nullable=False),
        sa.Column("phone_hash", _HASH, nullable=False),
        sa.Column("words", _HASH, nullable=False),
        sa.Column("stamp", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heard")),
        sa.UniqueConstraint("gateway", "vendor_id", name=op.f("uq_heard_gateway_vendor_id")),
        sa.Index("ix_heard_phone", "phone_hash", "at"),
        sa.Index("ix_heard_at", "at"),
    )
    op.create_table(
        "dialogues",
        sa.Column("phone_hash", _HASH, nullable=False),
        sa.Column("office_id", sa.Integer()),
        sa.Column("language", sa.String(2)),
        sa.Column("pending", sa.LargeBinary()),
        sa.Column("lapses_at", _MOMENT),
        sa.Column("mistakes", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("words", _HASH),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("phone_hash", name=op.f("pk_dialogues")),
        sa.Index("ix_dialogues_at", "at"),
    )
    op.create_table(
        "ussd_sessions",
        sa.Column("session_hash", _HASH, nullable=False),
        sa.Column("phone_hash", _HASH, nullable=False),
        sa.Column("office_id", sa.Integer()),
        sa.Column("language", sa.String(2)),
        sa.Column("typed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("screen", sa.LargeBinary(), nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_ussd_sessions")),
        sa.Index("ix_ussd_sessions_phone", "phone_hash", "at"),
        sa.Index("ix_ussd_sessions_at", "at"),
    )


def _index(name: str, columns: list[str], condition: str, *, table: str = "outbox") -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))

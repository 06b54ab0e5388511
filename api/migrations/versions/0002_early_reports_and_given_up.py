"""What early delivery reports are about, and a look at what a phone gave up lately."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SUSPECT = "fk_delivery_reports_suspect_id"
_GIVEN_UP = "ix_bookings_given_up"
_CANCELLED = sa.text("status = 'cancelled'")


def upgrade() -> None:
    """A column with the rule behind it, and an index."""
    with op.batch_alter_table("delivery_reports") as reports:
        reports.add_column(sa.Column("suspect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
        reports.create_foreign_key(op.f(_SUSPECT), "outbox", ["suspect_id"], ["id"])
    op.create_index(_GIVEN_UP, "bookings", ["phone_hash", "ended_at"],
                    sqlite_where=_CANCELLED, postgresql_where=_CANCELLED)


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index(_GIVEN_UP, "bookings")
    with op.batch_alter_table("delivery_reports") as reports:
        reports.drop_constraint(op.f(_SUSPECT), type_="foreignkey")
        reports.drop_column("suspect_id")

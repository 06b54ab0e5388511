"""A delivery report that came while its message was on the network remembers which message that was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_FOREIGN_KEY = "fk_delivery_reports_suspect_id"  # naming conventions add nothing to it


def upgrade() -> None:
    """One column and the rule behind it."""
    with op.batch_alter_table("delivery_reports") as reports:
        reports.add_column(sa.Column("suspect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
        reports.create_foreign_key(op.f(_FOREIGN_KEY), "outbox", ["suspect_id"], ["id"])


def downgrade() -> None:
    """Back to the version before."""
    with op.batch_alter_table("delivery_reports") as reports:
        reports.drop_constraint(op.f(_FOREIGN_KEY), type_="foreignkey")
        reports.drop_column("suspect_id")

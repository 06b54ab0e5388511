"""What early delivery reports are about, what a phone gave up lately, and look-ups that need no statistics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SUSPECT = "fk_delivery_reports_suspect_id"
_GIVEN_UP = "ix_bookings_given_up"
_ACTIVE = {
    "uq_bookings_active_nik": (["nik_hash"], True),
    "uq_bookings_active_phone_seat": (["phone_hash", "phone_seat"], True),
    "ix_bookings_due": (["start"], False),
}


def upgrade() -> None:
    """A column with the rule behind it, an index, and another word for the condition of three."""
    with op.batch_alter_table("delivery_reports") as reports:
        reports.add_column(sa.Column("suspect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
        reports.create_foreign_key(op.f(_SUSPECT), "outbox", ["suspect_id"], ["id"])
    _index(_GIVEN_UP, ["phone_hash", "ended_at"], "status = 'cancelled'")
    _remake("status NOT IN ('arrived', 'absent', 'cancelled')")


def downgrade() -> None:
    """Back to the version before."""
    _remake("status = 'booked'")
    op.drop_index(_GIVEN_UP, "bookings")
    with op.batch_alter_table("delivery_reports") as reports:
        reports.drop_constraint(op.f(_SUSPECT), type_="foreignkey")
        reports.drop_column("suspect_id")


def _remake(condition: str) -> None:
    for name, (columns, unique) in _ACTIVE.items():
        op.drop_index(name, "bookings")
        _index(name, columns, condition, unique=unique)


def _index(name: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    op.create_index(name, "bookings", columns, unique=unique,
                    sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))

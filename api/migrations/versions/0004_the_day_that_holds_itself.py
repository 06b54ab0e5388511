"""What days teach, a manager's own numbers, closures, and the waiting list with its offers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_HASH = sa.LargeBinary(16)
_NEW_OF_DAYS = ("held", "turned_away", "wanted", "freed_at")


def upgrade() -> None:
    """New columns of days, journal and outbox, seven new tables."""
    with op.batch_alter_table("days") as days:
        days.add_column(sa.Column("held", sa.Integer(), nullable=False, server_default="0"))
        days.add_column(sa.Column("turned_away", sa.Integer(), nullable=False, server_default="0"))
        days.add_column(sa.Column("wanted", sa.Integer(), nullable=False, server_default="0"))
        days.add_column(sa.Column("freed_at", _MOMENT))
        days.create_check_constraint(op.f("ck_days_counted"), "held >= 0 AND turned_away >= 0")
    op.execute("UPDATE days SET wanted = released")  # until the job looks again
    op.add_column("journal", sa.Column("waiting_id", sa.Integer()))
    _index("ix_journal_waiting", "journal", ["waiting_id"], "waiting_id IS NOT NULL")
    op.add_column("outbox", sa.Column("waiting_id", sa.Integer()))
    _index("ix_outbox_waiting", "outbox", ["waiting_id"], "waiting_id IS NOT NULL")
    _learning()
    _closures()
    _waiting()


def downgrade() -> None:
    """Back to the version before: who waits, what was learnt and decided otherwise is forgotten."""
    for table in ("offers", "waiting", "closure_people", "closures", "overrides", "learnt", "learnt_days"):
        op.drop_table(table)
    for table in ("journal", "outbox"):
        op.drop_index(f"ix_{table}_waiting", table)
        op.drop_column(table, "waiting_id")
    with op.batch_alter_table("days") as days:
        days.drop_constraint(op.f("ck_days_counted"), type_="check")
        for column in _NEW_OF_DAYS:
            days.drop_column(column)


def _learning() -> None:
    op.create_table(
        "learnt_days",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("day_id", _ID, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("left_out_at", _MOMENT),
        sa.Column("left_out_by", sa.Integer()),
        sa.Column("left_out_because", sa.String(120)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learnt_days")),
        _to("learnt_days", "office_id", "offices"), _to("learnt_days", "day_id", "days"),
        sa.UniqueConstraint("day_id", name=op.f("uq_learnt_days_day_id")),
        sa.UniqueConstraint("office_id", "date", name=op.f("uq_learnt_days_office_id_date")),
    )
    op.create_table(
        "learnt",
        sa.Column("office_id", _ID, nullable=False, autoincrement=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("rates", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_learnt")),
        _to("learnt", "office_id", "offices"),
    )
    op.create_table(
        "overrides",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("day_id", _ID, nullable=False),
        sa.Column("released", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("ended_by", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
        _to("overrides", "office_id", "offices"), _to("overrides", "day_id", "days"),
        sa.CheckConstraint("released >= 0", name=op.f("ck_overrides_released")),
    )
    _index("uq_overrides_in_force", "overrides", ["day_id"], "ended_at IS NULL", unique=True)


def _closures() -> None:
    op.create_table(
        "closures",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("opens", sa.String(5)),
        sa.Column("closes", sa.String(5)),
        sa.Column("counter", sa.String(40)),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("placed_at", _MOMENT),
        sa.Column("ended_at", _MOMENT),
        sa.Column("ended_by", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
        _to("closures", "office_id", "offices"),
    )
    _index("ix_closures_in_force", "closures", ["date", "office_id"], "ended_at IS NULL")
    _index("ix_closures_unplaced", "closures", ["id"], "placed_at IS NULL")
    op.create_table(
        "closure_people",
        sa.Column("id", _ID, nullable=False),
        sa.Column("closure_id", _ID, nullable=False),
        sa.Column("booking_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("was", _MOMENT, nullable=False),
        sa.Column("start", _MOMENT),
        sa.Column("at", _MOMENT),
        sa.Column("called_at", _MOMENT),
        sa.Column("called_by", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure_people")),
        _to("closure_people", "closure_id", "closures"), _to("closure_people", "booking_id", "bookings"),
        sa.UniqueConstraint("closure_id", "booking_id", name=op.f("uq_closure_people_closure_id_booking_id")),
        sa.CheckConstraint("state IN ('pending', 'moved', 'unplaced', 'gone')", name=op.f("ck_closure_people_state")),
        sa.Index("ix_closure_people_booking", "booking_id"),
    )
    _index("ix_closure_people_waiting", "closure_people", ["closure_id", "position"],
           "state IN ('pending', 'unplaced')")


def _waiting() -> None:
    active = "state IN ('waiting', 'offered')"
    op.create_table(
        "waiting",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("service_id", _ID, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("priority", sa.String(9)),
        sa.Column("reason", sa.String(12)),
        sa.Column("channel", sa.String(5), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("token", sa.String(40), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("booking_id", _ID),
        sa.Column("nik_hash", _HASH),
        sa.Column("phone_hash", _HASH),
        sa.Column("phone_seat", sa.Integer()),
        sa.Column("sealed", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        _to("waiting", "office_id", "offices"), _to("waiting", "service_id", "services"),
        _to("waiting", "booking_id", "bookings"),
        sa.UniqueConstraint("token", name=op.f("uq_waiting_token")),
        sa.CheckConstraint("state IN ('waiting', 'offered', 'booked', 'lapsed', 'declined', 'left', 'passed')",
                           name=op.f("ck_waiting_state")),
        sa.CheckConstraint("party > 0", name=op.f("ck_waiting_party")),
        sa.CheckConstraint("first <= last", name=op.f("ck_waiting_dates")),
    )
    _index("uq_waiting_active_nik", "waiting", ["nik_hash"], active, unique=True)
    _index("uq_waiting_active_phone_seat", "waiting", ["phone_hash", "phone_seat"], active, unique=True)
    _index("ix_waiting_phone", "waiting", ["phone_hash"], "phone_hash IS NOT NULL")
    _index("ix_waiting_line", "waiting", ["office_id", "created_at"], "state = 'waiting'")
    _index("ix_waiting_unerased", "waiting", ["last"], "sealed IS NOT NULL")
    op.create_table(
        "offers",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("waiting_id", _ID, nullable=False),
        sa.Column("day_id", _ID, nullable=False),
        sa.Column("slot_id", _ID, nullable=False),
        sa.Column("start", _MOMENT, nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("lapses_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        _to("offers", "waiting_id", "waiting"), _to("offers", "day_id", "days"), _to("offers", "slot_id", "slots"),
        sa.CheckConstraint("state IN ('open', 'taken', 'lapsed', 'declined', 'withdrawn')",
                           name=op.f("ck_offers_state")),
        sa.Index("ix_offers_day", "day_id"),
        sa.Index("ix_offers_slot", "slot_id"),
    )
    _index("uq_offers_once", "offers", ["waiting_id"], "state <> 'withdrawn'", unique=True)
    _index("ix_offers_open", "offers", ["lapses_at"], "state = 'open'")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _index(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique,
                    sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))

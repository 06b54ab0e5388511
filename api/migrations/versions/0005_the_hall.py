"""Counters that call, screens, doors without network, devices, and the survey."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_AT_COUNTER = "state IN ('called', 'serving')"
_NEW_OF_VISITS = ("since", "queue", "counter_id", "for_counter_id", "rejoined_at", "rests", "missed", "version", "note")
_CHECKS_OF_VISITS = {
    "state": "state IN ('waiting', 'held', 'called', 'serving', 'done', 'absent', 'gone')",
    "at_counter": f"({_AT_COUNTER}) = (counter_id IS NOT NULL)",
    "counted": "rests >= 0 AND missed >= 0",
}


def upgrade() -> None:
    """New columns of visits, staff and sessions, nine new tables."""
    with op.batch_alter_table("visits") as visits:
        visits.add_column(sa.Column("since", _MOMENT))
        visits.add_column(sa.Column("queue", sa.String(1)))
        for column in ("counter_id", "for_counter_id"):
            visits.add_column(sa.Column(column, _ID))
            visits.create_foreign_key(op.f(f"fk_visits_{column}"), "counters", [column], ["id"])
        visits.add_column(sa.Column("rejoined_at", _MOMENT))
        for column in ("rests", "missed", "version"):
            visits.add_column(sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
        visits.add_column(sa.Column("note", sa.LargeBinary()))
    op.execute("UPDATE visits SET since = arrived_at, queue = letter")
    with op.batch_alter_table("visits") as visits:
        visits.alter_column("since", existing_type=_MOMENT, nullable=False)
        visits.alter_column("queue", existing_type=sa.String(1), nullable=False)
        for name, rule in _CHECKS_OF_VISITS.items():
            visits.create_check_constraint(op.f(f"ck_visits_{name}"), rule)
    _index("uq_visits_at_counter", "visits", ["counter_id"], _AT_COUNTER, unique=True)
    _staff()
    _hall()
    _doors()
    _survey()


def downgrade() -> None:
    """Back to the version before: calls, devices and opinions are forgotten."""
    for table in ("opinions", "invitations", "notices", "conflicts", "ranges", "servings", "desks", "halls",
                  "pairings"):
        op.drop_table(table)
    devices = "SELECT id FROM staff WHERE role IN ('door', 'board', 'kiosk')"
    op.execute(f"DELETE FROM sessions WHERE staff_id IN ({devices})")  # noqa: S608 - a text of ours
    op.execute("DELETE FROM staff WHERE role IN ('door', 'board', 'kiosk')")
    with op.batch_alter_table("sessions") as sessions:
        sessions.drop_column("client")
    op.drop_index("ix_staff_office", "staff")
    with op.batch_alter_table("staff") as staff:
        staff.drop_constraint(op.f("ck_staff_role"), type_="check")
        staff.create_check_constraint(op.f("ck_staff_role"), "role IN ('counter', 'manager', 'admin')")
        for column in ("name", "must_change", "printer"):
            staff.drop_column(column)
    op.drop_index("uq_visits_at_counter", "visits")
    op.execute("UPDATE visits SET state = 'waiting'")  # the only state the version before knows
    with op.batch_alter_table("visits") as visits:
        for name in _CHECKS_OF_VISITS:
            visits.drop_constraint(op.f(f"ck_visits_{name}"), type_="check")
        for column in ("counter_id", "for_counter_id"):
            visits.drop_constraint(op.f(f"fk_visits_{column}"), type_="foreignkey")
        for column in _NEW_OF_VISITS:
            visits.drop_column(column)


def _staff() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("name", sa.String(60)))
        staff.add_column(sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.text("false")))
        staff.add_column(sa.Column("printer", sa.String(80)))
        staff.drop_constraint(op.f("ck_staff_role"), type_="check")
        staff.create_check_constraint(
            op.f("ck_staff_role"), "role IN ('counter', 'manager', 'admin', 'door', 'board', 'kiosk')")
    op.create_index("ix_staff_office", "staff", ["office_id"])
    op.add_column("sessions", sa.Column("client", sa.String(60)))
    op.create_table(
        "pairings",
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("staff_id", _ID, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_pairings")),
        _to("pairings", "staff_id", "staff"),
        sa.Index("ix_pairings_expires_at", "expires_at"),
        sa.Index("ix_pairings_staff_id", "staff_id"),
    )


def _hall() -> None:
    op.create_table(
        "halls",
        sa.Column("office_id", _ID, nullable=False, autoincrement=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office_id", "date", name=op.f("pk_halls")),
        _to("halls", "office_id", "offices"),
    )
    op.create_table(
        "desks",
        sa.Column("counter_id", _ID, nullable=False, autoincrement=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("staff_id", sa.Integer()),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT),
        sa.Column("last", sa.JSON()),
        sa.PrimaryKeyConstraint("counter_id", name=op.f("pk_desks")),
        _to("desks", "counter_id", "counters"), _to("desks", "office_id", "offices"),
        sa.Index("ix_desks_office", "office_id"),
    )
    op.create_table(
        "servings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("visit_id", _ID, nullable=False),
        sa.Column("counter_id", _ID, nullable=False),
        sa.Column("service_id", _ID, nullable=False),
        sa.Column("staff_id", sa.Integer()),
        sa.Column("priority", sa.String(9)),
        sa.Column("queue", sa.String(1), nullable=False),
        sa.Column("first_call", sa.Integer(), nullable=False),
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("called_at", _MOMENT, nullable=False),
        sa.Column("last_called_at", _MOMENT, nullable=False),
        sa.Column("started_at", _MOMENT),
        sa.Column("ended_at", _MOMENT),
        sa.Column("outcome", sa.String(11)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_servings")),
        _to("servings", "office_id", "offices"), _to("servings", "visit_id", "visits"),
        _to("servings", "counter_id", "counters"), _to("servings", "service_id", "services"),
        sa.UniqueConstraint("office_id", "date", "call", name=op.f("uq_servings_office_id_date_call")),
        sa.CheckConstraint("outcome IN ('finished', 'absent', 'held', 'transferred', 'freed')",
                           name=op.f("ck_servings_outcome")),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name=op.f("ck_servings_ended")),
        sa.Index("ix_servings_visit", "visit_id"),
        sa.Index("ix_servings_staff", "staff_id", "date"),
    )
    _index("uq_servings_open", "servings", ["visit_id"], "ended_at IS NULL", unique=True)
    op.create_table(
        "notices",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        _to("notices", "office_id", "offices"),
    )
    _index("ix_notices_office", "notices", ["office_id"], "ended_at IS NULL")


def _doors() -> None:
    op.create_table(
        "ranges",
        sa.Column("office_id", _ID, nullable=False, autoincrement=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("letter", sa.String(1), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office_id", "date", "letter", "first", name=op.f("pk_ranges")),
        _to("ranges", "office_id", "offices"),
        sa.CheckConstraint("first > 0 AND first <= last", name=op.f("ck_ranges_numbers")),
        sa.Index("ix_ranges_staff", "staff_id", "date"),
    )
    op.create_table(
        "conflicts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("visit_id", _ID, nullable=False),
        sa.Column("booking_id", _ID),
        sa.Column("why", sa.String(12), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("handed_at", _MOMENT, nullable=False),
        sa.Column("settled_at", _MOMENT),
        sa.Column("settled_by", sa.Integer()),
        sa.Column("kept", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflicts")),
        _to("conflicts", "office_id", "offices"), _to("conflicts", "visit_id", "visits"),
        _to("conflicts", "booking_id", "bookings"),
        sa.UniqueConstraint("visit_id", name=op.f("uq_conflicts_visit_id")),
    )
    _index("ix_conflicts_open", "conflicts", ["office_id", "date"], "settled_at IS NULL")


def _survey() -> None:
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.LargeBinary(16), nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("visit_id", _ID, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("used", sa.Date()),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitations")),
        _to("invitations", "office_id", "offices"), _to("invitations", "visit_id", "visits"),
        sa.UniqueConstraint("visit_id", name=op.f("uq_invitations_visit_id")),
        sa.Index("ix_invitations_until", "until"),
    )
    op.create_table(
        "opinions",
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("service_id", _ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(5), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinions")),
        _to("opinions", "office_id", "offices"), _to("opinions", "service_id", "services"),
        sa.CheckConstraint("channel IN ('web', 'sms')", name=op.f("ck_opinions_channel")),
        sa.Index("ix_opinions_month", "office_id", "month"),
    )


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _index(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique,
                    sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))

"""The first version: every room's tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite's rowid is an INTEGER
_MOMENT = sa.DateTime(timezone=True)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """From nothing."""
    _journal()
    _book()
    _hall()
    _post()
    _doors()


def downgrade() -> None:
    """To nothing."""
    for table in (
        "allowances", "sign_in_failures", "sessions", "staff", "delivery_reports", "outbox", "scans",
        "numberings", "visits", "answers", "old_tokens", "bookings", "slots", "days", "special_days",
        "opening_hours", "counters", "services", "offices", "journal",
    ):
        op.drop_table(table)


def _journal() -> None:
    """The facts that pass between rooms."""
    op.create_table(
        "journal",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("office_id", sa.Integer()),
        sa.Column("booking_id", sa.Integer()),
        sa.Column("day_id", sa.Integer()),
        sa.Column("visit_id", sa.Integer()),
        sa.Column("staff_id", sa.Integer()),
        sa.Column("data", sa.JSON()),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        sa.Index("ix_journal_booking", "booking_id"),
        sa.Index("ix_journal_day", "day_id", "at"),
        sa.Index("ix_journal_unread", "id", **_where("unread")),
    )


def _book() -> None:
    """Offices as data, days, slots, bookings."""
    op.create_table(
        "offices",
        sa.Column("id", _ID, nullable=False),
        sa.Column("slug", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("timezone", sa.String(40), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("sms_number", sa.String(20)),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_offices"),
        sa.UniqueConstraint("slug", name="uq_offices_slug"),
    )
    op.create_table(
        "services",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("slug", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("letter", sa.String(1), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("short", sa.String(24), nullable=False),
        sa.Column("visit", sa.String(8), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("bring", sa.JSON(), nullable=False),
        sa.Column("online_url", sa.String(200)),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_services"),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name="fk_services_office_id"),
        sa.UniqueConstraint("office_id", "slug", name="uq_services_office_id_slug"),
        sa.CheckConstraint("minutes > 0", name="minutes"),
        sa.CheckConstraint("visit IN ('required', 'fallback')", name="visit"),
    )
    op.create_table(
        "counters",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("slug", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("serves", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_counters"),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name="fk_counters_office_id"),
        sa.UniqueConstraint("office_id", "slug", name="uq_counters_office_id_slug"),
    )
    op.create_table(
        "opening_hours",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.String(5), nullable=False),
        sa.Column("closes", sa.String(5), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opening_hours"),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name="fk_opening_hours_office_id"),
        sa.UniqueConstraint("office_id", "weekday", "opens", name="uq_opening_hours_office_id_weekday_opens"),
        sa.CheckConstraint("opens < closes", name="order"),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )
    op.create_table(
        "special_days",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("intervals", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_special_days"),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name="fk_special_days_office_id"),
        sa.UniqueConstraint("office_id", "date", name="uq_special_days_office_id_date"),
        sa.CheckConstraint("source IN ('file', 'holidays', 'manager')", name="source"),
    )
    op.create_table(
        "days",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("released", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("walk_in_room", sa.Integer(), nullable=False),
        sa.Column("walk_ins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("arrived", sa.Integer(), server_default="0", nullable=False),
        sa.Column("absent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_days"),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name="fk_days_office_id"),
        sa.UniqueConstraint("office_id", "date", name="uq_days_office_id_date"),
        sa.CheckConstraint("arrived >= 0 AND absent >= 0 AND arrived + absent <= booked", name="came_were_booked"),
        sa.CheckConstraint("booked >= 0 AND booked <= released", name="not_oversold"),
        sa.CheckConstraint("walk_ins >= 0 AND walk_ins <= walk_in_room", name="walk_ins_have_room"),
        sa.Index("ix_days_date", "date", "office_id"),
    )
    op.create_table(
        "slots",
        sa.Column("id", _ID, nullable=False),
        sa.Column("day_id", _ID, nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(1), nullable=False),
        sa.Column("start", _MOMENT, nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slots"),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name="fk_slots_day_id"),
        sa.UniqueConstraint("office_id", "letter", "start", name="uq_slots_office_id_letter_start"),
        sa.CheckConstraint("taken >= 0 AND taken <= places", name="not_oversold"),
        sa.Index("ix_slots_day", "day_id"),
    )
    op.create_table(
        "bookings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("service_id", _ID, nullable=False),
        sa.Column("day_id", _ID, nullable=False),
        sa.Column("slot_id", _ID, nullable=False),
        sa.Column("code", sa.String(9)),
        sa.Column("token", sa.String(40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(9), nullable=False),
        sa.Column("start", _MOMENT, nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("priority", sa.String(9)),
        sa.Column("reason", sa.String(12)),
        sa.Column("channel", sa.String(5), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("nik_hash", sa.LargeBinary(16)),
        sa.Column("phone_hash", sa.LargeBinary(16)),
        sa.Column("phone_seat", sa.Integer()),
        sa.Column("sealed", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_bookings"),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_bookings_service_id"),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name="fk_bookings_day_id"),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name="fk_bookings_slot_id"),
        sa.UniqueConstraint("code", name="uq_bookings_code"),
        sa.UniqueConstraint("token", name="uq_bookings_token"),
        sa.CheckConstraint("party > 0", name="party"),
        sa.CheckConstraint("priority IN ('elderly', 'disabled', 'pregnant', 'infant')", name="priority"),
        sa.CheckConstraint("status IN ('booked', 'arrived', 'absent', 'cancelled')", name="status"),
        sa.Index("ix_bookings_day", "day_id", "status"),
        sa.Index("ix_bookings_due", "start", **_where("status = 'booked'")),
        sa.Index("ix_bookings_slot", "slot_id"),
        sa.Index("ix_bookings_unerased", "start", **_where("sealed IS NOT NULL")),
        sa.Index("uq_bookings_active_nik", "nik_hash", unique=True, **_where("status = 'booked'")),
        sa.Index("uq_bookings_active_phone_seat", "phone_hash", "phone_seat", unique=True,
                 **_where("status = 'booked'")),
    )
    op.create_table(
        "old_tokens",
        sa.Column("token", sa.String(40), nullable=False),
        sa.Column("booking_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_old_tokens"),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_old_tokens_booking_id"),
        sa.Index("ix_old_tokens_booking", "booking_id"),
    )
    op.create_table(
        "answers",
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(16), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_answers"),
        sa.Index("ix_answers_at", "at"),
    )


def _hall() -> None:
    """Visits, numbers, scans."""
    op.create_table(
        "visits",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("day_id", _ID, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("letter", sa.String(1), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("service_id", _ID, nullable=False),
        sa.Column("booking_id", _ID),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("priority", sa.String(9)),
        sa.Column("due", _MOMENT, nullable=False),
        sa.Column("arrived_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name="fk_visits_office_id"),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name="fk_visits_day_id"),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_visits_service_id"),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_visits_booking_id"),
        sa.UniqueConstraint("office_id", "date", "letter", "number", name="uq_visits_office_id_date_letter_number"),
        sa.UniqueConstraint("booking_id", name="uq_visits_booking_id"),
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint("party > 0", name="party"),
        sa.Index("ix_visits_day", "day_id"),
        sa.Index("ix_visits_state", "office_id", "date", "state"),
    )
    op.create_table(
        "numberings",
        sa.Column("office_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("letter", sa.String(1), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office_id", "date", "letter", name="pk_numberings"),
    )
    op.create_table(
        "scans",
        sa.Column("office_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("office_id", "nonce", name="pk_scans"),
        sa.Index("ix_scans_at", "at"),
    )


def _post() -> None:
    """Messages and what became of them."""
    op.create_table(
        "outbox",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", _ID),
        sa.Column("sequence", sa.Integer()),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("text", sa.String(480), nullable=False),
        sa.Column("phone", sa.LargeBinary()),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claim", sa.String(16)),
        sa.Column("claimed_until", _MOMENT),
        sa.Column("sent_at", _MOMENT),
        sa.Column("settled_at", _MOMENT),
        sa.Column("gateway", sa.String(24)),
        sa.Column("vendor_id", sa.String(80)),
        sa.Column("cost", sa.Numeric(12, 4)),
        sa.Column("currency", sa.String(3)),
        sa.Column("error", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_outbox_booking_id"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sa.CheckConstraint(
            "state IN ('queued','sending','sent','delivered','failed','unknown','dropped')",
            name="state",
        ),
        sa.Index("ix_outbox_booking", "booking_id"),
        sa.Index("ix_outbox_claimed", "claimed_until", **_where("state = 'sending'")),
        sa.Index("ix_outbox_due", "due_at", **_where("state = 'queued'")),
        sa.Index("ix_outbox_troubled", "office_id", "created_at", **_where("state IN ('failed', 'unknown')")),
        sa.Index("ix_outbox_unsettled", "sent_at", **_where("state IN ('sending', 'unknown') AND vendor_id IS NULL")),
        sa.Index("ix_outbox_vendor", "vendor_id", **_where("vendor_id IS NOT NULL")),
    )
    op.create_table(
        "delivery_reports",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("gateway", sa.String(24), nullable=False),
        sa.Column("vendor_id", sa.String(80), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("outbox_id", _ID),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_reports"),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_delivery_reports_outbox_id"),
        sa.Index("ix_delivery_reports_unlinked", "at", **_where("outbox_id IS NULL")),
        sa.Index("uq_delivery_reports_vendor_status", "gateway", "vendor_id", "status", unique=True),
    )


def _doors() -> None:
    """Staff, sessions, limits."""
    op.create_table(
        "staff",
        sa.Column("id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("username", sa.String(60), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("role", sa.String(8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name="fk_staff_office_id"),
        sa.UniqueConstraint("username", name="uq_staff_username"),
        sa.CheckConstraint("role IN ('counter', 'manager', 'admin')", name="role"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("staff_id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_sessions_staff_id"),
        sa.Index("ix_sessions_expires_at", "expires_at"),
        sa.Index("ix_sessions_staff_id", "staff_id"),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", _MOMENT),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_failures"),
        sa.Index("ix_sign_in_failures_last_at", "last_at"),
    )
    op.create_table(
        "allowances",
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("window", _MOMENT, nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window", name="pk_allowances"),
        sa.Index("ix_allowances_window", "window"),
    )

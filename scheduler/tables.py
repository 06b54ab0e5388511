"""The tables of the book: offices as data, days and their slots, bookings.

Constraints here make overselling, double active bookings and double codes impossible by themselves;
the guarded updates in `bookings.py` only turn them into clean refusals.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from scheduler.foundation.database import UtcDateTime, identity, metadata

# What the office file says, row by row. `rules` holds the numbers of `offices.Rules`.
offices = Table(
    "offices", metadata, identity(),
    Column("slug", String(40), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("timezone", String(40), nullable=False),
    Column("phone", String(20), nullable=False),
    Column("sms_number", String(20)),
    Column("address", String(200), nullable=False),
    Column("rules", JSON, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
)

services = Table(
    "services", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("slug", String(40), nullable=False),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("letter", String(1), nullable=False),
    Column("name", JSON, nullable=False),       # {"id": ..., "en": ...}
    Column("short", String(24), nullable=False),  # as an SMS names it
    Column("visit", String(8), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("bring", JSON, nullable=False),      # {"id": [...], "en": [...]}
    Column("online_url", String(200)),
    Column("words", JSON, nullable=False),
    UniqueConstraint("office_id", "slug"),
    CheckConstraint("visit IN ('required', 'fallback')", name="visit"),
    CheckConstraint("minutes > 0", name="minutes"),
)

counters = Table(
    "counters", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("slug", String(40), nullable=False),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("name", String(60), nullable=False),
    Column("serves", JSON, nullable=False),     # service slugs; the first one's letter is the counter's own
    UniqueConstraint("office_id", "slug"),
)

opening_hours = Table(
    "opening_hours", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("weekday", Integer, nullable=False),  # Monday 0
    Column("opens", String(5), nullable=False),  # local HH:MM
    Column("closes", String(5), nullable=False),
    UniqueConstraint("office_id", "weekday", "opens"),
    CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    CheckConstraint("opens < closes", name="order"),
)

# A dated exception: closed (no intervals) or other hours. A manager's row is never overwritten by an import.
special_days = Table(
    "special_days", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("date", Date, nullable=False),
    Column("intervals", JSON, nullable=False),  # [["08:00", "12:00"], ...]; [] is closed
    Column("reason", String(120), nullable=False),
    Column("source", String(8), nullable=False),
    Column("estimated", Boolean, nullable=False),
    UniqueConstraint("office_id", "date"),
    CheckConstraint("source IN ('file', 'holidays', 'manager')", name="source"),
)

# One day of an office. `booked` counts people with a booking that was not cancelled; `released` is the most
# the capacity job allows; `walk_in_room` the most visitors without booking.
days = Table(
    "days", metadata, identity(),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("date", Date, nullable=False),
    Column("low", Integer, nullable=False),
    Column("high", Integer, nullable=False),
    Column("released", Integer, nullable=False),
    Column("booked", Integer, nullable=False, server_default="0"),
    Column("walk_in_room", Integer, nullable=False),
    Column("walk_ins", Integer, nullable=False, server_default="0"),
    Column("arrived", Integer, nullable=False, server_default="0"),  # booked people who came
    Column("absent", Integer, nullable=False, server_default="0"),   # booked people who did not
    Column("held", Integer, nullable=False, server_default="0"),     # offered to the waiting list, outside `released`
    Column("turned_away", Integer, nullable=False, server_default="0"),  # without booking, sent home for want of room
    Column("wanted", Integer, nullable=False, server_default="0"),   # what it would release if nothing had to wait
    Column("freed_at", UtcDateTime),             # when a place was last given up: see `releasing.py`
    Column("closed", Boolean, nullable=False),
    Column("plan", String(64), nullable=False),  # fingerprint of the starts the slots were laid out from
    UniqueConstraint("office_id", "date"),
    CheckConstraint("booked >= 0 AND booked <= released", name="not_oversold"),
    CheckConstraint("walk_ins >= 0 AND walk_ins <= walk_in_room", name="walk_ins_have_room"),
    CheckConstraint("held >= 0 AND turned_away >= 0", name="counted"),
    CheckConstraint("arrived >= 0 AND absent >= 0 AND arrived + absent <= booked", name="came_were_booked"),
    Index("ix_days_date", "date", "office_id"),
)

# One start of one service group (letter) on one day, with as many places as counters serve the group. `taken` counts
# the people of bookings that were not cancelled and of offers that are open.
slots = Table(
    "slots", metadata, identity(),
    Column("day_id", ForeignKey("days.id"), nullable=False),
    Column("office_id", Integer, nullable=False),
    Column("letter", String(1), nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("places", Integer, nullable=False),
    Column("taken", Integer, nullable=False, server_default="0"),
    UniqueConstraint("office_id", "letter", "start"),
    CheckConstraint("taken >= 0 AND taken <= places", name="not_oversold"),
    Index("ix_slots_day", "day_id"),
)

# The status `booked`, as the condition of partial indexes. It is said by what it is not: of a table PostgreSQL has no
# statistics of yet, it takes `= 'booked'` to hold for hardly a row, so that reading any index with that condition whole
# seems as cheap as looking one entry up, and a plan kept from then reads it whole for as long as the table grows.
BOOKED = "status NOT IN ('arrived', 'absent', 'cancelled')"

bookings = Table(
    "bookings", metadata, identity(),
    Column("office_id", Integer, nullable=False),
    Column("service_id", ForeignKey("services.id"), nullable=False),
    Column("day_id", ForeignKey("days.id"), nullable=False),
    Column("slot_id", ForeignKey("slots.id"), nullable=False),
    Column("code", String(9)),                   # null once erased, so that codes can be drawn again
    Column("token", String(40), nullable=False),
    Column("sequence", Integer, nullable=False),  # grows with each change, as RFC 5545 SEQUENCE
    Column("status", String(9), nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("party", Integer, nullable=False),
    Column("moves", Integer, nullable=False),
    Column("priority", String(9)),
    Column("reason", String(12)),
    Column("channel", String(5), nullable=False),  # by which door it came: web, api, sms, ussd
    Column("language", String(2), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),             # cancelled, arrived or found absent
    Column("confirmed_at", UtcDateTime),         # when the person last said that they will come; a move clears it
    Column("nik_hash", LargeBinary(16)),
    Column("phone_hash", LargeBinary(16)),
    Column("phone_seat", Integer),               # which of the phone's places it takes: 1 .. the limit
    Column("sealed", LargeBinary),               # privacy.Person; null once erased
    UniqueConstraint("token"),
    UniqueConstraint("code"),
    CheckConstraint("status IN ('booked', 'arrived', 'absent', 'cancelled')", name="status"),
    CheckConstraint("party > 0", name="party"),
    CheckConstraint("priority IN ('elderly', 'disabled', 'pregnant', 'infant')", name="priority"),
    Index("uq_bookings_active_nik", "nik_hash", unique=True,
          sqlite_where=text(BOOKED), postgresql_where=text(BOOKED)),
    Index("uq_bookings_active_phone_seat", "phone_hash", "phone_seat", unique=True,
          sqlite_where=text(BOOKED), postgresql_where=text(BOOKED)),
    Index("ix_bookings_due", "start",
          sqlite_where=text(BOOKED), postgresql_where=text(BOOKED)),
    Index("ix_bookings_given_up", "phone_hash", "ended_at",
          sqlite_where=text("status = 'cancelled'"), postgresql_where=text("status = 'cancelled'")),
    Index("ix_bookings_day", "day_id", "status"),
    Index("ix_bookings_slot", "slot_id"),
    Index("ix_bookings_unerased", "start",
          sqlite_where=text("sealed IS NOT NULL"), postgresql_where=text("sealed IS NOT NULL")),
)

# Tokens that a move to another day retired: the old ticket shows where it went.
old_tokens = Table(
    "old_tokens", metadata,
    Column("token", String(40), primary_key=True),
    Column("booking_id", ForeignKey("bookings.id"), nullable=False),
    Index("ix_old_tokens_booking", "booking_id"),
)

# Answers kept for repeated requests (Idempotency-Key); `key` is a keyed hash of route, client key and secret.
answers = Table(
    "answers", metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("fingerprint", LargeBinary(16), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_answers_at", "at"),
)

# A partial index serves a query only if the database sees its condition word for word, not as a parameter.
STILL_BOOKED = text(f"bookings.{BOOKED}")
GIVEN_UP = text("bookings.status = 'cancelled'")

# Doors through which only the phone itself can come: whoever books by them holds the number.
PHONE_CHANNELS = ("sms", "ussd")

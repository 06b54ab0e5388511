"""An office, a service, a booking and a ticket in memory, for what needs no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from scheduler.bookings import Booking
from scheduler.offices import Office, Service
from scheduler.rules import Rules
from ticketing.codes import Mint
from ticketing.ticket import Ticket

KEY = b"a key of the tests, 32 bytes long"
HOST = "https://antre.test"

OFFICE = Office(
    id=7, slug="balikpapan", name="Disdukcapil Kota Balikpapan", timezone="Asia/Makassar", phone="+62542000000",
    sms_number="081200009000", address="Jalan Contoh No. 1, Balikpapan", rules=Rules(low=60, high=70), revision=1,
    services=(), counters=(), hours=dict.fromkeys(range(5), (("07:30", "12:00"), ("13:00", "16:00"))),
)
SERVICE = Service(
    id=3, slug="ktp-rekam", letter="A", name={"id": "Perekaman KTP-el", "en": "Recording for the identity card"},
    short="KTP", visit="required", minutes=15, online_url=None, words=(),
    bring={"id": ["KK (fotokopi)", "Formulir F-1.02"], "en": ["Family card (copy)", "Form F-1.02"]},
)
BOOKING = Booking(
    id=11, office_id=7, service_id=3, day_id=5, slot_id=9, code="482177301",
    token=Mint([KEY]).token(7, date(2026, 11, 30)), sequence=0, status="booked",
    start=datetime(2026, 11, 30, 1, 30, tzinfo=UTC), party=1, moves=0, priority=None, reason=None, channel="web",
    language="id", created_at=datetime(2026, 11, 24, 0, 5, tzinfo=UTC), ended_at=None, confirmed_at=None, sealed=None,
)


def office(**changes: Any) -> Office:
    """The office with some of its fields changed."""
    return replace(OFFICE, **changes)


def service(**changes: Any) -> Service:
    """The service with some of its fields changed."""
    return replace(SERVICE, **changes)


def booking(**changes: Any) -> Booking:
    """The booking (30 November 2026, 09:30 WITA) with some of its fields changed."""
    return replace(BOOKING, **changes)


def ticket(**changes: Any) -> Ticket:
    """A ticket of these, in Indonesian, for Siti Aminah."""
    whole = {"office": OFFICE, "service": SERVICE, "booking": BOOKING, "name": "Siti Aminah", "language": "id"}
    whole |= changes
    return Ticket(**{"url": f"{HOST}/t/{whole['booking'].token}"} | whole)

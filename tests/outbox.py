"""Messages about bookings as they stand in the outbox, in any state, for tests of what then becomes of them."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from notifications.tables import outbox
from scheduler.bookings import Booking
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from tests.conftest import NOW

_numbers = itertools.count()


def put(database: Database, vault: Vault, booking: Booking, kind: str = "confirmation", state: str = "failed", *,
        at: datetime = NOW, **more: Any) -> int:
    """Write the message; its number. `at` is when it was written."""
    person = vault.open(booking.sealed or b"")
    row: dict[str, Any] = {
        "key": f"test:{next(_numbers)}", "office_id": booking.office_id, "booking_id": booking.id,
        "sequence": booking.sequence, "kind": kind, "text": "Janji Anda", "state": state, "created_at": at,
        "due_at": at,
        "address": vault.seal_bytes(person.phone.encode()), "phone_hash": vault.hash_phone(person.phone), **more,
    }
    return int(database.write(lambda c: c.execute(outbox.insert().values(row).returning(outbox.c.id)).scalar_one()))


def change(database: Database, message: int, **values: Any) -> None:
    """Change a message's row."""
    database.write(lambda c: c.execute(outbox.update().where(outbox.c.id == message).values(values)).rowcount)

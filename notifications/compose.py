"""From a row to a message: opens the seal, finds office and service, writes the sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from notifications.outbox import FACT, Message, key_of
from notifications.wording import Visit, render
from scheduler.foundation.journal import record
from scheduler.foundation.privacy import Vault, mask_name
from scheduler.offices import Office, Offices, Service
from scheduler.tables import bookings

log = structlog.get_logger("antre.messages")

# Writes the words: office, service, masked name.
Write = Callable[[Office, Service, str], str]

# What a row must hold to be composed from.
COLUMNS = [
    bookings.c[name]
    for name in ("id", "office_id", "service_id", "code", "sequence", "status", "start", "moves", "language",
                 "created_at", "channel", "sealed")
]


def compose(
    connection: Connection,
    offices: Offices,
    vault: Vault,
    row: Any,
    kind: str,
    *,
    due_at: datetime,
    expires_at: datetime,
    rank: int = FACT,
    text: Write | None = None,
) -> Message:
    """The message of that kind about the booking in `row` (`COLUMNS`, not erased); `text` writes it where it says more
    than the booking (`wording.render`). Reported as `addressed` does where it cannot be written."""
    blank = Message(key=key_of(kind, row.id, row.sequence), kind=kind, office_id=row.office_id, booking_id=row.id,
                    sequence=row.sequence, text="", address=None, phone_hash=None, due_at=due_at,
                    expires_at=expires_at, rank=rank)

    def rendered(office: Office, service: Service, who: str) -> str:
        return render(kind, row.language, Visit(office, service, row.start, row.code, who))

    return addressed(connection, offices, vault, row, blank, text or rendered)


def addressed(connection: Connection, offices: Offices, vault: Vault, row: Any, blank: Message, text: Write) -> Message:
    """The message with its words and its number, from a row with `office_id`, `service_id` and `sealed`.

    A row that cannot be told about (a broken seal, a service that is gone) leaves the message empty and without number,
    which delivery drops, and a `message_failed` entry: whatever is wrong with one row must not keep the others waiting.
    """
    try:
        office, service = _place(connection, offices, row)
        person = vault.open(row.sealed)
        return replace(blank, text=text(office, service, mask_name(person.name)),
                       address=vault.seal_bytes(person.phone.encode()), phone_hash=vault.hash_phone(person.phone))
    except SQLAlchemyError:
        raise
    except Exception as problem:
        error = type(problem).__name__  # its text could repeat what was under the seal
    log.error("not_written", message=blank.kind, booking=blank.booking_id, waiting=blank.waiting_id, error=error)
    record(connection, "message_failed", at=blank.due_at, office_id=blank.office_id, booking_id=blank.booking_id,
           waiting_id=blank.waiting_id, data={"kind": blank.kind, "error": error})
    return blank


def _place(connection: Connection, offices: Offices, row: Any) -> tuple[Office, Service]:
    """Office and service of the row. The registry may be a second old and miss what was just imported: a miss makes
    it read anew before it counts."""
    try:
        office = offices.by_id(connection, row.office_id)
        return office, office.by_id[row.service_id]
    except KeyError:
        offices.forget()
        office = offices.by_id(connection, row.office_id)
        return office, office.by_id[row.service_id]

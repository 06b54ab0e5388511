"""Messages waiting to go. Whatever should be said is put here once, under a key that names the fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from notifications.tables import HAS_WAITING, outbox

_PUT_COLUMNS = ("key", "office_id", "booking_id", "waiting_id", "sequence", "kind", "text", "medium", "rank", "address",
                "phone_hash", "state", "created_at", "due_at", "expires_at")
ASKED, FACT, REMINDER, QUESTION = 0, 1, 2, 3
_VALUES: dict[str, Any] = {name: bindparam(name) for name in _PUT_COLUMNS}
_PUT = {
    "sqlite": sqlite.insert(outbox).values(_VALUES).on_conflict_do_nothing(index_elements=["key"]),
    "postgresql": postgresql.insert(outbox).values(_VALUES).on_conflict_do_nothing(index_elements=["key"]),
}

_FORGOTTEN: dict[str, Any] = {"address": None, "phone_hash": None, "text": ""}
_ERASE = sa.update(outbox).where(
    outbox.c.booking_id.in_(bindparam("bookings", expanding=True)), outbox.c.address.is_not(None)).values(_FORGOTTEN)
_ERASE_WAITING = sa.update(outbox).where(
    HAS_WAITING, outbox.c.waiting_id.in_(bindparam("entries", expanding=True)), outbox.c.address.is_not(None),
).values(_FORGOTTEN)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to put.

    `key` names the fact it tells: the same fact is never told twice (`key_of`). `address` is a sealed E.164 number, or
    for the medium `email` an address, None when it cannot be known; `phone_hash` that of the number. `rank` says who
    goes first: ASKED (somebody holds the phone and waits for it; also sent to those who opted out), FACT, REMINDER,
    QUESTION (what we want to know, after all that people want to know).
    The moments are aware: not before `due_at`, pointless from `expires_at` on. `sequence` is the booking's at writing:
    once it changes, the message is dropped. About the waiting list, `waiting_id` names the entry instead of a booking,
    and `sequence` is the number of the offer where it is about one: once that is over, an offer is dropped.
    """

    key: str
    kind: str
    office_id: int
    booking_id: int | None
    sequence: int | None
    text: str
    address: bytes | None
    phone_hash: bytes | None
    due_at: datetime
    expires_at: datetime
    rank: int = FACT
    medium: str = "sms"
    waiting_id: int | None = None


def key_of(kind: str, booking_id: int, sequence: int) -> str:
    """The key of a message about a booking as it stands."""
    return f"{kind}:{booking_id}:{sequence}"


def put(connection: Connection, messages: Sequence[Message], now: datetime) -> None:
    """Queue the messages; those whose key is there already are passed over."""
    if not messages:
        return
    rows: list[dict[str, Any]] = [
        {
            "key": message.key, "office_id": message.office_id, "booking_id": message.booking_id,
            "waiting_id": message.waiting_id, "sequence": message.sequence, "kind": message.kind,
            "text": message.text, "medium": message.medium, "rank": message.rank, "address": message.address,
            "phone_hash": message.phone_hash,
            "state": "queued", "created_at": now, "due_at": message.due_at, "expires_at": message.expires_at,
        }
        for message in messages
    ]
    rows.sort(key=lambda row: str(row["key"]))  # two writers of the same facts meet in the same order: no deadlock
    connection.execute(_PUT[connection.dialect.name], rows)


def erase_addresses(connection: Connection, booking_ids: Sequence[int]) -> None:
    """Forget where these bookings' messages went and what they said, which holds the code; what still waits is dropped
    when its turn comes."""
    connection.execute(_ERASE, {"bookings": list(booking_ids)})


def erase_waiting(connection: Connection, waiting_ids: Sequence[int]) -> None:
    """As `erase_addresses`, of the messages about these entries of the waiting list."""
    connection.execute(_ERASE_WAITING, {"entries": list(waiting_ids)})

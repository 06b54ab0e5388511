"""Messages that did not reach their resident lately, or perhaps did not, for the manager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications.tables import outbox
from scheduler.foundation.privacy import SealBroken, Vault, mask_phone
from scheduler.tables import bookings
from ticketing.codes import show_code

LATELY = timedelta(days=7)
MOST = 50
# How the reason begins, at once or in a report, when the number or its owner is why: no other attempt would help.
NUMBER = ("403 ", "404 ", "406 ", "407 ", "409 ", "502 ", "not a number",
          "User", "NotNetworkSubscriber", "DoNotDisturb")

_RECENT = sa.select(
    outbox.c.settled_at, outbox.c.created_at, outbox.c.kind, outbox.c.state, outbox.c.error, outbox.c.address,
    bookings.c.code, bookings.c.start,
).join_from(outbox, bookings, outbox.c.booking_id == bookings.c.id, isouter=True).where(
    outbox.c.office_id == bindparam("office"), sa.text("outbox.state IN ('failed', 'unknown')"),  # as its partial index
    outbox.c.created_at >= bindparam("since"),
).order_by(outbox.c.created_at.desc()).limit(MOST)


@dataclass(frozen=True)
class Failure:
    """A message that failed for good, or (`state` unknown) may not have arrived: when (UTC), what about, the visit it
    was for by its code and start, why by a word of ours (`cause`, see `_cause`) and in the carrier's words, and the
    masked number if it is still kept."""

    at: datetime
    kind: str
    state: str
    cause: str
    error: str
    phone: str
    code: str
    start: datetime | None


def recent(connection: Connection, vault: Vault, office_id: int, now: datetime) -> list[Failure]:
    """The office's messages in trouble of the last seven days, newest first, at most 50."""
    rows = connection.execute(_RECENT, {"office": office_id, "since": now - LATELY})
    return [Failure(row.settled_at or row.created_at, row.kind, row.state, _cause(row.state, row.error or ""),
                    row.error or "", _masked(vault, row.address), show_code(row.code) if row.code else "", row.start)
            for row in rows]


def _cause(state: str, error: str) -> str:
    """`unknown`; `number` where the number or its owner is why; else `service`."""
    if state == "unknown":
        return "unknown"
    return "number" if error.startswith(NUMBER) else "service"


def _masked(vault: Vault, sealed: bytes | None) -> str:
    try:
        return mask_phone(vault.open_bytes(sealed).decode()) if sealed else ""
    except SealBroken:
        return ""

"""Messages that did not reach their resident lately, or perhaps did not, for the manager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications.tables import outbox
from scheduler.foundation.privacy import SealBroken, Vault, mask_phone

LATELY = timedelta(days=7)
MOST = 50

_RECENT = sa.select(
    outbox.c.settled_at, outbox.c.created_at, outbox.c.kind, outbox.c.state, outbox.c.error, outbox.c.phone
).where(
    outbox.c.office_id == bindparam("office"), sa.text("state IN ('failed', 'unknown')"),  # as its partial index
    outbox.c.created_at >= bindparam("since"),
).order_by(outbox.c.created_at.desc()).limit(MOST)


@dataclass(frozen=True)
class Failure:
    """A message that failed for good, or (`state` unknown) may not have arrived: when (UTC), what about, why, and the
    masked number if it is still kept."""

    at: datetime
    kind: str
    state: str
    error: str
    phone: str


def recent(connection: Connection, vault: Vault, office_id: int, now: datetime) -> list[Failure]:
    """The office's messages in trouble of the last seven days, newest first, at most 50."""
    rows = connection.execute(_RECENT, {"office": office_id, "since": now - LATELY})
    return [Failure(row.settled_at or row.created_at, row.kind, row.state, row.error or "", _masked(vault, row.phone))
            for row in rows]


def _masked(vault: Vault, sealed: bytes | None) -> str:
    try:
        return mask_phone(vault.open_bytes(sealed).decode()) if sealed else ""
    except SealBroken:
        return ""

"""Phones that want no messages but answers to what they ask."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from notifications.tables import opt_outs
from scheduler.foundation.journal import record
from scheduler.foundation.privacy import Vault

_FOUND = sa.select(opt_outs.c.id).where(opt_outs.c.phone_hash.in_(bindparam("phones", expanding=True))).limit(1)
_VALUES: dict[str, Any] = {name: bindparam(name) for name in ("phone_hash", "address", "at", "source")}
_STOP = {
    "sqlite": sqlite.insert(opt_outs).values(_VALUES).on_conflict_do_nothing(index_elements=["phone_hash"])
    .returning(opt_outs.c.id),
    "postgresql": postgresql.insert(opt_outs).values(_VALUES).on_conflict_do_nothing(index_elements=["phone_hash"])
    .returning(opt_outs.c.id),
}
_START = sa.delete(opt_outs).where(opt_outs.c.phone_hash.in_(bindparam("phones", expanding=True)))


def is_out(connection: Connection, vault: Vault, phone: str) -> bool:
    """Whether the phone (E.164) wants no messages; also while its row is hashed under an older key."""
    return connection.execute(_FOUND, {"phones": vault.hashes_of_phone(phone)}).first() is not None


def stop(connection: Connection, vault: Vault, phone: str, source: str, now: datetime) -> bool:
    """The phone (E.164) wants no more; `source` is `sms`, its own, or `vendor`. False when that was known."""
    if is_out(connection, vault, phone):
        return False
    row = {"phone_hash": vault.hash_phone(phone), "address": vault.seal_bytes(phone.encode()), "at": now,
           "source": source}
    if connection.execute(_STOP[connection.dialect.name], row).first() is None:
        return False
    record(connection, "opted_out", at=now, data={"source": source})
    return True


def start(connection: Connection, vault: Vault, phone: str, source: str, now: datetime) -> bool:
    """The phone (E.164) wants messages again. False when it was not out."""
    if not connection.execute(_START, {"phones": vault.hashes_of_phone(phone)}).rowcount:
        return False
    record(connection, "opted_in", at=now, data={"source": source})
    return True

"""The row of a phone's conversation. It is locked first, so that messages of one phone follow each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from api.phone.tables import dialogues

_KEPT = ("office_id", "language", "pending", "lapses_at", "mistakes", "answers", "words", "at")
_NEW: dict[str, Any] = {"phone_hash": bindparam("phone"), "mistakes": 0, "answers": bindparam("none"),
                        "at": bindparam("now")}
_MAKE = {
    "sqlite": sqlite.insert(dialogues).values(_NEW).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(dialogues).values(_NEW).on_conflict_do_nothing(),
}
_LOCK = sa.select(dialogues.c.phone_hash, *(dialogues.c[name] for name in _KEPT)).where(
    dialogues.c.phone_hash == bindparam("phone")).with_for_update()
_SAVE = sa.update(dialogues).where(dialogues.c.phone_hash == bindparam("phone")).values(
    {name: bindparam(f"to_{name}") for name in _KEPT})
_LAPSED = sa.update(dialogues).where(
    dialogues.c.pending.is_not(None), dialogues.c.lapses_at <= bindparam("now")).values(pending=None)
_OLD = sa.delete(dialogues).where(dialogues.c.at < bindparam("before"))


@dataclass(slots=True)
class Dialogue:
    """One phone's conversation as its row stands; see `api.phone.tables.dialogues`."""

    phone_hash: bytes
    office_id: int | None
    language: str | None
    pending: bytes | None
    lapses_at: datetime | None
    mistakes: int
    answers: list[int]
    words: bytes | None
    at: datetime


def lock(connection: Connection, phone_hash: bytes, now: datetime) -> Dialogue:
    """The phone's conversation, begun if there is none; nobody else works on it until this transaction ends."""
    connection.execute(_MAKE[connection.dialect.name], {"phone": phone_hash, "none": [], "now": now})
    return Dialogue(*connection.execute(_LOCK, {"phone": phone_hash}).one())


def save(connection: Connection, dialogue: Dialogue) -> None:
    """Write it back."""
    connection.execute(_SAVE, {"phone": dialogue.phone_hash} | {
        f"to_{name}": getattr(dialogue, name) for name in _KEPT})


def forget(connection: Connection, now: datetime, before: datetime) -> None:
    """Forget what lapsed, and conversations that rest since `before`."""
    connection.execute(_LAPSED, {"now": now})
    connection.execute(_OLD, {"before": before})



"""Scans that were answered: the same nonce again gets the same answer.

A scanner that lost the network, or a clerk who pressed twice, sends a scan again with the nonce it had. Kept are the
verdict and the booking's id, no name and no number: the name stays sealed with the booking, the number with the
visit.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import JSON, Connection, bindparam

from scheduler.foundation.database import Database, UtcDateTime
from scheduler.foundation.errors import Refusal
from scheduler.foundation.kept import reader
from ticketing.codes import ScannedCode, read_scan
from ticketing.tables import scans
from ticketing.verdict import Verdict

KEPT = timedelta(days=2)
BATCH = 500
LONGEST = 64

_verdict_of = reader(Verdict)

_KEEP = sa.text(
    "INSERT INTO scans (office_id, nonce, at, answer) VALUES (:office, :nonce, :at, :answer)"
    " ON CONFLICT (office_id, nonce) DO NOTHING"
).bindparams(bindparam("office", type_=sa.Integer), bindparam("nonce", type_=sa.String),
             bindparam("at", type_=UtcDateTime), bindparam("answer", type_=JSON))
_KEPT = sa.select(scans.c.answer).where(scans.c.office_id == bindparam("office"), scans.c.nonce == bindparam("nonce"))
_FORGET = sa.delete(scans).where(sa.tuple_(scans.c.office_id, scans.c.nonce).in_(
    sa.select(scans.c.office_id, scans.c.nonce).where(scans.c.at < bindparam("before")).limit(bindparam("most"))
))


def keep(connection: Connection, office_id: int, nonce: str, text: str, verdict: Verdict,
         now: datetime) -> Verdict | None:
    """Keep the verdict under the nonce; None, or the verdict that was kept under it before.

    The row is taken before anything else is written, so of two scans with one nonce the second waits for the first
    and changes nothing. Raises Refusal as `check` does, and idempotency_key_reused when the nonce was used with
    another ticket: its answer would name the wrong person.
    """
    check(nonce)
    answer = {"of": fingerprint(text), "verdict": msgspec.to_builtins(verdict)}
    asked: dict[str, Any] = {"office": office_id, "nonce": nonce}
    if connection.execute(_KEEP, {**asked, "at": now, "answer": answer}).rowcount == 1:
        return None
    kept = connection.execute(_KEPT, asked).scalar_one()
    if kept["of"] != answer["of"]:
        raise Refusal("idempotency_key_reused", field="nonce")
    return _verdict_of(kept["verdict"])


def check(nonce: str) -> None:
    """Raises Refusal invalid_request for a nonce that is empty, too long or not printable."""
    if not (0 < len(nonce) <= LONGEST and nonce.isprintable()):
        raise Refusal("invalid_request", field="nonce")


def forget(connection: Connection, now: datetime) -> int:
    """Delete up to `BATCH` kept answers older than two days; answers how many there were."""
    return connection.execute(_FORGET, {"before": now - KEPT, "most": BATCH}).rowcount


def forget_all(database: Database, now: datetime) -> None:
    """Delete every kept answer older than two days, a batch a transaction, so that nobody at the door waits."""
    while database.write(lambda connection: forget(connection, now)) == BATCH:
        pass


def fingerprint(text: str) -> str:
    """The same for the same ticket, in whatever case or form it was read; the ticket cannot be told from it.

    And the same for all that is no ticket: it may be a NIK, which could be told from its hash by trying them all.
    """
    scanned = read_scan(text)
    if scanned is None:
        return "?"
    what = scanned.code if isinstance(scanned, ScannedCode) else scanned.token.upper()
    return hashlib.sha256(what.encode()).hexdigest()[:16]

"""The baseline of scans: a bare driver admitting bookings with the same SQL, on PostgreSQL the faster of its two ways:
in the one statement the doors use, or step by step."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bench.bare import Work, compiled, on_postgresql, psycopg_dialect
from bench.stage import Stage
from scheduler import bookings
from scheduler.bookings import Booking
from scheduler.foundation import journal
from ticketing import checkin, checkin_at_once, nonces, numbers

_FIRST: Sequence[sa.Executable] = (checkin._BY_TOKEN, nonces._KEEP, numbers._TAKE, checkin._INSERT)
_LAST: Sequence[sa.Executable] = (journal._INSERT, bookings._END, bookings._ARRIVE_DAY)


def _values(token: str, now: Any, booking: Booking | None, today: Any, answer: Any) -> dict[str, Any]:
    """Every value the statements name; the booking's own are known once it was found."""
    b = booking
    return {
        "token": token, "office": b and b.office_id, "nonce": token, "at": now, "answer": answer, "date": today,
        "letter": "A", "office_id": b and b.office_id, "day_id": b and b.day_id, "number": 1,
        "service_id": b and b.service_id, "booking_id": b and b.id, "party": 1, "priority": None, "due": b and b.start,
        "arrived_at": now, "state": "waiting", "since": now, "queue": "A",
        "kind": "admitted", "visit_id": 1, "waiting_id": None, "staff_id": 1, "data": None,
        "unread": False, "of": b and b.id, "was": "booked", "seen": 0, "to_status": "arrived", "step": 0,
        "day": b and b.day_id, "were_absent": 0,
    }


_SAMPLE = _values("", None, None, None, None)


def baseline_of_scans(on: Stage, tokens: list[str], seconds: float) -> tuple[float, str]:
    """Admitted tickets a second by the bare driver, and in which way."""
    if on.kind == "sqlite":
        return _on_sqlite(on.path, tokens, seconds), "one by one"
    half = len(tokens) // 2
    at_once = on_postgresql(on.url, _admit_at_once, tokens[:half], seconds, again=False)
    steps = on_postgresql(on.url, _admit_in_steps, tokens[half:], seconds, again=False)
    return max(at_once, steps), f"at once {at_once:.0f}, in steps {steps:.0f}"


def _statements(dialect: sa.Dialect) -> tuple[list[tuple[str, dict[str, Any]]], ...]:
    return tuple([compiled(s, dialect, _SAMPLE) for s in group] for group in (_FIRST, _LAST))


def _admit_at_once() -> Work:
    sample = dict.fromkeys(("token", "office", "now", "since", "until", "nonce", "fingerprint", "today", "staff"))
    whole, _ = compiled(checkin_at_once._ADMIT, psycopg_dialect(), sample)

    def work(link: psycopg.Connection[Any], token: str) -> None:
        now = datetime.now(UTC)
        row = link.execute(whole, {
            "token": token, "office": 1, "now": now, "since": now - timedelta(hours=12),
            "until": now + timedelta(hours=12), "nonce": token, "fingerprint": "", "today": now.date(), "staff": 1,
        }).fetchone()
        assert row is not None

    return work


def _admit_in_steps() -> Work:
    (find, *writes), last = _statements(psycopg_dialect())

    def work(link: psycopg.Connection[Any], token: str) -> None:
        now = datetime.now(UTC)
        link.execute("BEGIN")
        row = link.execute(find[0], {"token": token} | find[1]).fetchone()
        values = _values(token, now, Booking(*row or ()), now.date(), '{"verdict": "admitted"}')
        for statement, constants in writes:
            fetched = link.execute(statement, constants | values)
            if "numberings" in statement:
                values["number"] = (fetched.fetchone() or [0])[0]
        for statement, constants in last:
            link.execute(statement, constants | values)
        link.execute("COMMIT")

    return work


def _on_sqlite(path: str, tokens: list[str], seconds: float) -> float:
    (find, *writes), last = _statements(sqlite.dialect(paramstyle="named"))
    link = sqlite3.connect(path, isolation_level=None)
    link.execute("PRAGMA synchronous=FULL")
    link.execute("PRAGMA cache_size=-16000")
    done, begun = 0, time.perf_counter()
    today = date(2000, 1, 1).isoformat()  # numbers of its own
    for token in tokens:
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
        link.execute("BEGIN IMMEDIATE")
        row = link.execute(find[0], {"token": token} | find[1]).fetchone()
        values = _values(token, now, Booking(*row), today, '{"verdict": "admitted"}')
        for statement, constants in writes:
            fetched = link.execute(statement, constants | values).fetchall()
            if "numberings" in statement:
                values["number"] = fetched[0][0]
        for statement, constants in last:
            link.execute(statement, constants | values)
        link.execute("COMMIT")
        done += 1
        if time.perf_counter() - begun > seconds:
            break
    link.close()
    return done / (time.perf_counter() - begun)

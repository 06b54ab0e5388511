"""The row of a session: locked, read, written. One effect, however often and in parallel a callback comes.

The row is the lock: each step of a session waits for the one before it, in whichever process that is. Nothing of it is
kept in the process, so any process answers the next step, and one that dies leaves a step undone or done.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from api.assembly import Antre
from api.phone.menu import inputs, state, steps
from api.phone.menu.counter import Counter
from api.phone.menu.screens import END, Screen
from api.phone.menu.state import State
from api.phone.menu.talk import Talk
from api.phone.tables import ussd_sessions
from scheduler.foundation.privacy import SealBroken, Vault
from scheduler.offices import Office

GOES_ON_WITHIN = timedelta(minutes=30)  # after its last step a session that broke off can be gone on with
KNOWN_WITHIN = timedelta(days=1)        # so long a phone's language and office are remembered


@dataclass(frozen=True, slots=True)
class Step:
    """One callback: the carrier's id of the session, the phone in E.164, all inputs so far."""

    session: str
    phone: str
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What the phone shows, and what took effect now: `booked`, `moved`, `cancelled`, `confirmed`, and where."""

    text: str
    acts: tuple[tuple[str, Office], ...] = ()


_NEW = {"session_hash": bindparam("hash"), "phone_hash": bindparam("phone"), "typed": b"", "state": b"",
        "screen": b"", "at": bindparam("now")}
_CLAIM = {
    "sqlite": sqlite.insert(ussd_sessions).values(_NEW).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(ussd_sessions).values(_NEW).on_conflict_do_nothing(),
}
_LOCK = sa.select(ussd_sessions).where(ussd_sessions.c.session_hash == bindparam("hash")).with_for_update()
_WRITE = sa.update(ussd_sessions).where(ussd_sessions.c.session_hash == bindparam("hash")).values(
    {name: bindparam(f"to_{name}") for name in ("phone_hash", "office_id", "language", "typed", "state", "screen",
                                                "ended_at", "at")})
_LATEST = (
    sa.select(ussd_sessions.c.state, ussd_sessions.c.at)
    .where(ussd_sessions.c.phone_hash.in_(bindparam("phones", expanding=True)), ussd_sessions.c.at > bindparam("since"),
           ussd_sessions.c.session_hash != bindparam("hash"))
    .order_by(ussd_sessions.c.at.desc())
    .limit(1)
)
_BREAK_OFF = sa.update(ussd_sessions).where(
    ussd_sessions.c.session_hash == bindparam("hash"), ussd_sessions.c.ended_at.is_(None)
).values(ended_at=bindparam("now"))


def answer(connection: Connection, antre: Antre, step: Step, now: datetime) -> Answered:
    """The next screen of the session, in the caller's transaction."""
    key = hash_of(antre.vault, step.session)
    row = _locked(connection, antre.vault, key, step.phone, now)
    return _answer(connection, antre, key, row, step, now)


def broke_off(connection: Connection, vault: Vault, session: str, now: datetime) -> None:
    """Note that the carrier says that the session has ended; what was answered in it can still be gone on with."""
    connection.execute(_BREAK_OFF, {"hash": hash_of(vault, session), "now": now})


def hash_of(vault: Vault, session: str) -> bytes:
    """What a session is found by."""
    return hmac.digest(vault.derive("ussd")[0], session.encode(), hashlib.sha256)[:16]


def _locked(connection: Connection, vault: Vault, key: bytes, phone: str, now: datetime) -> Any:
    """The session's row, its own from now on until the commit; written first when it is a new one."""
    row = connection.execute(_LOCK, {"hash": key}).one_or_none()
    if row is None:
        connection.execute(_CLAIM[connection.dialect.name], {
            "hash": key, "phone": vault.hash_phone(phone), "now": now})
        row = connection.execute(_LOCK, {"hash": key}).one()
    return row


def _answer(connection: Connection, antre: Antre, key: bytes, row: Any, step: Step, now: datetime) -> Answered:
    kept = _kept(antre.vault, row, step.phone)
    if kept is None:
        typed, stands = inputs.Typed(step.text or None), _first(connection, antre, key, step, now)
    else:
        typed, stands = inputs.since(kept.typed, step.text), kept.state
        over = stands.at == state.DONE and not typed.anew
        if typed.again or over:
            return Answered(kept.screen)
        if typed.anew:
            stands = _over_again(_first(connection, antre, key, step, now), stands)
    talk = Talk(stands, Counter(connection, antre, step.phone, now))
    screen = _next(talk, typed, step.text, goes_on=kept is not None and not typed.anew)
    _write(connection, antre.vault, key, step, talk.state, screen, now)
    return Answered(screen.answer, tuple(talk.acts))


def _next(talk: Talk, typed: inputs.Typed, text: str, *, goes_on: bool) -> Screen:
    if not goes_on:
        screen = steps.begin(talk)
        if typed.rest is None or screen.end:
            return screen
    return steps.work(talk, text, typed.rest or "")


@dataclass(frozen=True, slots=True)
class _Kept:
    typed: str
    state: State
    screen: str


def _kept(vault: Vault, row: Any, phone: str) -> _Kept | None:
    """What the row holds; None when it is new, another phone's, or of secrets that are gone."""
    if not row.state or bytes(row.phone_hash) not in vault.hashes_of_phone(phone):
        return None
    try:
        stands = state.decode(vault.open_bytes(row.state))
        if stands is None:
            return None
        return _Kept(vault.open_bytes(row.typed).decode(), stands, vault.open_bytes(row.screen).decode())
    except SealBroken:
        return None


def _first(connection: Connection, antre: Antre, key: bytes, step: Step, now: datetime) -> State:
    """How a session begins: in the language of the phone's last one, with what that left unfinished.

    What is dialled together with the menu's number means the same every time, so nothing is asked or known before it.
    """
    row = connection.execute(_LATEST, {
        "phones": antre.vault.hashes_of_phone(step.phone), "since": now - KNOWN_WITHIN, "hash": key}).one_or_none()
    before = None if row is None else _opened(antre.vault, row.state)
    if row is None or before is None:
        return State()
    if step.text:
        return State(language=before.language)
    left = state.left_over(before) if row.at > now - GOES_ON_WITHIN else None
    return State(language=before.language, office=before.office, before=left)


def _opened(vault: Vault, sealed: bytes) -> State | None:
    try:
        return state.decode(vault.open_bytes(sealed)) if sealed else None
    except SealBroken:
        return None


def _over_again(first: State, before: State) -> State:
    """The session starts over, and remembers what took effect in it."""
    first.acted, first.careful = before.acted, True
    first.language, first.office = before.language, before.office
    return first


def _write(connection: Connection, vault: Vault, key: bytes, step: Step, stands: State, screen: Screen,
           now: datetime) -> None:
    connection.execute(_WRITE, {
        "hash": key, "to_phone_hash": vault.hash_phone(step.phone), "to_office_id": stands.office,
        "to_language": stands.language, "to_typed": vault.seal_bytes(step.text.encode()),
        "to_state": vault.seal_bytes(state.encode(stands)), "to_screen": vault.seal_bytes(screen.answer.encode()),
        "to_ended_at": now if screen.answer.startswith(END) else None, "to_at": now,
    })

"""A GSM modem, through the database of Gammu SMSD, the daemon that speaks with it.

To send is to commit a row into `outbox`; SMSD hands it to the modem and moves it to `sentitems`. What became of it,
and what people send to us, is fetched: see `base.Collector`. Once we have taken a message over, its text and number
are blanked there, as SMSD's database is not sealed: residents write their NIK into an SMS.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications.gateways.base import Ambiguous, Heard, Means, Outcome, Permanent, Reported, Sent, Temporary
from notifications.gateways.gammu_inbox import Message, Part, joined
from notifications.gateways.gammu_tables import (
    CREATOR,
    LONG_AGO,
    ONE_DAY,
    USSD,
    inbox,
    outbox,
    phones,
    sentitems,
    version,
)
from notifications.gateways.numbers import E164, NOT_E164, to_e164
from notifications.wording import gsm7
from scheduler.foundation.errors import driver_code

NAME = "gammu"
CONNECT_S, ANSWER_S = 3, 9.0
PATIENCE_S = 60.0  # how long the other parts of a message may take to appear; SMSD itself has waited for them before

MEANS: dict[str, Means] = {
    "SendingOK": "sent", "SendingOKNoReport": "sent", "DeliveryPending": "sent", "DeliveryOK": "delivered",
    "SendingError": "failed", "Error": "failed", "DeliveryFailed": "failed",
}
_MORE_TO_COME = ("SendingOK", "DeliveryPending", "DeliveryUnknown")  # SMSD still needs the number to match a report

# What the database says of a commit that surely did not hold has another code than these, or one at all.
_NOBODY_KNOWS = ("SQLITE_IOERR", "08", "57P", "XX")

_due_at_once: sa.ColumnClause[str] = sa.literal_column(f"'{LONG_AGO}'")
_INSERT = sa.insert(outbox).values(
    DestinationNumber=bindparam("number"), TextDecoded=bindparam("text"), Coding=bindparam("alphabet"),
    SendingDateTime=_due_at_once, SendingTimeOut=_due_at_once, RelativeValidity=ONE_DAY, DeliveryReport="yes",
    CreatorID=CREATOR, MultiPart=False,
).returning(outbox.c.ID)

_HEARD = (
    sa.select(inbox.c.ID, inbox.c.SenderNumber, inbox.c.RecipientID, inbox.c.TextDecoded, inbox.c.ReceivingDateTime,
              inbox.c.UDH)
    .where(inbox.c.Processed == sa.bindparam("no", False, inbox.c.Processed.type), inbox.c.Class != USSD)
    .order_by(inbox.c.ID).limit(bindparam("most"))
)
_DONE = sa.update(inbox).where(inbox.c.ID.in_(bindparam("rows", expanding=True))).values(
    Processed=True, Text="", TextDecoded="", SenderNumber="")

# The last word that was told of a message stands behind our name as its creator: SMSD has no column for it.
_told = sa.literal(f"{CREATOR} ") + sentitems.c.Status
_REPORTS = (
    sa.select(sentitems.c.ID, sentitems.c.Status, sentitems.c.DestinationNumber)
    .where(sa.or_(sentitems.c.CreatorID == CREATOR, sentitems.c.CreatorID.like(f"{CREATOR} %")),
           sentitems.c.CreatorID != _told, sentitems.c.SequencePosition == 1)
    .order_by(sentitems.c.ID).limit(bindparam("most"))
)
_this_word = sa.and_(bindparam("row") == sentitems.c.ID, sentitems.c.Status == bindparam("word"))
_SETTLED = sa.update(sentitems).where(_this_word).values(CreatorID=_told)
_ERASE = sa.update(sentitems).where(_this_word).values(Text="", TextDecoded="", DestinationNumber="")

# Two minutes of grace: SMSD lets a modem's row run out some seconds before it writes it anew.
_STILL_ALIVE = {
    "sqlite": sa.literal_column("\"TimeOut\" > datetime('now', 'localtime', '-2 minutes')", sa.Boolean),
    "postgresql": sa.literal_column("\"TimeOut\" > LOCALTIMESTAMP - interval '2 minutes'", sa.Boolean),
}


@dataclass(frozen=True, slots=True)
class Modem:
    """A modem as SMSD knows it. `signal` and `battery` in per cent, below 0 where it does not know."""

    alive: bool
    sends: bool
    receives: bool
    signal: int
    battery: int


class Gammu:
    """Sends through SMSD, and collects. `price` is what one SMS costs (`Sent(cost=..., currency=...)`); after
    `answer_s` without an answer the database is given up; all seconds are real ones, not the office's."""

    name = NAME

    def __init__(self, url: str, *, price: Sent | None = None, answer_s: float = ANSWER_S,
                 patience_s: float = PATIENCE_S) -> None:
        self._engine = _engine(url)
        self._price = price or Sent()
        self._answer_s = answer_s
        self._patience_s = patience_s
        self._first_seen: dict[int, float] = {}

    def send(self, phone: str, text: str) -> Outcome:
        """One attempt; see `base.Gateway`."""
        if not E164.fullmatch(phone):
            return Permanent(NOT_E164)
        alphabet = _alphabet(text)
        if alphabet is None:
            return Permanent("longer than one part", elsewhere=True)
        row, committing = None, False
        try:
            with self._connected() as connection:
                row = connection.execute(_INSERT, {"number": phone, "text": text, "alphabet": alphabet}).scalar_one()
                committing = True
                connection.commit()
                committing = False
        except sa.exc.SQLAlchemyError as problem:
            if row is None or committing:
                return _broken_off(problem, committing)
        return replace(self._price, vendor_id=str(row))

    def close(self) -> None:
        """Nothing is kept open between calls."""
        self._engine.dispose()

    # -- collecting ----------------------------------------------------------------------------------------

    def heard(self, limit: int) -> list[Heard]:
        """See `base.Collector`. An id names the rows, with - between."""
        with self._connected() as connection:
            rows = connection.execute(_HEARD, {"most": 4 * limit + 100}).all()
        parts = [Part(row.ID, row.SenderNumber, row.RecipientID, row.TextDecoded, _moment(row.ReceivingDateTime),
                      row.UDH or "") for row in rows]
        return [_heard(message) for message in joined(parts) if self._is_ready(message)][:limit]

    def done(self, ids: Sequence[str]) -> None:
        """See `base.Collector`. What they said is blanked."""
        rows = [int(row) for one in ids for row in one.split("-")]
        with self._connected() as connection:
            connection.execute(_DONE, {"rows": rows})
            connection.commit()
        for row in rows:
            self._first_seen.pop(row, None)

    def reports(self, limit: int) -> list[Reported]:
        """See `base.Collector`."""
        with self._connected() as connection:
            rows = connection.execute(_REPORTS, {"most": limit}).all()
        return [Reported(str(row.ID), row.Status, row.DestinationNumber, MEANS.get(row.Status)) for row in rows]

    def settled(self, ids: Sequence[str]) -> None:
        """See `base.Collector`. Where no more is to come, what the message said is blanked."""
        words = [{"row": int(row), "word": word} for row, _, word in (one.partition(" ") for one in ids)]
        last = [one for one in words if one["word"] not in _MORE_TO_COME]
        with self._connected() as connection:
            if words:
                connection.execute(_SETTLED, words)
            if last:
                connection.execute(_ERASE, last)
            connection.commit()

    def state(self) -> tuple[int, list[Modem]]:
        """The version of SMSD's schema, and its modems. Raises what the database raises."""
        with self._connected() as connection:
            known = connection.execute(sa.select(sa.func.max(version.c.Version))).scalar_one()
            alive = _STILL_ALIVE[connection.dialect.name]
            rows = connection.execute(sa.select(
                alive.label("alive"), phones.c.Send, phones.c.Receive, phones.c.Signal, phones.c.Battery)).all()
        return known or 0, [Modem(bool(row.alive), _yes(row.Send), _yes(row.Receive), row.Signal, row.Battery)
                            for row in rows]

    # -- inside --------------------------------------------------------------------------------------------

    def _is_ready(self, message: Message) -> bool:
        """Whole, or its other parts have been waited for long enough. A restart waits anew."""
        if message.whole:
            return True
        now = time.monotonic()
        return now - self._first_seen.setdefault(message.in_order[0].id, now) >= self._patience_s

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection of its own, cut when the server takes too long: libpq itself would wait for ever."""
        with self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            if connection.dialect.name == "sqlite":
                yield connection
                return
            with socket.socket(fileno=os.dup(driver.fileno())) as line:
                timer = threading.Timer(self._answer_s, _cut, [line])
                timer.daemon = True
                timer.start()
                try:
                    yield connection
                finally:
                    timer.cancel()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):  # closed in the same moment
        line.shutdown(socket.SHUT_RDWR)


def _engine(url: str) -> sa.Engine:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed.set(drivername="postgresql+psycopg"), poolclass=sa.pool.NullPool,
                                connect_args={"connect_timeout": CONNECT_S, "application_name": CREATOR})
    file = f"file:{quote(str(parsed.database))}?mode=rw"  # SMSD's file: one that is missing is not made

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(file, uri=True, timeout=CONNECT_S, isolation_level="IMMEDIATE")

    return sa.create_engine("sqlite://", creator=connect, poolclass=sa.pool.NullPool)


def _alphabet(text: str) -> str | None:
    """Gammu's name of the alphabet in which the text is one part."""
    if gsm7.parts(text) > 1:
        return None
    return "Unicode_No_Compression" if gsm7.septets(text) is None else "Default_No_Compression"


def _broken_off(problem: sa.exc.SQLAlchemyError, committing: bool) -> Outcome:
    """Without a commit there is no row. One that was refused did not hold; one without an answer may have."""
    code = driver_code(problem)
    if committing and (code is None or code.startswith(_NOBODY_KNOWS)):
        return Ambiguous("no answer to the commit")
    return Temporary(f"database of Gammu ({code or type(problem).__name__})")


def _heard(message: Message) -> Heard:
    parts = message.in_order
    first = parts[0]
    return Heard("-".join(str(part.id) for part in parts), to_e164(first.sender), first.to,
                 "".join(part.text for part in parts), first.at)


def _moment(text: str) -> datetime | None:
    """A moment of SMSD's, which is in this machine's zone."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        return None


def _yes(word: str) -> bool:
    return word in ("yes", "true")

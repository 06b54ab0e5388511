"""What carriers keep for us to fetch: a modem calls nobody back.

First all is committed on our side, then the carrier is told so: what dies in between comes once more and has no second
effect (reports and messages to us are known by the carrier's id).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol, cast

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from notifications import reports
from notifications.gateways.base import Collector, Gateway, Heard, Reported
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault

log = structlog.get_logger("antre.messages")

LIMIT = 100


class Polled(Gateway, Collector, Protocol):
    """A carrier of SMS that must be asked what came in."""


# Works on a message to us within the transaction; the carrier's name says whose ids they are.
Hear = Callable[[Connection, str, Heard, datetime], None]


def polled(gateways: Sequence[Gateway]) -> list[Polled]:
    """Those of the carriers that must be asked."""
    return [cast(Polled, gateway) for gateway in gateways if hasattr(gateway, "settled")]


def collect(database: Database, vault: Vault, carrier: Polled, hear: Hear | None, now: datetime) -> int:
    """Fetch what is there, some at a time; how much. Without `hear`, messages to us stay where they are.

    Raises what either database raises.
    """
    return _reports(database, vault, carrier, now) + (0 if hear is None else _heard(database, carrier, hear, now))


def _reports(database: Database, vault: Vault, carrier: Polled, now: datetime) -> int:
    found = carrier.reports(LIMIT)
    if found:
        database.write(partial(_take, vault, carrier.name, found, now))
        carrier.settled([one.id for one in found])
    return len(found)


def _take(vault: Vault, gateway: str, found: Sequence[Reported], now: datetime, connection: Connection) -> None:
    for one in found:
        reports.take(connection, vault, gateway=gateway, vendor_id=one.vendor_id, status=one.status, phone=one.phone,
                     fields={}, now=now, becomes=one.means)


def _heard(database: Database, carrier: Polled, hear: Hear, now: datetime) -> int:
    """Each in a transaction of its own: one that cannot be worked on keeps no other waiting, and stays where it is."""
    done = []
    for one in carrier.heard(LIMIT):
        try:
            database.write(partial(_work, hear, carrier.name, one, now))
        except SQLAlchemyError:
            raise
        except Exception as problem:  # its words could repeat what somebody wrote
            log.error("not_heard", carrier=carrier.name, error=type(problem).__name__)
        else:
            done.append(one.id)
    if done:
        carrier.done(done)
    return len(done)


def _work(hear: Hear, gateway: str, one: Heard, now: datetime, connection: Connection) -> None:
    hear(connection, gateway, one, now)

"""Whether the word of an offer got out to who stands in line, by what became of its messages.

    got out       a carrier took it (sent, delivered), by SMS or by e-mail; or the person wants no messages
    may have      it is on the network, or of unknown fate
    did not       it waits still, failed, came too late for its turn, or was never written

An offer lapses only for who was surely told: of the doubtful ones the person has the benefit, the book sets the bound.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from notifications.judging import OPTED_OUT
from notifications.tables import HAS_WAITING, outbox
from scheduler.holding import Offer

_MESSAGES = sa.select(outbox.c.sequence).where(
    HAS_WAITING, outbox.c.waiting_id.in_(bindparam("entries", expanding=True)), outbox.c.kind == "offer",
    outbox.c.sequence.in_(bindparam("offers", expanding=True)))
_GOT_OUT = _MESSAGES.where(sa.or_(
    outbox.c.state.in_(("sent", "delivered")), sa.and_(outbox.c.state == "dropped", outbox.c.error == OPTED_OUT)))
_MAY_HAVE = _MESSAGES.where(outbox.c.state.in_(("sending", "sent", "delivered", "unknown")))


def untold(connection: Connection, offers: Sequence[Offer]) -> Collection[int]:
    """The ids of those whose word did not surely get out."""
    return {offer.id for offer in offers} - _found(connection, _GOT_OUT, offers)


def perhaps_told(connection: Connection, offers: Sequence[Offer]) -> Collection[int]:
    """The ids of those whose word may have got out."""
    return _found(connection, _MAY_HAVE, offers)


def _found(connection: Connection, asked: sa.Select[Any], offers: Sequence[Offer]) -> set[int]:
    if not offers:
        return set()
    return set(connection.scalars(asked, {
        "entries": [offer.waiting_id for offer in offers], "offers": [offer.id for offer in offers]}))

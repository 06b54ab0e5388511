"""How many bookings one person and one phone may have: the seats of a phone, and what it gave up lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.foundation.errors import Refusal
from scheduler.tables import GIVEN_UP, PHONE_CHANNELS, STILL_BOOKED, bookings

# Bookings that a phone may give up in a day. Each costs the office two messages, and a number typed on a page may be a
# stranger's: those the phone made itself and those made in its name are counted apart, so neither uses up the other.
GIVEN_UP_A_DAY = 10

_PHONES: sa.BindParameter[Any] = bindparam("phones", expanding=True)
# Three looks, each by its own partial index: an OR over them would scan. 0 is the NIK's own, -1 one given
# up lately, -2 one that the phone itself had made.
_HELD = sa.union_all(
    sa.select(sa.literal_column("0").label("seat")).select_from(bookings).where(
        STILL_BOOKED, bookings.c.nik_hash.in_(bindparam("niks", expanding=True))),
    sa.select(bookings.c.phone_seat).where(STILL_BOOKED, bookings.c.phone_hash.in_(_PHONES)),
    sa.select(sa.case((bookings.c.channel.in_(PHONE_CHANNELS), -2), else_=-1)).select_from(bookings).where(
        GIVEN_UP, bookings.c.phone_hash.in_(_PHONES), bookings.c.ended_at > bindparam("lately")),
)


def lately(now: datetime) -> datetime:
    """Since when bookings that were given up count."""
    return now - timedelta(days=1)


def find(connection: Connection, niks: Sequence[bytes], phones: Sequence[bytes], limit: int, now: datetime, *,
         by_itself: bool = False) -> int:
    """The lowest of the phone's `limit` seats that is free. `by_itself`: the phone asks, so what it gave up itself
    counts, else what was given up in its name. Raises Refusal too_many_for_phone, already_booked.
    """
    seats = list(connection.execute(_HELD, {"niks": niks, "phones": phones, "lately": lately(now)}).scalars())
    if seats.count(-2 if by_itself else -1) >= GIVEN_UP_A_DAY:
        raise Refusal("too_many_for_phone", field="phone", why="given_up", limit=GIVEN_UP_A_DAY)
    free = next((seat for seat in range(1, limit + 1) if seat not in seats), None)
    if free is None:
        raise Refusal("too_many_for_phone", field="phone", limit=limit)
    if 0 in seats:  # the NIK's own booking
        raise Refusal("already_booked", field="nik")
    return free

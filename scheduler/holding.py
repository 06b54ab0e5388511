"""Places held for an offer: counted in their slot's `taken` and their day's `held`, outside `released`.

So no bystander can book them: the guards of booking know `released` alone. What is held comes from what the day would
release if nothing had to wait (`wanted`), and only then from what the public could book now. Rows are taken in this
order: the offer, the entry of the waiting list, slots, days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import places
from scheduler.foundation.journal import record
from scheduler.keeping_tables import OPEN, offers, waiting
from scheduler.tables import days


@dataclass(frozen=True, slots=True)
class Offer:
    """A place offered to an entry of the waiting list, as its row stands; moments in UTC.

    `state`: open, taken, lapsed, declined, withdrawn. It can be taken before `lapses_at`.
    """

    id: int
    office_id: int
    waiting_id: int
    day_id: int
    slot_id: int
    start: datetime
    party: int
    state: str
    made_at: datetime
    lapses_at: datetime
    ended_at: datetime | None


COLUMNS = [offers.c[name] for name in Offer.__slots__]

# What the day would still release: the line's before it is the public's.
SPARE = days.c.wanted - days.c.released - days.c.held
PUBLIC = days.c.released - days.c.booked
_PARTY: sa.BindParameter[int] = bindparam("party", type_=sa.Integer)
_FROM_PUBLIC = sa.case((SPARE >= _PARTY, 0), (SPARE > 0, _PARTY - SPARE), else_=_PARTY)
_HOLD_DAY = sa.update(days).where(
    days.c.id == bindparam("day"), days.c.closed.is_(False), _FROM_PUBLIC <= PUBLIC,
).values(held=days.c.held + _PARTY, released=days.c.released - _FROM_PUBLIC)
_BOOK_HELD = sa.update(days).where(
    days.c.id == bindparam("day"), days.c.closed.is_(False), days.c.held >= _PARTY,
).values(held=days.c.held - _PARTY, booked=days.c.booked + _PARTY, released=days.c.released + _PARTY)
# The public gets it later than the line does, as any place that was given up: see `releasing.py`.
_FREE_DAY = sa.update(days).where(days.c.id == bindparam("day")).values(
    held=days.c.held - _PARTY, freed_at=bindparam("at"))

_OPEN_OF = sa.select(*COLUMNS).where(OPEN, offers.c.waiting_id == bindparam("entry"))
_INSERT = offers.insert().returning(offers.c.id)
_IS_OPEN = sa.and_(offers.c.id == bindparam("of"), OPEN)
_STATE: dict[str, Any] = {"state": bindparam("to_state"), "ended_at": bindparam("at")}
_CLOSE = sa.update(offers).where(_IS_OPEN).values(_STATE)
_CLOSE_IN_TIME = sa.update(offers).where(_IS_OPEN, offers.c.lapses_at > bindparam("at")).values(_STATE)
_CLOSE_OVERDUE = sa.update(offers).where(_IS_OPEN, offers.c.lapses_at <= bindparam("at")).values(_STATE)
_CLOSERS = {"taken": _CLOSE_IN_TIME, "lapsed": _CLOSE_OVERDUE, "declined": _CLOSE, "withdrawn": _CLOSE}
_ENTRY_LAPSED = sa.update(waiting).where(waiting.c.id == bindparam("of"), waiting.c.state == "offered").values(
    state="lapsed", ended_at=bindparam("at"))


def open_of(connection: Connection, entry_id: int) -> Offer | None:
    """The entry's open offer, also one whose time is over and that nobody has marked yet."""
    row = connection.execute(_OPEN_OF, {"entry": entry_id}).one_or_none()
    return None if row is None else Offer(*row)


def take_day(connection: Connection, day_id: int, party: int) -> bool:
    """Hold `party` places of the day, or answer False when so many are neither spare nor the public's. Slots first."""
    return connection.execute(_HOLD_DAY, {"day": day_id, "party": party}).rowcount == 1


def book_held(connection: Connection, day_id: int, party: int) -> bool:
    """Turn `party` held places of the day into booked ones; False when the day was closed. Call it last."""
    return connection.execute(_BOOK_HELD, {"day": day_id, "party": party}).rowcount == 1


def write(connection: Connection, values: dict[str, Any]) -> int:
    """Write an open offer, answer its id. The caller holds its place."""
    return int(connection.execute(_INSERT, values | {"state": "open"}).scalar_one())


def close(connection: Connection, offer: Offer, state: str, now: datetime) -> bool:
    """End an open offer, or answer False when somebody did before; `taken` only before it lapses, `lapsed` only then.

    What is to be done with its entry and its place is the caller's.
    """
    return connection.execute(_CLOSERS[state], {"of": offer.id, "to_state": state, "at": now}).rowcount == 1


def note(connection: Connection, offer: Offer, how: str, now: datetime, *, via: str | None = None,
         booking_id: int | None = None, why: Mapping[str, Any] | None = None) -> None:
    """Journal how the offer ended; `via` is the door if the phone itself answered, `why` the office took it back."""
    record(connection, "offer_ended", at=now, office_id=offer.office_id, day_id=offer.day_id, booking_id=booking_id,
           waiting_id=offer.waiting_id,
           data={"offer": offer.id, "how": how} | ({"via": via} if via else {}) | dict(why or {}))


def give_back(connection: Connection, freed: Sequence[Offer], now: datetime) -> None:
    """Give these offers' places back, slots before days and lower id first; the line gets them before the public."""
    for offer in sorted(freed, key=lambda offer: offer.slot_id):
        places.give_back(connection, offer.slot_id, offer.party)
    for offer in sorted(freed, key=lambda offer: offer.day_id):
        connection.execute(_FREE_DAY, {"day": offer.day_id, "party": offer.party, "at": now})


def lapse(connection: Connection, overdue: Sequence[Offer], now: datetime) -> list[Offer]:
    """Let offers whose time is over lapse, their entries with them; answers those that were still open, whose places
    the caller gives back."""
    lapsed = [offer for offer in sorted(overdue, key=lambda offer: offer.id) if close(connection, offer, "lapsed", now)]
    for offer in lapsed:
        connection.execute(_ENTRY_LAPSED, {"of": offer.waiting_id, "at": now})
        note(connection, offer, "lapsed", now)
    return lapsed


def lapse_of(connection: Connection, entry_id: int, now: datetime) -> None:
    """Let the entry's offer lapse if its time is over and nobody has marked it yet."""
    offer = open_of(connection, entry_id)
    if offer is not None:
        give_back(connection, lapse(connection, [offer], now), now)

"""What `antre doctor` looks for in the rows: sums and clocks that agree, jobs that run, keys that open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from notifications.tables import opt_outs, outbox
from scheduler.foundation.database import UtcDateTime
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import SealBroken, Vault
from scheduler.keeping_tables import OPEN, offers, waiting
from scheduler.tables import bookings, days, slots
from ticketing.tables import visits

MAX_SKEW_S = 2.0
UNTOLD_S = 300
KEY_ID = 4  # bytes in front of everything sealed


@dataclass(frozen=True)
class Finding:
    """One thing examined: whether it is as it should be, and a sentence."""

    good: bool
    words: str


def clocks(connection: Connection, now: datetime) -> Finding:
    """Whether this machine's clock fits the database's, and neither has gone back behind what was written."""
    newest = connection.scalar(sa.select(sa.func.max(journal.c.at)))
    if newest is not None and (newest - now).total_seconds() > MAX_SKEW_S:
        return Finding(False, f"This machine's clock is behind: the journal is at {newest:%Y-%m-%d %H:%M} UTC.")
    if connection.dialect.name == "sqlite":
        return Finding(True, "The clock is not behind what was written.")
    theirs = connection.scalar(sa.select(sa.func.clock_timestamp(type_=UtcDateTime)))
    assert theirs is not None
    skew = (now - theirs).total_seconds()
    if abs(skew) > MAX_SKEW_S:
        side = "ahead of" if skew > 0 else "behind"
        return Finding(False, f"This machine's clock is {abs(skew):.1f} s {side} the database's: let NTP set both.")
    return Finding(True, f"This machine's clock and the database's agree within {MAX_SKEW_S:.0f} s.")


def jobs(connection: Connection, now: datetime) -> Finding:
    """Whether somebody runs the jobs: what residents did is told within seconds."""
    untold, since = connection.execute(
        sa.select(sa.func.count(), sa.func.min(journal.c.at)).where(journal.c.unread)).one()
    if untold and (now - since).total_seconds() > UNTOLD_S:
        return Finding(False, f"{untold} bookings and changes since {since:%Y-%m-%d %H:%M} UTC wait for their "
                              "messages: nobody runs the jobs (`antre worker`, with SQLite `antre serve`).")
    return Finding(True, "No booking or change waits for its messages.")


_STANDING = bookings.c.status != "cancelled"


def _people(*where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.coalesce(sa.func.sum(bookings.c.party), 0)).where(*where).scalar_subquery()


def _offered(of: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.coalesce(sa.func.sum(offers.c.party), 0)).where(of, OPEN).scalar_subquery()


_OFF_DAYS = {
    "booked": days.c.booked != _people(bookings.c.day_id == days.c.id, _STANDING),
    "arrived": days.c.arrived != _people(bookings.c.day_id == days.c.id, bookings.c.status == "arrived"),
    "absent": days.c.absent != _people(bookings.c.day_id == days.c.id, bookings.c.status == "absent"),
    "places held": days.c.held != _offered(offers.c.day_id == days.c.id),
    "walk-ins": days.c.walk_ins != sa.select(sa.func.coalesce(sa.func.sum(visits.c.party), 0)).where(
        visits.c.day_id == days.c.id, visits.c.booking_id.is_(None)).scalar_subquery(),
}
_OFF_SLOTS = slots.c.taken != _people(bookings.c.slot_id == slots.c.id, _STANDING) + _offered(
    offers.c.slot_id == slots.c.id)
_OVERSOLD = days.c.booked > days.c.released


def books(connection: Connection) -> Iterator[Finding]:
    """Whether each day's and slot's sums are those of its bookings and visits."""
    good = True
    for name, off in _OFF_DAYS.items():
        wrong = connection.scalar(sa.select(sa.func.count()).select_from(days).where(off))
        if wrong:
            good = False
            yield Finding(False, f"On {wrong} days the sum of {name} is not that of the rows.")
    wrong = connection.scalar(sa.select(sa.func.count()).select_from(slots).where(_OFF_SLOTS))
    if wrong:
        good = False
        yield Finding(False, f"In {wrong} slots the places taken are not those of the bookings and open offers.")
    wrong = connection.scalar(sa.select(sa.func.count()).select_from(days).where(_OVERSOLD))
    if wrong:
        good = False
        yield Finding(False, f"On {wrong} days more people are booked than places were opened.")
    if good:
        yield Finding(True, "The sums of days and slots are those of bookings, offers and visits.")


# All that stays sealed for longer than a talk by SMS; `antre rekey` seals the same anew.
SEALED = ((bookings, bookings.c.sealed), (waiting, waiting.c.sealed), (outbox, outbox.c.address),
          (opt_outs, opt_outs.c.address), (visits, visits.c.note))


def keys(connection: Connection, vault: Vault) -> Iterator[Finding]:
    """Whether the secrets in the settings open what is sealed: one row for each key ever used."""
    unopened = waiting = 0
    for table, column in SEALED:
        under = sa.func.substr(column, 1, KEY_ID).label("key")
        groups = connection.execute(
            sa.select(under, sa.func.count().label("rows"), sa.func.max(table.c.id).label("sample"))
            .where(column.is_not(None)).group_by(under)).all()
        for group in groups:
            sealed = connection.scalar(sa.select(column).where(table.c.id == group.sample))
            assert sealed is not None
            if not _opens(vault, sealed):
                unopened += group.rows
            elif not vault.is_current(sealed):
                waiting += group.rows
    if unopened:
        yield Finding(False, f"{unopened} rows are sealed with a secret that is not in the settings: "
                             "put it into ANTRE_SECRET_KEY_OLD.")
    else:
        yield Finding(True, "The secrets open what is sealed." if not waiting else
                      f"The secrets open what is sealed; {waiting} rows wait for `antre rekey`.")


def newest_opens(connection: Connection, vault: Vault) -> bool:
    """Whether the secrets open what the newest booking sealed: with others one person could book twice, unseen."""
    newest = sa.select(bookings.c.sealed).where(bookings.c.sealed.is_not(None)).order_by(bookings.c.id.desc()).limit(1)
    sealed = connection.scalar(newest)
    return sealed is None or _opens(vault, sealed)


def _opens(vault: Vault, sealed: bytes) -> bool:
    try:
        vault.open_bytes(sealed)
    except SealBroken:
        return False
    return True

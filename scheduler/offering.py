"""Making offers: what is free is looked at without a lock, then held under guards.

Whatever happened since the look makes a guard fail, and that offer waits for the next run; nothing is sold twice. Two
workers at once make the same plan, and one of them finds it done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler import holding, places, untold, waiting, waiting_dates
from scheduler.foundation.journal import record
from scheduler.holding import PUBLIC, SPARE, Offer
from scheduler.keeping_tables import ACTIVE, IN_LINE, OPEN, offers
from scheduler.keeping_tables import waiting as entries
from scheduler.line import Free, Match, Need, match
from scheduler.offer_times import earliest, is_waking, lapses_at
from scheduler.offices import Office, Offices
from scheduler.tables import STILL_BOOKED, bookings, days, services, slots

_Row = TypeVar("_Row", Free, Need)

LOOKED_AT = 50  # offices a look: few enough that all their starts fit into memory
AT_ONCE = 20  # offers a transaction: whoever books waits for a day's row no longer than that takes

# Office by office, what there is for the line: spare places first, then what the public could book.
_LEFT = sa.case((SPARE > 0, SPARE), else_=0) + PUBLIC
_DAYS = sa.select(days.c.id, days.c.office_id, days.c.date, _LEFT.label("left")).where(
    days.c.office_id.in_(bindparam("offices", expanding=True)), days.c.date >= bindparam("today"),
    days.c.closed.is_(False), _LEFT > 0)
_STARTS = sa.select(
    slots.c.id, slots.c.day_id, days.c.date, slots.c.start, slots.c.letter, slots.c.places - slots.c.taken,
    days.c.office_id,
).join(days, days.c.id == slots.c.day_id).where(
    slots.c.day_id.in_(bindparam("ids", expanding=True)), slots.c.start >= bindparam("since"),
    slots.c.taken < slots.c.places,
).order_by(slots.c.start, slots.c.id)
_LINE = sa.select(
    entries.c.id, services.c.letter, entries.c.first, entries.c.last, entries.c.party, entries.c.office_id,
).join(services, services.c.id == entries.c.service_id).where(
    IN_LINE, entries.c.office_id.in_(bindparam("offices", expanding=True))).order_by(*waiting.IN_ORDER)

_WITH_LINE = sa.select(entries.c.office_id).where(IN_LINE).distinct()
_LAST_DATES = sa.select(entries.c.id, entries.c.office_id, entries.c.last).where(
    IN_LINE, entries.c.last <= bindparam("today"))
_LAST_DATES_OF = _LAST_DATES.where(entries.c.office_id == bindparam("office"))
_BOOKED = entries.join(bookings, bookings.c.nik_hash == entries.c.nik_hash)
_ELSEWHERE = sa.select(entries.c.id, entries.c.office_id, bookings.c.id.label("booking_id")).select_from(
    _BOOKED).where(IN_LINE, STILL_BOOKED)
_ELSEWHERE_OF = _ELSEWHERE.where(entries.c.office_id == bindparam("office"))
_OVERTAKEN = sa.select(*holding.COLUMNS, bookings.c.id.label("booking_id")).select_from(
    _BOOKED.join(offers, offers.c.waiting_id == entries.c.id),
).where(ACTIVE, STILL_BOOKED, OPEN).order_by(offers.c.id)
_OVERTAKEN_OF = _OVERTAKEN.where(offers.c.office_id == bindparam("office"))


# -- looking -------------------------------------------------------------------------------------------------


def offices_due(connection: Connection, offices: Offices, now: datetime) -> list[Office]:
    """The offices at which somebody in line can be offered a place, or needs none any more; a look without locks."""
    lined = [offices.by_id(connection, office_id) for office_id in sorted(connection.scalars(_WITH_LINE))]
    if not lined:
        return []
    today = {office.id: office.today(now) for office in lined}
    by_id = {office.id: office for office in lined}
    needless = {row.office_id for row in connection.execute(_LAST_DATES, {"today": max(today.values())})
                if row.office_id in by_id and waiting_dates.is_over(by_id[row.office_id], row.last, now)}
    needless |= {row.office_id for row in connection.execute(_ELSEWHERE)}
    fitting = {office_id for n in range(0, len(lined), LOOKED_AT)
               for office_id, found in _looks(connection, lined[n:n + LOOKED_AT], now).items() if found}
    return [office for office in lined if office.id in needless | fitting]


def look(connection: Connection, office: Office, now: datetime) -> list[Match]:
    """What could be offered to whom at this office now; nothing in its quiet hours, and who rests is passed by."""
    return _looks(connection, [office], now).get(office.id, [])


def _looks(connection: Connection, offices: Sequence[Office], now: datetime) -> dict[int, list[Match]]:
    """`look` at each of these offices that has a place left, by id: four queries however many they are."""
    awake = {office.id: office for office in offices if is_waking(office, now)}
    left = _left(connection, awake, now) if awake else {}
    if not left:
        return {}
    since = {office_id: earliest(awake[office_id], now) for office_id in left}
    starts = _by_office((Free(*row), office_id) for *row, office_id in connection.execute(_STARTS, {
        "ids": [day_id for own in left.values() for day_id in own], "since": min(since.values())}))
    resting = untold.resting(connection, [awake[office_id] for office_id in left], now)
    line = _by_office((Need(*row), office_id) for *row, office_id in connection.execute(_LINE, {"offices": list(left)}))
    return {office_id: match((need for need in line.get(office_id, ()) if need.id not in resting),
                             (free for free in starts.get(office_id, ()) if free.start >= since[office_id]),
                             own, AT_ONCE) for office_id, own in left.items()}


def _left(connection: Connection, offices: Mapping[int, Office], now: datetime) -> dict[int, dict[int, int]]:
    """What the days of each office have left, from its today on."""
    today = {office_id: office.today(now) for office_id, office in offices.items()}
    found: dict[int, dict[int, int]] = {}
    for row in connection.execute(_DAYS, {"offices": list(offices), "today": min(today.values())}):
        if row.date >= today[row.office_id]:
            found.setdefault(row.office_id, {})[row.id] = row.left
    return found


def _by_office(rows: Iterable[tuple[_Row, int]]) -> dict[int, list[_Row]]:
    found: dict[int, list[_Row]] = {}
    for row, office_id in rows:
        found.setdefault(office_id, []).append(row)
    return found


# -- offering ------------------------------------------------------------------------------------------------


def make(connection: Connection, office: Office, now: datetime) -> list[Match]:
    """Offer what can be offered; answers what was."""
    claimed = [one for one in look(connection, office, now)
               if waiting.end(connection, one.need.id, "offered", now, was="waiting")]
    held = _hold(connection, claimed)
    for one in claimed:
        if one in held:
            _write(connection, office, one, now)
        else:
            waiting.end(connection, one.need.id, "waiting", now, was="offered")
    return held


def _hold(connection: Connection, wanted: Sequence[Match]) -> list[Match]:
    """Take the places, slots before days and lower id first; what is gone since the look is left out."""
    taken = {one.need.id for one in sorted(wanted, key=lambda one: one.free.slot_id)
             if places.take(connection, one.free.slot_id, one.need.party)}
    held = []
    for one in sorted((one for one in wanted if one.need.id in taken), key=lambda one: one.free.day_id):
        if holding.take_day(connection, one.free.day_id, one.need.party):
            held.append(one)
        else:  # the row is ours already, so this waits for nobody
            places.give_back(connection, one.free.slot_id, one.need.party)
    return held


def _write(connection: Connection, office: Office, one: Match, now: datetime) -> None:
    need, free = one.need, one.free
    offer_id = holding.write(connection, {
        "office_id": office.id, "waiting_id": need.id, "day_id": free.day_id, "slot_id": free.slot_id,
        "start": free.start, "party": need.party, "made_at": now, "lapses_at": lapses_at(now, free.start, office)})
    record(connection, "offered", at=now, office_id=office.id, day_id=free.day_id, waiting_id=need.id,
           data={"offer": offer_id})


# -- ending what needs nothing any more ----------------------------------------------------------------------


def end_needless(connection: Connection, office: Office, now: datetime) -> None:
    """End the entries in line whose last date went by, and those whose person has booked otherwise."""
    for row in connection.execute(_LAST_DATES_OF, {"today": office.today(now), "office": office.id}).all():
        if waiting_dates.is_over(office, row.last, now):
            _end(connection, row.id, office.id, "passed", now, None)
    for row in connection.execute(_ELSEWHERE_OF, {"office": office.id}).all():
        _end(connection, row.id, office.id, "booked", now, row.booking_id)


def _end(connection: Connection, entry_id: int, office_id: int, why: str, now: datetime, booking_id: int | None, *,
         was: str = "waiting") -> None:
    if waiting.end(connection, entry_id, why, now, was=was, booking_id=booking_id):
        record(connection, "waiting_ended", at=now, office_id=office_id, waiting_id=entry_id, booking_id=booking_id,
               data={"why": why})


def overtaken_offices(connection: Connection) -> set[int]:
    """Ids of offices at which somebody with an open offer has booked otherwise."""
    return {row.office_id for row in connection.execute(_OVERTAKEN)}


def end_overtaken(connection: Connection, office_id: int, now: datetime) -> list[Offer]:
    """End the open offers of people who have booked otherwise; the caller gives their places back."""
    freed = []
    for row in connection.execute(_OVERTAKEN_OF, {"office": office_id}).all():
        offer = Offer(*row[:-1])
        if holding.close(connection, offer, "declined", now):
            _end(connection, offer.waiting_id, office_id, "booked", now, row.booking_id, was="offered")
            holding.note(connection, offer, "declined", now)
            freed.append(offer)
    return freed

"""A door that has its network back hands in whom it let in without: JSON, as the page's script sends it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
from litestar import Request, post
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import needs, session_of
from api.web.day_list import decode
from api.web.desk import own_office
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from ticketing import conflicts, day_list, handing_in
from ticketing.handing_in import Entry, Handed

MOST = 100        # entries at a time
MOST_DATES = 7   # a browser nobody signs in at keeps what it holds
KEPT = timedelta(days=31)  # of an older date nothing is taken: its month was counted, and its report signed
DAY = timedelta(days=1)

Asker = Request[Any, Any, Any]


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """What one browser holds of one office, named by its slug."""

    office: str
    entries: list[Entry]


_batch = msgspec.json.Decoder(Batch)


@post("/scan/handed-in", include_in_schema=False, guards=[needs("door")], status_code=200)
async def hand_in(request: Asker, antre: FromAntre) -> Response[bytes]:
    """What became of each entry, and how many conflicts a person must decide. Each is a transaction of its own, so one
    that is refused keeps no other back; all of it again answers the same."""
    batch = decode(await request.body(), _batch)
    office = await own_office(request, antre)
    if batch.office != office.slug:
        raise Refusal("not_allowed", why="office")
    if len(batch.entries) > MOST or any(entry.at.tzinfo is None for entry in batch.entries):
        raise Refusal("invalid_request")
    today, staff_id = office.today(antre.clock.now()), session_of(request).staff_id
    found = await _booking_ids(antre, office, {entry.date for entry in batch.entries if _is_sound(entry, today)})
    done = [await _one(antre, office, entry, found[entry.date].get(entry.mark), staff_id) if _is_sound(entry, today)
            else _refused(entry) for entry in batch.entries]
    left = await antre.database.fetch(lambda connection: conflicts.count(connection, office.id))
    return Response(msgspec.json.encode({"handed": done, "conflicts": left}), media_type="application/json",
                    headers={"Cache-Control": "no-store"})


async def _booking_ids(antre: Antre, office: Office, dates: set[date]) -> dict[date, dict[str, int]]:
    """What each mark stands for, on each of the dates."""
    if len(dates) > MOST_DATES:
        raise Refusal("invalid_request")

    def work(connection: Connection) -> dict[date, dict[str, int]]:
        return {on: day_list.booking_ids(connection, office, on, antre.mint.day_keys(office.id, on)) for on in dates}

    return await antre.database.fetch(work)


async def _one(antre: Antre, office: Office, entry: Entry, booking_id: int | None, staff_id: int) -> Handed:
    now = antre.clock.now()
    try:
        return await antre.database.run(lambda connection: handing_in.hand_in(
            connection, office, entry, booking_id, now=now, staff_id=staff_id))
    except Refusal:
        return _refused(entry)


def _is_sound(entry: Entry, today: date) -> bool:
    """Whether it is of a day that can still be handed in, by a moment of that day in whatever zone it is written."""
    return today - KEPT <= entry.date <= today and abs(entry.at.date() - entry.date) <= DAY


def _refused(entry: Entry) -> Handed:
    return Handed(entry.nonce, "refused", entry.number or "")

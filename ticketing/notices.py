"""What the office tells its hall: set and ended by a manager, shown on the screens in turn until its time is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import record
from scheduler.offices import Office
from ticketing.hall_tables import notices

LANGUAGES = ("id", "en")
LONGEST = 160  # characters: two lines of a screen that are read from eight metres
MOST = 6       # at a time: whoever looks up must see all of them within a minute

_STANDING = sa.select(notices.c.id, notices.c.words, notices.c.since, notices.c.until).where(
    notices.c.office_id == bindparam("office"), notices.c.ended_at.is_(None),
    sa.or_(notices.c.until.is_(None), notices.c.until > bindparam("now", type_=notices.c.until.type)),
).order_by(notices.c.id)
_END = sa.update(notices).where(
    notices.c.id == bindparam("of"), notices.c.office_id == bindparam("office"), notices.c.ended_at.is_(None),
).values(ended_at=bindparam("at"))


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of the office; `words` by language, moments aware, no `until` is until it is taken away."""

    id: int
    words: Mapping[str, str]
    since: datetime
    until: datetime | None


def standing(connection: Connection, office: Office, now: datetime) -> list[Notice]:
    """What the hall is told at `now`, oldest first."""
    return [Notice(*row) for row in connection.execute(_STANDING, {"office": office.id, "now": now})]


def put(connection: Connection, office: Office, words: Mapping[str, str], until: datetime | None, *, now: datetime,
        staff_id: int) -> int:
    """Show a message from now on; English may be left out, and then the hall reads Indonesian. Answers its id.

    The same words that stand already are not shown twice. Raises Refusal invalid_request with `field` (`id`, `en`,
    `until`) and `why` (`missing`, `too_long`, `past`, `too_many`) and `limit`.
    """
    told = _read(words)
    if until is not None and until <= now:
        raise Refusal("invalid_request", field="until", why="past")
    there = standing(connection, office, now)
    for one in there:
        if one.words == told and one.until == until:
            return one.id
    if len(there) >= MOST:
        raise Refusal("invalid_request", field="id", why="too_many", limit=MOST)
    made = connection.execute(
        notices.insert().returning(notices.c.id),
        {"office_id": office.id, "words": told, "since": now, "until": until, "staff_id": staff_id})
    notice_id = int(made.scalar_one())
    record(connection, "notice_set", at=now, office_id=office.id, staff_id=staff_id, data={"notice": notice_id})
    return notice_id


def end(connection: Connection, office: Office, notice_id: int, *, now: datetime, staff_id: int) -> None:
    """Take a message off the screens; one that is off already stays off."""
    if connection.execute(_END, {"of": notice_id, "office": office.id, "at": now}).rowcount:
        record(connection, "notice_ended", at=now, office_id=office.id, staff_id=staff_id, data={"notice": notice_id})


def _read(words: Mapping[str, str]) -> dict[str, str]:
    told = {language: " ".join(words.get(language, "").split()) for language in LANGUAGES}
    for language, text in told.items():
        if len(text) > LONGEST:
            raise Refusal("invalid_request", field=language, why="too_long", limit=LONGEST)
    if not told["id"]:
        raise Refusal("invalid_request", field="id", why="missing")
    return {language: text for language, text in told.items() if text}

"""What was decided about a day, for the manager: the job's decisions and people's own, each as one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from api.tables import staff
from scheduler import capacity
from scheduler.foundation.journal import journal
from scheduler.reports import Decided

# What people and the job did to a day besides releasing places. Each has a sentence of its own in `words.happened`.
KINDS = ("day_overridden", "override_ended", "day_left_out", "day_counted", "learnt", "closure_made", "closure_ended",
         "day_changed")

_ENTRIES = (
    sa.select(journal.c.at, journal.c.kind, journal.c.data, staff.c.username)
    .join_from(journal, staff, staff.c.id == journal.c.staff_id, isouter=True)
    .where(journal.c.day_id == bindparam("day"), journal.c.kind.in_(KINDS))
    .order_by(journal.c.at.desc(), journal.c.id.desc())
)


@dataclass(frozen=True)
class Entry:
    """One entry of the journal about a day; `who` is the account of the member of staff who did it."""

    at: datetime
    kind: str
    data: Mapping[str, Any]
    who: str


@dataclass(frozen=True)
class Happened:
    """Something that was decided, as one sentence."""

    at: datetime
    sentence: str


def read(connection: Connection, day_id: int) -> list[Entry]:
    """The day's entries of `KINDS`, newest first."""
    return [Entry(row.at, row.kind, row.data or {}, row.username or "")
            for row in connection.execute(_ENTRIES, {"day": day_id})]


def tell(decisions: Iterable[Decided], entries: Iterable[Entry], words: Mapping[str, Any], lang: str) -> list[Happened]:
    """Everything in one list, newest first."""
    told = [Happened(one.at, capacity.words(one.because, lang)) for one in decisions]
    told += [Happened(one.at, sentence(one, words)) for one in entries]
    return sorted(told, key=lambda one: one.at, reverse=True)


def sentence(entry: Entry, words: Mapping[str, Any]) -> str:
    """What the entry says; a number or a reason it lacks is left open."""
    by = words["by"].format(who=entry.who) if entry.who else ""
    reason = words["because"].format(reason=entry.data["reason"]) if entry.data.get("reason") else ""
    known = _Known(entry.data, by=by, because=reason, what=_what(entry.data, words), hours=_hours(entry.data, words))
    return str(words[entry.kind]).format_map(known)


def _what(data: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    """What a closure closes."""
    return str(words["counter"]).format(counter=data["counter"]) if data.get("counter") else str(words["office"])


def _hours(data: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    """Between which local times; nothing for a whole day."""
    since, until = data.get("from"), data.get("to")
    return str(words["hours"]).format(since=since or words["opening"], until=until or words["closing"]) if (
        since or until) else ""


class _Known(dict[str, Any]):
    """Values of a sentence; an unknown one is a dash."""

    def __missing__(self, key: str) -> str:
        return "–"

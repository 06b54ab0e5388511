"""How long a visit of each service keeps a counter, learnt from the office's own last weeks.

Each process keeps what it learnt for some minutes: the means move slowly, and many screens ask.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.calendar import MINUTE
from scheduler.offices import Office
from ticketing import estimates
from ticketing.hall_tables import servings
from ticketing.tables import visits

REMEMBERED = timedelta(days=28)
MOST = 2000  # stays, the latest: more do not make a mean better
KEPT = timedelta(minutes=5)

_STAYS = (
    sa.select(servings.c.service_id, servings.c.called_at, servings.c.ended_at, visits.c.party)
    .join(visits, visits.c.id == servings.c.visit_id)
    .where(servings.c.office_id == bindparam("office"), servings.c.date >= bindparam("since"),
           servings.c.outcome.in_(("finished", "transferred")), servings.c.started_at.is_not(None))
    .order_by(servings.c.date.desc(), servings.c.call.desc()).limit(MOST)
)

_Means = Mapping[int, float]
_lock = threading.Lock()
_kept: WeakKeyDictionary[Any, dict[int, tuple[datetime, int, _Means]]] = WeakKeyDictionary()


def means(connection: Connection, office: Office, now: datetime) -> _Means:
    """The mean minutes from call to end of each service, by its id, for one person."""
    with _lock:
        known = _kept.setdefault(connection.engine, {}).get(office.id)
    if known is not None and timedelta(0) <= now - known[0] < KEPT and known[1] == office.revision:
        return known[2]
    learnt = _learn(connection, office, now)
    with _lock:
        _kept[connection.engine][office.id] = (now, office.revision, learnt)
    return learnt


def _learn(connection: Connection, office: Office, now: datetime) -> _Means:
    stays: dict[int, list[float]] = {}
    for row in connection.execute(_STAYS, {"office": office.id, "since": office.today(now) - REMEMBERED}):
        stays.setdefault(row.service_id, []).append((row.ended_at - row.called_at) / MINUTE / row.party)
    return {service.id: estimates.shrunk(service.minutes, stays.get(service.id, ())) for service in office.services}

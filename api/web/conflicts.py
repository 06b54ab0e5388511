"""What a door did without network and the book does not agree with: one page, on which a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response
from sqlalchemy import Connection

from api.doorway import FromAntre
from api.guards import needs, session_of
from api.tables import staff
from api.web.desk import own_office, staff_page
from api.web.messages import number_of
from api.web.render import go
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Service
from ticketing import conflicts
from ticketing.checkin import masked_name
from ticketing.conflicts import Conflict

_NAMES = sa.select(staff.c.id, sa.func.coalesce(staff.c.name, staff.c.username).label("name")).where(
    staff.c.id.in_(sa.bindparam("ids", expanding=True)))

Asker = Request[Any, Any, Any]


@dataclass(frozen=True)
class Shown:
    """One conflict as staff see it: the name masked, the door by its account's name; `today`: one may still wait."""

    conflict: Conflict
    service: Service
    name: str | None
    door: str
    today: bool


@get("/scan/conflicts", include_in_schema=False, guards=[needs("counter")])
async def every(request: Asker, antre: FromAntre) -> Response[Any]:
    """Those nobody has decided on, the oldest first."""
    office, now = await own_office(request, antre), antre.clock.now()

    def work(connection: Connection) -> list[Shown]:
        found = conflicts.undecided(connection, office)
        doors = _doors(connection, {one.staff_id for one in found})
        return [_shown(office, antre.vault, one, doors, today=one.date == office.today(now)) for one in found]

    return await staff_page(request, antre, "conflicts.html", office, open=await antre.database.fetch(work),
                            settled=request.query_params.get("done", ""))


@post("/scan/conflicts/{conflict:str}", include_in_schema=False, guards=[needs("counter")], status_code=200)
async def settle(request: Asker, antre: FromAntre, conflict: FromPath[str]) -> Response[Any]:
    """Let the visitor wait, or take them off the list; whoever decides second finds it done."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    chosen, conflict_id = (await request.form()).get("keep"), number_of(conflict)
    if not conflict_id or chosen not in ("yes", "no"):
        raise Refusal("invalid_request")
    done = await antre.database.run(lambda connection: conflicts.settle(
        connection, office, conflict_id, keep=chosen == "yes", now=now, staff_id=staff_id))
    return go(f"/scan/conflicts?done={chosen if done else 'before'}")


def _doors(connection: Connection, ids: set[int]) -> dict[int, str]:
    return {row.id: row.name for row in connection.execute(_NAMES, {"ids": list(ids)})}


def _shown(office: Office, vault: Vault, one: Conflict, doors: dict[int, str], *, today: bool) -> Shown:
    return Shown(one, office.by_id[one.service_id], masked_name(vault, one.sealed), doors.get(one.staff_id, ""), today)

"""Liveness and readiness: `/livez` says the process answers, `/readyz` that it can do its work."""

from __future__ import annotations

import sqlalchemy as sa
import structlog
from litestar import get
from litestar.response.base import ASGIResponse
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.openapi import Doc
from api.rest.answering import encode, json
from api.rest.schemas import LiveAnswer, ReadyAnswer
from api.schema import HEAD, current
from scheduler.foundation.errors import driver_code

_log = structlog.get_logger("antre.health")


@get("/livez", opt={"limit": None, "doc": Doc(
    tag="service", summary="Whether the process answers", answer=LiveAnswer, example={"alive": True})})
async def livez() -> ASGIResponse:
    """Always 200: whoever gets it knows."""
    return json(encode(LiveAnswer(True)))


@get("/readyz", opt={"limit": None, "doc": Doc(
    tag="service", summary="Whether it can do its work", answer=ReadyAnswer,
    example={"ready": True, "checks": {"database": "ok", "schema": "ok", "jobs": "ok"}},
    text="503 with the same body when a check fails: database (reachable, and takes what is written), schema (at this "
         "version), jobs (not late).",
    also_answer=(503,))})
async def readyz(antre: FromAntre) -> ASGIResponse:
    """Database reachable and writable, schema as this version wants it, jobs not late."""
    checks = await _database(antre) | {"jobs": _jobs(antre)}
    ready = all(word == "ok" for word in checks.values())
    return json(encode(ReadyAnswer(ready, checks)), 200 if ready else 503)


async def _database(antre: Antre) -> dict[str, str]:
    def work(connection: Connection) -> bool:
        return current(connection) == HEAD

    try:
        fits = await antre.database.fetch(work)
    except Exception as problem:
        _log.warning("database not reachable", kind=type(problem).__name__, code=driver_code(problem))
        return {"database": "unreachable", "schema": "unknown"}
    if not fits:
        return {"database": "ok", "schema": "not migrated"}
    return {"database": await _writable(antre), "schema": "ok"}


# Writes without changing anything: on a full disk, or on a server that became a standby, reading goes on well.
_WRITE = sa.text("UPDATE alembic_version SET version_num = version_num")


async def _writable(antre: Antre) -> str:
    try:
        await antre.database.run(lambda connection: connection.execute(_WRITE))
    except Exception as problem:
        _log.warning("database not writable", kind=type(problem).__name__, code=driver_code(problem))
        return "not writable"
    return "ok"


def _jobs(antre: Antre) -> str:
    """Jobs may run in another process; only one that leads here can be late here."""
    return "ok" if antre.timetable.status().healthy else "late"


ROUTES = [livez, readyz]

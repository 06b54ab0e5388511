"""Faults of ours in the log: where in the code, never which values.

An exception's text may hold what a resident typed (drivers print their parameters), so only its type, a
database's code for it and the places it passed through are written.
"""

from __future__ import annotations

import traceback

import structlog

from scheduler.foundation.errors import driver_code

_log = structlog.get_logger("antre.faults")


def report(exception: BaseException, route: object = None) -> None:
    """Log `exception` without its text; `route` is the template it happened on."""
    _log.error("fault", kind=type(exception).__name__, route=route, code=driver_code(exception),
               places=_places(exception),
               cause=type(exception.__cause__).__name__ if exception.__cause__ else None)


def _places(exception: BaseException) -> list[str]:
    frames = traceback.extract_tb(exception.__traceback__)[-12:]
    return [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames]

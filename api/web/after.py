"""After a commit of the pages: letters may go out, ready answers of the office are old."""

from __future__ import annotations

from typing import Any

from litestar import Request

from api.assembly import Antre
from api.doorway import doorway_of
from scheduler.offices import Office


def tell(request: Request[Any, Any, Any], antre: Antre, office: Office) -> None:
    """Say that a booking of the office changed."""
    antre.timetable.nudge()
    doorway_of(request).shelf.changed(office.id)

"""The schema of all rooms in one place."""

from __future__ import annotations

import api.tables
import notifications.tables
import scheduler.foundation.journal
import scheduler.tables
import ticketing.tables  # noqa: F401 - importing the tables registers them
from scheduler.foundation.database import Database, metadata

__all__ = ["metadata", "upgrade"]


def upgrade(url: str) -> None:
    """Bring the database to the newest schema."""
    database = Database(url, connections=1)
    try:
        metadata.create_all(database.engine)
    finally:
        database.close()

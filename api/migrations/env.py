"""How Alembic runs here: on the connection `api.schema` hands over, everything in that one transaction.

A new version: change the tables, `alembic revision --autogenerate -m "why"` (finds the database by
ANTRE_DATABASE_URL; one at the newest version), then read and mend what it wrote by hand.
"""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection

from api.schema import metadata, migrating
from scheduler.foundation.database import Database


def run(connection: Connection) -> None:
    """Take the wanted steps on this connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,  # SQLite alters a table by making it anew
        compare_server_default=True,
        transactional_ddl=True,  # SQLite as well: the engine opens the transaction, not the driver
    )
    with context.begin_transaction():
        context.run_migrations()


handed = context.config.attributes.get("connection")
if handed is not None:
    run(handed)
else:
    database = Database(os.environ["ANTRE_DATABASE_URL"], connections=1)
    try:
        with migrating(database) as own:
            run(own)
    finally:
        database.close()

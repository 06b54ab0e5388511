"""How each database is connected to."""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

BUSY_MS = 15_000

# A server that lost power or its network answers nothing for ever: it is given up after some eleven seconds instead
# of the system's two hours, so that no writer waits for it all night. Unix sockets do without.
LINK = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3,
        "tcp_user_timeout": 5_000}


def sqlite_engine(url: sa.URL, connections: int, *, writing: bool, durable: bool) -> Engine:
    """An engine whose transactions, when `writing`, take the lock at once; `durable` syncs each commit to the disk."""
    engine = sa.create_engine(
        url, pool_size=connections, max_overflow=0, connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False}
    )

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver opens no transaction of its own
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-16000")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


# What is written is found by a key. A plan kept since the tables were small would scan them for ever as they grow: a
# morning of 514 offices slowed to a quarter (`python -m bench --only morning`), until statistics happened to be taken.
BY_KEY = " -c enable_seqscan=off"


def postgresql_engine(url: sa.URL, connections: int, *, writing: bool, durable: bool) -> Engine:  # noqa: ARG001
    """An engine with prepared statements. A connection the server dropped shows at its next use, see `transaction`.

    How durable a commit is stands in the server's own settings.
    """
    return sa.create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=False,
        connect_args={**LINK, "prepare_threshold": 1, "application_name": "antre",
                      "options": "-c timezone=UTC" + (BY_KEY if writing else "")},
    )

"""Compiled statements shared by all databases of a test process.

SQLAlchemy keeps what it compiled with the engine that asked for it. Each test has engines of its own, and compiling
the same statements anew took a sixth of the suite's processor time. Here all engines of one kind keep theirs
together: nothing in a compiled statement depends on which database of a kind it goes to.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

KEPT = 5_000  # statements of a kind


def share() -> None:
    """From now on, for every engine that this process makes."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):  # part of the key a statement is kept by
        dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
        dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    sa.create_engine = _sharing(sa.create_engine)


def _sharing(create_engine: Callable[..., Engine]) -> Any:
    kept: dict[type, LRUCache[Any, Any]] = {}

    @wraps(create_engine)
    def sharing(*args: Any, **options: Any) -> Engine:
        engine = create_engine(*args, **options)
        engine._compiled_cache = kept.setdefault(type(engine.dialect), LRUCache(KEPT))
        return engine

    return sharing

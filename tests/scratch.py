"""Where what need not outlive the run is kept: in memory where there is room, else on disk.

A database copied for each test costs some 40 ms in memory and, on a busy disk, ten times as much.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = "/dev/shm"  # containers often have 64 MB of it: too little
ROOM = 1 << 30
PREFIX = "antre-test-"


@contextmanager
def folder(*, durable: bool = False) -> Iterator[Path]:
    """A directory as long as the block runs; `durable` on disk in any case.

    A lock says that its run is alive: what killed runs left behind is removed first, as it may lie in memory.
    """
    where = Path(tempfile.gettempdir() if durable or not _memory_has_room() else MEMORY)
    for left in where.glob(f"{PREFIX}*/lock"):
        _remove_if_dead(left)
    made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=where))
    with (made / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _memory_has_room() -> bool:
    return os.path.isdir(MEMORY) and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM


def _remove_if_dead(left: Path) -> None:
    try:
        with left.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left.parent, ignore_errors=True)
    except OSError:
        return  # alive, another's, or gone

"""Where what need not outlive the run is kept: in memory where there is room, else on disk.

A database copied for each test costs some 40 ms in memory and, on a busy disk, ten times as much.
"""

from __future__ import annotations

import os
import shutil
import tempfile

MEMORY = "/dev/shm"  # containers often have 64 MB of it: too little
ROOM = 1 << 30


def folder() -> str:
    """A directory for temporary files that anyone may write to."""
    if os.path.isdir(MEMORY) and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        return MEMORY
    return tempfile.gettempdir()

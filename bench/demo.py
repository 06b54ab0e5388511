"""The demo as people start it: how much memory it takes with residents coming and going."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.judged import Proof
from bench.load import drive, request
from bench.stage import Stage, free_port, memory_mb, stop, wait_until_ready

MOST_MB = 250


def memory() -> Proof:
    """Resident memory of the demo process after a morning with residents and 2,000 requests."""
    with tempfile.TemporaryDirectory(prefix="antre-bench-") as name:
        port, folder = free_port(), Path(name)
        process = Stage("sqlite", "", folder).run(
            "demo", "--port", str(port), "--data", str(folder / "data"), "--residents", "60", "--speed", "600")
        try:
            wait_until_ready(port, process)
            time.sleep(8)
            paths = ["/", "/api/v1/offices/balikpapan/slots?service=ktp-rekam", "/schema/openapi.json", "/demo"]
            asked = ((n, request("GET", paths[n % len(paths)])) for n in range(2_000))
            result = drive(port, asked, clients=20)
            used = memory_mb(process)
        finally:
            stop(process)
    seen = f"{used:.0f} MB of at most {MOST_MB}; answers {dict(result.statuses)}"
    return Proof("memory of the demo process", "sqlite", seen, used <= MOST_MB and set(result.statuses) == {200})

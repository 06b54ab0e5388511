"""Where a measurement plays: a database of its own, real `antre` processes, and an end to all of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from api import schema
from bench import seed
from scheduler.foundation.database import Database
from tests import postgres

START_S = 60
ANTRE = [sys.executable, "-m", "api.cli"]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Stage:
    """A seeded database and how to serve it. `path` is SQLite's file."""

    kind: str
    url: str
    folder: Path
    path: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def processes(self) -> int:
        return 1 if self.kind == "sqlite" else 2

    def database(self) -> Database:
        """A connection for the measurement itself."""
        return Database(self.url, connections=2)

    def run(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `antre` with these arguments; its output goes to the stage's log."""
        log = (self.folder / f"{arguments[0]}.log").open("ab")
        return subprocess.Popen([*ANTRE, *arguments], env=os.environ | self.environment, stdout=log, stderr=log)

    @contextmanager
    def serving(self, port: int) -> Iterator[subprocess.Popen[bytes]]:
        """The server answering on the port for as long as the block runs."""
        process = self.run("serve", "--port", str(port), "--processes", str(self.processes))
        try:
            wait_until_ready(port, process)
            yield process
        finally:
            stop(process)


def wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers; fails when it ended or takes too long."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError("the server did not start; see its log")


def stop(process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
    """End a process this run started, and wait for it."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def family(process: subprocess.Popen[bytes]) -> list[int]:
    """The process and its children, by id."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [process.pid, *map(int, children)]


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of the process and its children, in megabytes."""
    total = 0
    for pid in family(process):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1])
    return total / 1024


@contextmanager
def stage(kind: str, offices: list[str]) -> Iterator[Stage]:
    """A durable database of that kind with these offices (texts of office files) imported and open."""
    with tempfile.TemporaryDirectory(prefix="antre-bench-") as name:
        folder = Path(name)
        if kind == "sqlite":
            path = folder / "antre.sqlite3"
            yield _seeded(Stage(kind, f"sqlite:///{path}", folder, str(path)), offices)
        else:
            with postgres.running(durable=True) as server:
                yield _seeded(Stage(kind, server.create("bench"), folder), offices)


def _seeded(made: Stage, offices: list[str]) -> Stage:
    made.environment = {
        "ANTRE_DATABASE_URL": made.url, "ANTRE_SECRET_KEY": "a secret for measurements only and known to all",
        "ANTRE_PUBLIC_URL": "http://127.0.0.1:8000", "ANTRE_HOOK_SECRET": "hook-secret-of-bench",
        "ANTRE_RATE_LIMIT": "off", "ANTRE_TEST_PEOPLE": "yes", "ANTRE_LOG_LEVEL": "WARNING",
    }
    database = Database(made.url, connections=2)
    schema.upgrade(database)
    seed.import_all(database, offices)
    database.close()
    return made

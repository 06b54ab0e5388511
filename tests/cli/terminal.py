"""The real `antre`, as a person at a terminal or a service manager runs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ANTRE = Path(sys.executable).with_name("antre")
START_S = 40


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without settings of ours, and these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANTRE_")}
    return kept | {f"ANTRE_{name}": value for name, value in settings.items()}


def run(*words: str, settings: Mapping[str, str] | None = None, said: str = "", path: str | None = None,
        ) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; `said` goes to its standard input, `path` replaces PATH."""
    variables = environment(settings or {}) | ({"PATH": path} if path is not None else {})
    return subprocess.run([ANTRE, *words], env=variables, input=said, capture_output=True, text=True, timeout=120)


def refused(*words: str, settings: Mapping[str, str] | None = None, said: str = "", path: str | None = None) -> str:
    """The one sentence with which a command refuses; there must be nothing else, and no traceback."""
    done = run(*words, settings=settings, said=said, path=path)
    assert done.returncode not in (0, None), done.stdout
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(*words: str, settings: Mapping[str, str], until: str, out: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command that goes on, once it has said `until`; killed at the end if it still runs."""
    with out.open("wb") as log:
        process = subprocess.Popen([ANTRE, *words], env=environment(settings), stdout=log, stderr=log)
    try:
        _wait_for(process, out, until)
        yield process
    finally:
        process.kill()
        process.wait()


def _wait_for(process: subprocess.Popen[bytes], out: Path, until: str) -> None:
    deadline = time.monotonic() + START_S
    while until not in out.read_text(errors="replace"):
        assert process.poll() is None, f"it ended: {out.read_text()}"
        assert time.monotonic() < deadline, f"it did not start: {out.read_text()}"
        time.sleep(0.05)


def ends_within(process: subprocess.Popen[bytes], seconds: float, number: int = signal.SIGTERM) -> int:
    """Ask it to stop; its exit code, which must come in time."""
    process.send_signal(number)
    return process.wait(seconds)



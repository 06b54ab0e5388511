"""The real `antre`, as a person at a terminal or a service manager runs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from api.cli import main
from tests import processes

ANTRE = Path(sys.executable).with_name("antre")
START_S = 40


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without settings of ours, and these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANTRE_")}
    return kept | {f"ANTRE_{name}": value for name, value in settings.items()}


def run(*words: str, settings: Mapping[str, str] | None = None, said: str = "", path: str | None = None,
        ) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in a process of its own; `said` goes to its standard input, `path` replaces PATH.

    The process is forked from one that has loaded the commands: starting `antre` itself takes a second each time, and
    `started` does it.
    """
    variables = environment(settings or {}) | ({"PATH": path} if path is not None else {})
    with TemporaryDirectory() as folder:
        streams = [Path(folder) / name for name in ("in", "out", "err")]
        streams[0].write_text(said, encoding="utf-8")
        process = processes.context.Process(target=_play, args=(words, variables, streams))
        process.start()
        process.join(120)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(words, 120)
        out, err = (stream.read_text(encoding="utf-8") for stream in streams[1:])
    return subprocess.CompletedProcess(words, process.exitcode, out, err)


def _play(words: Sequence[str], variables: dict[str, str], streams: Sequence[Path]) -> None:
    """Be the command: its environment, its streams, its exit code."""
    os.environ.clear()
    os.environ.update(variables)
    for number, (stream, flags) in enumerate(zip(streams, (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT] * 2), strict=True)):
        os.dup2(os.open(stream, flags), number)
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", buffering=1, closefd=False))
    sys.exit(main(words))


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



"""A vendor that may die: the stand-in as a process of its own, which writes down each message a phone got.

    python -m bench.vendor PORT FILE [troubled]

Each line of FILE is a number, written before the answer goes out; it outlives the process. `troubled`: the first
messages are answered slowly, and by the last digits of the number one is refused, hangs or breaks (`troubles`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from datetime import datetime
from pathlib import Path

from api.demo.standin import Phones, StandIn, Trouble
from bench.stage import free_port
from scheduler.foundation.clock import SystemClock
from tests.people import phone
from tests.phone.vendor import serving

SLOW = 1_500
HANGS_S = 12.0  # longer than the client waits
START_S = 30


def troubles(messages: int) -> dict[int, Trouble]:
    """What the first try to the n-th person meets: no credit, closed just now, no such number, or nobody knows."""
    found: dict[int, Trouble] = {}
    for n in range(messages):
        if n % 20 == 1:
            found[n] = Trouble(code=405)
        elif n % 50 == 2:
            found[n] = Trouble(status=503, body="closed")
        elif n % 100 == 3:
            found[n] = Trouble(code=403)
        elif n % 100 == 4:
            found[n] = Trouble(status=500, body="fell over", arrives=n % 200 == 4)
        elif n % 400 == 5:
            found[n] = Trouble(wait_s=HANGS_S)
    return found


class _Recording(StandIn):
    """Keeps nothing in memory but its troubles: a phone's message is a line of the file."""

    file = -1

    def _put(self, _phones: Phones, msisdn: str, _at: datetime, _sender: str, _text: str) -> None:
        os.write(self.file, f"{msisdn}\n".encode())

    def report(self, message_id: str, msisdn: str, status: str) -> None:
        """No reports: what becomes of a message is to be known without."""


class Vendor:
    """The process, seen from the measurement. It keeps its port and its file when it dies; it comes back without
    troubles."""

    def __init__(self, file: Path, *, troubled: bool = False) -> None:
        self._port = free_port()
        self._file = file
        self._more = ["troubled"] if troubled else []
        self._process: subprocess.Popen[bytes] | None = None
        file.touch()

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Begin to answer; waits until it does."""
        command = [sys.executable, "-m", "bench.vendor", str(self._port), str(self._file), *self._more]
        self._more = []
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE)
        deadline = time.monotonic() + START_S
        while not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError("the stand-in did not start")
            time.sleep(0.05)

    def die(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.communicate()
            self._process = None

    def got(self) -> Counter[str]:
        """How many messages each phone got."""
        return Counter(self._file.read_text().split())

    def _answers(self) -> bool:
        request = urllib.request.Request(f"{self.url}/messaging", data=b"x=1", method="POST")
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=2)
        except urllib.error.HTTPError:
            return True  # it refuses us: it is there
        except OSError:
            return False
        return True


def main(port: str, file: str, *more: str) -> None:
    """Serve until the input ends."""
    _Recording.file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with serving(SystemClock(), int(port), _Recording) as vendor:
        if more:
            vendor.standin.fail(Trouble(wait_s=0.1), times=SLOW)
            for n, trouble in troubles(10_000).items():
                vendor.standin.fail(trouble, msisdn=phone(n), times=1)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The browser of the browser tests: found, or fetched by `python -m tests.chromium`, never done without.

Looked for, in this order: the program CHROMIUM names, one on the PATH, one Playwright has fetched into `.venv`. The
build that has no window of its own (`headless-shell`: the same engine, none of the surfaces around it) comes before
any other: the browser tests cost a third less processor time with it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
NAMES = (*SHELLS, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FETCHED = Path(sys.prefix) / "browsers"  # inside .venv: nothing is left elsewhere
FETCHED_NAMES = ("chrome-headless-shell", "headless_shell", "chrome")  # as its versions call them
HOW = ("The browser tests need Chromium. Install it (on Debian: apt install chromium-headless-shell), or name "
       "it: CHROMIUM=/path/to/chromium make test.")


def chromium_path() -> str:
    """The path of a Chromium that starts. Raises LookupError with a sentence that says how to get one."""
    named = os.environ.get("CHROMIUM")
    if named and not _starts(named):
        raise LookupError(f"CHROMIUM names {named}, which does not start.")
    for path in [named] if named else _found():
        if _starts(path):
            return path
    raise LookupError(HOW)


def _found() -> list[str]:
    on_path = [path for path in map(shutil.which, NAMES) if path]
    return on_path + [str(path) for name in FETCHED_NAMES for path in sorted(FETCHED.glob(f"chromium*/*/{name}"))]


def _starts(path: str) -> bool:
    """Whether it can be run at all: a download without the system's libraries cannot."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def get() -> str:
    """The path of a Chromium, fetched if there is none. Raises LookupError when all ways failed.

    Where nobody's own browser is at stake (`CI` is set) the build without a window is fetched beside another.
    """
    if not os.environ.get("CHROMIUM"):
        if not any(map(_starts, _found())) or (os.environ.get("CI") and not any(map(shutil.which, SHELLS))):
            _from_debian()
        if not any(map(_starts, _found())):
            _from_playwright()
    return chromium_path()


def _from_debian() -> None:
    print("Fetching a Chromium for the tests: trying Debian's package ...", flush=True)
    if not shutil.which("apt-get"):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for words in (("update", "-q"), ("install", "-q", "-y", "--no-install-recommends", SHELLS[0])):
        _try([*sudo, "apt-get", *words])


def _from_playwright() -> None:
    print("Still no Chromium: trying Playwright's download ...", flush=True)
    os.environ["PLAYWRIGHT_BROWSERS_PATH"] = str(FETCHED)
    _try([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"])


def _try(command: list[str]) -> None:
    try:
        subprocess.run(command, check=False, stdin=subprocess.DEVNULL)
    except OSError as problem:
        print(problem)


if __name__ == "__main__":
    try:
        get()
    except LookupError as problem:
        sys.exit(str(problem))

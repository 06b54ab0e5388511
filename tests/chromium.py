"""The browser of the browser tests: found, or fetched by `python -m tests.chromium`, never done without.

Looked for, in this order: the program CHROMIUM names, one on the PATH, one Playwright has fetched into `.venv`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FETCHED = Path(sys.prefix) / "browsers"  # inside .venv: nothing is left elsewhere
HOW = ("The browser tests need Chromium. Install it (on Debian: apt install chromium), or name it: "
       "CHROMIUM=/path/to/chromium make test.")


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
    return on_path + sorted(str(path) for path in FETCHED.glob("chromium-*/*/chrome"))


def _starts(path: str) -> bool:
    """Whether it can be run at all: a download without the system's libraries cannot."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def get() -> str:
    """The path of a Chromium, fetched if there is none. Raises LookupError when all ways failed."""
    for fetch in () if os.environ.get("CHROMIUM") else (_from_debian, _from_playwright):
        try:
            return chromium_path()
        except LookupError:
            print(fetch.__doc__, flush=True)
            fetch()
    return chromium_path()


def _from_debian() -> None:
    """No Chromium found; trying Debian's package ..."""
    if not shutil.which("apt-get"):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for words in (("update", "-q"), ("install", "-q", "-y", "--no-install-recommends", "chromium")):
        _try([*sudo, "apt-get", *words])


def _from_playwright() -> None:
    """Still no Chromium; trying Playwright's download ..."""
    os.environ["PLAYWRIGHT_BROWSERS_PATH"] = str(FETCHED)
    _try([sys.executable, "-m", "playwright", "install", "chromium"])


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

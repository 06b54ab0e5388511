"""The daemon of the tests about a GSM modem: found, or fetched by `python -m tests.gammu`, never done without.

Looked for, in this order: the program GAMMU_SMSD names, one on the PATH, one fetched from Debian into `.venv`. What is
fetched is unpacked and not installed: the package would start a daemon on this machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = ("gammu-smsd", "libdbd-sqlite3")
FETCHED = Path(sys.prefix) / "gammu"  # inside .venv: nothing is left elsewhere
SCHEMAS = "usr/share/doc/gammu-smsd/examples"  # some small systems leave documents out
HOW = ("The tests of a GSM modem need gammu-smsd with its schema files. Install them (on Debian: apt install "
       "gammu-smsd libdbd-sqlite3), or name the program: GAMMU_SMSD=/path/to/gammu-smsd make test.")


@dataclass(frozen=True)
class Daemon:
    """A gammu-smsd that starts. `schemas` holds its `.sql` files, `drivers` those of libdbi, if they were fetched."""

    program: str
    schemas: Path
    drivers: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)


def daemon() -> Daemon:
    """One that starts. Raises LookupError with a sentence that says how to get one."""
    named = os.environ.get("GAMMU_SMSD")
    if named:
        one = Daemon(named, _schemas(Path(named).resolve().parents[2]) or Path())
        if not _starts(one):
            raise LookupError(f"GAMMU_SMSD names {named}, which does not start or has no schema files.")
        return one
    for one in (_installed(), _fetched()):
        if one is not None and _starts(one):
            return one
    raise LookupError(HOW)


def _installed() -> Daemon | None:
    program, schemas = shutil.which("gammu-smsd"), _schemas(Path("/"))
    has_driver = any(Path("/usr/lib").glob("*/dbd/libdbdsqlite3.so"))
    return Daemon(program, schemas) if program and schemas and has_driver else None


def _fetched() -> Daemon | None:
    program, schemas = FETCHED / "usr/bin/gammu-smsd", _schemas(FETCHED)
    libraries = sorted({str(path.parent) for path in FETCHED.glob("usr/lib/**/*.so*") if path.is_file()})
    drivers = next((path.parent for path in FETCHED.glob("usr/lib/*/dbd/libdbdsqlite3.so")), None)
    if not program.exists() or schemas is None or drivers is None:
        return None
    return Daemon(str(program), schemas, drivers, {"LD_LIBRARY_PATH": os.pathsep.join(libraries)})


def _schemas(root: Path) -> Path | None:
    folder = root / SCHEMAS
    return folder if (folder / "sqlite.sql").exists() and (folder / "pgsql.sql").exists() else None


def _starts(one: Daemon) -> bool:
    try:
        return subprocess.run([one.program, "--version"], env=os.environ | one.environment, capture_output=True,
                              timeout=60).returncode == 0 and (one.schemas / "sqlite.sql").exists()
    except (OSError, subprocess.TimeoutExpired):
        return False


def get() -> Daemon:
    """One that starts, fetched if there is none. Raises LookupError when all ways failed."""
    try:
        return daemon()
    except LookupError:
        if not os.environ.get("GAMMU_SMSD"):
            print("No gammu-smsd found; fetching Debian's packages ...", flush=True)
            _fetch()
    return daemon()


def _fetch() -> None:
    """Download the packages, and what they need that is not here, and unpack them; no rights are needed."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return
    lists, cache = FETCHED / "apt/lists", FETCHED / "apt/cache"
    for folder in (lists / "partial", cache / "archives/partial"):
        folder.mkdir(parents=True, exist_ok=True)
    apt = ["apt-get", "-q", "-o", f"Dir::State::lists={lists.absolute()}", "-o", f"Dir::Cache={cache.absolute()}",
           "-o", "Debug::NoLocking=1"]
    _try([*apt, "update"])
    planned = _try([*apt, "install", "--simulate", "--no-install-recommends", *PACKAGES])
    needed = [line.split()[1] for line in planned.splitlines() if line.startswith("Inst ")]
    _try([*apt, "download", *dict.fromkeys([*PACKAGES, *needed])], cache)
    for package in cache.glob("*.deb"):
        _try(["dpkg-deb", "-x", str(package.absolute()), str(FETCHED.absolute())])


def _try(command: list[str], where: Path | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=where, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except OSError as problem:
        print(problem)
        return ""
    if done.returncode:
        print(done.stderr)
    return done.stdout


if __name__ == "__main__":
    try:
        get()
    except LookupError as problem:
        sys.exit(str(problem))

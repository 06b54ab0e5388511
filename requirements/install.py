"""Make `.venv` hold exactly what the lock says: `python requirements/install.py run|dev`.

Runs on the machine's own Python, so it uses the standard library only. A second run with nothing changed is done at
once: a mark in `.venv` holds the hash of what it was made from. `dev.txt` holds all of `run.txt`, at the same
versions, so that one environment serves both.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SOURCES = (ROOT / "requirements" / "run.txt", ROOT / "requirements" / "dev.txt", ROOT / "pyproject.toml")
OLDEST = (3, 11)


def main(kind: str) -> None:
    """Bring `.venv` up to `kind`, run or dev."""
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()
    sound = _is_sound()
    if sound and _mark(kind).is_file() and _mark(kind).read_text() == wanted:
        return
    _mark("run").unlink(missing_ok=True)
    _mark("dev").unlink(missing_ok=True)
    if not sound:
        _make_environment()
    print(f"Installing what requirements/{kind}.txt lists; the first time this takes a minute ...", flush=True)
    _pip("--require-hashes", "-r", str(ROOT / "requirements" / f"{kind}.txt"))
    _pip("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    _compile()
    for done in ("run", kind):
        _mark(done).write_text(wanted)


def _mark(kind: str) -> Path:
    return VENV / f"made-from-{kind}"


def _is_sound() -> bool:
    """Whether the environment's Python still starts, is new enough and has pip."""
    program = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", program], capture_output=True).returncode == 0


def _make_environment() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        _get_debian_venv()
    print(f"Making .venv with Python {sys.version.split()[0]} ...", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)


def _get_debian_venv() -> None:
    """Debian keeps the part that makes environments in a package of its own."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    commands = ([*sudo, "apt-get", "update", "-q"], [*sudo, "apt-get", "install", "-q", "-y", package])
    print(f"This Python cannot make virtual environments; trying to install {package} ...", flush=True)
    if not shutil.which("apt-get") or any(subprocess.run(command).returncode for command in commands):
        sys.exit(f"This Python cannot make virtual environments. Install it whole (on Debian: apt install {package}), "
                 "then run make again.")


def _pip(*arguments: str) -> None:
    options = ("-qq", "--no-compile", "--disable-pip-version-check", "--no-input")
    command = [PYTHON, "-m", "pip", "install", *options, *arguments]
    if subprocess.run(command).returncode:
        sys.exit("The dependencies could not be installed (see above). Is the network there? Then run make again.")


def _compile() -> None:
    """On all cores, where pip uses one; files for other versions of Python, which some packages hold, may fail."""
    subprocess.run([PYTHON, "-m", "compileall", "-q", "-j", "0", VENV / "lib"], capture_output=True)


if __name__ == "__main__":
    main(sys.argv[1])

"""The demo's directory: its database, its secrets, and `access.json` for other programs.

Kept between runs, so that an existing demo goes on where it was. Only its owner may read it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import msgspec

from api import passwords
from api.commands.problems import Failure
from api.demo.residents import Agenda

# Who may sign in to the demo: role and name, by what their password is kept under.
ACCOUNTS = {"counter": ("counter", "loket"), "counter2": ("counter", "loket2"),
            "manager": ("manager", "manajer"), "admin": ("admin", "admin")}
INVENTED = "rekaan"  # the account of the invented clerks, who must not seem to be whoever tries the demo
STATE = "state.json"


class Secrets(msgspec.Struct, frozen=True):
    """Drawn once for a demo. `passwords` are those of `ACCOUNTS`, and of `INVENTED`."""

    secret_key: str
    hook_secret: str
    api_key: str
    passwords: dict[str, str]


class State(msgspec.Struct, frozen=True):
    """What a demo is at its end and the database does not know: its clock, and what the residents have in mind."""

    now: datetime | None = None
    agenda: Agenda = msgspec.field(default_factory=Agenda)


class Place:
    """One demo's directory, held for as long as the object lives. Raises Failure when it cannot be had."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self.database = self.directory / "antre.sqlite3"
        self.access = self.directory / "access.json"
        try:
            self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _lock(self.directory / "lock")
            self.access.unlink(missing_ok=True)  # whoever waits for it shall not read the last run's
        except BlockingIOError:
            raise Failure(f"A demo runs in {directory} already: stop it, or choose another --data.") from None
        except OSError as problem:
            raise Failure(f"The demo cannot be kept in {directory}: {problem.strerror}.") from None

    def secrets(self) -> Secrets:
        """This demo's secrets, drawn when it is new."""
        file = self.directory / "secrets.json"
        try:
            kept = msgspec.json.decode(file.read_bytes(), type=Secrets)
        except FileNotFoundError:
            kept = Secrets(secrets.token_urlsafe(48), secrets.token_urlsafe(24), secrets.token_urlsafe(24), {})
        except msgspec.DecodeError:
            raise Failure(f"{file} is not a demo's secrets: remove {self.directory} to begin anew.") from None
        drawn = {key: passwords.make() for key in (*ACCOUNTS, INVENTED)}  # an older demo has fewer accounts
        whole = msgspec.structs.replace(kept, passwords=drawn | kept.passwords)
        _write(file, msgspec.json.encode(whole))
        return whole

    def set_aside(self, reached: datetime) -> Path:
        """Give the database another name, so that a new one begins. Answers the name."""
        name = f"antre-until-{reached:%Y%m%dT%H%M}"
        aside = self.directory / f"{name}.sqlite3"
        for number in range(2, 1000):
            if not aside.exists():
                break
            aside = self.directory / f"{name}-{number}.sqlite3"
        for ending in ("-wal", "-shm", ""):  # the log first: without it the file alone would look whole
            with suppress(FileNotFoundError):
                Path(f"{self.database}{ending}").rename(f"{aside}{ending}")
        (self.directory / STATE).unlink(missing_ok=True)
        return aside

    def read_state(self) -> State:
        """How things stood when the demo was stopped; nothing if it is new or was cut off."""
        try:
            return msgspec.json.decode((self.directory / STATE).read_bytes(), type=State)
        except (FileNotFoundError, msgspec.DecodeError):
            return State()

    def write_state(self, state: State) -> None:
        """Keep how things stand for the next run."""
        _write(self.directory / STATE, msgspec.json.encode(state))

    def write_access(self, access: dict[str, Any]) -> None:
        """Tell other programs where the demo is and how to get in, all at once."""
        _write(self.access, msgspec.json.format(msgspec.json.encode(access), indent=2) + b"\n")

    def close(self) -> None:
        """Let another demo have the directory."""
        self._lock.close()


def _lock(file: Path) -> IO[str]:
    held = file.open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise
    return held


def _write(file: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    unfinished = file.with_name(f".{file.name}.unfinished")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        target.write(content)
    unfinished.rename(file)

"""The real gammu-smsd on Gammu's dummy phone: what it sends it logs, what its phone gets lies in a folder."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import sqlalchemy as sa

from tests import gammu

WAIT_S = 30
CONFIG = """
[gammu]
connection = none
model = dummy
device = {phone}

[smsd]
service = sql
{database}
logfile = {log}
debuglevel = 255
loopsleep = 1
receivefrequency = 1
statusfrequency = 1
deliveryreport = log
checksecurity = 0
"""
MESSAGE = """[SMSBackup000]
SMSC = "+62811000000"
Sent = 20261124T093000
State = UnRead
Number = "{sender}"
Name = ""
Coding = Default
Folder = 1
Length = {length}
Class = -1
ReplySMSC = False
RejectDuplicates = False
ReplaceMessage = 0
MessageReference = 0
"""


class Smsd:
    """A database with SMSD's tables; the daemon works on it inside `with running()`. `url` is what a setting says."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self._folder = folder
        self._daemon = gammu.daemon()
        self._log = folder / "smsd.log"
        self._phone = folder / "phone"
        self._phone.mkdir()
        self._read = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.pool.NullPool)
        self._make_tables()

    @contextmanager
    def running(self) -> Iterator[None]:
        """The daemon at work, once it has found its phone."""
        config = self._folder / "smsdrc"
        config.write_text(CONFIG.format(phone=self._phone, log=self._log, database=self._database()))
        process = subprocess.Popen([self._daemon.program, "-c", str(config)], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=os.environ | self._daemon.environment)
        try:
            until(lambda: self.rows("SELECT 1 FROM phones"))
            yield
        finally:
            process.terminate()
            process.wait(WAIT_S)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the daemon's database answers."""
        with self._read.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]

    def change(self, statement: str) -> None:
        """Do to the rows what the daemon, or another program beside us, would."""
        with self._read.begin() as connection:
            connection.execute(sa.text(statement))

    def hold(self) -> sqlite3.Connection:
        """Another program that writes into the file and does not end; close it."""
        held = sqlite3.connect(self.url.removeprefix("sqlite:///"), isolation_level=None)
        held.execute("BEGIN IMMEDIATE")
        return held

    def sent(self, count: int) -> list[tuple[str, str]]:
        """Numbers and texts as they left through the phone, once there are so many."""
        query = 'SELECT "DestinationNumber", "TextDecoded" FROM sentitems ORDER BY "ID"'
        until(lambda: len(self.rows(query)) >= count)
        return [(str(number), str(text)) for number, text in self.rows(query)]

    def waiting(self) -> list[tuple[str, str]]:
        """Numbers and texts that the daemon has not taken yet."""
        rows = self.rows('SELECT "DestinationNumber", "TextDecoded" FROM outbox ORDER BY "ID"')
        return [(str(number), str(text)) for number, text in rows]

    def septets(self) -> list[int]:
        """How long each message was in the phone's alphabet, as the daemon logged it: -1 in another alphabet."""
        log = self._log.read_text(errors="replace")
        found = re.findall(r"gammu: (?:7 bit SMS, length \d+, (\d+)|(Unicode SMS))", log)
        return [int(size) if size else -1 for size, _ in found]

    def receive(self, place: int, sender: str, text: str, udh: str = "") -> None:
        """A message arrives on the phone; `place` from 1 is where its memory keeps it."""
        digits = text.encode("utf-16-be").hex().upper()
        lines = [f"Text{n:02} = {digits[at:at + 200]}" for n, at in enumerate(range(0, len(digits), 200))]
        lines += [f"UDH = {udh}"] if udh else []
        folder = self._phone / "sms" / "1"
        folder.mkdir(parents=True, exist_ok=True)
        whole = folder.parent / "next"  # the phone must not read half of it
        whole.write_text(MESSAGE.format(sender=sender, length=len(text)) + "\n".join(lines) + "\n")
        whole.rename(folder / str(place))

    def _make_tables(self) -> None:
        if self.url.startswith("sqlite"):
            schema = (self._daemon.schemas / "sqlite.sql").read_text()
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as database:
                database.executescript(schema)
            return
        schema = (self._daemon.schemas / "pgsql.sql").read_text()
        schema = schema.replace("CREATE LANGUAGE plpgsql;", "")  # it is there
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(schema.encode())

    def _database(self) -> str:
        if self.url.startswith("sqlite"):
            file = Path(self.url.removeprefix("sqlite:///"))
            drivers = f"driverspath = {self._daemon.drivers}" if self._daemon.drivers else ""
            return f"driver = sqlite3\ndbdir = {file.parent}\ndatabase = {file.name}\n{drivers}"
        parts = urlsplit(self.url)
        host = parse_qs(parts.query)["host"][0]
        return f"driver = native_pgsql\nhost = {host}\nuser = postgres\ndatabase = {parts.path[1:]}"


def until(condition: Callable[[], object]) -> None:
    """Wait for what another process does."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "gammu-smsd did not do it"
        time.sleep(0.05)

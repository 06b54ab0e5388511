"""The real demo in a process of its own, as `make demo` starts it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests import people
from tests.cli.terminal import ends_within, free_port, started

AT = "2026-11-24T08:00"


class Playing:
    """A demo that runs, as `access.json` describes it."""

    def __init__(self, directory: Path) -> None:
        self.access: dict[str, Any] = json.loads((directory / "access.json").read_text())
        self.http = httpx.Client(base_url=self.access["url"], timeout=60)

    def now(self) -> datetime:
        """The office clock."""
        return datetime.fromisoformat(self.http.get("/demo/clock").json()["now"])

    def advance(self, by: timedelta) -> datetime:
        """Put the clock forward."""
        answer = self.http.post("/demo/clock", json={"advance_s": by.total_seconds()})
        assert answer.status_code == 200, answer.text
        return datetime.fromisoformat(answer.json()["now"])

    def starts(self) -> list[str]:
        """What can be booked to get an identity card recorded."""
        days = self.http.get(f"/api/v1/offices/{self.access['office']}/slots?service=ktp-rekam&days=7").json()["days"]
        return [slot["start"] for day in days for slot in day["slots"]]

    def book(self, n: int, start: str) -> dict[str, Any]:
        """Book the n-th person."""
        answer = self.http.post("/api/v1/bookings", json={
            "office": self.access["office"], "service": "ktp-rekam", "start": start, "nik": people.nik(n),
            "name": people.name(n), "phone": people.phone(n)})
        assert answer.status_code == 201, answer.text
        return answer.json()  # type: ignore[no-any-return]

    def inbox(self, n: int) -> list[dict[str, Any]]:
        """The messages on that person's phone."""
        return self.http.get(f"{self.access['phone_simulator']}/{people.phone(n)}").json()["messages"]  # type: ignore[no-any-return]

    def headers(self, role: str) -> dict[str, str]:
        """Signed in as that role."""
        account = next(one for one in self.access["staff"] if one["role"] == role)
        session = self.http.post("/api/v1/session", json={k: account[k] for k in ("username", "password")})
        return {"Authorization": f"Bearer {session.json()['token']}"}


@contextmanager
def playing(folder: Path, *words: str) -> Iterator[tuple[Playing, Any]]:
    """A demo in `folder`, stopped at the end."""
    out, port = folder.with_suffix(".log"), str(free_port())
    words = ("demo", "--port", port, "--data", str(folder), *words)
    with started(*words, settings={}, until="Ctrl-C stops", out=out) as process:
        demo = Playing(folder)
        yield demo, process
        demo.http.close()
        assert ends_within(process, 15) == 0, out.read_text()
        assert "Traceback" not in out.read_text()

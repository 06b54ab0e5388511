"""What has been chosen so far on the way to a booking, as it stands in the address: nothing of it is personal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from api.web.render import query
from scheduler.bookings import REASONS
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Offices, Service

YEARS = range(2000, 2200)  # what lies outside is a typing mistake, and arithmetic may not leave the calendar


@dataclass(frozen=True)
class Choices:
    """Office, service, reason (of an online service) and start (UTC), each None until chosen.

    Instead of a start, `until` (the office's date) is chosen by who joins the waiting list, with `since` where today
    is too soon. `unknown` is the field whose value in the address means nothing here: `office` or `service`.
    """

    office: Office | None = None
    service: Service | None = None
    reason: str | None = None
    start: datetime | None = None
    since: date | None = None
    until: date | None = None
    unknown: str | None = None

    @property
    def question(self) -> str:
        """The next thing to ask: office, what, reason, when or who."""
        if self.office is None:
            return "office"
        if self.service is None:
            return "what"
        if self.service.visit == "fallback" and self.reason is None:
            return "reason"
        return "when" if self.start is None and self.until is None else "who"

    @property
    def waits(self) -> bool:
        """Whether it is about the waiting list, not about a start."""
        return self.start is None and self.until is not None

    @property
    def check(self) -> str:
        """The path on which everything is read back."""
        return "/waiting/check" if self.waits else "/check"

    @property
    def when(self) -> str:
        """The address of the question before the person: the hours of the day, or until when to wait."""
        return self.address("/waiting") if self.waits else self.address(start=None, day=self.local_day)

    def address(self, path: str = "/", **more: Any) -> str:
        """`path` with these choices and `more` in its query; a value of None leaves a choice out."""
        return query(path, **{**self._fields(), **more})

    @property
    def local_day(self) -> date | None:
        """The office's date of the start."""
        return self.office.today(self.start) if self.office and self.start else None

    def back(self) -> str:
        """The question before the time: the reason where one was asked, else the service."""
        return self.address(service=self.service and self.reason and self.service.slug, reason=None)

    def hidden(self) -> dict[str, str]:
        """The choices as hidden fields of a form."""
        return {name: value for name, value in self._fields().items() if value}

    def _fields(self) -> dict[str, Any]:
        return {"office": self.office and self.office.slug, "service": self.service and self.service.slug,
                "reason": self.reason, "start": self.start and show_start(self.start),
                "since": self.since and self.since.isoformat(), "until": self.until and self.until.isoformat()}

    def at(self, start: datetime) -> Choices:
        """The same with another start."""
        return replace(self, start=start, since=None, until=None)

    def to_wait(self) -> str:
        """The address at which one can join the waiting list instead."""
        return self.address("/waiting", start=None, since=None, until=None)


def read(connection: Connection, offices: Offices, given: Mapping[str, Any]) -> Choices:
    """The choices in a query or a form; what is missing or senseless is left to be asked."""
    office, unknown = _office(connection, offices, _text(given, "office"))
    if office is None:
        return Choices(unknown=unknown)
    wanted = _text(given, "service")
    try:
        service = office.service(wanted) if wanted else None
    except Refusal:
        return Choices(office, unknown="service")
    online = service is not None and service.visit == "fallback"
    reason = _text(given, "reason")
    start, until = read_start(_text(given, "start")), read_day(_text(given, "until"))
    since = read_day(_text(given, "since")) if until is not None else None
    return Choices(office, service, reason if online and reason in REASONS else None, start,
                   *((since, until) if start is None else (None, None)))


def _office(connection: Connection, offices: Offices, slug: str) -> tuple[Office | None, str | None]:
    """The office asked for; without one asked for, the only one there is."""
    if slug:
        try:
            return offices.get(connection, slug), None
        except Refusal:
            return None, "office"
    every = offices.all(connection)
    return (every[0] if len(every) == 1 else None), None


def show_start(start: datetime) -> str:
    """A start as addresses carry it, in UTC: `2026-11-25T00:00Z`."""
    return start.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def read_start(text: str) -> datetime | None:
    """The moment `show_start` wrote, or None."""
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        return None
    return start.astimezone(UTC) if start.tzinfo is not None and start.year in YEARS else None


def read_day(text: str | None) -> date | None:
    """A date like `2026-11-25`, or None."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return value.strip()[:80] if isinstance(value, str) else ""

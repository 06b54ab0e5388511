"""Offices to measure on: written as office files and imported the way any office is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection

from scheduler import jobs, office_file
from scheduler.foundation.database import Database
from scheduler.offices import Offices
from tests.people import nik, phone

OFFICES = 514  # the regencies and cities of Indonesia

_OFFICE = """
[office]
slug = "{slug}"
name = "Kantor {slug}"
timezone = "{timezone}"
phone = "(0542) 000-100"
address = "Jalan Contoh Nomor 1"
[band]
low = {low}
high = {high}
[booking]
horizon_days = {horizon}
notice_minutes = 0
[arrival]
early_minutes = {early}
late_minutes = 30
[hours]
{hours}
[[services]]
slug = "ktp-rekam"
letter = "A"
name.id = "Perekaman KTP-el"
name.en = "ID card"
short = "Rekam KTP-el"
visit = "required"
minutes = {minutes}
bring.id = ["Kartu Keluarga"]
bring.en = ["Family card"]
words = ["ktp"]
"""
_COUNTER = '[[counters]]\nslug = "loket-{n}"\nname = "Loket {n}"\nserves = ["ktp-rekam"]\n'
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def office_text(slug: str, *, high: int = 70, counters: int = 4, horizon: int = 30,
                open_all_day: bool = False, minutes: int = 15) -> str:
    """An office with one service of so many minutes, `counters` places a start and a day's top of `high`."""
    span = "00:00-23:45" if open_all_day else "07:30-16:00"
    hours = "\n".join(f'{day} = ["{span}"]' for day in _DAYS)
    zone, early = (_morning(), 480) if open_all_day else ("Asia/Makassar", 30)
    text = _OFFICE.format(slug=slug, timezone=zone, low=min(60, high), high=high, horizon=horizon, early=early,
                          hours=hours, minutes=minutes)
    return text + "".join(_COUNTER.format(n=n) for n in range(1, counters + 1))


def _morning() -> str:
    """A time zone in which it is about eight in the morning now, so that most of today is still ahead."""
    ahead = (8 - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"  # POSIX counts the other way round


def import_all(database: Database, texts: list[str]) -> None:
    """Import the offices, open their days and release them, as of now."""
    now, offices = datetime.now(UTC), Offices()
    files = [office_file.parse(text, "bench.toml") for text in texts]
    for first in range(0, len(files), 32):
        database.write(_importing(files[first:first + 32], now))
    jobs.open_days(database, offices, now)
    offices.forget()
    jobs.keep_capacity(database, offices, now)


def _importing(files: list[office_file.OfficeFile], now: datetime) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        for file in files:
            office_file.import_office(connection, file, now)

    return work


def booking_body(n: int, office: str, start: datetime, **more: object) -> dict[str, object]:
    """What the n-th person sends to book."""
    return {"office": office, "service": "ktp-rekam", "start": f"{start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "nik": nik(n), "name": "Siti Aminah", "phone": phone(n), **more}

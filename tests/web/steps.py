"""The way to a booking as tests walk it: choosing, telling, and what then stands in the book."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from api.assembly import Antre
from scheduler.tables import bookings
from tests import people
from tests.web.reading import Visitor

WEDNESDAY = "2026-11-25"


def choose(visitor: Visitor, service: str = "ktp-rekam", day: str = "Rabu, 25 November") -> None:
    """From the first page to the question who it is for, at the first hour of the day."""
    visitor.open("/")
    visitor.send("Lanjutkan", service=service)
    visitor.follow(day)
    visitor.follow("WITA")


def tell(visitor: Visitor, n: int, **other: str) -> None:
    """Say who it is for."""
    person = people.person(n)
    visitor.send("Lanjutkan", **{"name": person.name, "nik": person.nik, "phone": person.phone, **other})


def all_bookings(antre: Antre) -> list[Any]:
    """The rows of the book."""
    with antre.database.read() as connection:
        return list(connection.execute(sa.select(bookings).order_by(bookings.c.id)))


def morning(date: str) -> datetime:
    """The first moment of the date at the office."""
    return datetime.fromisoformat(date).replace(tzinfo=ZoneInfo("Asia/Makassar"))

"""One's own phone in the hall: the ticket page and the API say when the turn comes; one SMS calls people back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifications import letters
from notifications.tables import outbox
from scheduler.foundation.journal import journal
from scheduler.offices import Office
from scheduler.rules import Rules
from scheduler.tables import offices as office_rows
from tests.conftest import NOW
from tests.ticketing.door import at
from tests.ticketing.floor import Floor
from ticketing import soon

pytestmark = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def floor(antre: Any, balikpapan: Office) -> Floor:
    floor = Floor(antre.database, balikpapan, antre.offices, antre.vault, antre.mint)
    floor.now = at("09:00")
    floor.make_room()
    return floor


def told(floor: Floor) -> list[str]:
    """The texts about turns that come soon."""
    letters.write_all(floor.database, floor.offices, floor.vault, floor.now)
    with floor.database.read() as c:
        return list(c.scalars(sa.select(outbox.c.text).where(outbox.c.kind == "soon").order_by(outbox.c.id)))


def waiting(floor: Floor, before: int = 6, state: str = "delivered") -> Any:
    """Somebody who booked, and whose confirmation fared so, waits behind so many others for one counter."""
    booked = floor.book(1, at("10:00"))
    letters.write_all(floor.database, floor.offices, floor.vault, floor.now)
    assert floor.database.write(lambda c: c.execute(sa.update(outbox).values(state=state))).rowcount == 1
    for minute in range(before + 1):
        floor.walk_in(at("09:20") + timedelta(minutes=minute))
    floor.scan(booked.token, at("09:30"))
    floor.now = at("09:31")
    floor.next("loket-1")
    return booked


def note(floor: Floor) -> int:
    return int(soon.note_all(floor.database, floor.offices, floor.now))


def test_who_waits_long_is_called_back_once(floor: Floor) -> None:
    waiting(floor)
    assert note(floor) == 0, "it is far still"
    for minute in (40, 50):
        floor.now = at("09:00") + timedelta(minutes=minute)
        floor.next()
        assert note(floor) == 0
    for minute in (60, 70, 80, 85):
        floor.now = at("09:00") + timedelta(minutes=minute)
        floor.next()
        note(floor)
    (text,) = told(floor)
    assert "A-008" in text
    assert "Budi" not in text
    assert "Siti" not in text
    with floor.database.read() as c:
        assert c.scalar(sa.select(sa.func.count()).where(journal.c.kind == "soon")) == 1


@pytest.mark.parametrize("state", ["failed", "unknown", "dropped"])
def test_a_phone_that_took_nothing_is_sent_nothing(floor: Floor, state: str) -> None:
    waiting(floor, state=state)
    for minute in (60, 70, 80):
        floor.now = at("09:00") + timedelta(minutes=minute)
        floor.next()
        note(floor)
    assert told(floor) == []


def test_who_is_soon_called_anyway_is_told_nothing(floor: Floor) -> None:
    waiting(floor, before=0)
    assert note(floor) == 0


def test_an_office_that_wants_none(floor: Floor) -> None:
    waiting(floor, before=1)
    rules = {**floor.rows(office_rows)[0]["rules"], "soon_minutes": 0}
    assert Rules(**rules).soon_minutes == 0
    floor.database.write(lambda c: c.execute(sa.update(office_rows).values(
        rules=rules, revision=office_rows.c.revision + 1)))
    floor.offices.forget()
    floor.now = at("09:50")
    assert note(floor) == 0


def test_the_page_and_the_api_say_when_and_where(floor: Floor, client: Any, clock: Any) -> None:
    booked = waiting(floor)
    clock.advance(floor.now - NOW)
    place = client.get(f"/api/v1/bookings/{booked.token}").json()["queue"]
    assert (place["number"], place["before"], place["state"]) == ("A-008", 6, "waiting")
    assert place["estimate"]["from"] < place["estimate"]["to"]
    page = client.get(f"/t/{booked.token}").text
    assert "6 nomor lagi sebelum Anda." in page
    assert f"pukul {place['estimate']['from'][11:16].replace(':', '.')} sampai" in page
    assert "/turn-" in page, "the script that keeps it as it is"
    part = client.get(f"/t/{booked.token}/turn")
    assert "6 nomor lagi" in part.text
    assert "<html" not in part.text
    floor.act("call_number", "loket-2", "A-008")
    assert "Silakan ke Loket 2" in client.get(f"/t/{booked.token}/turn").text
    called = client.get(f"/api/v1/bookings/{booked.token}").json()["queue"]
    assert (called["state"], called["counter"]) == ("called", "loket-2")
    floor.act("finish", "loket-2")
    assert client.get(f"/t/{booked.token}/turn").status_code == 204
    page = client.get(f"/t/{booked.token}").text
    assert "Kunjungan ini sudah lewat" in page
    assert "/turn-" not in page

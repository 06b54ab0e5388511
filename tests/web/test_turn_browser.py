"""The ticket's page in the hall, in a real Chromium on a narrow phone: it keeps the place in the queue as it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from scheduler.offices import Office
from tests.conftest import NOW
from tests.ticketing.door import at
from tests.ticketing.floor import Floor
from tests.web.conftest import Walk

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

LOOK_AGAIN = "dispatchEvent(new Event('visibilitychange'))"  # as when the phone is taken out of the pocket


def test_the_page_says_how_many_are_before_and_then_where_to_go(
    live: Any, clock: Any, balikpapan: Office, walk: Walk
) -> None:
    floor = Floor(live.database, balikpapan, live.offices, live.vault, live.mint)
    floor.now = at("09:40")
    floor.make_room()
    booked = floor.book(1, at("10:00"))
    for minute in range(3):
        floor.walk_in(at("09:20") + timedelta(minutes=minute))
    clock.advance(at("09:40") - NOW)
    resident = walk(320, scripts=True)
    turn = resident.page.get_by_role("status")
    resident.open(f"/t/{booked.token}")
    expect(resident.page.get_by_role("heading", level=1)).to_have_text("Janji Anda sudah tercatat")
    floor.scan(booked.token, at("09:35"))
    floor.next()
    resident.page.evaluate(LOOK_AGAIN)
    expect(turn).to_contain_text("A-004")
    expect(turn).to_contain_text("2 nomor lagi sebelum Anda.")
    expect(turn).to_contain_text("Giliran Anda kira-kira pukul 10.06 sampai 10.47 WITA.")
    resident.audit()
    floor.act("call_number", "loket-2", "A-004")
    resident.page.evaluate(LOOK_AGAIN)
    expect(turn).to_contain_text("Silakan ke Loket 2")
    resident.audit()
    floor.act("absent", "loket-2")
    resident.page.evaluate(LOOK_AGAIN)
    expect(turn).to_contain_text("Nomor Anda tadi dipanggil, tetapi tidak ada yang datang.")
    floor.act("call_number", "loket-2", "A-004")
    floor.act("finish", "loket-2")
    resident.page.evaluate(LOOK_AGAIN)
    expect(resident.page.get_by_role("heading", level=1)).to_have_text("Kunjungan ini sudah lewat")

"""Who comes without booking and is refused, over HTTP: when to ask again, where to wait, why the office is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from scheduler import jobs
from scheduler.offices import Offices
from scheduler.tables import days
from tests.booked import TODAY
from tests.rest.conftest import question

LIST = "https://antre.test/api/v1/waiting-list"
ASKED = {"service": "ktp-rekam"}


def book_all(client: Any, antre: Any) -> str:
    """Two are booked for nine o'clock today, and the day has no room besides; answers the code of the first."""
    start = "2026-11-24T09:00:00+08:00"
    made = [client.post("/api/v1/bookings", json=question(n, start)).json() for n in (1, 2)]
    antre.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == TODAY).values(
        high=2, low=1, walk_in_room=0)))
    jobs.keep_capacity(antre.database, Offices(), antre.clock.now())
    return str(made[0]["code"])


def test_who_finds_no_room_hears_when_to_ask_again_and_that_comes_true(client: Any, signed_in: Any, antre: Any,
                                                                      clock: Any) -> None:
    headers, code = signed_in(), book_all(client, antre)
    problem = client.post("/api/v1/walk-ins", json=ASKED, headers=headers).json()
    assert (problem["code"], problem["ask_again"]) == ("day_full", "2026-11-24T09:45:00+08:00")
    assert "Tanyakan lagi pukul 09.45: bila ada yang sudah memesan tetapi tidak datang" in problem["detail"]
    english = client.post("/api/v1/walk-ins", json=ASKED, headers={**headers, "Accept-Language": "en"}).json()
    assert "Ask again at 09:45: if people who booked have not come by then" in english["detail"]
    assert problem["waiting_list"] == LIST
    clock.advance(timedelta(minutes=45))
    assert client.post("/api/v1/scans", json={"code": code}, headers=headers).json()["verdict"] == "admitted"
    clock.advance(timedelta(minutes=60))
    jobs.keep_capacity(antre.database, Offices(), clock.now())
    assert client.post("/api/v1/walk-ins", json=ASKED, headers=headers).status_code == 201
    problem = client.post("/api/v1/walk-ins", json=ASKED, headers=headers).json()
    assert problem["code"] == "day_full"
    assert "ask_again" not in problem, "nobody stays away who could make room for one more"


def test_the_hint_is_kept_for_who_asks_again_with_the_same_key(client: Any, signed_in: Any, antre: Any) -> None:
    headers = {**signed_in(), "Idempotency-Key": "walk-in-1"}
    book_all(client, antre)
    first, again = (client.post("/api/v1/walk-ins", json=ASKED, headers=headers) for _ in range(2))
    assert first.json() == again.json()
    assert (first.json()["ask_again"], first.json()["waiting_list"]) == ("2026-11-24T09:45:00+08:00", LIST)


def test_who_comes_to_a_closed_office_hears_why(client: Any, signed_in: Any) -> None:
    headers = signed_in("manager")
    closing = {"date": "2026-11-24", "reason": "Listrik padam"}
    assert client.post("/api/v1/offices/balikpapan/closures", json=closing, headers=headers).status_code == 201
    problem = client.post("/api/v1/walk-ins", json=ASKED, headers=headers).json()
    assert problem["code"] == "office_closed"
    assert "Kantor tutup pada waktu itu: Listrik padam." in problem["detail"]
    assert problem["alternatives"][0] == "2026-11-25T07:30:00+08:00"
    assert not {"waiting_list", "ask_again"} & set(problem), "nobody waits for a closed day"

"""What the doors keep for a while only is gone after it, and not before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from api import upkeep
from api.tables import sessions, sign_in_failures


def test_what_is_past_its_time_is_deleted(client: Any, antre: Any, clock: Any, signed_in: Any) -> None:
    def kept() -> list[int]:
        with antre.database.read() as connection:
            return [connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                    for table in (sessions, sign_in_failures)]

    signed_in()
    client.post("/api/v1/session", json={"username": "nobody", "password": "salah-salah-salah"})
    before = kept()
    assert before[0] == 1
    assert before[1] >= 1
    upkeep.sweep_all(antre.database, clock.now())
    assert kept() == before, "nothing is past its time yet"
    clock.advance(timedelta(hours=13))
    upkeep.sweep_all(antre.database, clock.now())
    assert kept() == [0, 0]


def test_the_timetable_does_so(antre: Any) -> None:
    assert antre.timetable.run_due() == []
    assert "doors" in [tick.name for tick in antre.timetable.status().ticks]

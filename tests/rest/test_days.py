"""The manager's day over HTTP: what is held, expected within what, set by a manager, and what opens next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from api.assembly import Antre
from scheduler import overrides
from scheduler.offices import Office
from scheduler.tables import days

PATH = "/api/v1/offices/balikpapan/days/2026-11-25"


def test_a_day_says_how_sure_it_is_and_that_nothing_was_set(client: Any, signed_in: Any) -> None:
    day = client.get(PATH, headers=signed_in("manager")).json()
    assert (day["released"], day["wanted"], day["held"], day["turned_away"]) == (62, 62, 0, 0)
    assert (day["expected_low"], day["expected"], day["expected_high"]) == (4, 8, 13)
    assert (day["p_under"], day["p_over"]) == (1.0, 0.0)
    assert (day["override"], day["next"]) == (None, [])


def test_a_managers_number_stands_there_with_its_reason(
    client: Any, signed_in: Any, antre: Antre, balikpapan: Office, clock: Any,
) -> None:
    headers = signed_in("manager")
    with antre.database.read() as connection:
        tomorrow = clock.now().date() + timedelta(days=1)
        day = connection.execute(sa.select(days.c.id).where(days.c.date == tomorrow)).scalar_one()
    antre.database.write(lambda c: overrides.set_day(c, balikpapan, day, 40, "dua petugas sakit", 1, clock.now()))
    told = client.get(PATH, headers=headers).json()["override"]
    assert told == {"released": 40, "reason": "dua petugas sakit", "at": "2026-11-24T08:00:00+08:00"}


def test_what_was_given_up_says_when_it_opens(client: Any, signed_in: Any, antre: Antre, clock: Any) -> None:
    headers = signed_in("manager")
    antre.database.write(lambda c: c.execute(sa.update(days).values(freed_at=clock.now())))
    (step,) = client.get(PATH, headers=headers).json()["next"]
    assert (step["what"], step["share"]) == ("freed", None)
    assert "2026-11-24T08:05" <= step["at"] <= "2026-11-24T08:21"

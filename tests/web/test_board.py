"""The hall's screen without scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.assembly import Antre
from api.web.board import minutes
from scheduler.offices import Office
from tests.conftest import NOW
from tests.ticketing.floor import Floor
from tests.web.reading import Visitor
from ticketing.board import BoardEstimate

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SCREEN = "/board/balikpapan"


@pytest.fixture
def floor(antre: Antre, balikpapan: Office) -> Floor:
    floor = Floor(antre.database, balikpapan, antre.offices, antre.vault, antre.mint)
    floor.now = NOW
    return floor


@SQLITE
def test_the_screen_tells_the_truth_without_scripts_and_loads_itself_anew(visitor: Visitor, floor: Floor) -> None:
    text = visitor.open(SCREEN).text
    assert "Belum ada panggilan hari ini. No calls yet today." in text
    floor.walk_in(NOW)
    floor.walk_in(NOW)
    number = floor.next("loket-2")
    page = visitor.open(SCREEN)
    assert f"{number} Loket 2" in page.text
    assert "08.00" in page.text
    assert "Panggilan Now calling" in page.text
    assert "A Rekam KTP-el, Ambil/\u200bcetak KTP-el, Aktivasi IKD 1" in page.text
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page.html


@SQLITE
def test_an_office_that_is_not_there_has_no_screen(client: Any) -> None:
    assert client.get("/board/nowhere").status_code == 404


@pytest.mark.parametrize(("first", "last", "said"), [
    (0, 0, "0–5"), (-2, 3, "0–5"), (11, 18, "10–20"), (15, 15, "15–20"), (62, 96, "60–100"),
])
def test_a_wait_is_said_in_steps_of_five_minutes(first: int, last: int, said: str) -> None:
    estimate = BoardEstimate(NOW + timedelta(minutes=first), NOW + timedelta(minutes=last))
    assert minutes(NOW, estimate) == said

"""A hundred presses on a kiosk at one moment, in two server processes, on both databases.

The race is first shown to be real: who looks whether a number may be given, and gives it later, gives two.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa
from httpx import ASGITransport, AsyncClient

from api.app import create_app
from api.assembly import Antre
from api.installation import install
from api.web import pressing
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.config import Settings
from scheduler.offices import Office
from tests import printer
from tests.conftest import NOW, SECRET
from tests.printer import Printer
from tests.processes import meet, together
from tests.threads import all_at_once
from tests.ticketing import paper
from tests.web import devices
from ticketing import checkin, pace
from ticketing.tables import visits

PRESSES = 50  # by each of two processes


@pytest.fixture
def there() -> Iterator[Printer]:
    with printer.plugged_in() as made:
        yield made


def press(url: str, key: str, nonces: list[str]) -> list[str | None]:
    """Press that often at one moment on an installation of one's own; answers the number each press showed."""
    settings = Settings(database_url=url, secret_key=SECRET, public_url="https://antre.test", hook_secret="hook",
                        rate_limit=0, test_people=True, database_connections=4)
    with closing(install(settings, clock=SettableClock(NOW))) as antre:
        return asyncio.run(_press(create_app(antre), key, nonces))


async def _press(app: Any, key: str, nonces: list[str]) -> list[str | None]:
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/html"}
    async with AsyncClient(transport=ASGITransport(app), base_url="https://antre.test", headers=headers,
                           timeout=60) as client:
        await client.get("/kiosk")  # nobody waits for what is read once
        await asyncio.to_thread(meet)
        answers = await asyncio.gather(*(
            client.post("/kiosk/take", data={"service": "ktp-rekam", "nonce": nonce}) for nonce in nonces))
    assert {answer.status_code for answer in answers} == {200}
    shown = [re.search(r"<b>([A-Z]-\d+)</b>", answer.text) for answer in answers]
    return [found.group(1) if found else None for found in shown]


def presses(url: str, key: str, nonces: list[str]) -> list[str | None]:
    half = len(nonces) // 2
    return [one for shown in together(press, [(url, key, nonces[:half]), (url, key, nonces[half:])]) for one in shown]


def given(antre: Antre) -> int:
    with antre.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(visits)).scalar_one()


def test_the_race_is_real(antre: Antre, balikpapan: Office) -> None:
    both_have_looked = threading.Barrier(2)

    def unguarded() -> str:
        with antre.database.read() as connection:
            needs = pressing.pace_of(connection, balikpapan, 7, NOW)
        both_have_looked.wait()
        if needs == pace.FREE:
            antre.database.write(lambda c: checkin.walk_in(
                c, balikpapan, balikpapan.service("ktp-rekam"), party=1, priority=None, now=NOW, staff_id=7))
        return needs

    assert all_at_once(unguarded, unguarded) == [pace.FREE, pace.FREE]
    assert given(antre) == 2


def test_a_hundred_presses_at_once_are_one_number_on_one_paper(antre: Antre, balikpapan: Office, database_url: str,
                                                               there: Printer) -> None:
    key = devices.key_of(antre, balikpapan, "kiosk", there.address)
    shown = presses(database_url, key, [f"press {n}" for n in range(2 * PRESSES)])
    assert (shown.count("A-001"), shown.count(None), given(antre)) == (1, 2 * PRESSES - 1, 1)
    assert paper.read(there.job()).line("A-001")
    assert there.idle()


def test_one_press_that_comes_a_hundred_times_is_one_number_on_one_paper(antre: Antre, balikpapan: Office,
                                                                         database_url: str, there: Printer) -> None:
    key = devices.key_of(antre, balikpapan, "kiosk", there.address)
    assert set(presses(database_url, key, ["the same"] * (2 * PRESSES))) == {"A-001"}
    assert given(antre) == 1
    assert paper.read(there.job()).line("A-001")
    assert there.idle()

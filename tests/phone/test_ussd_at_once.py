"""One callback eight times at once, in threads of several processes: one effect, and the same answer to all.

First the race is shown to be real: without the session's row as a lock the same callback cancels more than one visit.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from api.assembly import Antre, build
from api.phone.menu import sessions
from api.phone.menu.sessions import Step
from api.phone.tables import ussd_sessions
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.config import Settings
from scheduler.tables import bookings as rows
from scheduler.tables import days, slots
from tests import people
from tests.conftest import NOW, SECRET
from tests.fakes import FakeGateway
from tests.processes import meet, together

PROCESSES, THREADS = 2, 4
PHONE = people.phone(1)
CANCEL = Step("ATUid_once", PHONE, "4*1*1")


def _installation(url: str) -> Antre:
    settings = Settings(database_url=url, secret_key=SECRET, public_url="https://antre.test", rate_limit=0,
                        hook_secret="hook-secret-of-tests", test_people=True, database_connections=THREADS)
    return build(settings, clock=SettableClock(NOW), gateway=FakeGateway())


def _careless(antre: Antre, step: Step, turn: threading.Lock) -> str:
    """Guard off: look whether the session is known, think, then work in a transaction that holds no row."""
    key = sessions.hash_of(antre.vault, step.session)
    with antre.database.read() as c:
        row = c.execute(sa.select(ussd_sessions).where(ussd_sessions.c.session_hash == key)).one_or_none()
    meet()  # all have looked
    stands = row or SimpleNamespace(state=b"", phone_hash=b"")
    with turn:  # one after the other: in the same moment they would cancel the same visit
        return antre.database.write(lambda c: sessions._answer(c, antre, key, stands, step, NOW)).text


def _send(url: str, step: Step, guarded: bool) -> list[str]:
    antre, turn = _installation(url), threading.Lock()

    def one(_n: int) -> str:
        if not guarded:
            return _careless(antre, step, turn)
        meet()
        return antre.database.write(lambda c: sessions.answer(c, antre, step, NOW)).text

    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(one, range(THREADS)))
    antre.close()
    return answers


def _at_once(url: str, step: Step, *, guarded: bool) -> list[str]:
    told = together(_send, [(url, step, guarded)] * PROCESSES, THREADS)
    return [answer for answers in told for answer in answers]


@pytest.fixture
def five(antre: Antre) -> Antre:
    """A phone with five visits."""
    for n in range(1, 6):
        step = Step(f"ATUid_{n}", PHONE, f"1*1*{people.nik(n)}*{people.name(n)}*1*1")
        told = antre.database.write(lambda c, step=step: sessions.answer(c, antre, step, NOW))
        assert told.text.startswith("END Terdaftar")
    return antre


def cancelled(antre: Antre) -> int:
    with antre.database.read() as c:
        return c.execute(sa.select(sa.func.count()).select_from(rows).where(rows.c.status == "cancelled")).scalar_one()


def test_without_the_guard_one_callback_cancels_several(five: Antre, database_url: str) -> None:
    _at_once(database_url, CANCEL, guarded=False)
    assert cancelled(five) > 1


def test_eight_times_at_once_has_one_effect(five: Antre, database_url: str) -> None:
    answers = _at_once(database_url, CANCEL, guarded=True)
    assert cancelled(five) == 1
    assert len(answers) == PROCESSES * THREADS
    assert len(set(answers)) == 1
    assert answers[0].startswith("END Janji")


def test_eight_bookings_at_once_are_one(antre: Antre, database_url: str) -> None:
    step = Step("ATUid_once", PHONE, f"1*1*{people.nik(1)}*{people.name(1)}*1*1")
    answers = _at_once(database_url, step, guarded=True)
    assert len(set(answers)) == 1
    assert answers[0].startswith("END Terdaftar"), "not that the NIK has a visit already"
    with antre.database.read() as c:
        assert c.execute(sa.select(sa.func.sum(slots.c.taken))).scalar_one() == 1
        assert c.execute(sa.select(sa.func.sum(days.c.booked))).scalar_one() == 1


def test_steps_of_one_session_that_overtake_each_other(five: Antre, database_url: str) -> None:
    """The vendor repeats an older step while the newer one is on its way."""
    begun: Any = five.database.write(lambda c: sessions.answer(c, five, Step("ATUid_once", PHONE, "4"), NOW))
    assert begun.text.startswith("CON Batalkan yang mana")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda text: five.database.write(
            lambda c: sessions.answer(c, five, Step("ATUid_once", PHONE, text), NOW)),
            ["4*1", "4*1*1", "4", "4*1*1", "4*1", "4*1*1", "4", "4*1*1"]))
    assert cancelled(five) == 1
